//! What an evaluator says beside its scores stands where a reader looks.

use std::collections::BTreeMap;

use mlhost_report::page::{Evaluation, Report, Section, State};
use mlhost_sandbox::{Finding, Metric, Outcome, Severity, Verdict};
use serde_json::{Value, json};

fn metric(name: &str, value: f64, labels: &[(&str, &str)]) -> Metric {
    let labels = labels.iter();
    let labels: BTreeMap<String, String> = labels
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Metric {
        name: name.to_owned(),
        value: Some(value),
        labels,
        better: None,
    }
}

fn finding(check: &str, column: Option<&str>, message: &str, details: &Value) -> Finding {
    Finding {
        check: check.to_owned(),
        column: column.map(str::to_owned),
        passed: true,
        severity: Severity::Warn,
        message: message.to_owned(),
        details: details.as_object().cloned().unwrap_or_default(),
    }
}

/// Two models with intervals, a difference, a test and slices, as the standard evaluator tells them.
fn outcome() -> Outcome {
    let of_tree = |statistic| [("model", "tree"), ("statistic", statistic)];
    let against = |statistic| {
        [
            ("model", "tree"),
            ("than", "logistic"),
            ("statistic", statistic),
        ]
    };
    Outcome {
        verdict: Verdict::Passed,
        summary: "2 models were scored: tree, logistic".to_owned(),
        findings: vec![
            finding(
                "slices",
                Some("carrier"),
                "tree: 15 slices by carrier, the worst is YV with accuracy 0.8116 on 69 rows",
                &json!({ "model": "tree", "slices": 15, "worst": "YV", "score": "accuracy", "accuracy": 0.8116,
                    "rows": 69, "small": [], "min_slice_rows": 30 }),
            ),
            finding(
                "mcnemar",
                None,
                "tree against logistic: alone right on 259 rows and 288; p 0.2312",
                &json!({ "model": "tree", "than": "logistic", "p_value": 0.2312 }),
            ),
        ],
        metrics: vec![
            metric("accuracy", 0.885, &[("model", "tree")]),
            metric("accuracy", 0.881, &of_tree("lower")),
            metric("accuracy", 0.889, &of_tree("upper")),
            metric("accuracy", -0.001, &against("difference")),
            metric("accuracy", -0.0025, &against("lower")),
            metric("accuracy", 0.0005, &against("upper")),
            metric("accuracy", 0.1, &against("probability")),
            metric("mcnemar", 259.0, &against("statistic")),
            metric("mcnemar", 0.2312, &against("p_value")),
            metric("accuracy", 0.8116, &[("carrier", "YV"), ("model", "tree")]),
        ],
        figures: vec![],
    }
}

#[test]
fn each_comparison_interval_and_worst_slice_is_a_line() {
    insta::assert_snapshot!(Evaluation::of(None, &outcome()).lines().join("\n"));
}

#[test]
fn they_are_tables_beside_the_numbers() {
    let section = Section::of_outcome("compare", &outcome());
    let report = Report::new("Run 1", State::Warned, "done").with(section);
    let html = report.html();
    let folded = html.find("by column, class or the like</summary>");
    let tables = [
        "Models compared on the same rows",
        "How sure the scores are",
        "Worst slices",
    ];
    let places = tables.map(|title| html.find(title).expect(title));
    assert!(places.is_sorted());
    assert!(
        folded.is_some_and(|folded| places[2] < folded),
        "{folded:?}"
    );
    insta::assert_snapshot!("evaluation-tables", report.markdown());
}

#[test]
fn other_outcomes_say_nothing_of_the_kind() {
    let mut outcome = outcome();
    outcome.findings = vec![finding("slices", None, "too many", &json!({}))];
    outcome
        .metrics
        .retain(|metric| !metric.labels.contains_key("statistic"));
    let evaluation = Evaluation::of(Some("compare"), &outcome);
    assert_eq!(evaluation, Evaluation::default());
    assert!(evaluation.tables().is_empty());
}
