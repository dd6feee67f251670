//! Versions that are registered with what gates decided on them, and with an alias that moves to
//! them in the same moment.

use mlhost_store::{Error, Promotion, Registered, Registration, RunId, Selector};
use serde_json::json;

use crate::fixture::Fixture;

/// Registers a model with `champion`, which has to stand at `expected`.
fn promote(
    fixture: &Fixture,
    seed: u64,
    expected: Option<Option<u32>>,
) -> (RunId, Result<Registered, Error>) {
    let run = fixture.begin_run();
    let registration = Registration {
        gates: vec![json!({ "metric": "r2", "seed": seed })],
        promotion: Some(Promotion {
            alias: "champion",
            reason: "r2 0.9 against 0.8",
            expected,
        }),
        ..Registration::default()
    };
    let model = fixture.model("arr-delay", seed);
    let registered = fixture.store.register_with(&model, run, &registration);
    (run, registered)
}

fn selected(version: &str) -> Selector {
    format!("arr-delay@{version}").parse().unwrap()
}

#[test]
fn an_alias_moves_with_the_registration_and_says_by_which_run_and_why() {
    let fixture = Fixture::new();
    let (_, first) = promote(&fixture, 1, Some(None));
    assert_eq!(first.unwrap().before, None);
    let (run, second) = promote(&fixture, 2, Some(Some(1)));
    let second = second.unwrap();
    assert_eq!((second.version, second.before), (2, Some(1)));
    let moves = fixture.store.alias_history("arr-delay").unwrap();
    let last = &moves[0];
    assert_eq!((last.from, last.to), (Some(1), 2));
    assert_eq!(last.by, format!("run {run}"));
    assert_eq!(last.reason, "r2 0.9 against 0.8");
    assert_eq!(moves.len(), 2);
    // Registered again, it stays where it is.
    let (_, again) = promote(&fixture, 2, None);
    assert!(!again.unwrap().new);
    assert_eq!(fixture.store.alias_history("arr-delay").unwrap().len(), 2);
}

#[test]
fn an_alias_that_somebody_else_has_moved_lets_nothing_be_registered() {
    let fixture = Fixture::new();
    promote(&fixture, 1, None).1.unwrap();
    promote(&fixture, 2, Some(Some(1))).1.unwrap();
    for expected in [None, Some(1)] {
        let error = promote(&fixture, 3, Some(expected)).1.unwrap_err();
        let found = match error {
            Error::AliasMoved {
                expected: was,
                found,
                ..
            } => {
                assert_eq!(was, expected);
                found
            }
            other => panic!("{other}"),
        };
        assert_eq!(found, Some(2));
    }
    assert_eq!(fixture.store.model_versions("arr-delay").unwrap().len(), 2);
    assert_eq!(
        fixture.store.model(&selected("champion")).unwrap().version,
        2
    );
    assert_eq!(promote(&fixture, 3, Some(Some(2))).1.unwrap().version, 3);
}

#[test]
fn the_message_says_where_the_alias_was_and_is() {
    let fixture = Fixture::new();
    promote(&fixture, 1, None).1.unwrap();
    let error = promote(&fixture, 2, Some(None)).1.unwrap_err();
    assert_eq!(
        fixture.rendered(&error),
        "the alias `champion` of the model `arr-delay` was moved in the meantime: it stood for no \
         version, and now stands for version 1\n\nhint: run the pipeline again: it compares with \
         that version, and computes nothing else again"
    );
}

#[test]
fn what_gates_decided_is_on_the_version_and_told_once() {
    let fixture = Fixture::new();
    let (run, _) = promote(&fixture, 1, None);
    promote(&fixture, 1, None).1.unwrap();
    promote(&fixture, 2, None).1.unwrap();
    let stored = fixture.store.model(&selected("1")).unwrap();
    let decisions = &stored.decisions;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].run, run);
    assert_eq!(decisions[0].gates, json!([{ "metric": "r2", "seed": 1 }]));
    let model = fixture.model("arr-delay", 1);
    assert_eq!(stored.digest, model.digest().unwrap());

    fixture.register("dep-delay", 1);
    let plain: Selector = "dep-delay".parse().unwrap();
    assert_eq!(fixture.store.model(&plain).unwrap().decisions, []);
}

#[test]
fn a_word_that_is_no_alias_lets_nothing_be_registered() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    for alias in ["latest", "Champion"] {
        let registration = Registration {
            promotion: Some(Promotion {
                alias,
                reason: "",
                expected: None,
            }),
            ..Registration::default()
        };
        let run = fixture.begin_run();
        assert!(
            fixture
                .store
                .register_with(&model, run, &registration)
                .is_err()
        );
    }
    assert!(fixture.store.models().unwrap().is_empty());
}

#[test]
fn models_of_one_run_are_registered_together_or_not_at_all() {
    let fixture = Fixture::new();
    promote(&fixture, 1, None).1.unwrap();
    let (run, first, second) = (
        fixture.begin_run(),
        fixture.model("dep-delay", 1),
        fixture.model("arr-delay", 2),
    );
    let plain = Registration::default();
    let promoted = |expected| Registration {
        gates: vec![],
        promotion: Some(Promotion {
            alias: "champion",
            reason: "",
            expected: Some(expected),
        }),
        experiment: None,
    };
    let late = promoted(None);
    let refused = fixture
        .store
        .register_all(run, &[(&first, &plain), (&second, &late)]);
    assert!(matches!(refused, Err(Error::AliasMoved { .. })));
    let names = || -> Vec<(String, u32)> {
        let models = fixture.store.models().unwrap().into_iter();
        models.map(|model| (model.name, model.version)).collect()
    };
    assert_eq!(names(), [("arr-delay".to_owned(), 1)]);

    let in_time = promoted(Some(1));
    let registered = fixture
        .store
        .register_all(run, &[(&first, &plain), (&second, &in_time)])
        .unwrap();
    assert_eq!((registered[0].version, registered[1].version), (1, 2));
    assert_eq!(registered[1].before, Some(1));
    assert_eq!(
        names(),
        [("arr-delay".to_owned(), 2), ("dep-delay".to_owned(), 1)]
    );
}
