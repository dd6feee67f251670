//! When a trainer's scans are computed, when they are spooled, and that nobody can tell the
//! difference.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array},
    datatypes::SchemaRef,
    record_batch::RecordBatch,
};
use mlhost_data::{Batches, MemoryTable, Result, Table};
use mlhost_store::Store;

use super::{Parts, TrainingTable};
use crate::{NoObserver, dataset::Dataset, observer::Reading, permits::Permits};

/// A table that counts how often it is scanned.
struct Counted {
    table: MemoryTable,
    scans: Arc<AtomicUsize>,
}

impl Table for Counted {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        self.table.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.table.num_parts()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        self.scans.fetch_add(1, Ordering::SeqCst);
        self.table.scan_part(part, columns)
    }
}

struct Scene {
    folder: tempfile::TempDir,
    table: TrainingTable,
    scans: Arc<AtomicUsize>,
}

impl Scene {
    /// A table of two parts with three batches each.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let batch = |start: i64| {
            let whole: ArrayRef = Arc::new(Int64Array::from_iter_values(start..start + 50));
            let halves =
                (start..start + 50).map(|value| (value % 7 != 0).then_some(value as f64 / 2.0));
            let halves: ArrayRef = Arc::new(Float64Array::from_iter(halves));
            RecordBatch::try_from_iter_with_nullable([
                ("whole", whole, true),
                ("half", halves, true),
            ])
            .unwrap()
        };
        let parts: Vec<Vec<RecordBatch>> = [0, 1000]
            .map(|start| [0, 50, 100].map(|more| batch(start + more)).to_vec())
            .to_vec();
        let schema = parts[0][0].schema();
        let scans = Arc::new(AtomicUsize::new(0));
        let table: Arc<dyn Table> = Arc::new(Counted {
            table: MemoryTable::from_parts(&schema, parts).unwrap(),
            scans: scans.clone(),
        });
        let table = TrainingTable {
            dataset: Dataset::of(table),
            reading: Reading {
                step: "train".to_owned(),
                observer: Arc::new(NoObserver),
                total: None,
            },
            permits: Permits::new(2),
            spools: Some(Arc::new(Store::open(folder.path()).unwrap())),
            parts: Arc::new(Parts::default()),
        };
        Self {
            folder,
            table,
            scans,
        }
    }

    fn open(&self, part: usize, columns: &[&str]) -> Box<dyn Batches> {
        let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
        self.table.scan_part(part, &columns).unwrap()
    }

    fn scan(&self, part: usize, columns: &[&str]) -> Vec<RecordBatch> {
        self.open(part, columns).map(Result::unwrap).collect()
    }

    /// How often the rows were computed since the last call.
    fn computed(&self) -> usize {
        self.scans.swap(0, Ordering::SeqCst)
    }
}

#[test]
fn the_third_scan_is_the_first_that_computes_nothing() {
    let scene = Scene::new();
    let first = scene.scan(0, &["whole", "half"]);
    assert_eq!(first.iter().map(RecordBatch::num_rows).sum::<usize>(), 150);
    assert_eq!(scene.scan(0, &["whole", "half"]), first);
    assert_eq!(scene.computed(), 2);
    assert_eq!(scene.scan(0, &["whole", "half"]), first);
    assert_eq!(scene.scan(0, &["whole", "half"]), first);
    assert_eq!(scene.computed(), 0);
    // The spool has no name, so the store is as it was.
    let names = std::fs::read_dir(scene.folder.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.contains("tmp")));
}

#[test]
fn other_parts_and_columns_in_another_order_have_spools_of_their_own() {
    let scene = Scene::new();
    let both = ["whole", "half"];
    for _ in 0..3 {
        scene.scan(0, &both);
    }
    assert_eq!(scene.computed(), 2);
    for (part, columns) in [(0, &["half", "whole"][..]), (0, &["half"]), (1, &both)] {
        let first = scene.scan(part, columns);
        let names = mlhost_data::column_names(&first[0].schema());
        assert_eq!(names, columns);
        for _ in 0..3 {
            assert_eq!(scene.scan(part, columns), first);
        }
        assert_eq!(scene.computed(), 2, "part {part}, {columns:?}");
    }
}

#[test]
fn two_scans_at_once_give_the_same_rows() {
    let scene = Scene::new();
    let expected = scene.scan(0, &["whole"]);
    // The second of these finds that the first is writing, and computes.
    let scans = [scene.open(0, &["whole"]), scene.open(0, &["whole"])];
    let [mut one, mut other] = scans;
    for batch in &expected {
        assert_eq!(&one.next().unwrap().unwrap(), batch);
        assert_eq!(&other.next().unwrap().unwrap(), batch);
    }
    assert!(one.next().is_none() && other.next().is_none());
    assert_eq!(scene.computed(), 3);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(scene.scan(0, &["whole"]), expected));
        }
    });
    assert_eq!(scene.computed(), 0);
}

#[test]
fn a_scan_that_is_dropped_halfway_leaves_no_spool_and_the_next_writes_it() {
    let scene = Scene::new();
    let expected = scene.scan(0, &["whole"]);
    let mut dropped = scene.open(0, &["whole"]);
    dropped.next().unwrap().unwrap();
    drop(dropped);
    assert_eq!(scene.computed(), 2);
    assert_eq!(scene.scan(0, &["whole"]), expected);
    assert_eq!(scene.computed(), 1);
    assert_eq!(scene.scan(0, &["whole"]), expected);
    assert_eq!(scene.computed(), 0);
}

#[test]
fn a_rehearsal_writes_no_spool() {
    let mut scene = Scene::new();
    scene.table.spools = None;
    for _ in 0..4 {
        assert_eq!(scene.scan(1, &["half"]).len(), 3);
    }
    assert_eq!(scene.computed(), 4);
}
