//! CHECKS.md: every check with its definition, its parameters, and what it says of a small table. Made
//! of the schema of the parameters and of what the checks do say.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, TimestampSecondArray};
use mlhost_plugin::{Finding, Fold, Validator, testing};
use mlhost_validate::{Observe, Params, Validate};
use serde_json::Value;

use crate::support::{numbers, params, table, texts};

/// Parameters of each check: those that pass, and those that do not.
const SAMPLES: &[(&str, &str, &str)] = &[
    (
        "column_exists",
        r#"{"columns": {"order": {}}}"#,
        r#"{"columns": {"ordr": {"not_null": true}}}"#,
    ),
    (
        "type",
        r#"{"columns": {"order": {"type": "string"}}}"#,
        r#"{"columns": {"order": {"type": "number"}}}"#,
    ),
    (
        "not_null",
        r#"{"columns": {"order": {"not_null": true}}}"#,
        r#"{"columns": {"amount": {"not_null": {"mostly": 0.9}}}}"#,
    ),
    (
        "between",
        r#"{"columns": {"amount": {"between": {"min": 0}}}}"#,
        r#"{"columns": {"amount": {"between": {"min": 0, "max": 50}}}}"#,
    ),
    (
        "in_set",
        r#"{"columns": {"country": {"in_set": ["DE", "FR", "XX"]}}}"#,
        r#"{"columns": {"country": {"in_set": ["DE", "FR"]}}}"#,
    ),
    (
        "not_in_set",
        r#"{"columns": {"country": {"not_in_set": ["NL"]}}}"#,
        r#"{"columns": {"country": {"not_in_set": ["XX"]}}}"#,
    ),
    (
        "unique",
        r#"{"columns": {"line": {"unique": {"where": "order = 'O-1'"}}}}"#,
        r#"{"columns": {"order": {"unique": true}}}"#,
    ),
    (
        "regex",
        r#"{"columns": {"order": {"regex": "^O-"}}}"#,
        r#"{"columns": {"order": {"regex": "^O-[0-9]$"}}}"#,
    ),
    (
        "length_between",
        r#"{"columns": {"country": {"length_between": {"min": 2, "max": 2}}}}"#,
        r#"{"columns": {"order": {"length_between": {"max": 3}}}}"#,
    ),
    (
        "mean_between",
        r#"{"columns": {"amount": {"mean_between": {"max": 100}}}}"#,
        r#"{"columns": {"amount": {"mean_between": {"max": 30}}}}"#,
    ),
    (
        "median_between",
        r#"{"columns": {"amount": {"median_between": {"max": 100}}}}"#,
        r#"{"columns": {"amount": {"median_between": {"max": 10}}}}"#,
    ),
    (
        "stdev_between",
        r#"{"columns": {"amount": {"stdev_between": {"min": 1}}}}"#,
        r#"{"columns": {"amount": {"stdev_between": {"max": 30}}}}"#,
    ),
    (
        "sum_between",
        r#"{"columns": {"amount": {"sum_between": {"min": 1}}}}"#,
        r#"{"columns": {"amount": {"sum_between": {"min": 500}}}}"#,
    ),
    (
        "min_between",
        r#"{"columns": {"amount": {"min_between": {"min": 1}}}}"#,
        r#"{"columns": {"amount": {"min_between": {"min": 20}}}}"#,
    ),
    (
        "max_between",
        r#"{"columns": {"amount": {"max_between": {"max": 100}}}}"#,
        r#"{"columns": {"amount": {"max_between": {"max": 50}}}}"#,
    ),
    (
        "quantile_between",
        r#"{"columns": {"amount": {"quantile_between": {"q": 0.25, "min": 10}}}}"#,
        r#"{"columns": {"amount": {"quantile_between": [{"q": 0.9, "max": 50}]}}}"#,
    ),
    (
        "distinct_count",
        r#"{"columns": {"country": {"distinct_count": {"max": 3}}}}"#,
        r#"{"columns": {"country": {"distinct_count": {"max": 2}}}}"#,
    ),
    (
        "proportion_unique",
        r#"{"columns": {"order": {"proportion_unique": {"min": 0.5}}}}"#,
        r#"{"columns": {"order": {"proportion_unique": {"min": 0.9}}}}"#,
    ),
    (
        "monotonic",
        r#"{"columns": {"ordered": {"monotonic": "increasing"}}}"#,
        r#"{"columns": {"line": {"monotonic": {"is": "increasing", "strictly": true}}}}"#,
    ),
    (
        "freshness",
        r#"{"columns": {"ordered": {"freshness": {"at": "2024-03-02", "within": "2d"}}}}"#,
        r#"{"columns": {"ordered": {"freshness": {"at": "2024-03-05", "within": "36h"}}}}"#,
    ),
    (
        "in_reference",
        r#"{"columns": {"country": {"in_reference": {"column": "code", "mostly": 0.5}}}}"#,
        r#"{"columns": {"country": {"in_reference": "code"}}}"#,
    ),
    (
        "unique_together",
        r#"{"unique_together": [{"columns": ["order", "line"]}]}"#,
        r#"{"unique_together": [{"columns": ["order", "country"]}]}"#,
    ),
    (
        "greater_than",
        r#"{"greater_than": [{"column": "amount", "than": "line"}]}"#,
        r#"{"greater_than": [{"column": "line", "than": "amount", "or_equal": true}]}"#,
    ),
    (
        "correlation",
        r#"{"correlation": [{"columns": ["amount", "line"], "min": -1}]}"#,
        r#"{"correlation": [{"columns": ["amount", "line"], "min": 0.9}]}"#,
    ),
    (
        "expression",
        r#"{"expression": ["line >= 1 and paid is not null"]}"#,
        r#"{"expression": [{"is_true": "paid or amount < 50", "mostly": 0.9}]}"#,
    ),
    (
        "row_count",
        r#"{"row_count": {"min": 4}}"#,
        r#"{"row_count": {"max": 3}}"#,
    ),
    (
        "no_extra_columns",
        r#"{"columns": {"order": {}, "line": {}, "country": {}, "amount": {}, "paid": {}, "ordered": {}}, "no_extra_columns": true}"#,
        r#"{"columns": {"order": {}}, "no_extra_columns": true}"#,
    ),
    (
        "column_order",
        r#"{"column_order": ["order", "line", "country", "amount", "paid", "ordered"]}"#,
        r#"{"column_order": ["order", "country"]}"#,
    ),
];

