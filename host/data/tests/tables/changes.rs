//! Files that change after they were opened, or while they are read.

use std::fs;
use std::sync::Arc;

use mlhost_data::{Limited, Table};

use crate::support::{FORMATS, Folder, names, numbers};

/// A word for what is done to a file, how it is done, and what is then said of the file.
type Change = (&'static str, fn(&Folder, &str), &'static str);

const CHANGES: [Change; 2] = [
    (
        "replaced",
        |folder, name| {
            let other = format!("other.{name}");
            folder.write(&other, &[numbers(7, 30_000)]);
            fs::rename(folder.path(&other), folder.path(name)).unwrap();
        },
        "has changed since it was opened",
    ),
    (
        "deleted",
        |folder, name| fs::remove_file(folder.path(name)).unwrap(),
        "was deleted or moved after it was opened",
    ),
];

#[test]
fn a_scan_ends_with_an_error_when_its_file_changes() {
    for (_, ending) in FORMATS {
        for (what, change, said) in CHANGES {
            let folder = Folder::new();
            let name = format!("a.{ending}");
            folder.write(&name, &[numbers(0, 30_000)]);
            let table = folder.open(&name).unwrap();
            let mut scan = table.scan(&names(&["n"])).unwrap();
            scan.next().unwrap().unwrap();
            change(&folder, &name);
            let error = scan.find_map(Result::err).expect(what);
            assert!(scan.next().is_none());
            let message = folder.message(&error);
            assert_eq!(message, format!("`~/{name}` {said}"), "{what}");
        }
    }
}

#[test]
fn the_first_rows_of_a_file_that_changes_are_an_error_as_well() {
    for (_, ending) in FORMATS {
        for (what, change, said) in CHANGES {
            let folder = Folder::new();
            let name = format!("a.{ending}");
            folder.write(&name, &[numbers(0, 30_000)]);
            let table = Arc::new(folder.open(&name).unwrap());
            let limited = Limited::new(table, 100);
            let mut scan = limited.scan(&names(&["n"])).unwrap();
            assert_eq!(scan.next().unwrap().unwrap().num_rows(), 100);
            change(&folder, &name);
            let error = scan.next().expect(what).expect_err(what);
            assert!(scan.next().is_none());
            let message = folder.message(&error);
            assert_eq!(message, format!("`~/{name}` {said}"), "{what}");
            assert!(limited.verify_part(0).is_err());
        }
    }
}

#[test]
fn the_first_rows_of_a_file_that_stays_are_no_error() {
    let folder = Folder::new();
    folder.write("a.csv", &[numbers(0, 300)]);
    for rows in [0, 1, 299, 300, 301] {
        let table = Arc::new(folder.open("a.csv").unwrap());
        let limited = Limited::new(table, rows);
        let scan = limited.scan(&names(&["n"])).unwrap();
        let found: usize = scan.map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(found as u64, rows.min(300));
    }
}
