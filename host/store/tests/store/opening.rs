//! Opening: a new folder, an old one, none at all, one of a later release.

use std::fs::File;
use std::sync::mpsc;
use std::time::Duration;

use mlhost_store::{Error, Store};
use rusqlite::Connection;

use crate::fixture::Fixture;

#[test]
fn a_new_store_says_what_it_is() {
    let fixture = Fixture::new();
    let readme = std::fs::read_to_string(fixture.path().join("README")).unwrap();
    assert_eq!(readme.lines().count(), 4);
    assert!(readme.contains("store of mlhost"));
    assert!(readme.contains("`cache/` holds results that can be computed again"));
    assert!(fixture.path().join("store.db").is_file());
}

#[test]
fn what_was_kept_is_there_after_reopening() {
    let fixture = Fixture::new();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    let version = fixture.register("arr-delay", 1);
    let path = fixture.path();

    for reopened in [Store::open(&path), Store::open_existing(&path)] {
        let reopened = reopened.unwrap();
        assert_eq!(reopened.blobs().get(&digest).unwrap(), b"content");
        assert_eq!(reopened.models().unwrap()[0].version, version);
        assert_eq!(reopened.runs(10).unwrap().len(), 1);
        assert_eq!(reopened.path(), path);
    }
}

#[test]
fn a_readme_that_was_edited_is_left_alone() {
    let fixture = Fixture::new();
    std::fs::write(fixture.path().join("README"), "ours").unwrap();
    Store::open(fixture.path()).unwrap();
    let readme = std::fs::read_to_string(fixture.path().join("README")).unwrap();
    assert_eq!(readme, "ours");
}

#[test]
fn opening_an_existing_store_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    for path in [folder.path().join("absent"), folder.path().to_owned(), file] {
        let error = Store::open_existing(&path).unwrap_err();
        assert!(
            matches!(&error, Error::NoStore { path: named } if *named == path),
            "{error}"
        );
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let fixture = Fixture::new();
    let path = fixture.path();
    let database = Connection::open(path.join("store.db")).unwrap();
    let version = |database: &Connection| -> i64 {
        database
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    };
    let current = version(&database);
    database
        .pragma_update(None, "user_version", current + 1)
        .unwrap();

    for outcome in [Store::open(&path), Store::open_existing(&path)] {
        match outcome.unwrap_err() {
            Error::NewerSchema {
                found, supported, ..
            } => {
                assert_eq!(found, current + 1);
                assert_eq!(supported as i64, current);
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(version(&database), current + 1);
}

#[test]
fn a_new_store_can_be_opened_by_many_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Store::open(&path).unwrap());
            }
        });
    }
}

/// Without it, two that open a new folder at the same moment fail, once in thousands of times.
#[test]
fn a_store_is_set_up_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let lock = File::create(folder.path().join("store.lock")).unwrap();
    lock.lock().unwrap();
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| sender.send(Store::open(folder.path())).unwrap());
        // However long it takes, nothing may come while the lock is held.
        let early = receiver.recv_timeout(Duration::from_millis(200));
        assert!(early.is_err());
        lock.unlock().unwrap();
        receiver.recv().unwrap().unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_database_elsewhere_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere.db");
    let path = folder.path().join("store");
    std::fs::create_dir(&path).unwrap();
    std::os::unix::fs::symlink(&elsewhere, path.join("store.db")).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error}");
    assert!(!elsewhere.exists());
}

#[cfg(unix)]
#[test]
fn a_store_behind_a_link_is_opened() {
    let fixture = Fixture::new();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(fixture.path(), &link).unwrap();
    let digest = fixture.store.blobs().put(b"content").unwrap();
    let store = Store::open_existing(&link).unwrap();
    assert!(store.blobs().contains(&digest).unwrap());
}