/// What else checks say, whichever they are.
const FAILURES: &[(&str, &str)] = &[
    (
        "A column that is named beside others, or in an expression, is not there",
        r#"{"expression": ["amuont > 0"]}"#,
    ),
    (
        "A column is of a type that the check is not for",
        r#"{"columns": {"order": {"between": {"min": 0}}}}"#,
    ),
    (
        "An expression does not fit the columns",
        r#"{"expression": ["order > 5"]}"#,
    ),
    (
        "The column of a condition is not there",
        r#"{"columns": {"amount": {"between": {"min": 0, "where": "lin > 9"}}}}"#,
    ),
    (
        "A condition does not fit the columns",
        r#"{"columns": {"amount": {"between": {"min": 0, "where": "line > 'a'"}}}}"#,
    ),
    (
        "The ends of a range are of another kind than the column",
        r#"{"columns": {"ordered": {"between": {"min": 5}}}}"#,
    ),
    (
        "No value of a set is of the kind of the column",
        r#"{"columns": {"order": {"in_set": [1]}}}"#,
    ),
    (
        "A value of a set is no date or time, and the column holds such",
        r#"{"columns": {"ordered": {"in_set": ["soon"]}}}"#,
    ),
    (
        "Two columns are of types that have no common order",
        r#"{"greater_than": [{"column": "ordered", "than": "line"}]}"#,
    ),
    (
        "There is no value that could be new",
        r#"{"columns": {"ordered": {"freshness": {"at": "2024-03-02", "within": "2d", "where": "line > 9"}}}}"#,
    ),
    (
        "The reference is without the column",
        r#"{"columns": {"country": {"in_reference": "cod"}}}"#,
    ),
    (
        "The column of the reference is of another kind",
        r#"{"columns": {"line": {"in_reference": "code"}}}"#,
    ),
    (
        "A column need not be there, and is not",
        r#"{"columns": {"discount": {"required": false, "not_null": true}}}"#,
    ),
    (
        "There is nothing to look at",
        r#"{"columns": {"amount": {"between": {"min": 0, "where": "line > 9"}}}}"#,
    ),
    (
        "There are too few values for a statistic",
        r#"{"columns": {"amount": {"stdev_between": {"max": 1, "where": "line > 1"}}}}"#,
    ),
    (
        "Some unexpected values are allowed",
        r#"{"columns": {"amount": {"between": {"max": 50, "mostly": 0.5}}}}"#,
    ),
];

