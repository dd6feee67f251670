//! Paired tests against scipy and statsmodels.

use arrow_array::RecordBatch;
use mlhost_evaluate::Evaluate;
use mlhost_plugin::{Evaluator, Outcome};
use serde_json::Value;

use crate::reference::{EXPECTED, numbers};
use crate::{batch, booleans, floats, metrics, observe, params, score};

fn predicted(truth: &Value, prediction: &Value, rows: usize) -> RecordBatch {
    let truth = numbers(truth);
    let rows = rows.min(truth.len());
    batch(vec![
        ("y", floats(truth)),
        ("prediction", floats(numbers(prediction))),
    ])
    .slice(0, rows)
}

/// Rows of two classes of which these models alone are right.
fn alone(first: usize, second: usize) -> [RecordBatch; 2] {
    let rows = first + second + 2;
    let of = |right: std::ops::Range<usize>| {
        // The last row is right for both, and the one before for none.
        let taken = (0..rows).map(|row| right.contains(&row) || row == rows - 1);
        batch(vec![
            ("y", booleans(vec![true; rows])),
            ("prediction", booleans(taken.collect::<Vec<_>>())),
        ])
    };
    [of(0..first), of(first..first + second)]
}

fn tested(json: &str, models: Vec<(&str, RecordBatch)>) -> Outcome {
    let models = models.into_iter();
    let models = models.map(|(name, rows)| (name.to_owned(), observe(json, rows).unwrap()));
    Evaluate::assess(params(json), models.collect()).unwrap()
}

#[track_caller]
fn assert_statistic(outcome: &Outcome, test: &str, than: &str, statistic: &str, expected: &Value) {
    let name = format!("{test} model=first than={than} statistic={statistic}");
    let found = metrics(outcome)
        .into_iter()
        .find(|(other, _)| *other == name);
    let (_, found) = found.unwrap_or_else(|| panic!("there is no {name}"));
    let expected = expected.as_f64().unwrap();
    let close = (found - expected).abs() <= 1e-10 * expected.abs();
    assert!(close, "{name} is {found}, expected {expected}");
}

#[test]
fn squared_errors_are_tested_as_by_scipy() {
    let expected = &EXPECTED["tests"];
    let json = r#"{ "target": "y", "tests": ["t_test", "wilcoxon"] }"#;
    let of = |name: &'static str| {
        (
            name,
            predicted(&expected["y"], &expected["models"][name], 60),
        )
    };
    let outcome = tested(json, vec![of("first"), of("second"), of("third")]);
    for test in ["t_test", "wilcoxon"] {
        for (than, expected) in expected[test].as_object().unwrap() {
            for statistic in ["statistic", "p_value", "p_value_holm"] {
                assert_statistic(&outcome, test, than, statistic, &expected[statistic]);
            }
        }
    }
    let tests = outcome
        .findings
        .iter()
        .filter(|finding| finding.check != "score");
    assert_eq!(tests.clone().count(), 4);
    let message = &tests.clone().next().unwrap().message;
    assert!(
        message.starts_with("first against second: squared errors differ by "),
        "{message}"
    );
    assert!(outcome.passed());
}

#[test]
fn few_ranks_are_exact_and_ties_are_corrected_for() {
    let json = r#"{ "target": "y", "tests": ["wilcoxon"] }"#;
    let expected = &EXPECTED["tests"];
    let exact = &expected["wilcoxon_exact"];
    let rows = exact["rows"].as_u64().unwrap() as usize;
    let of = |name: &'static str| {
        (
            name,
            predicted(&expected["y"], &expected["models"][name], rows),
        )
    };
    let outcome = tested(json, vec![of("first"), of("second")]);
    let tied = &expected["wilcoxon_tied"];
    let of = |name: &'static str| (name, predicted(&tied["y"], &tied[name], usize::MAX));
    let with_ties = tested(json, vec![of("first"), of("second")]);
    for statistic in ["statistic", "p_value"] {
        assert_statistic(&outcome, "wilcoxon", "second", statistic, &exact[statistic]);
        assert_statistic(
            &with_ties,
            "wilcoxon",
            "second",
            statistic,
            &tied[statistic],
        );
    }
}

#[test]
fn mcnemar_is_that_of_statsmodels() {
    let json = r#"{ "target": "y", "tests": ["mcnemar"] }"#;
    for expected in EXPECTED["tests"]["mcnemar"].as_array().unwrap() {
        let count = |name: &str| expected[name].as_u64().unwrap() as usize;
        let [first, second] = alone(count("first"), count("second"));
        let outcome = tested(json, vec![("first", first), ("second", second)]);
        for statistic in ["statistic", "p_value"] {
            assert_statistic(
                &outcome,
                "mcnemar",
                "second",
                statistic,
                &expected[statistic],
            );
        }
    }
}

#[test]
fn a_model_beside_itself_has_nothing_to_be_tested() {
    let json = r#"{ "target": "y", "tests": ["t_test", "wilcoxon"] }"#;
    let rows = predicted(
        &EXPECTED["tests"]["y"],
        &EXPECTED["tests"]["models"]["first"],
        60,
    );
    let outcome = tested(json, vec![("first", rows.clone()), ("second", rows)]);
    assert_eq!(outcome.findings.len(), 2);
}

#[test]
fn a_test_for_the_other_task_is_refused() {
    let [rows, _] = alone(1, 1);
    let error = score(r#"{ "target": "y", "tests": ["mcnemar", "t_test"] }"#, rows);
    assert_eq!(
        error.unwrap_err().to_string(),
        "`t_test` is a test for a regression (at /tests/1)"
    );
}

#[test]
fn models_of_different_rows_are_not_tested() {
    let json = r#"{ "target": "y", "tests": ["mcnemar"] }"#;
    let ([first, _], [second, _]) = (alone(1, 1), alone(2, 1));
    let models = vec![
        ("first".to_owned(), observe(json, first).unwrap()),
        ("second".to_owned(), observe(json, second).unwrap()),
    ];
    let error = Evaluate::assess(params(json), models).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the models `first` and `second` were not scored on the same rows"
    );
}
