//! Parameters that nothing could be checked against, and what they document.

use mlhost_plugin::{Fold, Plugin};
use mlhost_validate::{Observe, Params, Validate};

use crate::support::{numbers, params, table};

#[test]
fn what_is_wrong_with_a_check_is_found_before_a_row_is_read() {
    let rows = table([("a/b~", numbers([]))]);
    for (checks, message) in [
        (
            r#"{"between": {}}"#,
            "a range has a `min`, a `max` or both (at /columns/a~1b~0/between)",
        ),
        (
            r#"{"between": {"min": 2, "max": 1}}"#,
            "`min` is larger than `max`, so that nothing is between them \
             (at /columns/a~1b~0/between)",
        ),
        (
            r#"{"between": {"min": "2024-02-01", "max": "2024-01-01"}}"#,
            "`min` is larger than `max`, so that nothing is between them \
             (at /columns/a~1b~0/between)",
        ),
        (
            r#"{"between": {"min": "2024-02-01", "max": 5}}"#,
            "one end is a number, and the other a date or time (at /columns/a~1b~0/between)",
        ),
        (
            r#"{"max_between": {"max": "soon"}}"#,
            "`soon` is no date or time such as `2013-07-01` or `2013-07-01T06:00:00Z` \
             (at /columns/a~1b~0/max_between/max)",
        ),
        (
            r#"{"distinct_count": {"max": "2024-01-01"}}"#,
            "expected a number, found the text `2024-01-01` \
             (at /columns/a~1b~0/distinct_count/max)",
        ),
        (
            r#"{"in_set": []}"#,
            "the set has no values (at /columns/a~1b~0/in_set)",
        ),
        (
            r#"{"not_null": {"mostly": 94}}"#,
            "a share is a number from 0 to 1 (at /columns/a~1b~0/not_null/mostly)",
        ),
        (
            r#"{"unique": {"mostly": -0.1}}"#,
            "a share is a number from 0 to 1 (at /columns/a~1b~0/unique/mostly)",
        ),
    ] {
        let params = params(&format!(r#"{{"columns": {{"a/b~": {checks}}}}}"#));
        let refused = Observe::open(params, &rows.schema())
            .map(|_| ())
            .unwrap_err();
        assert_eq!(refused.to_string(), message);
    }
    let refused = Observe::open(params(r#"{"row_count": {}}"#), &rows.schema());
    assert_eq!(
        refused.map(|_| ()).unwrap_err().to_string(),
        "a range has a `min`, a `max` or both (at /row_count)"
    );
}

#[test]
fn what_cannot_be_read_says_what_was_expected() {
    for (json, message) in [
        (
            r#"{"columns": {"x": {"not_null": {"moslty": 1}}}}"#,
            "expected a boolean, or a table with `mostly`, `severity` and `where`",
        ),
        (
            r#"{"columns": {"x": {"type": "int"}}}"#,
            "expected a type (`number`, `integer`, `float`, `string`, `boolean`, `date` or \
             `timestamp`), or a table with `is` and `severity`",
        ),
        (
            r#"{"columns": {"x": {"in_set": "a"}}}"#,
            "expected a list of strings, numbers or booleans, or a table with `values`, `mostly`, \
             `severity` and `where`",
        ),
        (
            r#"{"no_extra_columns": 1}"#,
            "expected a boolean, or a table with `severity`",
        ),
        (
            r#"{"columns": {"x": {"betwen": {}}}}"#,
            "unknown field `betwen`",
        ),
    ] {
        let error = serde_json::from_str::<Params>(json)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn only_columns_whose_values_are_checked_are_wanted() {
    let rows = table([("a", numbers([])), ("b", numbers([])), ("c", numbers([]))]);
    let json = r#"{"columns": {
        "c": {"unique": true}, "b": {"type": "number", "not_null": false}, "a": {"not_null": true},
        "d": {"not_null": true}
    }}"#;
    let fold = Observe::open(params(json), &rows.schema()).unwrap();
    assert_eq!(fold.columns(), ["a", "c"]);
}

#[test]
fn every_parameter_is_documented() {
    let schema = schemars::schema_for!(<Validate as Plugin>::Params).to_value();
    for definition in [
        "ColumnChecks",
        "Between",
        "RowCount",
        "RowDemand",
        "SetDemand",
    ] {
        let properties = schema["$defs"][definition]["properties"]
            .as_object()
            .unwrap();
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{definition}.{name}");
        }
    }
}