/// What is refused before a row is read, and where in the parameters.
const REFUSALS: &[(&str, &str)] = &[
    (
        "A share is no share",
        r#"{"columns": {"amount": {"not_null": {"mostly": 94}}}}"#,
    ),
    (
        "A range has no end",
        r#"{"columns": {"amount": {"between": {}}}}"#,
    ),
    (
        "Nothing is in a range",
        r#"{"row_count": {"min": 2, "max": 1}}"#,
    ),
    (
        "The ends of a range are of different kinds",
        r#"{"columns": {"ordered": {"between": {"min": 5, "max": "2024-03-02"}}}}"#,
    ),
    (
        "An end is a text, and no date or time",
        r#"{"columns": {"ordered": {"between": {"max": "soon"}}}}"#,
    ),
    (
        "A number of values has an end that is a date",
        r#"{"columns": {"ordered": {"distinct_count": {"max": "2024-03-02"}}}}"#,
    ),
    (
        "A set is empty",
        r#"{"columns": {"country": {"in_set": []}}}"#,
    ),
    (
        "There is no such quantile",
        r#"{"columns": {"amount": {"quantile_between": {"q": 95, "max": 9}}}}"#,
    ),
    (
        "A text is no regular expression",
        r#"{"columns": {"order": {"regex": "("}}}"#,
    ),
    (
        "A text is no date or time",
        r#"{"columns": {"ordered": {"freshness": {"at": "today", "within": "2d"}}}}"#,
    ),
    (
        "A text is no length of time",
        r#"{"columns": {"ordered": {"freshness": {"at": "2024-03-02", "within": "2 suns"}}}}"#,
    ),
    (
        "One column is to be unique together",
        r#"{"unique_together": [{"columns": ["order"]}]}"#,
    ),
    ("An order has no columns", r#"{"column_order": []}"#),
    (
        "An expression cannot be read",
        r#"{"expression": ["amount > "]}"#,
    ),
    (
        "A condition cannot be read",
        r#"{"columns": {"amount": {"not_null": {"where": "line ? 1"}}}}"#,
    ),
];

fn orders() -> RecordBatch {
    let line: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 1, 3]));
    let paid: ArrayRef = Arc::new(BooleanArray::from(vec![true, true, false, true]));
    let times = [1_709_251_200, 1_709_251_200, 1_709_280_000, 1_709_290_800];
    let ordered: ArrayRef =
        Arc::new(TimestampSecondArray::from(times.to_vec()).with_timezone("UTC"));
    table([
        (
            "order",
            texts([Some("O-1"), Some("O-1"), Some("O-2"), Some("O-33")]),
        ),
        ("line", line),
        (
            "country",
            texts([Some("DE"), Some("DE"), Some("FR"), Some("XX")]),
        ),
        (
            "amount",
            numbers([Some(10.5), None, Some(80.0), Some(20.25)]),
        ),
        ("paid", paid),
        ("ordered", ordered),
    ])
}

fn findings(json: &str) -> Vec<Finding> {
    let fold = |rows| testing::fold::<Observe>(params(json), &[rows]).unwrap();
    let codes = table([("code", texts([Some("DE"), Some("FR"), Some("NL")]))]);
    let outcome = Validate::assess_beside(params(json), fold(orders()), fold(codes));
    outcome.unwrap().findings
}

