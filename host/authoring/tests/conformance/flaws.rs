//! A plugin with one flaw after the other: each check fails where its own promise is broken.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use arrow::{
    array::{ArrayRef, Float64Array},
    record_batch::RecordBatch,
};
use mlhost_authoring::conformance::{Case, Report, Status, Suite};
use mlhost_sandbox::Limits;
use serde_json::{Value, json};

use crate::support::{component, failed, lines, sandbox};

/// The flaws of `test:broken`, which bear the names of the checks that find them.
const FLAWS: [&str; 17] = [
    "description",
    "parameters",
    "required_parameters",
    "parameter_types",
    "unknown_parameters",
    "malformed_parameters",
    "rows",
    "limits",
    "schemas",
    "types",
    "nulls",
    "empty_batches",
    "merging",
    "batches",
    "row_wise",
    "repeatable",
    "state",
];

/// Those of its transform that need none of the above.
const MORE_FLAWS: [&str; 2] = ["output", "without_target"];

/// The component with another word for its flaw.
fn broken(flaw: &str) -> Vec<u8> {
    let word = |flaw: &str| format!("{:32}", format!("flaw:{flaw}")).into_bytes();
    let (from, to) = (word("none"), word(flaw));
    let mut bytes = component("test-plugins/test_broken.wasm");
    let mut windows = bytes.windows(from.len());
    let at = windows
        .position(|window| window == from)
        .expect("the flaw has a place");
    bytes[at..at + to.len()].copy_from_slice(&to);
    bytes
}

fn column(values: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

fn case(params: Value) -> Case {
    let columns = [
        ("x", column((0..300).map(f64::from)), true),
        ("y", column((0..300).map(|row| f64::from(row % 4))), true),
    ];
    Case {
        name: "test".to_owned(),
        params,
        input: RecordBatch::try_from_iter_with_nullable(columns).unwrap(),
        second: None,
        apply: None,
    }
}

fn report(component: &[u8], params: Value) -> Report {
    let suite = Suite {
        cases: vec![case(params)],
        limits: Limits {
            // None of these runs on for ever; a busy machine is slow.
            time: Duration::from_secs(120),
            memory_bytes: 64 << 20,
            returned_bytes: 16 << 20,
            ..Limits::default()
        },
        ..Suite::default()
    };
    suite.run(sandbox(), component).unwrap()
}

fn right() -> Value {
    json!({ "column": "x", "target": "y", "factor": 2.0 })
}

fn has_failed(report: &Report, name: &str) -> bool {
    let mut checks = report.checks.iter();
    checks.any(|check| check.name == name && check.status == Status::Failed)
}

#[test]
fn without_a_flaw_nothing_fails() {
    let report = report(&broken("none"), right());
    assert!(report.passed, "{}", lines(&failed(&report)));
    let found: BTreeSet<_> = report
        .checks
        .iter()
        .map(|check| check.name.as_str())
        .collect();
    // A plugin that is written with the SDK cannot ask for a column that is not there.
    let flawed = FLAWS
        .iter()
        .chain(&MORE_FLAWS)
        .copied()
        .chain(["columns"])
        .collect();
    assert_eq!(found, flawed, "each check is seen to fail");
}

#[test]
fn each_check_fails_where_its_promise_is_broken() {
    let mut told = String::new();
    for flaw in FLAWS.iter().chain(&MORE_FLAWS) {
        let report = report(&broken(flaw), right());
        told.push_str(&format!("{flaw}\n{}", lines(&failed(&report))));
        assert!(has_failed(&report, flaw), "\n{told}");
    }
}

#[test]
fn a_plugin_that_attacks_the_host_fails_where_it_attacks() {
    let hostile = component("test-plugins/test_hostile.wasm");
    let mut told = String::new();
    for (attack, check) in [
        ("unknown-column", "columns"),
        ("panic-in-open", "parameters"),
        ("panic-in-update", "rows"),
        ("stack-overflow", "limits"),
        ("endless-memory", "limits"),
        ("much-talk", "limits"),
        ("huge-state", "limits"),
        ("column-twice", "output"),
        ("unknown-format", "output"),
        ("invalid-utf8", "output"),
        ("wrong-null-count", "output"),
        ("dropped-rows", "row_wise"),
        ("rows-at-the-end", "row_wise"),
    ] {
        let report = report(&hostile, json!({ "attack": attack }));
        let failed = failed(&report);
        let this: Vec<_> = failed
            .iter()
            .copied()
            .filter(|found| found.name == check)
            .collect();
        told.push_str(&format!("{attack}\n{}", lines(&this)));
        assert!(!this.is_empty(), "{attack} {check}\n{}", lines(&failed));
    }
    let filters = vec![
        (r"\.rs:\d+:\d+", ".rs:[place]"),
        // The sandbox hears no more after so many.
        (r"wrote \d+ lines", "wrote [many] lines"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!(told);
    });
}
