//! Encoding categories of any type.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Int64Array, LargeStringArray, NullArray, RecordBatch,
    StringArray,
};
use mlhost_preprocess::ONE_HOT_CATEGORIES;

use crate::support::{column, encode, names, refusal, table, texts};

fn rule(options: &str) -> String {
    format!(r#"{{"encode": [{{"columns": ["x"], {options}}}]}}"#)
}

fn rows_of(rows: &RecordBatch) -> Vec<Vec<Option<f64>>> {
    let columns: Vec<_> = names(rows).iter().map(|name| column(rows, name)).collect();
    (0..rows.num_rows())
        .map(|row| columns.iter().map(|c| c[row]).collect())
        .collect()
}

fn fit() -> RecordBatch {
    table([(
        "x",
        texts([Some("b"), Some("a"), None, Some("b"), Some("c")]),
    )])
}

#[test]
fn one_hot_makes_a_column_of_each_category() {
    let serving = table([("x", texts([Some("c"), None, Some("z"), Some("a")]))]);
    let made = encode(&rule(r#""as": "one_hot""#), &fit(), &serving).unwrap();
    assert_eq!(names(&made), ["x=a", "x=b", "x=c"]);
    let (zero, one) = (Some(0.0), Some(1.0));
    assert_eq!(
        rows_of(&made),
        [
            [zero, zero, one],
            [zero, zero, zero],
            [zero, zero, zero],
            [one, zero, zero]
        ]
    );
    assert!(
        made.schema()
            .fields()
            .iter()
            .all(|field| !field.is_nullable())
    );
}

#[test]
fn ordinal_makes_the_place_in_order() {
    let serving = table([("x", texts([Some("c"), None, Some("z"), Some("a")]))]);
    let made = encode(&rule(r#""as": "ordinal""#), &fit(), &serving).unwrap();
    assert_eq!(column(&made, "x"), [Some(2.0), None, Some(-1.0), Some(0.0)]);
    let options = r#""as": "ordinal", "impute": "most_frequent", "unknown": {"code": 99}"#;
    let imputed = encode(&rule(options), &fit(), &serving).unwrap();
    assert_eq!(
        column(&imputed, "x"),
        [Some(2.0), Some(1.0), Some(99.0), Some(0.0)]
    );
    assert!(!imputed.schema().field(0).is_nullable());
}

#[test]
fn a_constant_is_a_category_where_the_fit_had_nulls() {
    let options = r#""as": "one_hot", "impute": {"constant": "none"}"#;
    let serving = table([("x", texts([None, Some("a")]))]);
    let made = encode(&rule(options), &fit(), &serving).unwrap();
    assert_eq!(names(&made), ["x=a", "x=b", "x=c", "x=none"]);
    assert_eq!(column(&made, "x=none"), [Some(1.0), Some(0.0)]);

    let without_nulls = table([("x", texts([Some("a")]))]);
    let made = encode(&rule(options), &without_nulls, &serving).unwrap();
    assert_eq!(names(&made), ["x=a"]);
    assert_eq!(column(&made, "x=a"), [Some(0.0), Some(1.0)]);
}

#[test]
fn unknown_categories_can_be_refused() {
    let serving = table([("x", texts([Some("a"), None, Some("z")]))]);
    for encoding in ["one_hot", "ordinal"] {
        let options = format!(r#""as": "{encoding}", "unknown": "error""#);
        assert_eq!(
            refusal(encode(&rule(&options), &fit(), &serving)),
            "column `x`: row 2 holds `z`, which no row of the fit has"
        );
    }
}

#[test]
fn every_type_of_categories_is_read() {
    let dictionary: DictionaryArray<Int32Type> = [Some("no"), None, Some("yes"), Some("no")]
        .into_iter()
        .collect();
    let booleans = BooleanArray::from(vec![Some(false), None, Some(true), Some(false)]);
    let large = LargeStringArray::from(vec![Some("no"), None, Some("yes"), Some("no")]);
    let integers = Int64Array::from(vec![Some(9), None, Some(10), Some(9)]);
    let columns: [(ArrayRef, [&str; 2]); 4] = [
        (Arc::new(dictionary), ["x=no", "x=yes"]),
        (Arc::new(booleans), ["x=false", "x=true"]),
        (Arc::new(large), ["x=no", "x=yes"]),
        (Arc::new(integers), ["x=9", "x=10"]),
    ];
    for (array, expected) in columns {
        let rows = table([("x", array)]);
        let made = encode(&rule(r#""as": "one_hot""#), &rows, &rows).unwrap();
        assert_eq!(names(&made), expected);
        assert_eq!(
            column(&made, expected[0]),
            [Some(1.0), Some(0.0), Some(0.0), Some(1.0)]
        );
        let options = r#""as": "ordinal", "impute": "most_frequent""#;
        let made = encode(&rule(options), &rows, &rows).unwrap();
        assert_eq!(
            column(&made, "x"),
            [Some(0.0), Some(0.0), Some(1.0), Some(0.0)]
        );
    }
}

#[test]
fn a_dictionary_may_hold_nulls_unused_texts_or_nothing() {
    let values = StringArray::from(vec![Some("unused"), Some("a"), None]);
    let keys = vec![Some(1), Some(2), None, Some(1)];
    let dictionary = DictionaryArray::<Int32Type>::new(keys.into(), Arc::new(values));
    let rows = table([("x", Arc::new(dictionary))]);
    let made = encode(&rule(r#""as": "ordinal""#), &rows, &rows).unwrap();
    assert_eq!(column(&made, "x"), [Some(0.0), None, None, Some(0.0)]);

    let nothing = StringArray::from(Vec::<Option<&str>>::new());
    let empty = DictionaryArray::<Int32Type>::new(vec![None, None].into(), Arc::new(nothing));
    let serving = table([("x", Arc::new(empty))]);
    let made = encode(&rule(r#""as": "ordinal""#), &rows, &serving).unwrap();
    assert_eq!(column(&made, "x"), [None, None]);
}

#[test]
fn columns_without_categories_make_no_columns() {
    let empty: [ArrayRef; 3] = [texts([]), texts([None, None]), Arc::new(NullArray::new(2))];
    for array in empty {
        let rows = table([("x", array)]);
        let made = encode(&rule(r#""as": "one_hot""#), &rows, &rows).unwrap();
        assert_eq!((made.num_columns(), made.num_rows()), (0, rows.num_rows()));
        assert_eq!(
            refusal(encode(
                &rule(r#""as": "one_hot", "impute": "most_frequent""#),
                &rows,
                &rows
            )),
            "column `x`: no row of the fit has a category, so that there is no most frequent one \
             to impute; drop the column or impute a constant"
        );
    }
}

#[test]
fn one_hot_refuses_a_column_of_identifiers() {
    let identifiers =
        StringArray::from_iter_values((0..=ONE_HOT_CATEGORIES).map(|n| n.to_string()));
    let rows = table([("x", Arc::new(identifiers))]);
    assert_eq!(
        refusal(encode(&rule(r#""as": "one_hot""#), &rows, &rows)),
        "column `x`: it has 4097 categories, and \"one_hot\" makes at most 4096 columns of one; \
         encode it as \"ordinal\" or drop it"
    );
    assert!(encode(&rule(r#""as": "ordinal""#), &rows, &rows).is_ok());
}

#[test]
fn rows_without_a_target_are_not_learned_from() {
    let json = r#"{"target": "y", "encode": [{"type": "string", "as": "one_hot"}]}"#;
    let fit = table([
        ("x", texts([Some("a"), Some("b"), Some("c")])),
        ("y", texts([Some("yes"), None, Some("no")])),
    ]);
    let made = encode(json, &fit, &fit).unwrap();
    assert_eq!(names(&made), ["x=a", "x=c", "y"]);
}
