//! A run that cannot go on stops everything that is under way, and registers nothing.

use std::{fs, path::Path, sync::Arc};

use mlhost_engine::{Error, NoObserver, RunOptions, StepStatus};
use mlhost_store::{Outcome, RunOutcome};

use crate::support::{PIPELINE, Scene, block_on, engine, step};

/// A step that never ends once it has seen more rows than a rehearsal reads, one that waits for
/// it, and one that refuses the data.
fn hanging() -> String {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let plugin = target.join("test-plugins/test_hostile.wasm");
    assert!(
        plugin.is_file(),
        "{} is missing: run `cargo xtask plugins`",
        plugin.display()
    );
    let plugin = plugin.canonicalize().unwrap();
    format!(
        r#"
mlhost = 1
name = "hanging"

[data.train]
path = "train-*.csv"

[steps.hang]
plugin = "{}"
input = "train"
timeout = "60s"

[steps.hang.with]
attack = "endless-loop"
after_rows = 1200

[steps.later]
plugin = "mlhost:validate"
input = "hang"

[steps.later.with]
row_count = {{ min = 1 }}

[steps.refuse]
plugin = "mlhost:validate"
input = "train"

[steps.refuse.with]
row_count = {{ min = 1000000 }}
"#,
        plugin.display()
    )
}

#[test]
fn a_step_that_refuses_stops_the_one_beside_it() {
    let scene = Scene::new();
    // Enough for both parts of the step that hangs, and the other one.
    let report = scene.run(&hanging(), 4);
    assert_eq!(report.outcome, Outcome::Refused, "{}", report.summary);
    assert!(
        report.summary.starts_with("step `refuse`: "),
        "{}",
        report.summary
    );
    assert!(report.error.is_none());
    assert_eq!(step(&report, "refuse").status, StepStatus::Refused);
    let hang = step(&report, "hang");
    assert_eq!(hang.status, StepStatus::Cancelled);
    assert_eq!(hang.error, None);
    assert_eq!(report.record.steps.len(), 2, "what waited has not begun");
}

#[test]
fn a_gate_that_is_not_passed_registers_nothing() {
    let scene = Scene::new();
    let gated = format!("{PIPELINE}\n[steps.evaluate.gate]\nr2 = {{ minimum = 2.0 }}\n");
    let report = scene.run(&gated, 2);
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(
        report.summary.contains("its gate wants at least 2"),
        "{}",
        report.summary
    );
    assert!(report.record.models.is_empty());
    assert!(scene.store().models().unwrap().is_empty());
    let [run] = scene.store().runs(9).unwrap().try_into().unwrap();
    assert_eq!(run.id, report.id);
}

#[test]
fn a_run_that_is_cancelled_registers_nothing() {
    let scene = Scene::new();
    let (engine, checked) = (engine(), scene.check(PIPELINE));
    let options = RunOptions {
        jobs: 2,
        ..RunOptions::default()
    };
    let runner = engine.runner(checked, scene.store(), Arc::new(NoObserver), options);
    runner.interrupt().cancel();
    let report = block_on(runner.run()).unwrap();
    assert_eq!(report.outcome, Outcome::Cancelled);
    assert_eq!(report.summary, "cancelled when 0 of 4 steps were done");
    assert!(matches!(
        report.error,
        Some(Error::Sandbox(_) | Error::Cancelled)
    ));
    assert!(scene.store().models().unwrap().is_empty());
}

#[test]
fn data_that_goes_away_fails_the_run_and_ends_it() {
    let scene = Scene::new();
    let checked = scene.check(PIPELINE);
    fs::remove_file(scene.path("train-2.csv")).unwrap();
    let report = scene.run_checked(checked, 2);
    assert_eq!(report.outcome, Outcome::Failed, "{}", report.summary);
    assert!(report.summary.contains("train-2.csv"), "{}", report.summary);
    let [run] = scene.store().runs(9).unwrap().try_into().unwrap();
    assert_eq!(run.outcome, RunOutcome::Ended(Outcome::Failed));
}

#[test]
fn a_column_that_is_not_there_is_found_before_the_run() {
    let scene = Scene::new();
    let wrong = PIPELINE.replace("[\"c\"]", "[\"colour\"]");
    let Error::Pipeline(diagnostics) = scene.refusal(&wrong) else {
        panic!("not the pipeline's fault");
    };
    assert!(diagnostics.to_string().contains("colour"), "{diagnostics}");
    assert!(!scene.path("store").exists());
}
