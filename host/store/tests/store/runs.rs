//! Runs: numbers that count up, one end, and the record that comes back.

use mlhost_store::{Digest, Error, Outcome, RunId, RunOutcome, Store, canonical_json};
use serde_json::json;

use crate::fixture::{Fixture, begin_run};

#[test]
fn a_run_is_running_until_it_ends() {
    let fixture = Fixture::new();
    let id = fixture.begin_run();
    let begun = fixture.store.run(id).unwrap();
    assert_eq!(begun.run.id, id);
    assert_eq!(begun.run.pipeline, "flights");
    assert_eq!(begun.run.pipeline_digest, Digest::of(b"mlhost = 1"));
    assert_eq!(begun.run.outcome, RunOutcome::Running);
    assert_eq!(begun.run.finished_at, None);
    assert_eq!(begun.run.summary, None);
    assert_eq!(begun.run.host_pid, std::process::id());
    assert_eq!(begun.record, None);

    let record = json!({ "steps": [{ "name": "tree", "rows": 160_678 }], "a": 0.5 });
    fixture
        .store
        .finish_run(
            id,
            Outcome::Refused,
            "r2 is 0.4\n  and has to be 0.8",
            &record,
        )
        .unwrap();
    let ended = fixture.store.run(id).unwrap();
    assert_eq!(ended.run.outcome, RunOutcome::Ended(Outcome::Refused));
    assert_eq!(
        ended.run.summary.as_deref(),
        Some("r2 is 0.4 and has to be 0.8")
    );
    assert!(ended.run.finished_at.unwrap() >= ended.run.started_at);
    assert_eq!(ended.run.started_at, begun.run.started_at);
    let digest = ended.run.record_digest.unwrap();
    assert_eq!(digest, Digest::of(&canonical_json(&record).unwrap()));
    assert_eq!(ended.record, Some(record));
}

#[test]
fn every_outcome_comes_back() {
    let fixture = Fixture::new();
    for outcome in [
        Outcome::Done,
        Outcome::Failed,
        Outcome::Refused,
        Outcome::Cancelled,
        Outcome::Error,
    ] {
        let id = fixture.begin_run();
        fixture
            .store
            .finish_run(id, outcome, "", &json!({}))
            .unwrap();
        let stored = fixture.store.run(id).unwrap().run.outcome;
        assert_eq!(stored, RunOutcome::Ended(outcome));
        assert_eq!(
            serde_json::to_value(stored).unwrap(),
            serde_json::to_value(outcome).unwrap()
        );
    }
}

#[test]
fn the_latest_runs_come_first() {
    let fixture = Fixture::new();
    let ids: Vec<_> = (0..5).map(|_| fixture.begin_run()).collect();
    let latest: Vec<_> = fixture
        .store
        .runs(3)
        .unwrap()
        .iter()
        .map(|run| run.id)
        .collect();
    assert_eq!(latest, [ids[4], ids[3], ids[2]]);
    assert_eq!(ids[0].to_string(), "1");
    assert_eq!("5".parse::<RunId>().unwrap(), ids[4]);
}

#[test]
fn times_are_texts_with_milliseconds_in_utc() {
    let fixture = Fixture::new();
    fixture.begin_run();
    let json = serde_json::to_value(&fixture.store.runs(1).unwrap()[0]).unwrap();
    let text = json["started_at"].as_str().unwrap();
    assert_eq!(text.len(), "2026-01-31T12:00:00.000Z".len(), "{text}");
    assert!(text.ends_with('Z'), "{text}");
    assert!(json["finished_at"].is_null());
    assert_eq!(json["outcome"], "running");
}

#[test]
fn a_run_ends_once() {
    let fixture = Fixture::new();
    let id = fixture.begin_run();
    let finish = |outcome| {
        fixture
            .store
            .finish_run(id, outcome, "over", &json!({ "outcome": "x" }))
    };
    finish(Outcome::Done).unwrap();
    let error = finish(Outcome::Failed).unwrap_err();
    assert!(matches!(error, Error::RunEnded { .. }), "{error}");
    let kept = fixture.store.run(id).unwrap().run.outcome;
    assert_eq!(kept, RunOutcome::Ended(Outcome::Done));
}

#[test]
fn a_run_without_the_text_of_its_pipeline_does_not_begin() {
    let fixture = Fixture::new();
    let error = fixture
        .store
        .begin_run("flights", &Digest::of(b"never put"))
        .unwrap_err();
    assert!(matches!(error, Error::MissingBlob { .. }), "{error}");
    assert!(fixture.store.runs(10).unwrap().is_empty());
}

