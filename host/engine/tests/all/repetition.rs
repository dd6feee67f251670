//! The same pipeline on the same data makes the same model: again, elsewhere, and with however
//! many threads.

use mlhost_engine::{RegisteredModel, RunReport};
use mlhost_store::Outcome;

use crate::support::{PIPELINE, Scene, step};

fn model(report: &RunReport) -> &RegisteredModel {
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);
    let [model] = report.record.models.as_slice() else {
        panic!("one model: {:?}", report.record.models);
    };
    model
}

#[test]
fn a_second_run_finds_the_version_of_the_first() {
    let scene = Scene::new();
    let (first, second) = (scene.run(PIPELINE, 2), scene.run(PIPELINE, 2));
    assert_eq!(model(&first).digest, model(&second).digest);
    assert_eq!(model(&second).version, 1);
    assert!(model(&first).new);
    assert!(!model(&second).new);
}

#[test]
fn neither_place_nor_number_of_threads_shows() {
    let (here, there) = (Scene::new(), Scene::new());
    let (one, four) = (here.run(PIPELINE, 1), there.run(PIPELINE, 4));
    assert_eq!(model(&one).digest, model(&four).digest);
    for name in ["validate", "preprocess", "tree", "evaluate"] {
        let digests = |report| -> Vec<_> {
            let states = step(report, name).states.iter();
            states.map(|state| state.digest.clone()).collect()
        };
        assert_eq!(digests(&one), digests(&four), "{name}");
        assert!(!digests(&one).is_empty(), "{name}");
    }
}

#[test]
fn another_parameter_makes_another_version() {
    let scene = Scene::new();
    let other = PIPELINE.replace("max_depth = 6", "max_depth = 2");
    let (first, second) = (scene.run(PIPELINE, 2), scene.run(&other, 2));
    assert_ne!(model(&first).digest, model(&second).digest);
    assert_eq!(model(&second).version, 2);
}
