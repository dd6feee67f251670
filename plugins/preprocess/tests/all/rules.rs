//! Which rule is about which column, and what is refused.

use std::sync::Arc;

use arrow_array::{BooleanArray, Float32Array, Int32Array, RecordBatch, TimestampSecondArray};
use mlhost_plugin::Plugin;
use mlhost_preprocess::Preprocess;

use crate::support::{encode, learn, names, numbers, refusal, table, texts};

fn rows() -> RecordBatch {
    table([
        ("id", Arc::new(Int32Array::from(vec![1, 2]))),
        ("carrier", texts([Some("AA"), Some("B6")])),
        ("night", Arc::new(BooleanArray::from(vec![true, false]))),
        ("temp", numbers([Some(1.0), None])),
        ("time", Arc::new(TimestampSecondArray::from(vec![5, 6]))),
        ("dest", texts([Some("LAX"), None])),
        ("delay", Arc::new(Float32Array::from(vec![0.5, 0.25]))),
    ])
}

#[test]
fn columns_come_in_the_order_of_the_rules() {
    let json = r#"{
        "target": "delay",
        "encode": [
            {"columns": ["dest"], "as": "ordinal"},
            {"type": "number"},
            {"columns": ["time", "night"]},
            {"columns": ["id"], "as": "drop"},
            {"columns": ["carrier"], "as": "pass_through"}
        ]
    }"#;
    let made = encode(json, &rows(), &rows()).unwrap();
    assert_eq!(
        names(&made),
        ["dest", "temp", "time", "night", "carrier", "delay"]
    );
    assert_eq!(
        made.column_by_name("carrier"),
        rows().column_by_name("carrier")
    );
    assert_eq!(made.column_by_name("delay"), rows().column_by_name("delay"));
}

#[test]
fn types_take_what_is_left() {
    let json = r#"{
        "encode": [
            {"type": "boolean"},
            {"type": "string", "as": "ordinal"},
            {"type": "number", "impute": "mean"},
            {"columns": ["dest"], "as": "one_hot"}
        ]
    }"#;
    let made = encode(json, &rows(), &rows()).unwrap();
    assert_eq!(
        names(&made),
        ["night", "carrier", "id", "temp", "delay", "dest=LAX"]
    );
}

