//! Text files whose rows look like rows, and are not those that their writer meant.

use std::io::Write as _;

use mlhost_data::{Error, Opener, Table, column_names};
use mlhost_pipeline::{ColumnType, Format};

use crate::support::{Folder, column};

/// The first error on the way through a table with these columns.
fn refusal(folder: &Folder, opener: &Opener, name: &str) -> String {
    let read = || -> Result<(), Error> {
        let table = opener.open(name, &folder.path(""))?;
        for batch in table.scan(&column_names(&table.schema()))? {
            batch?;
        }
        Ok(())
    };
    folder.message(&read().expect_err("the file to be refused"))
}

fn stated(format: Format) -> Opener {
    Opener::new(format).schema([("n", ColumnType::Int64), ("text", ColumnType::Utf8)])
}

fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_quote_that_is_never_closed_is_named_with_its_line() {
    let folder = Folder::new();
    // The quoted text before it spans lines, and the rows behind it are what it would swallow.
    let rows = "1,\"two\nlines \"\"and\"\" more\"\n2,plain \" text\n";
    let text = format!(
        "\u{feff}n,text\n{rows}{rows}3,\"open\n{}",
        "4,x\n".repeat(50)
    );
    folder.put("a.csv", &text);
    folder.put("a.csv.gz", compressed(&text));
    for name in ["a.csv", "a.csv.gz"] {
        let expected =
            format!("`~/{name}`, line 8: a quote opens a field here and is never closed");
        for opener in [Opener::new(Format::Csv), stated(Format::Csv)] {
            assert_eq!(refusal(&folder, &opener, name), expected);
            assert_eq!(refusal(&folder, &opener.range_bytes(10), name), expected);
        }
    }
}

#[test]
fn a_quote_that_is_closed_at_the_very_end_is_none_of_them() {
    let folder = Folder::new();
    folder.put("a.csv", "n,text\n1,\"x\"\"\n\"\"\"");
    let table = stated(Format::Csv).open("a.csv", &folder.path("")).unwrap();
    assert_eq!(column(&table, "text"), ["x\"\n\""]);
}

#[test]
fn a_key_of_a_later_row_that_is_not_stated_is_named_with_its_line() {
    let folder = Folder::new();
    let row = "{\"n\": 1, \"text\": \"x\"}\n";
    let text = format!("{}\n{{\"text\": null, \"m\": 2}}\n", row.repeat(20));
    folder.put("a.jsonl", &text);
    folder.put("a.jsonl.gz", compressed(&text));
    for name in ["a.jsonl", "a.jsonl.gz"] {
        let expected = format!("`~/{name}`, line 22: column `m` is not in the stated schema");
        let opener = stated(Format::JsonLines);
        assert_eq!(refusal(&folder, &opener, name), expected);
        assert_eq!(refusal(&folder, &opener.range_bytes(30), name), expected);
    }
}

#[test]
fn a_stated_key_that_a_row_lacks_is_a_missing_value() {
    let folder = Folder::new();
    folder.put(
        "a.jsonl",
        "{\"text\": \"x\"}\n{}\n{\"n\": 3, \"text\": \"y\"}\n",
    );
    let table = stated(Format::JsonLines);
    let table = table.open("a.jsonl", &folder.path("")).unwrap();
    assert_eq!(table.num_rows(), Some(3));
    assert_eq!(column(&table, "n"), ["", "", "3"]);
    assert_eq!(column(&table, "text"), ["x", "", "y"]);
}

#[test]
fn lines_that_are_no_objects_are_named_where_the_columns_are_stated_too() {
    let folder = Folder::new();
    for (line, reason) in [
        ("{\"n\": 1", "not valid JSON at column 7"),
        ("{\"n\": 1} {}", "not valid JSON at column 10"),
        ("[1]", "expected a JSON object"),
        ("3", "expected a JSON object"),
    ] {
        folder.put("a.jsonl", format!("{{\"n\": 1}}\n\n{line}\n{{\"n\": 2}}\n"));
        let expected = format!("`~/a.jsonl`, line 3: {reason}");
        assert_eq!(
            refusal(&folder, &stated(Format::JsonLines), "a.jsonl"),
            expected
        );
    }
}
