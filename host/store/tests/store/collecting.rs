//! Collections one by one: what counts as old, as late, as too much, and who else is at work.

use std::fs::{self, File};
use std::sync::mpsc;
use std::time::Duration;

use mlhost_store::{
    Collection, Content, Digest, Outcome, Reason, Retention, RunOutcome, Store, Usage,
};
use serde_json::json;

use crate::fixture::Fixture;

/// All that is not needed, however young.
fn at_once() -> Collection {
    Collection {
        grace: Duration::ZERO,
        ..Collection::default()
    }
}

#[test]
fn what_was_put_lately_stays_for_a_while() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let [old, young, renewed] =
        [b"1", b"2", b"3"].map(|content| store.blobs().put(content).unwrap());
    fixture.make_old(&fixture.file_of(&old));
    fixture.make_old(&fixture.file_of(&renewed));
    store.blobs().put(b"3").unwrap();
    let collected = store.collect(&Collection::default()).unwrap();
    assert_eq!((collected.blobs.count, collected.blobs.bytes), (1, 1));
    assert!(!store.blobs().contains(&old).unwrap());
    for digest in [young, renewed] {
        assert!(store.blobs().contains(&digest).unwrap());
    }
    assert_eq!(store.collect(&at_once()).unwrap().blobs.count, 2);
}

#[test]
fn a_pipeline_may_say_how_many_of_its_runs_are_kept() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let text = store.blobs().put(b"another").unwrap();
    for _ in 0..4 {
        for (pipeline, text) in [("flights", Digest::of(b"mlhost = 1")), ("penguins", text)] {
            store.blobs().put(b"mlhost = 1").unwrap();
            let run = store.begin_run(pipeline, &text).unwrap();
            store
                .finish_run(run, Outcome::Done, "", &json!({ "run": run }))
                .unwrap();
        }
    }
    store.set_retention("flights", Some(3)).unwrap();
    let collection = Collection {
        retention: Retention {
            keep_runs: 2,
            ..Retention::default()
        },
        ..Collection::default()
    };
    let left = |collection: &Collection| {
        store.collect(collection).unwrap();
        let runs = store.runs(20).unwrap();
        let runs = runs.iter().map(|run| run.id.to_string());
        runs.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(left(&collection), "8 7 6 5 3");
    // It has changed its mind.
    store.set_retention("flights", None).unwrap();
    assert_eq!(left(&collection), "8 7 6 5");
    let asked = Collection {
        keep_runs: Some(1),
        ..collection
    };
    assert_eq!(left(&asked), "8 7");
}

#[test]
fn the_cache_keeps_what_was_used_last() {
    let fixture = Fixture::new();
    let cache = fixture.store.cache();
    let keys: Vec<_> = (0..4_u8).map(|key| Digest::of(&[key])).collect();
    for key in &keys {
        cache.put(key, &[0; 968]).unwrap();
    }
    let file = |key: &Digest| {
        let hex = key.hex();
        fixture.path().join("cache").join(&hex[..2]).join(&hex[2..])
    };
    fixture.make_very_old(&file(&keys[0]));
    fixture.make_very_old(&file(&keys[1]));
    fixture.make_old(&file(&keys[2]));
    // To be used counts.
    assert!(cache.get(&keys[1]).unwrap().is_some());
    let there = || -> Vec<bool> { keys.iter().map(|key| file(key).exists()).collect() };
    let collect = |cache_bytes| {
        let retention = Retention {
            cache_bytes,
            ..Retention::default()
        };
        let collection = Collection {
            retention,
            ..Collection::default()
        };
        fixture.store.collect(&collection).unwrap().cache
    };
    let too_old = collect(1 << 30);
    assert_eq!((too_old.count, too_old.bytes), (1, 1000));
    assert_eq!(there(), [false, true, true, true]);
    collect(2000);
    assert_eq!(there(), [false, true, false, true]);
    collect(0);
    assert_eq!(there(), [false; 4]);
}

#[test]
fn temporary_files_go() {
    let fixture = Fixture::new();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    let folder = fixture.file_of(&digest).parent().unwrap().to_owned();
    fs::write(folder.join(".tmpabc"), b"half").unwrap();
    fs::write(fixture.path().join("blobs/sha256/stray"), b"x").unwrap();
    let dry = Collection {
        dry_run: true,
        ..Collection::default()
    };
    let told = fixture.store.collect(&dry).unwrap();
    assert_eq!(
        (told.temporary_files.count, told.temporary_files.bytes),
        (2, 5)
    );
    assert!(folder.join(".tmpabc").exists());
    fixture.store.collect(&Collection::default()).unwrap();
    assert!(!folder.join(".tmpabc").exists());
    assert!(fixture.store.blobs().contains(&digest).unwrap());
}

