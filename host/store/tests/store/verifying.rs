//! Reading everything again: each kind of damage is found, with who needs what is damaged.

use std::fs;

use mlhost_store::{Digest, Outcome, Verification};
use rusqlite::Connection;
use serde_json::json;

use crate::fixture::Fixture;

fn verify(fixture: &Fixture) -> Verification {
    fixture.store.verify().unwrap()
}

/// A store with a model, a run with a state, and a blob that nobody needs.
fn full() -> (Fixture, Digest, Digest) {
    let fixture = Fixture::new();
    fixture.register("arr-delay", 1);
    let state = fixture.store.blobs().put(b"a state").unwrap();
    let stray = fixture.store.blobs().put(b"needed by nobody").unwrap();
    let run = fixture.begin_run();
    let mut record = json!({
        "steps": [{ "states": [{ "digest": state, "name": "data" }], "text": "x".repeat(300) }],
        "data": { "digest": Digest::of(b"a file, which is not in the store") },
    });
    fixture
        .store
        .set_apart(&mut record["steps"][0], &["states", "text"])
        .unwrap();
    fixture
        .store
        .finish_run(run, Outcome::Done, "", &record)
        .unwrap();
    (fixture, state, stray)
}

#[test]
fn a_store_in_order_is_sound() {
    let (fixture, ..) = full();
    let found = verify(&fixture);
    assert!(found.is_sound(), "{found:?}");
    // Four parts of the model, the model, the pipeline, the state, the stray one; the record and
    // its piece.
    assert_eq!(found.checked, 10);
    assert!(found.bytes > 1000);
    assert!(found.temporary_files.is_empty());
}

#[test]
fn a_flipped_byte_is_found_with_who_needs_the_blob() {
    let (fixture, state, stray) = full();
    for digest in [state, stray] {
        let file = fixture.file_of(&digest);
        let mut bytes = fs::read(&file).unwrap();
        bytes[3] ^= 1;
        fs::write(&file, bytes).unwrap();
    }
    let found = verify(&fixture);
    assert!(!found.is_sound());
    assert!(found.missing.is_empty(), "{found:?}");
    for (digest, needed_by) in [(state, vec!["run 2"]), (stray, vec![])] {
        let damaged = found
            .damaged
            .iter()
            .find(|damaged| damaged.digest == digest);
        let damaged = damaged.unwrap();
        assert_eq!(damaged.path, Some(fixture.file_of(&digest)));
        assert_eq!(damaged.needed_by, needed_by);
        assert!(damaged.problem.contains("has the digest sha256:"));
    }
}

#[test]
fn what_is_missing_is_found_with_who_needs_it() {
    let (fixture, state, stray) = full();
    let part = fixture.model("arr-delay", 1).chain[0].state;
    let text = Digest::of(b"mlhost = 1");
    for digest in [state, stray, part, text] {
        fs::remove_file(fixture.file_of(&digest)).unwrap();
    }
    let found = verify(&fixture);
    assert!(!found.is_sound());
    let needed_by = |digest: Digest| {
        let mut missing = found.missing.iter();
        let missing = missing.find(|missing| missing.digest == digest);
        missing.map(|missing| missing.needed_by.join(", "))
    };
    assert_eq!(needed_by(state).as_deref(), Some("run 2"));
    assert_eq!(needed_by(part).as_deref(), Some("arr-delay@1"));
    assert_eq!(needed_by(text).as_deref(), Some("run 2, run 1"));
    assert_eq!(needed_by(stray), None);
    assert_eq!(found.missing.len(), 3);
}

#[test]
fn documents_are_checked_too() {
    let (fixture, ..) = full();
    let database = Connection::open(fixture.path().join("store.db")).unwrap();
    let record = fixture.store.run("2".parse().unwrap()).unwrap();
    let record = record.run.record_digest.unwrap();
    let sql = "UPDATE documents SET content = x'28b52ffd' WHERE digest != ?1";
    database.execute(sql, [record.to_string()]).unwrap();
    let found = verify(&fixture);
    assert_eq!(found.damaged.len(), 1, "{found:?}");
    assert_eq!(found.damaged[0].needed_by, ["run 2"]);
    let sql = "UPDATE documents SET content = x'00'";
    database.execute(sql, []).unwrap();
    let found = verify(&fixture);
    assert_eq!(found.damaged.len(), 2, "{found:?}");
    assert!(found.damaged.iter().all(|damaged| damaged.path.is_none()));
    let error = fixture.store.run("2".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("is damaged"), "{error}");

    database.execute("DELETE FROM documents", []).unwrap();
    let found = verify(&fixture);
    // What the record is made of nobody knows any more.
    assert_eq!(found.missing.len(), 1, "{found:?}");
    assert_eq!(found.missing[0].needed_by, ["run 2"]);
}

#[test]
fn strays_are_named_and_do_no_harm() {
    let (fixture, state, _) = full();
    let stray = fixture.file_of(&state).with_file_name(".tmpabc");
    fs::write(&stray, b"half").unwrap();
    let found = verify(&fixture);
    assert!(found.is_sound());
    assert_eq!(found.temporary_files, [stray]);
}
