//! The parts of a table, which the data fixes.

use arrow::compute::concat_batches;
use mlhost_data::{MAX_BATCH_ROWS, MemoryTable, PART_ROWS, Table};

use crate::support::{Folder, all_rows, numbers};

fn part_rows(table: &dyn Table) -> Vec<usize> {
    let rows = |part| {
        let batches = table.scan_part(part, &[]).unwrap();
        batches.map(|batch| batch.unwrap().num_rows()).sum()
    };
    (0..table.num_parts()).map(rows).collect()
}

#[test]
fn a_row_group_is_a_part() {
    let folder = Folder::new();
    folder.write("1.parquet", &[numbers(0, PART_ROWS + 5)]);
    folder.write("2.parquet", &[numbers(0, 7)]);
    let table = folder.open("*.parquet").unwrap();
    assert_eq!(part_rows(&table), [PART_ROWS, 5, 7]);
    assert_eq!(table.num_rows(), Some(PART_ROWS as u64 + 12));
}

#[test]
fn batches_of_an_arrow_file_are_grouped_into_parts() {
    let folder = Folder::new();
    let sizes = [
        MAX_BATCH_ROWS,
        PART_ROWS - MAX_BATCH_ROWS,
        1,
        0,
        PART_ROWS + 1,
        2,
    ];
    let batches = sizes.map(|rows| numbers(0, rows));
    folder.write("numbers.arrow", &batches);
    let table = folder.open("numbers.arrow").unwrap();
    let expected = [PART_ROWS, 1, PART_ROWS + 1, 2];
    assert_eq!(part_rows(&table), expected);
    assert_eq!(table.num_rows(), Some(sizes.iter().sum::<usize>() as u64));

    // The same batches in memory make the same parts.
    let memory = MemoryTable::new(&table.schema(), batches.to_vec()).unwrap();
    assert_eq!(part_rows(&memory), expected);
    assert_eq!(all_rows(&memory), all_rows(&table));
}

#[test]
fn no_batch_is_empty_or_too_long() {
    let folder = Folder::new();
    let batches = [
        numbers(0, 2 * MAX_BATCH_ROWS + 3),
        numbers(0, 0),
        numbers(0, 1),
    ];
    for name in ["n.parquet", "n.arrow", "n.csv", "n.jsonl"] {
        folder.write(name, &batches);
        let table = folder.open(name).unwrap();
        let scan = table.scan(&[]).unwrap();
        let sizes: Vec<usize> = scan.map(|batch| batch.unwrap().num_rows()).collect();
        assert_eq!(sizes[..2], [MAX_BATCH_ROWS, MAX_BATCH_ROWS], "{name}");
        assert_eq!(sizes[2..].iter().sum::<usize>(), 4, "{name}");
        assert!(!sizes.contains(&0), "{name}");
        let whole = concat_batches(&batches[0].schema(), &batches).unwrap();
        assert_eq!(all_rows(&table), whole, "{name}");
    }
}
