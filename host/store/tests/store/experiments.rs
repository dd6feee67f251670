//! Versions that enter experiments, and what that keeps.

use std::time::Duration;

use mlhost_store::{
    Collection, Error, ExperimentEntry, Outcome, Registration, RunId, Selector, Store,
};
use serde_json::json;

use crate::fixture::Fixture;

/// Registers a model in an experiment, in a run of its own, whose record names a blob.
fn enter(fixture: &Fixture, experiment: &str, name: &str, seed: u64) -> RunId {
    let run = fixture.begin_run();
    let registration = Registration {
        experiment: Some(experiment),
        ..Registration::default()
    };
    let model = fixture.model(name, seed);
    let store = &fixture.store;
    store.register_with(&model, run, &registration).unwrap();
    let evaluator = format!("the evaluator of run {run}");
    let evaluator = store.blobs().put(evaluator.as_bytes()).unwrap();
    let record = json!({ "evaluator": evaluator });
    store.finish_run(run, Outcome::Done, "", &record).unwrap();
    run
}

/// `arr-delay@1 by run 1`, for each version.
fn entries(store: &Store, experiment: &str) -> Vec<String> {
    let entries = store.experiment(experiment).unwrap().entries;
    let words = |entry: &ExperimentEntry| format!("{entry} by run {}", entry.run);
    entries.iter().map(words).collect()
}

#[test]
fn versions_of_several_names_compete() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    assert_eq!(store.experiments().unwrap(), []);
    enter(&fixture, "delays", "tree", 1);
    enter(&fixture, "delays", "linear", 2);
    enter(&fixture, "others", "tree", 3);
    fixture.register("tree", 4);
    assert_eq!(
        entries(store, "delays"),
        ["linear@1 by run 2", "tree@1 by run 1"]
    );
    assert_eq!(entries(store, "others"), ["tree@2 by run 3"]);
    // Registered again, a version has not entered twice.
    enter(&fixture, "delays", "tree", 1);
    let delays = ["linear@1 by run 2", "tree@1 by run 5"];
    assert_eq!(entries(store, "delays"), delays);
    store
        .set_alias("tree", "champion", 1, "ann", "best")
        .unwrap();
    let experiments = store.experiments().unwrap();
    let names: Vec<_> = experiments.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["delays", "others"]);
    assert_eq!(experiments[0].entries[0].aliases, [""; 0]);
    assert_eq!(experiments[0].entries[1].aliases, ["champion"]);
    let stored = store.model(&"tree@1".parse::<Selector>().unwrap()).unwrap();
    assert_eq!(experiments[0].entries[1].digest, stored.digest);
}

#[test]
fn a_deleted_version_leaves_and_an_experiment_without_versions_is_none() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    enter(&fixture, "delays", "tree", 1);
    enter(&fixture, "delays", "tree", 2);
    store.delete_version("tree", 1, "ann").unwrap();
    assert_eq!(entries(store, "delays"), ["tree@2 by run 2"]);
    store.delete_version("tree", 2, "ann").unwrap();
    assert!(matches!(
        store.experiment("delays"),
        Err(Error::UnknownExperiment { .. })
    ));
    assert_eq!(store.experiments().unwrap(), []);
}

#[test]
fn the_run_that_has_entered_a_version_last_is_kept() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let first = enter(&fixture, "delays", "tree", 1);
    let between = enter(&fixture, "delays", "tree", 1);
    let last = enter(&fixture, "delays", "tree", 1);
    let evaluator =
        |run| mlhost_store::Digest::of(format!("the evaluator of run {run}").as_bytes());
    let collected = store
        .collect(&Collection {
            keep_runs: Some(0),
            grace: Duration::ZERO,
            ..Collection::default()
        })
        .unwrap();
    // The first has made the version.
    assert_eq!(collected.runs, [between]);
    for (run, is_kept) in [(first, true), (between, false), (last, true)] {
        let found = store.blobs().contains(&evaluator(run)).unwrap();
        assert_eq!(found, is_kept, "run {run}");
    }
    // Once the version is gone, nothing needs them.
    store.delete_version("tree", 1, "ann").unwrap();
    let collected = store
        .collect(&Collection {
            keep_runs: Some(0),
            grace: Duration::ZERO,
            ..Collection::default()
        })
        .unwrap();
    assert_eq!(collected.runs, [first, last]);
}