#[test]
fn an_unknown_run_is_refused_with_the_latest_one() {
    let fixture = Fixture::new();
    let unknown: RunId = "7".parse().unwrap();
    let latest = |error| match error {
        Error::UnknownRun { latest, .. } => latest,
        other => panic!("{other}"),
    };
    assert_eq!(latest(fixture.store.run(unknown).unwrap_err()), None);
    let id = fixture.begin_run();
    assert_eq!(latest(fixture.store.run(unknown).unwrap_err()), Some(id));
    let finished = fixture
        .store
        .finish_run(unknown, Outcome::Done, "", &json!({}));
    assert_eq!(latest(finished.unwrap_err()), Some(id));
}

#[test]
fn runs_that_begin_at_once_have_different_numbers() {
    let fixture = Fixture::new();
    let path = fixture.path();
    let mut ids: Vec<RunId> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let store = Store::open(&path).unwrap();
                    (0..10).map(|_| begin_run(&store)).collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[test]
fn a_run_whose_process_is_gone_has_died() {
    let fixture = Fixture::new();
    let reader = Store::open_existing(fixture.path()).unwrap();
    let begun = Store::open(fixture.path()).unwrap();
    let id = begin_run(&begun);
    let described = json!({ "params": { "max_depth": 8 } });
    begun.describe_run(id, &described).unwrap();
    let outcome = || reader.run(id).unwrap().run.outcome;
    assert_eq!(outcome(), RunOutcome::Running);
    // Its lock goes with its process, of which the store is all that there is here.
    drop(begun);
    for _ in 0..2 {
        assert_eq!(outcome(), RunOutcome::Died);
        assert_eq!(reader.runs(1).unwrap()[0].outcome, RunOutcome::Died);
    }
    let json = serde_json::to_value(reader.run(id).unwrap()).unwrap();
    assert_eq!(json["outcome"], "died");
    assert_eq!(json["record"], described);
}

#[test]
fn a_run_that_ended_leaves_no_lock_behind() {
    let fixture = Fixture::new();
    let id = fixture.begin_run();
    let finished = fixture
        .store
        .finish_run(id, Outcome::Cancelled, "", &json!({}));
    finished.unwrap();
    let locks = std::fs::read_dir(fixture.path().join("running")).unwrap();
    assert_eq!(locks.count(), 0);
    let error = fixture.store.describe_run(id, &json!({})).unwrap_err();
    assert!(matches!(error, Error::RunEnded { .. }), "{error}");
}

#[test]
fn the_runs_of_a_pipeline_can_be_listed_from_one_backwards() {
    let fixture = Fixture::new();
    let ids: Vec<_> = (0..4).map(|_| fixture.begin_run()).collect();
    let text = fixture.store.blobs().put(b"another").unwrap();
    fixture.store.begin_run("penguins", &text).unwrap();
    let of = |pipeline, before, limit| -> Vec<RunId> {
        let runs = fixture.store.runs_of(pipeline, before, limit).unwrap();
        runs.iter().map(|run| run.id).collect()
    };
    assert_eq!(of("flights", None, 2), [ids[3], ids[2]]);
    assert_eq!(of("flights", Some(ids[2]), 9), [ids[1], ids[0]]);
    assert_eq!(of("penguins", None, 9).len(), 1);
    assert_eq!(of("houses", None, 9), []);
}

#[test]
fn records_share_the_pieces_that_are_set_apart() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let state = store.blobs().put(b"a state").unwrap();
    let findings: Vec<_> = (0..100).map(|row| format!("finding {row}")).collect();
    let record = |seconds: f64| {
        json!({
            "steps": [{ "findings": findings, "small": [1], "state": state, "seconds": seconds }],
        })
    };
    let keep = |seconds: f64| {
        let mut kept = record(seconds);
        let step = &mut kept["steps"][0];
        store.set_apart(step, &["small"]).unwrap();
        assert_eq!(step["small"], json!([1]), "small ones stay");
        store
            .set_apart(step, &["findings", "state", "none"])
            .unwrap();
        assert!(step.to_string().len() < 150, "{step}");
        let id = fixture.begin_run();
        store.finish_run(id, Outcome::Done, "", &kept).unwrap();
        store.run(id).unwrap()
    };
    let (first, second) = (keep(1.5), keep(2.5));
    assert_eq!(first.record, Some(record(1.5)));
    assert_eq!(second.record, Some(record(2.5)));

    let needed = |run| store.blobs_of_run(run).unwrap();
    let (first, second) = (needed(&first.run), needed(&second.run));
    assert!(first.contains(&state));
    let shared = first.iter().filter(|digest| second.contains(digest));
    // The text of the pipeline and the state.
    assert_eq!((shared.count(), first.len()), (2, 2));
}
