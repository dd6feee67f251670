//! Which files a path, a glob or a folder stands for.

use mlhost_data::{Error, FileTable, Table, open};
use mlhost_pipeline::{CsvOptions, Format};

use crate::support::{Folder, column};

fn found(table: &FileTable) -> Vec<String> {
    let names = table.files().iter().map(|file| file.path().file_name());
    names
        .map(|name| name.unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_glob_stands_for_its_matches_by_name() {
    let folder = Folder::new();
    folder.put("2013-02.csv", "n\n2\n");
    folder.put("2013-01.csv", "n\n1\n");
    folder.put("2014-01.csv", "n\n9\n");
    folder.put("2013-03.csv/inside", "a folder is no match");

    let table = folder.open("2013-*.csv").unwrap();
    assert_eq!(found(&table), ["2013-01.csv", "2013-02.csv"]);
    assert_eq!(column(&table, "n"), ["1", "2"]);
    assert_eq!(table.num_rows(), Some(2));
    assert_eq!(table.num_parts(), 2);
}

#[test]
fn a_folder_stands_for_its_files_of_the_format() {
    let folder = Folder::new();
    folder.put("months/b.csv", "n\n2\n");
    folder.put("months/a.CSV", "n\n1\n");
    folder.put("months/README.md", "no table");
    folder.put("months/older/c.csv", "n\n0\n");

    let base = folder.path("");
    let table = open("months", &base, Format::Csv, &CsvOptions::default()).unwrap();
    assert_eq!(found(&table), ["a.CSV", "b.csv"]);
}

#[test]
fn a_file_is_found_whatever_the_characters_of_its_name() {
    let folder = Folder::new();
    folder.put("data [1]/flights[a].csv", "n\n1\n");
    let base = folder.path("data [1]");
    for pattern in ["flights[a].csv", "flights*.csv"] {
        let table = open(pattern, &base, Format::Csv, &CsvOptions::default()).unwrap();
        assert_eq!(found(&table), ["flights[a].csv"]);
    }
}

#[test]
fn an_absolute_path_stands_for_itself() {
    let folder = Folder::new();
    folder.put("flights.csv", "n\n1\n");
    let path = folder.path("flights.csv");
    let elsewhere = Folder::new();
    let table = elsewhere.open(path.to_str().unwrap()).unwrap();
    assert_eq!(table.files()[0].path(), path);
    assert_eq!(table.files()[0].bytes(), 4);
    assert_eq!(table.files()[0].rows(), Some(1));
}

#[test]
fn what_is_not_there_is_named_with_the_folder() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.refusal("flights.csv"), @"no file found for `flights.csv` in `~`");
    insta::assert_snapshot!(folder.refusal("2013-*.parquet"), @"no file found for `2013-*.parquet` in `~`");
    insta::assert_snapshot!(folder.refusal("a**.csv"), @"`a**.csv` is no valid glob: Pattern syntax error near position 0: recursive wildcards must form a single path component");
    insta::assert_snapshot!(folder.refusal("missing/*.csv"), @"no file found for `missing/*.csv` in `~`");
}

#[test]
fn a_fingerprint_is_of_content_and_reading_not_of_names() {
    let folder = Folder::new();
    folder.put("a.csv", "n\n1\n");
    folder.put("b.csv", "n\n1\n");
    folder.put("c.csv", "n\n2\n");
    let table = folder.open("a.csv").unwrap();
    // printf 'n\n1\n' | sha256sum
    assert_eq!(
        table.files()[0].fingerprint().unwrap(),
        "sha256:6ff2d84956e507dade83da732a88aa6fa02712d03af8c515633f674de9fd42bd"
    );
    let of = |name, options: &CsvOptions| {
        let table = folder.open_with(name, options).unwrap();
        table.fingerprint().unwrap()
    };
    let usual = CsvOptions::default();
    let no_header = CsvOptions {
        header: false,
        ..CsvOptions::default()
    };
    assert_eq!(of("a.csv", &usual), of("b.csv", &usual));
    assert_ne!(of("a.csv", &usual), of("c.csv", &usual));
    assert_ne!(of("a.csv", &usual), of("a.csv", &no_header));
    assert_ne!(of("a.csv", &usual), of("[ab].csv", &usual));
}

#[test]
fn a_file_that_has_changed_is_not_read() {
    let folder = Folder::new();
    folder.put("a.csv", "n\n1\n");
    let table = folder.open("a.csv").unwrap();
    folder.put("a.csv", "n\n1\n2\n");
    let errors = [
        table.scan_part(0, &[]).err(),
        table.files()[0].fingerprint().err(),
        table.fingerprint().err(),
    ];
    for error in errors {
        let error = error.unwrap();
        assert!(matches!(error, Error::Changed { .. }), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_not_there_is_named_and_not_left_out() {
    let folder = Folder::new();
    folder.put("months/a.csv", "n\n1\n");
    std::os::unix::fs::symlink("gone.csv", folder.path("months/b.csv")).unwrap();
    let base = folder.path("");
    for pattern in ["months/b.csv", "months/*.csv", "months"] {
        let opened = open(pattern, &base, Format::Csv, &CsvOptions::default());
        let error = opened.err().expect("the link to be refused");
        assert_eq!(
            folder.message(&error),
            "`~/months/b.csv` is a link to `gone.csv`, and there is no such file"
        );
    }
    folder.put("months/gone.csv", "n\n2\n");
    assert_eq!(
        column(&folder.open("months/*.csv").unwrap(), "n"),
        ["1", "2", "2"]
    );
}
