//! What was computed once is not computed again, and what has changed is.

use std::{fs, sync::Arc};

use mlhost_engine::{NoObserver, RunOptions, RunReport};
use mlhost_store::Outcome;

use crate::support::{PIPELINE, Scene, block_on, csv, engine, step};

const STEPS: [&str; 4] = ["validate", "preprocess", "tree", "evaluate"];

/// Which steps an earlier run had done, in the order of the pipeline.
fn cached(report: &RunReport) -> Vec<&'static str> {
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);
    let steps = STEPS.into_iter();
    steps.filter(|name| step(report, name).cached).collect()
}

#[test]
fn an_unchanged_pipeline_computes_nothing() {
    let scene = Scene::new();
    let (first, second) = (scene.run(PIPELINE, 2), scene.run(PIPELINE, 2));
    assert!(cached(&first).is_empty());
    assert_eq!(cached(&second), STEPS);
    for name in STEPS {
        let (first, second) = (step(&first, name), step(&second, name));
        assert_eq!(first.states, second.states, "{name}");
        assert_eq!(first.outcome, second.outcome, "{name}");
        assert_eq!(second.rows, 0, "{name}");
    }
}

#[test]
fn a_changed_parameter_computes_what_depends_on_it() {
    let scene = Scene::new();
    scene.run(PIPELINE, 2);
    let other = PIPELINE.replace("max_depth = 6", "max_depth = 2");
    assert_eq!(cached(&scene.run(&other, 2)), ["validate", "preprocess"]);
}

#[test]
fn appended_data_costs_only_its_own_rows() {
    let scene = Scene::new();
    let first = scene.run(PIPELINE, 2);
    fs::write(scene.path("train-3.csv"), csv(40_000)).unwrap();
    let second = scene.run(PIPELINE, 2);
    assert!(cached(&second).is_empty());
    let rows = |report| step(report, "validate").rows;
    assert_eq!(rows(&second), rows(&first) / 2);

    // The same as without anything from before.
    let elsewhere = Scene::new();
    fs::write(elsewhere.path("train-3.csv"), csv(40_000)).unwrap();
    let fresh = elsewhere.run(PIPELINE, 1);
    assert_eq!(
        fresh.record.models[0].digest,
        second.record.models[0].digest
    );
}

#[test]
fn a_run_over_its_memory_says_who_has_it() {
    let scene = Scene::new();
    let options = RunOptions {
        memory: Some(1 << 20),
        ..RunOptions::default()
    };
    let (engine, checked) = (engine(), scene.check(PIPELINE));
    let run = engine.run(checked, scene.store(), Arc::new(NoObserver), options);
    let report = block_on(run).unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    let said = &report.summary;
    assert!(
        said.contains("all steps together may hold 1.0 MiB"),
        "{said}"
    );
    assert!(said.contains("step `validate` wants"), "{said}");
    assert!(scene.store().models().unwrap().is_empty());
}
