//! Columns that are gone, empty, of another type, or not for comparison.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, Int64Array, NullArray, StringArray};
use mlhost_plugin::Verdict;

use crate::{compare, floats, messages, metric, texts};

fn numbers() -> ArrayRef {
    floats(vec![1.0, 2.0, 3.0])
}

fn nothing() -> ArrayRef {
    floats(Float64Array::new_null(3))
}

#[test]
fn a_column_that_is_gone_is_found() {
    let before = vec![("a", numbers()), ("b", numbers())];
    let outcome = compare("{}", before, vec![("a", numbers())]).unwrap();
    assert_eq!(outcome.verdict, Verdict::Warned);
    assert_eq!(metric(&outcome, "columns_drifted"), 1.0);
    assert_eq!(
        messages(&outcome)[2],
        "b column_exists not passed: the reference has this column, and the current data has not"
    );
}

#[test]
fn a_new_column_is_nobodys_concern() {
    let now = vec![("a", numbers()), ("b", numbers())];
    let outcome = compare("{}", vec![("a", numbers())], now).unwrap();
    assert_eq!(outcome.findings.len(), 2);
}

#[test]
fn a_column_of_another_type_is_found() {
    let columns = || (vec![("a", numbers())], vec![("a", texts(["x"]))]);
    let (before, now) = columns();
    assert_eq!(
        messages(&compare("{}", before, now).unwrap())[1..],
        ["a type not passed: expected numbers as in the reference, found texts"]
    );
    let (now, before) = columns();
    assert_eq!(
        messages(&compare("{}", before, now).unwrap())[1..],
        ["a type not passed: expected texts as in the reference, found numbers"]
    );
}

#[test]
fn integers_and_floats_are_of_one_type() {
    let integers = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let outcome = compare("{}", vec![("a", numbers())], vec![("a", integers)]).unwrap();
    assert_eq!(metric(&outcome, "psi a"), 0.0);
}

#[test]
fn columns_without_values_are_compared_with_care() {
    let message = |before, now| {
        let outcome = compare("{}", vec![("a", before)], vec![("a", now)]).unwrap();
        messages(&outcome).remove(1)
    };
    assert_eq!(
        message(nothing(), nothing()),
        "a drift passed: there are no values to compare on either side"
    );
    assert_eq!(
        message(numbers(), nothing()),
        "a drift not passed: expected values as in the reference, which holds 3, found 0"
    );
    assert_eq!(
        message(nothing(), numbers()),
        "a drift not passed: expected values as in the reference, which holds 0, found 3"
    );
    // A file whose column holds nothing but nulls may not know its type.
    assert_eq!(
        message(texts(["x"]), Arc::new(NullArray::new(3))),
        "a drift not passed: expected values as in the reference, which holds 1, found 0"
    );
}

#[test]
fn dates_are_compared_only_where_they_are_named() {
    let columns = || vec![("day", Arc::new(Date32Array::from(vec![1, 2])) as ArrayRef)];
    let outcome = compare("{}", columns(), columns()).unwrap();
    assert!(
        outcome
            .findings
            .iter()
            .all(|finding| finding.column.is_none())
    );
    let named = compare(r#"{ "columns": ["day"] }"#, columns(), columns()).unwrap();
    assert_eq!(metric(&named, "psi day"), 0.0);
}

#[test]
fn too_many_texts_are_not_compared() {
    let json = r#"{ "max_categories": 3 }"#;
    let many = || {
        Arc::new(StringArray::from(vec![
            Some("a"),
            Some("b"),
            Some("c"),
            Some("d"),
            None,
        ]))
    };
    let few = || texts(["a", "b", "c", "a"]);
    let message = |before: ArrayRef, now: ArrayRef| {
        let outcome = compare(json, vec![("a", before)], vec![("a", now)]).unwrap();
        messages(&outcome).remove(1)
    };
    assert_eq!(
        message(many(), many()),
        "a drift passed: was not compared, because it holds more than 3 different texts"
    );
    assert_eq!(
        message(few(), many()),
        "a drift not passed: expected up to 3 different texts as in the reference, found more"
    );
    assert_eq!(
        message(many(), few()),
        "a drift not passed: expected more than 3 different texts as in the reference, found fewer"
    );
    let outcome = compare(json, vec![("a", many())], vec![("a", few())]).unwrap();
    assert_eq!(metric(&outcome, "missing_share a reference"), 0.2);
}
