//! The same numbers as scikit-learn; `fixtures/generate.py` makes both files.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};

use crate::support::{column, encode, names};

const RULES: &str = r#"{
    "target": "y",
    "encode": [
        {"columns": ["mass"], "impute": "median", "scale": "standard"},
        {"columns": ["wing"], "impute": "most_frequent", "scale": "standard"},
        {"columns": ["bill"], "impute": "mean", "scale": "min_max"},
        {"columns": ["depth"], "impute": {"constant": -2}, "scale": "standard"},
        {"columns": ["flat"], "scale": "standard"},
        {"columns": ["species"], "as": "one_hot", "impute": "most_frequent"},
        {"columns": ["island"], "as": "ordinal", "impute": "most_frequent"},
        {"columns": ["sex"], "as": "one_hot", "impute": {"constant": "missing"}}
    ],
    "precision": "PRECISION"
}"#;

fn fixture() -> RecordBatch {
    let mut lines = include_str!("../fixtures/table.csv").lines();
    let header = lines.next().unwrap().split(',');
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let columns = header.enumerate().map(|(index, name)| {
        let cells = rows
            .iter()
            .map(|row| Some(row[index]).filter(|cell| !cell.is_empty()));
        let array: ArrayRef = if matches!(name, "species" | "island" | "sex") {
            Arc::new(cells.collect::<StringArray>())
        } else {
            Arc::new(
                cells
                    .map(|cell| cell.map(|c| c.parse().unwrap()))
                    .collect::<Float64Array>(),
            )
        };
        (name, array, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn compare(precision: &str, tolerance: f64) {
    let table = fixture();
    let rules = RULES.replace("PRECISION", precision);
    let encoded = encode(&rules, &table.slice(0, 40), &table).unwrap();
    assert_eq!(
        names(&encoded),
        [
            "mass",
            "wing",
            "bill",
            "depth",
            "flat",
            "species=Adelie",
            "species=Chinstrap",
            "species=Gentoo",
            "island",
            "sex=female",
            "sex=male",
            "sex=missing",
            "y",
        ]
    );
    let expected: Vec<Vec<f64>> = include_str!("../fixtures/expected.csv")
        .lines()
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    for (index, name) in names(&encoded)[..12].iter().enumerate() {
        for (row, value) in column(&encoded, name).into_iter().enumerate() {
            let (value, expected) = (value.unwrap(), expected[row][index]);
            assert!(
                (value - expected).abs() <= tolerance * expected.abs().max(1.0),
                "{name} in row {row} is {value}, not {expected}"
            );
        }
    }
    assert_eq!(encoded.column(12), table.column_by_name("y").unwrap());
}

#[test]
fn float64_is_equal_but_for_rounding() {
    compare("float64", 1e-12);
}

#[test]
fn float32_is_equal_to_its_precision() {
    compare("float32", 1e-6);
}
