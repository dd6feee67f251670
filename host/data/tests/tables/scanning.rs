//! Scans: unknown names and parts, owned scans, and the first rows of a table.

use std::sync::Arc;
use std::thread;

use arrow::array::RecordBatch;
use mlhost_data::{Error, Limited, MemoryTable, Result, Scan, Table};

use crate::support::{Folder, all_rows, column, flights, names, numbers};

fn memory(batches: Vec<RecordBatch>) -> MemoryTable {
    let parts = batches.iter().map(|batch| vec![batch.clone()]).collect();
    MemoryTable::from_parts(&batches[0].schema(), parts).unwrap()
}

fn refusal(result: Result<impl Sized>) -> String {
    result.err().expect("a refusal").to_string()
}

#[test]
fn an_unknown_column_is_answered_with_the_nearest() {
    let table = memory(vec![flights()]);
    insta::assert_snapshot!(refusal(table.scan(&names(&["year", "Dellay"]))), @"there is no column `Dellay`, the nearest is `delay`");
    insta::assert_snapshot!(refusal(table.scan_part(0, &names(&["temperature"]))), @"there is no column `temperature`");
}

#[test]
fn an_unknown_part_is_refused() {
    let folder = Folder::new();
    folder.write("flights.csv", &[flights()]);
    let table = Arc::new(folder.open("flights.csv").unwrap());
    let limited = Limited::new(table.clone(), 1);
    insta::assert_snapshot!(refusal(table.scan_part(1, &[])), @"there is no part 1: the table has 1");
    insta::assert_snapshot!(refusal(limited.scan_part(3, &[])), @"there is no part 3: the table has 1");
    insta::assert_snapshot!(refusal(memory(vec![flights()]).scan_part(1, &[])), @"there is no part 1: the table has 1");
}

#[test]
fn an_owned_scan_goes_to_another_thread() {
    let table: Arc<dyn Table> = Arc::new(memory(vec![numbers(0, 3), numbers(3, 2)]));
    let scan = Scan::new(table, &names(&["n"])).unwrap();
    let rows = thread::spawn(move || scan.map(|batch| batch.unwrap().num_rows()).sum::<usize>());
    assert_eq!(rows.join().unwrap(), 5);
}

#[test]
fn a_limited_table_is_its_first_rows() {
    let whole = Arc::new(memory(vec![numbers(0, 3), numbers(3, 3)]));
    for rows in [0, 1, 3, 4, 6, 100] {
        let table = Limited::new(whole.clone(), rows);
        let expected: Vec<String> = (0..rows.min(6)).map(|n| n.to_string()).collect();
        assert_eq!(column(&table, "n"), expected);
        assert_eq!(table.num_rows(), Some(rows.min(6)));
        assert_eq!(table.schema(), whole.schema());
    }
}

#[test]
fn a_limited_table_does_not_meet_what_is_wrong_behind_it() {
    let folder = Folder::new();
    folder.put("1.csv", "day\n2013-01-01\n");
    folder.put("2.csv", "day\n2013-02-30\n");
    let table = Arc::new(folder.open("*.csv").unwrap());
    assert_eq!(
        column(&Limited::new(table.clone(), 1), "day"),
        ["2013-01-01"]
    );
    let mut scan = table.scan(&names(&["day"])).unwrap();
    assert!(scan.next().unwrap().is_ok());
    let error = scan.next().unwrap().unwrap_err();
    assert!(
        matches!(error, Error::InvalidValue { line: 2, .. }),
        "{error}"
    );
    assert!(scan.next().is_none());
}

#[test]
fn batches_of_another_shape_make_no_table() {
    let schema = flights().schema();
    let error = MemoryTable::new(&schema, vec![numbers(0, 1)]).err();
    assert!(matches!(error, Some(Error::Batch { .. })));
}

#[test]
fn a_table_of_no_batches_has_columns() {
    let table = MemoryTable::new(&flights().schema(), Vec::new()).unwrap();
    assert_eq!((table.num_parts(), table.num_rows()), (0, Some(0)));
    assert_eq!(all_rows(&table), flights().slice(0, 0));
}
