//! Expressions: what they mean of each row, and what is wrong with them.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Int64Array, RecordBatch,
    TimestampMillisecondArray,
};
use mlhost_plugin::Fold;
use mlhost_validate::Observe;
use serde_json::json;

use crate::support::{numbers, outcome, params, table, texts};

fn rows() -> RecordBatch {
    let n: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(4)]));
    let ok: ArrayRef = Arc::new(BooleanArray::from(vec![
        Some(true),
        Some(false),
        None,
        Some(true),
    ]));
    let day: ArrayRef = Arc::new(Date32Array::from(vec![
        Some(15_887),
        Some(15_888),
        None,
        Some(0),
    ]));
    let code: DictionaryArray<Int32Type> = [Some("b"), Some("a"), None, Some("c")]
        .into_iter()
        .collect();
    table([
        ("n", n),
        (
            "x",
            numbers([Some(1.5), Some(f64::NAN), Some(0.0), Some(-4.0)]),
        ),
        ("t", texts([Some("b"), Some("it's"), None, Some("ääh")])),
        ("code", Arc::new(code)),
        ("ok", ok),
        ("day", day),
        (
            "time",
            Arc::new(TimestampMillisecondArray::from(vec![
                Some(1_372_636_800_001),
                Some(0),
                None,
                Some(1000),
            ])),
        ),
        ("a b", numbers([Some(1.0), Some(2.0), Some(3.0), Some(4.0)])),
    ])
}

/// For each row `t`, `f`, or `-` for null.
fn of_each_row(expression: &str) -> String {
    let json = json!({"expression": [expression]}).to_string();
    let found = outcome(&json, &rows()).findings.remove(0);
    assert!(
        found.details.contains_key("values"),
        "{expression}: {}",
        found.message
    );
    let not_true = found.details.get("rows").cloned().unwrap_or(json!([]));
    let negated = json!({"expression": [format!("not ({expression})")]}).to_string();
    let opposite = outcome(&negated, &rows()).findings.remove(0);
    let not_false = opposite.details.get("rows").cloned().unwrap_or(json!([]));
    let has = |list: &serde_json::Value, row: u64| list.as_array().unwrap().contains(&json!(row));
    (0..4)
        .map(|row| match (has(&not_true, row), has(&not_false, row)) {
            (true, false) => 'f',
            (false, true) => 't',
            _ => '-',
        })
        .collect()
}

#[test]
fn comparisons_and_arithmetic_have_the_nulls_of_sql() {
    for (expression, expected) in [
        ("n = 1", "tf-f"),
        ("n == 1", "tf-f"),
        ("n != 1", "ft-t"),
        ("n <> 1", "ft-t"),
        ("n < x", "t--f"),
        ("x <= 0", "f-tt"),
        ("x > -4.0", "t-tf"),
        ("n + x * 2 >= 4", "t--f"),
        ("(n + x) * 2 = 5", "t--f"),
        ("n / 2 = 1", "ft-f"),
        ("-n < -1.5", "ft-t"),
        ("n - 1 - 1 = 0", "ft-f"),
        ("abs(x) = 4", "f-ft"),
        ("length(t) = 3", "ff-t"),
        ("n = null", "----"),
        ("n is null", "fftf"),
        ("x is not null", "tftt"),
        ("x is null", "ftff"),
        ("t is null", "fftf"),
        ("n between 2 and 4", "ft-t"),
        ("n not between 2 and 4", "tf-f"),
        ("n in (1, 4)", "tf-t"),
        ("n not in (1, 4)", "ft-f"),
        ("n in (1, null)", "t---"),
        ("x in (-4, 0)", "f-tt"),
        ("`a b` > 2", "fftt"),
    ] {
        assert_eq!(of_each_row(expression), expected, "{expression}");
    }
}

#[test]
fn logic_is_three_valued() {
    for (expression, expected) in [
        ("ok", "tf-t"),
        ("not ok", "ft-f"),
        ("!ok", "ft-f"),
        ("ok = true", "tf-t"),
        ("ok != false", "tf-t"),
        ("ok and null", "-f--"),
        ("ok or null", "t--t"),
        ("ok && n > 1", "ff-t"),
        ("ok || n > 1", "tt-t"),
        ("ok or n = 2 and false", "tf-t"),
        ("true and not false", "tttt"),
        ("ok IS NULL Or TRUE", "tttt"),
        ("not n = 1", "ft-t"),
        ("(n > 1) is null", "fftf"),
    ] {
        assert_eq!(of_each_row(expression), expected, "{expression}");
    }
}

