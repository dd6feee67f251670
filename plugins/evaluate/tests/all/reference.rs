//! Every score against numpy and scikit-learn, on made-up edges and on a month of flights:
//! `tests/reference/evaluate/make.py` made the numbers.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use mlhost_plugin::Outcome;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::{floats, metrics, score};

/// What is expected.
pub(crate) static EXPECTED: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../tests/reference/evaluate/expected.json");
    serde_json::from_str(text).unwrap()
});

/// A number, of which infinities and NaN are written as texts.
fn number(value: &Value) -> f64 {
    let text = || value.as_str().unwrap().parse().unwrap();
    value.as_f64().unwrap_or_else(text)
}

/// The numbers of a list.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// The rows of a case.
pub(crate) fn rows(columns: &Value) -> RecordBatch {
    let columns = columns.as_object().unwrap().iter();
    let columns = columns.map(|(name, column)| {
        let (kind, values) = column.as_object().unwrap().iter().next().unwrap();
        let values = values.as_array().unwrap().iter();
        let array: ArrayRef = match kind.as_str() {
            "float64" => {
                let values = values.map(|value| (!value.is_null()).then(|| number(value)));
                Arc::new(values.collect::<Float64Array>())
            }
            "utf8" => Arc::new(values.map(Value::as_str).collect::<StringArray>()),
            kind => panic!("{kind}"),
        };
        (name, array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// Columns of a file of an example, in one batch.
fn example(name: &str, columns: &[&str]) -> BTreeMap<String, ArrayRef> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let file = File::open(examples.join(name)).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let mut reader = reader.with_batch_size(1 << 20).build().unwrap();
    let rows = reader.next().unwrap().unwrap();
    assert!(reader.next().is_none());
    let column = |name: &&str| {
        (
            (*name).to_owned(),
            rows.column_by_name(name).unwrap().clone(),
        )
    };
    columns.iter().map(column).collect()
}

fn delays(columns: &BTreeMap<String, ArrayRef>) -> impl Iterator<Item = Option<f64>> {
    let delays = columns["dep_delay"].as_any();
    let delays = delays.downcast_ref::<Float64Array>().unwrap().iter();
    delays.map(|delay| delay.filter(|delay| !delay.is_nan()))
}

/// July, with a delay at arrival that is predicted as `make.py` does.
fn flights() -> RecordBatch {
    let columns = example(
        "flights/data/flights_m07.parquet",
        &["arr_delay", "dep_delay", "carrier"],
    );
    let predictions = delays(&columns).map(|delay| delay.map_or(10.0, |delay| delay - 4.0));
    RecordBatch::try_from_iter_with_nullable([
        ("y", columns["arr_delay"].clone(), true),
        ("prediction", floats(predictions.collect::<Vec<_>>()), true),
        ("carrier", columns["carrier"].clone(), true),
    ])
    .unwrap()
}

/// July, with a chance of being late as `make.py` has it.
pub(crate) fn late() -> RecordBatch {
    let columns = example(
        "late-flights/data/july.parquet",
        &["late", "dep_delay", "carrier"],
    );
    let chances = delays(&columns).map(|delay| {
        delay.map_or(0.25, |delay| {
            let z = delay - 12.0;
            0.5 + 0.5 * z / (z.abs() + 20.0)
        })
    });
    let chances: Vec<f64> = chances.collect();
    let taken = chances.iter().map(|chance| Some(*chance > 0.5));
    let rest = chances.iter().map(|chance| 1.0 - chance);
    RecordBatch::try_from_iter_with_nullable([
        ("y", columns["late"].clone(), true),
        (
            "prediction",
            Arc::new(taken.collect::<BooleanArray>()) as _,
            true,
        ),
        ("probability_false", floats(rest.collect::<Vec<_>>()), true),
        ("probability_true", floats(chances), true),
        ("carrier", columns["carrier"].clone(), true),
    ])
    .unwrap()
}

/// The same metrics, to 12 digits; those of slices are looked for with their label.
#[track_caller]
fn assert_same(case: &str, found: &BTreeMap<String, f64>, label: &str, expected: &Value) {
    for (name, expected) in expected.as_object().unwrap() {
        let expected = number(expected);
        let found = found.get(&format!("{name}{label}"));
        let found = found.unwrap_or_else(|| panic!("{case}: there is no {name}{label}"));
        let close = (found - expected).abs() <= 1e-12 * expected.abs().max(1e-3);
        assert!(
            close,
            "{case}: {name}{label} is {found}, expected {expected}"
        );
    }
}

fn by_name(outcome: &Outcome) -> BTreeMap<String, f64> {
    metrics(outcome).into_iter().collect()
}

#[test]
fn made_up_cases_are_those_of_scikit_learn() {
    let cases = EXPECTED["cases"].as_array().unwrap();
    assert!(cases.len() > 25);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let outcome = score(&case["params"].to_string(), rows(&case["columns"]));
        let found = by_name(&outcome.unwrap_or_else(|error| panic!("{name}: {error}")));
        assert_same(name, &found, "", &case["metrics"]);
        let expected = case["metrics"].as_object().unwrap();
        let more: Vec<_> = found
            .keys()
            .filter(|name| !expected.contains_key(*name))
            .collect();
        assert!(more.is_empty(), "{name} has {more:?}");
    }
}

#[test]
fn infinities_are_refused_and_not_scored() {
    for (truth, prediction) in [(f64::INFINITY, 1.0), (1.0, f64::NEG_INFINITY)] {
        let rows = rows(&json!({
            "y": { "float64": [2.0, truth.to_string()] },
            "prediction": { "float64": [1.0, prediction.to_string()] },
        }));
        let error = score(r#"{ "target": "y" }"#, rows).unwrap_err();
        assert!(error.message.contains("infinite"), "{error}");
    }
}

#[test]
fn a_month_of_flights_is_scored_as_by_scikit_learn() {
    let expected = &EXPECTED["flights"];
    let mut params = expected["params"].clone();
    params["target"] = json!("y");
    params["by"] = json!(["carrier"]);
    let found = by_name(&score(&params.to_string(), flights()).unwrap());
    assert_same("flights", &found, "", &expected["metrics"]);
    let carriers = expected["by_carrier"].as_object().unwrap();
    assert_eq!(carriers.len(), 15);
    for (carrier, expected) in carriers {
        assert_same("flights", &found, &format!(" carrier={carrier}"), expected);
    }
}

#[test]
fn late_flights_are_scored_as_by_scikit_learn() {
    let expected = &EXPECTED["late"];
    let params = r#"{ "target": "y", "by": ["carrier"] }"#;
    let found = by_name(&score(params, late()).unwrap());
    assert_same("late", &found, "", &expected["metrics"]);
    let carriers = expected["by_carrier"].as_object().unwrap();
    assert_eq!(carriers.len(), 15);
    for (carrier, expected) in carriers {
        assert_same("late", &found, &format!(" carrier={carrier}"), expected);
    }
}

#[test]
fn intervals_are_those_of_numpy() {
    for (case, expected) in EXPECTED["intervals"].as_object().unwrap() {
        let cases = EXPECTED["cases"].as_array().unwrap();
        let of_case = cases.iter().find(|one| one["name"] == *case).unwrap();
        let expected = expected.as_object().unwrap();
        let asked = expected
            .keys()
            .map(|name| (name.clone(), json!({ "confidence": 0.9 })));
        let asked: serde_json::Map<_, _> = asked.collect();
        let mut params = of_case["params"].clone();
        params["bootstrap"] = json!({ "metrics": asked, "resamples": 5_000, "seed": 3 });
        let found = by_name(&score(&params.to_string(), rows(&of_case["columns"])).unwrap());
        for (name, ends) in expected {
            let (lower, upper) = (number(&ends["lower"]), number(&ends["upper"]));
            for (end, expected) in [("lower", lower), ("upper", upper)] {
                let found = found[&format!("{name} statistic={end}")];
                // Both are the work of chance, with 20,000 and 5,000 draws.
                let close = (found - expected).abs() <= 0.04 * (upper - lower);
                assert!(close, "{end} of {name} is {found}, expected {expected}");
            }
        }
    }
}
