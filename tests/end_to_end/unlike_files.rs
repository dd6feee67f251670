//! Globs over files that do not have the same columns: both files are named.

use std::fs;

use crate::{
    bad_input::{convert, refusal, rows, scene, snapshot},
    support::Scene,
};

/// The files `a` and `b` of a glob, as CSV or in the format of another ending.
fn glob(ending: &str, a: &str, b: &str) -> Scene {
    let scene = scene(&format!("part-*.{ending}"), "");
    for (name, text) in [("part-a", a), ("part-b", b)] {
        let file = format!("{name}.{ending}");
        match ending {
            "csv" => drop(scene.write(&file, text)),
            "jsonl" => drop(scene.write(&file, &json_lines(text))),
            _ => {
                let csv = scene.write(&format!("{name}.csv"), text);
                convert(&csv, &scene.path(&file));
                fs::remove_file(csv).expect("the file can be deleted");
            }
        }
    }
    scene
}

/// The rows of a CSV text with a header: numbers as they are, everything else as text.
fn json_lines(csv: &str) -> String {
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let value = |(name, value): (&&str, &str)| match value.parse::<f64>() {
        Ok(_) => format!("\"{name}\": {value}"),
        Err(_) => format!("\"{name}\": \"{value}\""),
    };
    lines
        .map(|line| {
            let values: Vec<String> = names.iter().zip(line.split(',')).map(value).collect();
            format!("{{{}}}\n", values.join(", "))
        })
        .collect()
}

fn told(a: &str, b: &str) -> String {
    ["csv", "jsonl", "parquet"]
        .map(|ending| format!("--- {ending}, {}\n", refusal(&glob(ending, a, b))))
        .concat()
}

#[test]
fn a_type_that_changes_is_named_with_the_line_where_there_are_lines() {
    let a = format!("x,y\n{}", rows(100));
    let b = format!("x,y\n{}n/a,4\n{}", rows(50), rows(50));
    snapshot("glob-other-type", &told(&a, &b));
}

#[test]
fn a_column_that_is_missing_or_added_is_named() {
    let two = format!("x,y\n{}", rows(10));
    let three = "x,y,z\n1.5,2.5,3.5\n";
    snapshot("glob-missing-column", &told(three, &two));
    snapshot("glob-added-column", &told(&two, three));
}