#[test]
fn texts_and_dates_are_compared() {
    for (expression, expected) in [
        ("t = 'b'", "tf-f"),
        ("t = 'it''s'", "ft-f"),
        ("t = \"it's\"", "ft-f"),
        ("t > 'b'", "ft-t"),
        ("t in ('b', 'c')", "tf-f"),
        ("t = code", "tf-f"),
        ("code in ('a', 'c')", "ft-t"),
        ("code < 'b'", "ft-f"),
        ("day >= '2013-07-01'", "tt-f"),
        ("day = '2013-07-02'", "ft-f"),
        ("'2013-07-01' > day", "ff-t"),
        ("day in ('1970-01-01')", "ff-t"),
        ("time > day", "tf-t"),
        ("time = '1970-01-01T00:00:01Z'", "ff-t"),
    ] {
        assert_eq!(of_each_row(expression), expected, "{expression}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (expression, message) in [
        ("", "expected a value, found the end (at character 1 of ``)"),
        (
            "n >",
            "expected a value, found the end (at character 4 of `n >`)",
        ),
        (
            "n > 1 2",
            "expected an operator, found `2` (at character 7 of `n > 1 2`)",
        ),
        (
            "(n > 1",
            "expected `)`, found the end (at character 7 of `(n > 1`)",
        ),
        (
            "t = 'b",
            "the closing ' is missing (at character 5 of `t = 'b`)",
        ),
        (
            "n # 1",
            "`#` means nothing here (at character 3 of `n # 1`)",
        ),
        (
            "n = 1.2.3",
            "`1.2.3` is not a number (at character 5 of `n = 1.2.3`)",
        ),
        (
            "n is 1",
            "expected `null`, found `1` (at character 6 of `n is 1`)",
        ),
        (
            "sqrt(n) > 1",
            "there is no function `sqrt`; there are `abs` and `length` (at character 1 of `sqrt(n) > 1`)",
        ),
        (
            "n and and ok",
            "expected a value, found `and` (at character 7 of `n and and ok`)",
        ),
    ] {
        let json = json!({"expression": [expression]}).to_string();
        let error = Observe::open(params(&json), &rows().schema())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.message, message);
        assert_eq!(error.at.as_deref(), Some("/expression/0"));
    }
    let deep = format!("{}n{} > 1", "(".repeat(100), ")".repeat(100));
    let json = json!({"columns": {"n": {"not_null": {"where": deep}}}}).to_string();
    let error = Observe::open(params(&json), &rows().schema())
        .map(|_| ())
        .unwrap_err();
    assert!(
        error
            .message
            .starts_with("more than 64 operations in one another")
    );
    assert_eq!(error.at.as_deref(), Some("/columns/n/not_null/where"));
}

#[test]
fn what_does_not_fit_the_columns_is_a_finding() {
    for (expression, message) in [
        (
            "m > 1",
            "there is no column `m` in the input; did you mean `n`?",
        ),
        ("t > 1", "expected a text, and `1` is a number"),
        ("n > 'a'", "expected a number, and `a` is a text"),
        ("n", "expected a condition, and column `n` is a number"),
        ("ok < true", "true and false have no order"),
        ("n in (x)", "`in` takes a list of constants"),
        (
            "t in (1)",
            "`in` takes a list of numbers, or of texts, as what it is asked of",
        ),
        ("ok in (true)", "`in` is for numbers and texts"),
        (
            "day > 'soon'",
            "`soon` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z`",
        ),
    ] {
        let json = json!({"expression": [expression]}).to_string();
        let found = outcome(&json, &rows()).findings.remove(0);
        assert!(!found.passed);
        assert_eq!(found.message, message, "{expression}");
        assert_eq!(found.details["parameter"], "/expression/0");
    }
}

#[test]
fn rows_that_do_not_fulfil_it_are_shown_with_the_columns_it_names() {
    let json = r#"{"expression": [{"is_true": "n < 2 or t = 'ääh'", "mostly": 0.6}]}"#;
    let found = outcome(json, &rows()).findings.remove(0);
    assert!(found.passed);
    assert_eq!(
        found.message,
        "1 of 3 values (33.333 %) does not fulfil `n < 2 or t = 'ääh'`, for example 2, `it's` in row 1; up to 40 % are allowed"
    );
    assert_eq!(
        found.details["partial_unexpected_list"],
        json!([[2, "it's"]])
    );
    assert_eq!(found.column, None);
}