/// Whoever puts or registers something while a collection goes on waits for its end, and finds or
/// makes what it needs.
#[test]
fn a_collection_waits_for_writers_and_they_for_it() {
    let fixture = Fixture::new();
    let model = fixture.model("arr-delay", 1);
    let run = fixture.begin_run();
    let lock = File::options()
        .write(true)
        .open(fixture.path().join("blobs.lock"))
        .unwrap();
    let store = &fixture.store;
    let (sender, receiver) = mpsc::channel();
    // However long it takes, nothing may come while the lock is held.
    let nothing_comes = || receiver.recv_timeout(Duration::from_millis(100)).is_err();
    std::thread::scope(|scope| {
        lock.lock().unwrap();
        let send = |what: &'static str| sender.send(what).unwrap();
        scope.spawn(move || {
            store.blobs().put(b"content").unwrap();
            send("put");
        });
        scope.spawn(move || {
            store.register(&model, run).unwrap();
            send("register");
        });
        scope.spawn(move || {
            store.blobs().keep(&Digest::of(b"content")).unwrap();
            send("keep");
        });
        assert!(nothing_comes());
        lock.unlock().unwrap();
        for _ in 0..3 {
            receiver.recv().unwrap();
        }
        lock.lock_shared().unwrap();
        scope.spawn(move || {
            store.collect(&at_once()).unwrap();
            send("collect");
        });
        assert!(nothing_comes());
        // Writers do not wait for each other.
        store.blobs().put(b"more").unwrap();
        lock.unlock().unwrap();
        receiver.recv().unwrap();
    });
}

/// Threads that put, register and read, and two that collect all the time.
#[test]
fn nothing_that_is_in_use_goes_while_many_are_at_work() {
    let fixture = Fixture::new();
    let path = fixture.path();
    let collection = Collection {
        keep_runs: Some(2),
        ..at_once()
    };
    std::thread::scope(|scope| {
        for writer in 0..4_u64 {
            let path = &path;
            scope.spawn(move || {
                let store = Store::open(path).unwrap();
                for round in 0..12 {
                    let text = store.blobs().put(b"mlhost = 1").unwrap();
                    let run = store.begin_run("flights", &text).unwrap();
                    // The same content again and again, by all of them.
                    let mut model = crate::fixture::model("arr-delay", writer * 100 + round);
                    let state = store.blobs().put(&[(round % 3) as u8; 100]).unwrap();
                    model.chain[0].component = store.blobs().put(b"component").unwrap();
                    model.chain[0].state = state;
                    model.reference = None;
                    let registered = store.register(&model, run).unwrap();
                    let record = json!({ "states": [state], "run": run });
                    store.finish_run(run, Outcome::Done, "", &record).unwrap();
                    for part in model.parts() {
                        store.blobs().get(&part.digest).unwrap();
                    }
                    if round % 2 == 0 {
                        store
                            .delete_version("arr-delay", registered.version, "ann")
                            .unwrap();
                    }
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                let store = Store::open(&path).unwrap();
                for _ in 0..20 {
                    store.collect(&collection).unwrap();
                }
            });
        }
    });
    let verified = fixture.store.verify().unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(fixture.store.model_versions("arr-delay").unwrap().len(), 24);
}

#[test]
fn a_store_shrinks_when_its_runs_go() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    for round in 0..60_u64 {
        let noise: Vec<_> = (0..400_u64)
            .map(|place| Digest::of(&(round * 1000 + place).to_le_bytes()).hex())
            .collect();
        let run = fixture.begin_run();
        store
            .finish_run(run, Outcome::Done, "", &json!({ "noise": noise }))
            .unwrap();
    }
    let bytes = |usage: Usage| usage.total.bytes;
    let before = bytes(store.usage(&at_once()).unwrap());
    assert!(before > 500_000, "{before}");
    let collection = Collection {
        keep_runs: Some(1),
        ..at_once()
    };
    let collected = store.collect(&collection).unwrap();
    assert_eq!((collected.runs.len(), collected.documents.count), (59, 59));
    drop(Store::open(fixture.path()).unwrap());
    let file = fs::metadata(fixture.path().join("store.db")).unwrap();
    let log = fs::metadata(fixture.path().join("store.db-wal")).map_or(0, |log| log.len());
    // What SQLite has yet to take over from its log it does when the last process ends.
    assert!(file.len() < 200_000 || log > 0, "{} {log}", file.len());
}

