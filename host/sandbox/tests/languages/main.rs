//! The examples of the SDKs for Python, JavaScript and C beside the standard packages in Rust, on
//! the flights data: the same numbers to the last bit, the same findings, and mistakes told alike.
//! `cargo xtask languages` builds them.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "the other tests use more of it")]
#[path = "../all/support.rs"]
mod support;

use std::path::Path;

use arrow::{
    array::{Array, AsArray, Float64Array, RecordBatch, StringArray},
    datatypes::{Float64Type, Schema, SchemaRef},
};
use mlhost_data::{Table, open};
use mlhost_pipeline::{CsvOptions, Format};
use mlhost_sandbox::{Context, Error, Failure, Plugin, Reported, Verdict};
use serde_json::{Value, json};

use crate::support::{in_language, project, standard};

const LANGUAGES: [&str; 3] = ["c", "js", "python"];

/// Floats with nulls, and integers with and without.
const COLUMNS: [&str; 4] = ["dep_delay", "temp", "distance", "arr_delay"];

/// Rows of the flights example, in batches as the engine reads them.
struct Flights {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

fn flights() -> Flights {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/flights/data");
    let options = CsvOptions::default();
    let table = open("flights_m07.parquet", &folder, Format::Parquet, &options).unwrap();
    let columns: Vec<_> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let batches: Vec<_> = table.scan(&columns).unwrap().map(Result::unwrap).collect();
    assert!(batches.len() > 1, "parts are to be merged");
    Flights {
        schema: batches[0].schema(),
        batches,
    }
}

/// Folds so many parts of the batches, each in an instance of its own, and merges them.
fn folded(plugin: &Plugin, params: &Value, flights: &Flights, parts: usize) -> Vec<u8> {
    let Flights { schema, batches } = flights;
    let open = || {
        let context = Context::new("fold");
        plugin
            .folder(&context, &params.to_string(), schema)
            .unwrap()
    };
    let mut whole = open();
    for part in batches.chunks(batches.len().div_ceil(parts)) {
        let mut folder = open();
        for batch in part {
            let rows = project(batch, folder.columns());
            folder.update(&rows).unwrap();
        }
        whole.merge(&folder.state().unwrap()).unwrap();
    }
    whole.state().unwrap()
}

/// What a preprocessor makes of the flights after it has learned from them.
fn scaled(plugin: &Plugin, params: &Value, flights: &Flights, parts: usize) -> Vec<RecordBatch> {
    let state = folded(plugin, params, flights, parts);
    let (context, params) = (Context::new("scale"), params.to_string());
    let mut transformer = plugin
        .transformer(&context, &params, &state, &flights.schema)
        .unwrap();
    let mut made = vec![];
    for batch in &flights.batches {
        let rows = project(batch, transformer.columns());
        made.extend(transformer.apply(&rows).unwrap());
    }
    made.extend(transformer.finish().unwrap());
    made
}

/// Each value as its bits, nulls and what lies under them too.
fn bits(batches: &[RecordBatch]) -> Vec<Vec<(bool, u64)>> {
    let of_column = |column: &dyn Array| {
        let values: &Float64Array = column.as_primitive::<Float64Type>();
        let rows = values.values().iter().enumerate();
        rows.map(|(row, value)| (values.is_valid(row), value.to_bits()))
            .collect()
    };
    let columns = batches.iter().flat_map(|batch| batch.columns());
    columns.map(|column| of_column(column)).collect()
}

#[test]
fn standardised_flights_have_the_bits_that_rust_makes() {
    let flights = flights();
    let rust = json!({
        "precision": "float64",
        "encode": [{ "columns": COLUMNS, "scale": "standard" }],
    });
    for parts in [1, 3] {
        let expected = scaled(&standard("preprocess"), &rust, &flights, parts);
        for language in LANGUAGES {
            let plugin = in_language(language, "standardise");
            let made = scaled(&plugin, &json!({ "columns": COLUMNS }), &flights, parts);
            assert_eq!(made[0].schema(), expected[0].schema(), "{language}");
            assert!(bits(&made) == bits(&expected), "{language}, {parts} parts");
        }
    }
}

#[test]
fn ranges_are_judged_as_in_rust() {
    let flights = flights();
    let ranges = [
        ("dep_delay", json!({ "min": -20, "max": 500 })),
        ("temp", json!({ "max": 60.5, "mostly": 0.001 })),
        ("distance", json!({ "min": 0 })),
        ("arr_delay", json!({ "min": 0, "mostly": 0.9 })),
    ];
    let columns = |of: &dyn Fn(&Value) -> Value| -> Value {
        ranges
            .iter()
            .map(|(name, range)| ((*name).to_owned(), of(range)))
            .collect()
    };
    let rust = json!({ "columns": columns(&|range| json!({ "between": range })) });
    let params = json!({ "columns": columns(&Value::clone) });
    let judged = |plugin: &Plugin, params: &Value, parts| {
        let states = [("data".to_owned(), folded(plugin, params, &flights, parts))];
        let context = Context::new("judge");
        plugin
            .assess(&context, &params.to_string(), &states)
            .unwrap()
    };
    let kept = [
        "values",
        "unexpected_count",
        "observed_min",
        "observed_max",
        "rows",
    ];
    for parts in [1, 3] {
        let expected = judged(&standard("validate"), &rust, parts);
        let expected_findings = expected.findings.iter();
        let expected_findings: Vec<_> = expected_findings
            .filter(|finding| finding.check == "between")
            .collect();
        assert_eq!(expected.verdict, Verdict::Failed);
        for language in LANGUAGES {
            let outcome = judged(&in_language(language, "between"), &params, parts);
            assert_eq!(outcome.verdict, expected.verdict, "{language}");
            assert_eq!(outcome.findings.len(), ranges.len(), "{language}");
            for (found, expected) in outcome.findings.iter().zip(&expected_findings) {
                let what = format!("{language}: {found:?}");
                assert_eq!(found.column, expected.column, "{what}");
                assert_eq!(found.passed, expected.passed, "{what}");
                for detail in kept {
                    let number = |value: Option<&Value>| value.cloned().map(as_floats);
                    let none = json!([]);
                    let expected = expected.details.get(detail).or(Some(&none));
                    assert_eq!(
                        number(found.details.get(detail)),
                        number(expected),
                        "{what}"
                    );
                }
            }
        }
    }
}

/// JSON with numbers as floats: `1` and `1.0` are the same one.
fn as_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(as_floats).collect(),
        other => other,
    }
}

