//! Records of runs come back as they were written, those of earlier releases too.

use mlhost_engine::{Reuse, RunRecord};
use mlhost_store::{Outcome, canonical_json};
use serde_json::json;

use crate::support::{PIPELINE, Scene};

#[test]
fn a_record_comes_back_as_it_was() {
    let scene = Scene::new();
    let report = scene.run(PIPELINE, 2);
    let store = scene.store();
    let (stored, record) = RunRecord::read(&store, report.id).unwrap();
    let json = |record: &RunRecord| canonical_json(&serde_json::to_value(record).unwrap()).unwrap();
    let record = record.unwrap();
    assert_eq!(
        String::from_utf8(json(&record)).unwrap(),
        String::from_utf8(json(&report.record)).unwrap()
    );
    // Everything that the run refers to is known to be needed, for whoever cleans up.
    let needed = store.blobs_of_run(&stored.run).unwrap();
    for step in &record.steps {
        assert!(needed.contains(&step.plugin.digest.parse().unwrap()));
        for state in &step.states {
            assert!(needed.contains(&state.digest.parse().unwrap()));
        }
    }
    assert!(
        needed
            .iter()
            .all(|digest| store.blobs().contains(digest).unwrap())
    );
}

#[test]
fn a_record_of_an_earlier_release_is_read() {
    let scene = Scene::new();
    let store = scene.store();
    let text = store.blobs().put(b"mlhost = 1").unwrap();
    let run = store.begin_run("numbers", &text).unwrap();
    let record = json!({
        "pipeline": "numbers",
        "params": { "depth": 3 },
        "seed": 7,
        "versions": { "host": "0.1.0" },
        "data": { "train": [{ "path": "train.csv", "digest": "x", "rows": null, "bytes": 9 }] },
        "steps": [{
            "name": "tree",
            "kind": "trainer",
            "plugin": { "name": "mlhost:tree", "version": "0.1.0", "digest": "y" },
            "params": { "max_depth": 3 },
            "status": "done",
            "cached": true,
            "rows": 0,
            "bytes": 0,
            "seconds": 0.5,
            "states": [],
            "outcome": null,
            "gates": [],
            "error": null,
        }],
        "models": [],
        "seconds": 0.5,
    });
    store
        .finish_run(run, Outcome::Done, "1 step done", &record)
        .unwrap();
    let (_, read) = RunRecord::read(&store, run).unwrap();
    let read = read.unwrap();
    assert_eq!(read.reuse, Reuse::Everything);
    assert_eq!(read.folder, "");
    let step = read.step("tree").unwrap();
    assert!(step.cached && step.cached_from.is_none() && step.key.is_none() && !step.again);
}
