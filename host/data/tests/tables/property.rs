//! However rows are cut into batches, parts and files, and in whatever format: a scan gives the
//! same rows in the same order.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use mlhost_data::{Limited, MemoryTable};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::{Folder, all_rows};

type Row = (Option<i64>, Option<f64>, String);

/// Text without the few things that CSV cannot tell apart: no text and empty text.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let number = prop::option::of(-1e9..1e9);
    vec(
        (prop::option::of(any::<i64>()), number, "[a-z\",\n é]{1,6}x"),
        1..60,
    )
}

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: [(&str, ArrayRef); 3] = [
        (
            "n",
            Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.0))),
        ),
        (
            "x",
            Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.1))),
        ),
        (
            "s",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.2))),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true)))
        .unwrap()
}

/// Cuts a batch at some places; pieces may be empty.
fn cut(batch: &RecordBatch, places: &[prop::sample::Index]) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    let mut places: Vec<usize> = places.iter().map(|place| place.index(rows + 1)).collect();
    places.extend([0, rows]);
    places.sort_unstable();
    let pieces = places.windows(2);
    pieces
        .map(|ends| batch.slice(ends[0], ends[1] - ends[0]))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cuts_do_not_show(
        rows in rows(),
        batches in vec(any::<prop::sample::Index>(), 0..6),
        parts in vec(any::<prop::sample::Index>(), 0..4),
        limit in 0_u64..80,
    ) {
        let whole = batch(&rows);
        let pieces = cut(&whole, &parts);
        let in_parts = pieces.iter().map(|part| cut(part, &batches)).collect();
        let table = Arc::new(MemoryTable::from_parts(&whole.schema(), in_parts).unwrap());
        prop_assert_eq!(&all_rows(&table), &whole);

        let kept = usize::try_from(limit).unwrap().min(rows.len());
        prop_assert_eq!(all_rows(&Limited::new(table, limit)), whole.slice(0, kept));
    }

    #[test]
    fn files_do_not_show(rows in rows(), cuts in vec(any::<prop::sample::Index>(), 0..3)) {
        let whole = batch(&rows);
        for extension in ["parquet", "arrow", "csv", "jsonl"] {
            let folder = Folder::new();
            let pieces = cut(&whole, &cuts);
            // A file of JSON lines without a line has no columns, and so is no piece of a table.
            let pieces = pieces.into_iter().filter(|piece| piece.num_rows() > 0);
            for (number, piece) in pieces.enumerate() {
                folder.write(&format!("{number}.{extension}"), &cut(&piece, &cuts));
            }
            let found = all_rows(&folder.open(&format!("*.{extension}")).unwrap());
            // A column without any value has no type in text, and one of whole numbers has another.
            let columns = whole.schema().fields().iter().map(|field| {
                arrow::compute::cast(found.column_by_name(field.name()).unwrap(), field.data_type())
            }).collect::<Result<Vec<_>, _>>().unwrap();
            let found = RecordBatch::try_new(whole.schema(), columns).unwrap();
            prop_assert_eq!(&concat_batches(&whole.schema(), [&found]).unwrap(), &whole, "{}", extension);
        }
    }
}
