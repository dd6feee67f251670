//! Which rows a selection leaves: by comparison, by chance and by split, in memory and in files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampSecondArray};
use arrow::datatypes::SchemaRef;
use mlhost_data::{Batches, Dataset, MemoryTable, Mistake, Result, Table, batch_rows};
use mlhost_pipeline::{Selection, Side};
use serde_json::{Value, json};

use crate::support::{Folder, all_rows, column, flights, names, numbers};

/// A selection in the form in which runs and models keep it.
pub(crate) fn selection(json: Value) -> Selection {
    serde_json::from_value(json).unwrap()
}

pub(crate) fn dataset(table: Arc<dyn Table>, json: Value) -> Dataset {
    Dataset::new(table, &selection(json))
        .map_err(|mistakes| format!("{mistakes:?}"))
        .unwrap()
}

fn side(dataset: &Dataset, wanted: Side) -> &Arc<dyn Table> {
    let mut sides = dataset.sides().iter();
    let (_, table) = sides.find(|(side, _)| *side == wanted).unwrap();
    table
}

fn in_parts(batches: &[RecordBatch]) -> Arc<dyn Table> {
    let parts = batches.iter().map(|batch| vec![batch.clone()]).collect();
    Arc::new(MemoryTable::from_parts(&batches[0].schema(), parts).unwrap())
}

/// The numbers below `rows`, in parts of unequal length.
fn counted(rows: usize) -> Arc<dyn Table> {
    let first = rows / 3;
    in_parts(&[numbers(0, first), numbers(first as i64, rows - first)])
}