#[test]
fn other_columns_are_dropped_or_passed_through() {
    let rules = r#""target": "temp", "encode": [{"columns": ["carrier"], "as": "ordinal"}]"#;
    let dropped = encode(&format!("{{{rules}}}"), &rows(), &rows()).unwrap();
    assert_eq!(names(&dropped), ["carrier", "temp"]);
    let json = format!(r#"{{{rules}, "others": "pass_through"}}"#);
    let passed = encode(&json, &rows(), &rows()).unwrap();
    assert_eq!(
        names(&passed),
        ["carrier", "id", "night", "time", "dest", "delay", "temp"]
    );
}

#[test]
fn nothing_may_be_left() {
    let made = encode(r#"{"encode": []}"#, &rows(), &rows()).unwrap();
    assert_eq!((made.num_columns(), made.num_rows()), (0, 2));
}

#[test]
fn what_is_wrong_with_a_rule_is_found_before_a_row_is_read() {
    let cases = [
        (
            r#"[{"columns": ["carier"], "as": "one_hot"}]"#,
            "there is no column `carier` in the input; did you mean `carrier`? \
             (at /encode/0/columns/0)",
        ),
        (
            r#"[{"columns": ["temp"]}, {"columns": ["id", "temp"]}]"#,
            "column `temp` is named twice (at /encode/1/columns/1)",
        ),
        (
            r#"[{"columns": ["delay"]}]"#,
            "`delay` is the target, which is passed through as it is (at /encode/0/columns/0)",
        ),
        (
            r#"[{"columns": ["temp"], "type": "number"}]"#,
            "a rule is about either `columns` or a `type` of columns (at /encode/0)",
        ),
        (
            r#"[{}]"#,
            "a rule is about either `columns` or a `type` of columns (at /encode/0)",
        ),
        (
            r#"[{"columns": ["temp", "carrier"]}]"#,
            "column `carrier` holds `string`: say `as = \"one_hot\"`, `as = \"ordinal\"`, \
             `as = \"pass_through\"` or `as = \"drop\"` (at /encode/0/columns/1)",
        ),
        (
            r#"[{"type": "string", "as": "number"}]"#,
            "column `carrier` holds `string`, not numbers: encode it as \"one_hot\" or \"ordinal\" \
             (at /encode/0/type)",
        ),
        (
            r#"[{"columns": ["temp"], "as": "one_hot"}]"#,
            "column `temp` holds `float`: only texts, integers and booleans can be categories \
             (at /encode/0/columns/0)",
        ),
        (
            r#"[{"columns": ["temp"], "impute": {"constant": "x"}}]"#,
            "\"x\" cannot be imputed among numbers (at /encode/0/impute/constant)",
        ),
        (
            r#"[{"columns": ["temp"], "unknown": "error"}]"#,
            "`unknown` is for \"one_hot\" and \"ordinal\" (at /encode/0/unknown)",
        ),
        (
            r#"[{"columns": ["carrier"], "as": "one_hot", "impute": "mean"}]"#,
            "categories have neither mean nor median: impute \"most_frequent\" or a constant \
             (at /encode/0/impute)",
        ),
        (
            r#"[{"columns": ["carrier"], "as": "ordinal", "scale": "standard"}]"#,
            "`scale` is for columns that are encoded as \"number\" (at /encode/0/scale)",
        ),
        (
            r#"[{"columns": ["carrier"], "as": "ordinal", "unknown": "ignore"}]"#,
            "\"ignore\" is for \"one_hot\": give unknown categories a code, such as \
             `{ code = -1 }`, or make them an \"error\" (at /encode/0/unknown)",
        ),
        (
            r#"[{"columns": ["carrier"], "as": "one_hot", "unknown": {"code": 0}}]"#,
            "a code is for \"ordinal\": \"ignore\" unknown categories or make them an \"error\" \
             (at /encode/0/unknown)",
        ),
        (
            r#"[{"columns": ["temp"], "as": "drop", "scale": "none"}]"#,
            "`scale` means nothing for columns that are passed through or dropped \
             (at /encode/0/scale)",
        ),
    ];
    for (encode, message) in cases {
        let json = format!(r#"{{"target": "delay", "encode": {encode}}}"#);
        assert_eq!(refusal(learn(&json, &rows())), message, "{encode}");
    }
    assert_eq!(
        refusal(learn(r#"{"target": "delays", "encode": []}"#, &rows())),
        "there is no column `delays` in the input; did you mean `delay`? (at /target)"
    );
}

#[test]
fn an_input_that_does_not_fit_what_was_learned_is_refused() {
    let json = r#"{"encode": [{"columns": ["temp"]}, {"columns": ["carrier"], "as": "one_hot"}]}"#;
    let refused = |serving: RecordBatch| refusal(encode(json, &rows(), &serving));
    assert_eq!(
        refused(table([("temp", numbers([]))])),
        "the input lacks column `carrier`, which the fit had"
    );
    assert_eq!(
        refused(table([("temp", texts([])), ("carrier", texts([]))])),
        "column `temp`: the fit had numbers, and the input has `string`"
    );
    assert_eq!(
        refused(table([("temp", numbers([])), ("carrier", numbers([]))])),
        "column `carrier`: the fit had categories, and the input has `float`"
    );
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let twice = table([("x", texts([Some("a")])), ("x=a", numbers([None]))]);
    let json = r#"{"encode": [{"columns": ["x"], "as": "one_hot"}, {"type": "number"}]}"#;
    assert_eq!(
        refusal(encode(json, &twice, &twice)),
        "the output would have two columns `x=a`"
    );
}

#[test]
fn the_schema_of_the_parameters_marks_the_target_and_documents_everything() {
    let schema = schemars::schema_for!(<Preprocess as Plugin>::Params).to_value();
    assert_eq!(schema["properties"]["target"]["x-mlhost-role"], "target");
    let rule = &schema["$defs"]["Rule"]["properties"];
    for (name, property) in rule.as_object().unwrap() {
        assert!(property["description"].is_string(), "{name}");
    }
}
