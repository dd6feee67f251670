//! Text files as they come: compressed, large enough for several parts, with types that are stated.

use std::io::Write as _;

use mlhost_data::{Opener, Table};
use mlhost_pipeline::{ColumnType, Format};
use proptest::prelude::*;

use crate::support::{Folder, all_rows, column, types};

const ROWS: &str = "\u{feff}carrier,delay\nUA,4\nB6,\nDL,7.5\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_compressed_file_has_the_rows_of_the_plain_one() {
    let folder = Folder::new();
    folder.put("plain.csv", ROWS);
    folder.put("one.csv.gz", gzip(ROWS));
    let (head, tail) = ROWS.split_at(20);
    folder.put("members.csv.gz", [gzip(head), gzip(tail)].concat());
    let frame = |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap();
    folder.put("frames.csv.zst", [frame(head), frame(tail)].concat());
    let plain = all_rows(&folder.open("plain.csv").unwrap());
    assert_eq!(plain.num_rows(), 3);
    for name in ["one.csv.gz", "members.csv.gz", "frames.csv.zst"] {
        assert_eq!(all_rows(&folder.open(name).unwrap()), plain, "{name}");
    }
}

#[test]
fn a_compressed_file_that_ends_early_is_refused_by_name() {
    let folder = Folder::new();
    let whole = gzip(&ROWS.repeat(50));
    folder.put("cut.csv.gz", &whole[..whole.len() / 2]);
    let refusal = folder.refusal("cut.csv.gz");
    assert!(refusal.contains("`~/cut.csv.gz`"), "{refusal}");
}

#[test]
fn stated_types_are_taken_as_they_are() {
    let folder = Folder::new();
    folder.put("a.csv", "carrier,delay\nUA,4\nB6,5\n");
    let opener = Opener::new(Format::Csv).schema([
        ("carrier", ColumnType::Utf8),
        ("delay", ColumnType::Float32),
    ]);
    let table = opener.open("a.csv", &folder.path("")).unwrap();
    assert_eq!(types(&table), "carrier Utf8, delay Float32");
    assert_eq!(column(&table, "delay"), ["4.0", "5.0"]);
}

#[test]
fn stated_columns_that_are_not_those_of_the_header_are_refused() {
    let folder = Folder::new();
    folder.put("a.csv", "carrier,late\nUA,4\n");
    let opener = Opener::new(Format::Csv).schema([
        ("carrier", ColumnType::Utf8),
        ("delay", ColumnType::Float32),
    ]);
    let refusal = opener.open("a.csv", &folder.path("")).err().unwrap();
    let message = folder.message(&refusal);
    assert!(message.contains("`~/a.csv`"), "{message}");
    assert!(message.contains("late"), "{message}");
}

/// A field of CSV, quoted where it has to be.
fn field() -> impl Strategy<Value = String> {
    "[a-c\",\n é]{0,6}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\"")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_hold_the_same_rows_wherever_they_are_cut(
        rows in prop::collection::vec((field(), 0..1000), 1..60),
        bytes in 1u64..200,
    ) {
        let folder = Folder::new();
        let lines = rows.iter().map(|(text, number)| format!("{text},{number}\n"));
        folder.put("a.csv", format!("text,number\n{}", lines.collect::<String>()));
        let jsons = rows.iter().map(|(text, number)| {
            serde_json::json!({ "text": text, "number": number }).to_string() + "\n"
        });
        folder.put("a.jsonl", jsons.collect::<String>());
        for (name, format) in [("a.csv", Format::Csv), ("a.jsonl", Format::JsonLines)] {
            let whole = Opener::new(format).open(name, &folder.path("")).unwrap();
            let cut = Opener::new(format).range_bytes(bytes);
            let cut = cut.open(name, &folder.path("")).unwrap();
            prop_assert_eq!(whole.num_parts(), 1);
            prop_assert_eq!(whole.schema(), cut.schema());
            prop_assert_eq!(cut.num_rows(), Some(rows.len() as u64));
            prop_assert_eq!(all_rows(&cut), all_rows(&whole));
        }
    }
}

#[test]
fn a_large_file_has_several_parts() {
    let folder = Folder::new();
    folder.put("a.csv", format!("n\n{}", "1\n".repeat(100)));
    let cut = Opener::new(Format::Csv).range_bytes(50);
    assert_eq!(cut.open("a.csv", &folder.path("")).unwrap().num_parts(), 4);
}
