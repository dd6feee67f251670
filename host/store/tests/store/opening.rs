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

/// The database of a store of the first release, with a run and a model.
fn first_release(folder: &std::path::Path) -> Connection {
    std::fs::create_dir_all(folder).unwrap();
    let database = Connection::open(folder.join("store.db")).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    database
        .execute_batch(include_str!("../../src/schema/1.sql"))
        .unwrap();
    database
        .execute_batch(
            "INSERT INTO runs VALUES (7, 'flights', \
                 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', \
                 '2026-01-31T12:00:00.000Z', 1, 'running', NULL, NULL, NULL);
             PRAGMA user_version = 1;",
        )
        .unwrap();
    database
}

#[test]
fn an_older_store_is_migrated_and_a_copy_of_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    // It stays open, as in a process of the earlier release: what it has written is in the
    // write-ahead log alone.
    let _database = first_release(folder.path());
    let store = Store::open_existing(folder.path()).unwrap();
    assert_eq!(store.runs(10).unwrap()[0].id.to_string(), "7");
    assert!(store.pin_run("8".parse().unwrap()).is_err());
    assert!(store.pin_run("7".parse().unwrap()).unwrap());

    let copy = Connection::open(folder.path().join("store.db.v1")).unwrap();
    let version: i64 = copy
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
    let id: i64 = copy
        .query_row("SELECT id FROM runs", [], |row| row.get(0))
        .unwrap();
    assert_eq!(id, 7);
    assert!(copy.prepare("SELECT pinned_at FROM runs").is_err());
    drop(copy);
    let copies = || {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| name.starts_with("store.db.v"))
            .collect::<Vec<_>>()
    };
    assert_eq!(copies(), ["store.db.v1"]);
    drop(store);
    Store::open(folder.path()).unwrap();
    assert_eq!(copies(), ["store.db.v1"]);
}

#[test]
fn an_older_store_is_migrated_by_one_of_many() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        drop(first_release(folder.path()));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| Store::open(folder.path()).unwrap().runs(1).unwrap());
            }
        });
        let copy = Connection::open(folder.path().join("store.db.v1")).unwrap();
        let sound: String = copy
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
}

#[test]
fn a_new_store_has_no_copies() {
    let fixture = Fixture::new();
    let entries = std::fs::read_dir(fixture.path()).unwrap();
    let mut names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.any(|name| name.starts_with("store.db.v")));
}

/// Every table and column is documented.
#[test]
fn the_schema_is_described_as_it_is() {
    let fixture = Fixture::new();
    let database = Connection::open(fixture.path().join("store.db")).unwrap();
    let sql = "SELECT tables.name, columns.name FROM sqlite_schema AS tables, \
               pragma_table_info(tables.name) AS columns \
               WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' ORDER BY 1, 2";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let mut expected: Vec<(String, String)> = rows.unwrap().map(Result::unwrap).collect();

    let mut table = String::new();
    let mut found = Vec::new();
    for line in include_str!("../../src/schema/README.md").lines() {
        if let Some(name) = line.strip_prefix("## `") {
            table = name.trim_end_matches('`').to_owned();
        } else if let Some(row) = line.strip_prefix("| `") {
            found.push((table.clone(), row.split('`').next().unwrap().to_owned()));
        }
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