/// The finding of a check that has passed, or not.
fn said(check: &str, json: &str, passed: bool) -> Finding {
    let mut findings = findings(json).into_iter();
    let finding = findings.find(|finding| finding.check == check && finding.passed == passed);
    finding.unwrap_or_else(|| unreachable!("{check}: {:?}", self::findings(json)))
}

/// The parameter of a check, as the schema describes it.
fn described(schema: &Value, check: &str) -> String {
    let columns = &schema["properties"]["columns"]["additionalProperties"]["properties"];
    let property = columns
        .get(check)
        .or_else(|| schema["properties"].get(check));
    let description = property.and_then(|property| property["description"].as_str());
    let description = description.unwrap_or("A column that is named in `columns` is there.");
    description.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn reference() -> String {
    let schema: Value = serde_json::from_str(&testing::params_schema::<Params>()).unwrap();
    let mut text = String::from(
        "Of this table, beside a reference with the codes `DE`, `FR` and `NL`, each check says:\n\n",
    );
    text.push_str(
        "| order | line | country | amount | paid | ordered |\n|---|---|---|---|---|---|\n",
    );
    text.push_str("| O-1 | 1 | DE | 10.5 | true | 2024-03-01T00:00:00Z |\n| O-1 | 2 | DE | | true | 2024-03-01T00:00:00Z |\n");
    text.push_str("| O-2 | 1 | FR | 80 | false | 2024-03-01T08:00:00Z |\n| O-33 | 3 | XX | 20.25 | true | 2024-03-01T11:00:00Z |\n");
    for (check, passing, failing) in SAMPLES {
        let (passes, fails) = (said(check, passing, true), said(check, failing, false));
        let details: Vec<_> = fails
            .details
            .keys()
            .map(|name| format!("`{name}`"))
            .collect();
        let details = if details.is_empty() {
            "none".to_owned()
        } else {
            details.join(", ")
        };
        let _ = write!(
            text,
            "\n## {check}\n\n{}\n\n| parameters | |\n|---|---|\n| `{passing}` | passed: {} |\n| `{failing}` | not passed: {} |\n\nDetails: {details}.\n",
            described(&schema, check),
            passes.message,
            fails.message,
        );
    }
    text.push_str("\n## What any check may say\n\n| when | parameters | |\n|---|---|---|\n");
    for (when, json) in FAILURES {
        let finding = findings(json).pop().unwrap();
        let passed = if finding.passed {
            "passed"
        } else {
            "not passed"
        };
        let _ = writeln!(
            text,
            "| {when} | `{json}` | {passed}: {} |",
            finding.message
        );
    }
    text.push_str(
        "\n## What is refused before a row is read\n\n| what is wrong | parameters | |\n|---|---|---|\n",
    );
    for (what, json) in REFUSALS {
        let refused = Observe::open(params(json), &orders().schema());
        let refused = refused.map(|_| ()).unwrap_err();
        let _ = writeln!(text, "| {what} | `{json}` | {refused} |");
    }
    text
}

#[test]
fn the_readme_of_checks_has_all_of_them() {
    let folder = env!("CARGO_MANIFEST_DIR");
    testing::generated_part(format!("{folder}/CHECKS.md"), "checks", &reference()).unwrap();
}

#[test]
fn every_check_has_a_sample() {
    let schema: Value = serde_json::from_str(&testing::params_schema::<Params>()).unwrap();
    let columns = &schema["properties"]["columns"]["additionalProperties"]["properties"];
    // Whether a column has to be there is what `column_exists` is told.
    let names = columns.as_object().unwrap().keys();
    let names = names.filter(|name| *name != "required");
    let of_table = schema["properties"].as_object().unwrap().keys();
    for name in names.chain(of_table).filter(|name| *name != "columns") {
        assert!(SAMPLES.iter().any(|(check, ..)| check == name), "{name}");
    }
}