#[test]
fn space_is_told_by_reason() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    let put = |content: &[u8]| store.blobs().put(content).unwrap();
    for (seed, alias) in [(1, true), (2, false)] {
        let version = fixture.register("arr-delay", seed);
        if alias {
            store
                .set_alias("arr-delay", "champion", version, "ann", "")
                .unwrap();
        }
    }
    store
        .set_alias("arr-delay", "champion", 2, "ann", "")
        .unwrap();
    store.delete_version("arr-delay", 1, "ann").unwrap();
    let run = |content: &[u8]| {
        let state = put(content);
        let run = fixture.begin_run();
        let record = json!({ "states": [state], "run": run });
        store.finish_run(run, Outcome::Done, "", &record).unwrap();
        run
    };
    let pinned = run(&[1; 1000]);
    run(&[2; 2000]);
    store.pin_run(pinned).unwrap();
    store.cache().put(&Digest::of(b"key"), &[3; 3000]).unwrap();
    let unreachable = put(&[4; 4000]);
    fixture.make_old(&fixture.file_of(&unreachable));
    put(&[5; 5000]);

    let usage = store.usage(&Collection::default()).unwrap();
    let bytes = |content: Content| {
        let space = usage.spaces.iter().find(|space| space.content == content);
        space.map_or(0, |space| space.tally.bytes)
    };
    assert_eq!(bytes(Content::Unreachable), 4000);
    assert_eq!(bytes(Content::Recent), 5000);
    assert_eq!(bytes(Content::Cache), 3032);
    assert!((1000..2000).contains(&bytes(Content::Kept(Reason::PinnedRun))));
    assert!((2000..3000).contains(&bytes(Content::Kept(Reason::LatestRun))));
    assert!(bytes(Content::Kept(Reason::ModelVersion)) > 1000);
    // All of it but `model.json` is that of the other version too.
    assert!(bytes(Content::Kept(Reason::AliasHistory)) > 500);
    assert!(bytes(Content::Database) > 4096);
    let total: u64 = usage.spaces.iter().map(|space| space.tally.bytes).sum();
    assert_eq!(total, usage.total.bytes);
    let space = |content| {
        let mut spaces = usage.spaces.iter();
        spaces.find(|space| space.content == content).unwrap()
    };
    for space in &usage.spaces {
        let mut names: Vec<_> = space.kept_by.iter().map(|keeper| &keeper.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "each keeper is told once: {names:?}");
    }
    let kept_by = |reason| &space(Content::Kept(reason)).kept_by[0].name;
    assert_eq!(kept_by(Reason::PinnedRun), &format!("run {pinned}"));
    assert_eq!(kept_by(Reason::ModelVersion), "arr-delay@2");
    assert_eq!(kept_by(Reason::AliasHistory), "arr-delay@1");

    let folder: u64 = walk(&fixture.path());
    assert_eq!(usage.total.bytes, folder);
}

fn walk(folder: &std::path::Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let sizes = entries.map(|entry| match entry.file_type().unwrap().is_dir() {
        true => walk(&entry.path()),
        false => entry.metadata().unwrap().len(),
    });
    sizes.sum()
}

/// The run of a process that is gone keeps nothing from being collected.
#[test]
fn a_run_that_died_counts_as_any_other() {
    let fixture = Fixture::new();
    let lost = {
        let other = Store::open(fixture.path()).unwrap();
        let run = crate::fixture::begin_run(&other);
        let state = other.blobs().put(b"a state").unwrap();
        let collected = fixture.store.collect(&at_once()).unwrap();
        assert_eq!(collected.blobs.count, 0, "it goes on");
        (run, state)
    };
    let outcome = fixture.store.run(lost.0).unwrap().run.outcome;
    assert_eq!(outcome, RunOutcome::Died);
    let collection = Collection {
        keep_runs: Some(0),
        ..at_once()
    };
    let collected = fixture.store.collect(&collection).unwrap();
    assert_eq!(collected.runs, [lost.0]);
    assert!(!fixture.store.blobs().contains(&lost.1).unwrap());
}

/// A store whose models cannot be read is not collected by guessing.
#[test]
fn nothing_goes_where_it_is_not_known_what_is_needed() {
    let fixture = Fixture::new();
    let version = fixture.register("arr-delay", 1);
    let selector = format!("arr-delay@{version}").parse().unwrap();
    let digest = fixture.store.model(&selector).unwrap().digest;
    let stray = fixture.store.blobs().put(b"needed by nobody").unwrap();
    fs::write(fixture.file_of(&digest), b"{").unwrap();
    assert!(fixture.store.collect(&at_once()).is_err());
    assert!(fixture.store.blobs().contains(&stray).unwrap());
}