fn mistakes(table: Arc<dyn Table>, json: Value) -> String {
    let told = |mistake: Mistake| {
        let hint = mistake.hint.map(|hint| format!(" ({hint})"));
        let hint = hint.unwrap_or_default();
        format!("{}: {}{hint}", mistake.pointer, mistake.message)
    };
    let mistakes = Dataset::new(table, &selection(json)).err().unwrap();
    mistakes
        .into_iter()
        .map(told)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn columns_are_the_named_ones_in_their_order() {
    let dataset = dataset(
        in_parts(&[flights()]),
        json!({ "columns": ["delay", "year"], "where": [["carrier", "is not null"]] }),
    );
    let table = dataset.whole();
    assert_eq!(table.schema().field(0).name(), "delay");
    assert_eq!(table.schema().fields().len(), 2);
    assert_eq!(column(table, "year"), ["2013", "2014"]);
    insta::assert_snapshot!(table.scan(&names(&["carrier"])).err().unwrap(), @"there is no column `carrier`");
}

#[test]
fn every_operator_leaves_the_rows_it_holds_of() {
    let floats = [
        Some(1.5),
        None,
        Some(-0.0),
        Some(f64::NAN),
        Some(f64::INFINITY),
    ];
    let years = [2013, 2014, 2015, 2016, 2017];
    let columns: [(&str, ArrayRef); 2] = [
        ("year", Arc::new(Int64Array::from(years.to_vec()))),
        ("x", Arc::new(Float64Array::from(floats.to_vec()))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    for (comparison, expected) in [
        (json!(["x", "==", 0]), vec!["2015"]),
        (json!(["x", "!=", 0]), vec!["2013", "2016", "2017"]),
        (json!(["x", "<", 1.5]), vec!["2015"]),
        (json!(["x", "<=", 1.5]), vec!["2013", "2015"]),
        (json!(["x", ">", 1]), vec!["2013", "2017"]),
        (json!(["x", ">=", 0]), vec!["2013", "2015", "2017"]),
        (json!(["x", "<", { "float": "inf" }]), vec!["2013", "2015"]),
        (json!(["x", "in", [1.5, 0]]), vec!["2013", "2015"]),
        (json!(["x", "not in", [1.5, 0]]), vec!["2016", "2017"]),
        (json!(["x", "is null"]), vec!["2014"]),
        (
            json!(["x", "is not null"]),
            vec!["2013", "2015", "2016", "2017"],
        ),
        (
            json!(["year", "not in", [2013, 2014]]),
            vec!["2015", "2016", "2017"],
        ),
    ] {
        let dataset = dataset(
            in_parts(std::slice::from_ref(&batch)),
            json!({ "where": [comparison] }),
        );
        assert_eq!(column(dataset.whole(), "year"), expected, "{comparison}");
        assert_eq!(dataset.whole().num_rows(), None);
    }
}

#[test]
fn all_formats_select_alike() {
    let comparisons = json!([
        ["day", ">=", "2011-01-26"],
        ["carrier", "!=", "UA"],
        ["late", "is null"],
    ]);
    let folder = Folder::new();
    for name in ["f.parquet", "f.csv", "f.arrow", "f.jsonl"] {
        folder.write(name, &[flights()]);
        let table: Arc<dyn Table> = Arc::new(folder.open(name).unwrap());
        let dataset = dataset(table, json!({ "where": comparisons }));
        assert_eq!(column(dataset.whole(), "year"), ["2014"], "{name}");
        // Without any column, too, the rows are counted.
        let scan = dataset.whole().scan(&[]).unwrap();
        assert_eq!(
            scan.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
            1
        );
    }
}

#[test]
fn mistakes_are_told_at_their_places() {
    let told = mistakes(
        in_parts(&[flights()]),
        json!({
            "columns": ["year", "delai"],
            "where": [
                ["yaer", "==", 1],
                ["year", "==", "2013"],
                ["year", "<", 2013.5],
                ["year", "in", [1, true]],
                ["carrier", "==", 5],
                ["late", "==", 1],
                ["day", "<", { "datetime": "2013-01-01T05:00:00" }],
                ["day", "<", "tomorrow"],
            ],
            "split": { "by": "hash", "columns": ["tail"], "test": 0.2, "seed": 1 },
        }),
    );
    insta::assert_snapshot!(told);
    let split = json!({ "split": { "by": "time", "column": "carrier", "cut": { "test": 0.2 } } });
    insta::assert_snapshot!(mistakes(in_parts(&[flights()]), split), @"/split/column: column `carrier` is of type Utf8, which is neither a date nor a time nor a whole number");
    let at = json!({ "split": { "by": "time", "column": "day", "cut": { "at": true } } });
    insta::assert_snapshot!(mistakes(in_parts(&[flights()]), at), @"/split/at: column `day` is of type Date32, and `true` is a boolean");
}

#[test]
fn a_sample_is_fixed_by_the_seed_and_the_position() {
    let rows = |seed: u64, more: Value| {
        let mut json = json!({ "sample": { "fraction": 0.25, "seed": seed } });
        json.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        column(dataset(counted(6000), json).whole(), "n")
    };
    let sample = rows(1, json!({}));
    assert_eq!(sample, rows(1, json!({})));
    assert_ne!(sample, rows(2, json!({})));
    assert!((1400..1600).contains(&sample.len()), "{}", sample.len());
    // Which rows `where` leaves does not matter to the chance of those that it does.
    let left: BTreeSet<String> = rows(1, json!({ "where": [["n", ">", 3000]] }))
        .into_iter()
        .collect();
    let expected = sample
        .into_iter()
        .filter(|n| n.parse::<i64>().unwrap() > 3000);
    assert_eq!(left, expected.collect());
}

#[test]
fn a_sample_of_rows_has_exactly_so_many() {
    for (rows, expected) in [(1, 1), (100, 100), (6000, 6000), (7000, 6000)] {
        let json = json!({ "sample": { "rows": rows, "seed": 3 } });
        let sample = dataset(counted(6000), json);
        assert_eq!(sample.whole().num_rows(), Some(expected));
        assert_eq!(column(sample.whole(), "n").len() as u64, expected);
    }
    // A smaller sample is a part of a larger one, and `where` comes first.
    let sample = |rows: u64| {
        let json = json!({ "where": [["n", "<", 50]], "sample": { "rows": rows, "seed": 3 } });
        column(dataset(counted(6000), json).whole(), "n")
    };
    let (small, large) = (sample(10), sample(20));
    assert_eq!((small.len(), large.len(), sample(100).len()), (10, 20, 50));
    assert!(small.iter().all(|n| large.contains(n)));
}

#[test]
fn the_sides_of_a_split_are_the_whole() {
    let shares = json!({ "test": 0.2, "validation": 0.1, "seed": 5 });
    for by in [
        json!({ "by": "random" }),
        json!({ "by": "hash", "columns": ["n"] }),
        json!({ "by": "time", "column": "n" }),
    ] {
        let mut split = by.clone();
        if by["by"] == "time" {
            split["cut"] = json!({ "test": 0.2, "validation": 0.1 });
        } else {
            split
                .as_object_mut()
                .unwrap()
                .extend(shares.as_object().unwrap().clone());
        }
        let split = dataset(
            counted(6000),
            json!({ "split": split, "where": [["n", ">=", 1000]] }),
        );
        let sides = split.sides().iter().map(|(_, table)| column(table, "n"));
        let sides: Vec<Vec<String>> = sides.collect();
        let near = |rows: usize, share: f64| (rows as f64 - 5000.0 * share).abs() < 150.0;
        assert!(near(sides[0].len(), 0.7), "{by}: {}", sides[0].len());
        assert!(near(sides[1].len(), 0.1), "{by}: {}", sides[1].len());
        assert!(near(sides[2].len(), 0.2), "{by}: {}", sides[2].len());
        let all: BTreeSet<&String> = sides.iter().flatten().collect();
        assert_eq!(all.len(), sides.iter().map(Vec::len).sum::<usize>(), "{by}");
        let whole = column(split.whole(), "n");
        assert_eq!(all, whole.iter().collect(), "{by}");
    }
}

#[test]
fn chances_of_a_sample_and_of_a_split_with_one_seed_are_apart() {
    let sampled = dataset(
        counted(9000),
        json!({
            "sample": { "fraction": 0.2, "seed": 7 },
            "split": { "by": "random", "test": 0.2, "seed": 7 },
        }),
    );
    let test = column(side(&sampled, Side::Test), "n").len();
    assert!((270..450).contains(&test), "{test} of about 1800");
}

#[test]
fn equal_values_are_on_one_side_of_a_hash() {
    let batch = |values: Vec<Option<i64>>| {
        let places: ArrayRef = Arc::new(Int64Array::from(values));
        RecordBatch::try_from_iter_with_nullable([("n", places, true)]).unwrap()
    };
    let values = |range: std::ops::Range<i64>| range.map(|n| (n % 40 > 0).then_some(n % 40));
    let table = in_parts(&[
        batch(values(0..500).collect()),
        batch(values(500..900).collect()),
    ]);
    let split = json!({ "split": { "by": "hash", "columns": ["n"], "test": 0.4, "seed": 0 } });
    let split = dataset(table, split);
    let mut seen: BTreeMap<String, Side> = BTreeMap::new();
    for (side, table) in split.sides() {
        for value in column(table, "n") {
            assert_eq!(
                seen.entry(value.clone()).or_insert(*side),
                side,
                "{value:?}"
            );
        }
    }
    assert_eq!(seen.len(), 40);
    let test = seen.values().filter(|side| **side == Side::Test).count();
    assert!((8..24).contains(&test), "{test} of 40 values");
}

#[test]
fn the_latest_rows_are_the_test() {
    // Each time four times, in a different order in each part.
    let times: Vec<i64> = (0..100).flat_map(|n| [n * 37 % 100, n]).collect();
    let batch = |times: &[i64]| {
        let times: ArrayRef = Arc::new(TimestampSecondArray::from(times.to_vec()));
        RecordBatch::try_from_iter([("t", times)]).unwrap()
    };
    let table = in_parts(&[batch(&times), batch(&times)]);
    let cut = |cut: Value| {
        let split = json!({ "split": { "by": "time", "column": "t", "cut": cut } });
        dataset(table.clone(), split)
    };
    let split = cut(json!({ "test": 0.2, "validation": 0.1 }));
    let rows = |table: &Arc<dyn Table>| column(table, "t").len();
    assert_eq!(rows(side(&split, Side::Test)), 80);
    assert_eq!(rows(side(&split, Side::Validation)), 40);
    let test = column(side(&split, Side::Test), "t").into_iter().min();
    assert_eq!(test.as_deref(), Some("1970-01-01T00:01:20"));
    // Rows of one time are not torn apart: they are all in the test.
    assert_eq!(rows(side(&cut(json!({ "test": 0.203 })), Side::Test)), 84);

    let at = cut(json!({ "at": { "datetime": "1970-01-01T00:01:30" } }));
    assert_eq!(rows(side(&at, Side::Test)), 40);
    assert_eq!(rows(side(&at, Side::Train)), 360);
}

#[test]
fn a_row_without_a_time_has_no_side() {
    let times: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
    let batch = RecordBatch::try_from_iter_with_nullable([("t", times, true)]).unwrap();
    let folder = Folder::new();
    folder.write("t.parquet", std::slice::from_ref(&batch));
    let file: Arc<dyn Table> = Arc::new(folder.open("t.parquet").unwrap());
    for table in [in_parts(&[batch]), file] {
        for cut in [json!({ "test": 0.2 }), json!({ "at": 2 })] {
            let split = json!({ "by": "time", "column": "t", "cut": cut });
            let refused = dataset(table.clone(), json!({ "split": split }));
            let error = side(&refused, Side::Test).scan(&names(&["t"])).unwrap();
            let error = error.filter_map(Result::err).next().unwrap();
            assert_eq!(
                error.to_string(),
                "a split by time needs a time in every row, and column `t` has none in row 1 of part 0"
            );
            let split = dataset(
                table.clone(),
                json!({ "split": split, "where": [["t", "is not null"]] }),
            );
            assert_eq!(column(side(&split, Side::Test), "t"), ["3"]);
        }
    }
}

#[test]
fn what_is_left_comes_in_full_batches() {
    let folder = Folder::new();
    let rows = 2 * batch_rows(&numbers(0, 0).schema());
    for name in ["n.parquet", "n.csv", "n.arrow"] {
        folder.write(name, &[numbers(0, rows)]);
        let table: Arc<dyn Table> = Arc::new(folder.open(name).unwrap());
        let most = dataset(table, json!({ "sample": { "fraction": 0.75, "seed": 1 } }));
        let sizes = most.whole().scan(&names(&["n"])).unwrap();
        let sizes: Vec<usize> = sizes.map(|batch| batch.unwrap().num_rows()).collect();
        assert_eq!(sizes[0], rows / 2, "{name}: {sizes:?}");
        assert!(sizes.len() <= 2, "{name}: {sizes:?}");
    }
}

/// A table of which the parts have digests.
struct Digested(Arc<dyn Table>);

impl Table for Digested {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        self.0.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.0.num_parts()
    }

    fn part_digest(&self, part: usize) -> Result<Option<String>> {
        Ok(Some(format!("sha256:{part}")))
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        self.0.scan_part(part, columns)
    }
}

#[test]
fn digests_tell_selections_apart() {
    let time = |test: f64| json!({ "by": "time", "column": "n", "cut": { "test": test } });
    let random = |seed: u64| json!({ "by": "random", "test": 0.2, "seed": seed });
    let selections = [
        json!({}),
        json!({ "where": [["n", "<", 5]] }),
        json!({ "where": [["n", "<", 6]] }),
        json!({ "sample": { "fraction": 0.5, "seed": 1 } }),
        json!({ "sample": { "fraction": 0.5, "seed": 2 } }),
        json!({ "sample": { "rows": 5, "seed": 1 } }),
        json!({ "split": random(1) }),
        json!({ "split": random(2) }),
        json!({ "split": time(0.2) }),
        json!({ "split": time(0.3) }),
    ];
    let mut fingerprints = BTreeSet::new();
    let mut parts = BTreeSet::new();
    for json in selections {
        let table: Arc<dyn Table> = Arc::new(Digested(counted(60)));
        let made = dataset(table, json.clone());
        assert!(fingerprints.insert(made.fingerprint("sha256:0")), "{json}");
        let tables = made.sides().iter().map(|(_, table)| table);
        for table in tables.chain(made.sides().is_empty().then_some(made.whole())) {
            let digest = table.part_digest(0).unwrap().unwrap();
            assert!(parts.insert(digest.clone()), "{json}");
            assert_eq!(table.part_digest(0).unwrap().unwrap(), digest);
            assert_ne!(table.part_digest(1).unwrap().unwrap(), digest);
        }
        let undigested = dataset(counted(60), json);
        assert_eq!(undigested.whole().part_digest(0).unwrap(), None);
    }
    // What the rows of a part are does not depend on which columns are shown.
    let shown = json!({ "columns": ["n"] });
    let shown = dataset(Arc::new(Digested(counted(60))), shown);
    assert_eq!(
        shown.whole().part_digest(0).unwrap().as_deref(),
        Some("sha256:0")
    );
    assert_eq!(all_rows(shown.whole()), all_rows(&counted(60)));
}