fn refused(language: &str, params: &Value, schema: &Schema) -> Reported {
    let plugin = in_language(language, "standardise");
    let context = Context::new("fold");
    match plugin.folder(&context, &params.to_string(), schema) {
        Err(Error::Plugin { failure, .. }) => match *failure {
            Failure::Reported(reported) => reported,
            other => panic!("{language}: {other}"),
        },
        Err(other) => panic!("{language}: {other}"),
        Ok(_) => panic!("{language}: {params} was taken"),
    }
}

#[test]
fn wrong_parameters_are_refused_at_their_place() {
    let words = StringArray::from(vec!["a"]);
    let batch = RecordBatch::try_from_iter([("word", std::sync::Arc::new(words) as _)]).unwrap();
    let schema = batch.schema();
    for language in LANGUAGES {
        for (params, at, part) in [
            (json!({}), "", "missing field `columns`"),
            (json!({ "columns": 1 }), "/columns", "expected "),
            (json!({ "columns": [1] }), "/columns/0", "expected "),
            (
                json!({ "columns": [], "more": 1 }),
                "",
                "unknown field `more`",
            ),
            (
                json!({ "columns": ["wrod"] }),
                "/columns/0",
                "no column `wrod`",
            ),
            (
                json!({ "columns": ["word"] }),
                "/columns/0",
                "does not hold numbers",
            ),
        ] {
            let reported = refused(language, &params, &schema);
            let told = (reported.kind.as_str(), reported.at.as_deref());
            assert_eq!(
                told,
                ("invalid-params", Some(at)),
                "{language} {params}: {reported:?}"
            );
            assert!(
                reported.message.contains(part),
                "{language}: {}",
                reported.message
            );
        }
    }
}

#[test]
fn a_state_that_is_none_is_an_error_and_no_trap() {
    let flights = flights();
    for language in LANGUAGES {
        let plugin = in_language(language, "standardise");
        let (context, params) = (
            Context::new("scale"),
            json!({ "columns": COLUMNS }).to_string(),
        );
        let opened = plugin.transformer(&context, &params, b"none", &flights.schema);
        let Err(Error::Plugin { failure, .. }) = opened else {
            panic!("{language}: it was taken");
        };
        assert!(
            matches!(*failure, Failure::Reported(_)),
            "{language}: {failure}"
        );
    }
}

#[test]
fn a_batch_without_rows_comes_out_without_rows() {
    let flights = flights();
    let empty = Flights {
        batches: vec![RecordBatch::new_empty(flights.schema.clone())],
        schema: flights.schema,
    };
    for language in LANGUAGES {
        let plugin = in_language(language, "standardise");
        let made = scaled(&plugin, &json!({ "columns": COLUMNS }), &empty, 1);
        assert_eq!(
            made.iter().map(RecordBatch::num_rows).sum::<usize>(),
            0,
            "{language}"
        );
    }
}
