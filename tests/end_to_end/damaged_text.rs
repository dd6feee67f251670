//! CSV and JSON lines with a row that is none: each is named with its line, wherever it stands.

use std::fs;

use crate::{
    bad_input::{refusal, rows, scene, snapshot},
    support::Scene,
};

/// Types for the columns of the pipeline, which are then not inferred: the rows are read by the
/// run alone.
const STATED: &str = "schema = { x = \"float64\", y = \"float64\" }";

/// A scene with the table in this file.
fn with(file: &str, options: &str, content: impl AsRef<[u8]>) -> Scene {
    let scene = scene(file, options);
    fs::write(scene.path(file), content).expect("the file can be written");
    scene
}

/// What is said of a table whose types are inferred, and of the same with stated types.
fn told(file: &str, content: impl AsRef<[u8]>) -> String {
    ["", STATED]
        .map(|options| {
            let scene = with(file, options, &content);
            let types = if options.is_empty() {
                "inferred"
            } else {
                "stated"
            };
            format!("--- types {types}, {}\n", refusal(&scene))
        })
        .concat()
}

#[test]
fn the_three_millionth_row_is_ragged() {
    let mut table = String::from("x,y\n");
    table.push_str(&"1,2\n".repeat(2_999_999));
    table.push_str("1,2,3\n");
    table.push_str(&"1,2\n".repeat(1000));
    snapshot("csv-ragged-row-3000000", &told("table.csv", table));
}

#[test]
fn a_ragged_row_on_either_side_of_a_boundary_of_parts() {
    // A part ends with the row that ends behind 8 MiB.
    const PART_BYTES: usize = 8 << 20;
    let wide = format!("1,{}2,3,4,5,6,7\n", " ".repeat(1000));
    let before = 1 + PART_BYTES / wide.len();
    for (place, good) in [
        ("the last of a part", before - 1),
        ("the first of a part", before),
    ] {
        // So many columns that a rehearsal does not read as far as that.
        let mut table = String::from("x,y,a,b,c,d,e\n");
        table.push_str(&wide.repeat(good));
        table.push_str(&format!("1,{}2,3,4,5,6,7,8\n", " ".repeat(1000)));
        table.push_str(&wide.repeat(1500));
        let others = ["a", "b", "c", "d", "e"].map(|name| format!(", {name} = \"int64\""));
        let options = format!(
            "schema = {{ x = \"float64\", y = \"utf8\"{} }}",
            others.concat()
        );
        let told = refusal(&with("table.csv", &options, table));
        let line = format!("table.csv`, line {}: expected 7 fields, found 8", good + 2);
        assert!(told.starts_with("in the run"), "{place}: {told}");
        assert!(told.contains(&line), "{place}, {line}: {told}");
    }
}

#[test]
fn a_quote_that_is_never_closed() {
    let table = format!("x,y\n{}1,\"2\n{}", rows(2000), rows(2000));
    snapshot("csv-unclosed-quote", &told("table.csv", table));
}

#[test]
fn bytes_that_are_no_text() {
    let latin = |before: String, line: &[u8], after: String| {
        [before.as_bytes(), line, after.as_bytes()].concat()
    };
    let csv = latin(format!("x,y\n{}", rows(2000)), b"Z\xfcrich,1\n", rows(10));
    snapshot("csv-not-utf-8", &told("table.csv", csv));
    let json = |number| "{\"x\": 1.5, \"y\": 2}\n".repeat(number);
    let json = latin(json(2000), b"{\"x\": \"Z\xfcrich\", \"y\": 1}\n", json(10));
    snapshot("json-not-utf-8", &told("table.jsonl", json));
}

#[test]
fn a_value_that_is_not_of_the_stated_type() {
    let csv = format!("x,y\n{}n/a,1\n{}", rows(2000), rows(10));
    snapshot("csv-unfit-value", &refusal(&with("table.csv", STATED, csv)));
    let json = |number| "{\"x\": 1.5, \"y\": 2}\n".repeat(number);
    let json = format!("{}{{\"x\": \"n/a\", \"y\": 2}}\n{}", json(2000), json(10));
    snapshot(
        "json-unfit-value",
        &refusal(&with("table.jsonl", STATED, json)),
    );
}

#[test]
fn a_key_that_is_not_stated() {
    let json = |number| "{\"x\": 1.5, \"y\": 2}\n".repeat(number);
    let json = format!("{}{{\"X\": 1.5, \"y\": 2}}\n{}", json(2000), json(10));
    snapshot(
        "json-unstated-key",
        &refusal(&with("table.jsonl", STATED, json)),
    );
}
