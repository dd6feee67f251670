//! Comparisons that are pushed down into Parquet files leave the same rows as in memory, whatever
//! the row groups and their statistics are.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use mlhost_data::{MemoryTable, Table};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, SerializedFileReader};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::selecting::dataset;
use crate::support::{Folder, all_rows, names};

type Row = (
    Option<i64>,
    Option<f32>,
    Option<String>,
    Option<bool>,
    Option<i64>,
);

/// Few values, so that comparisons meet them, and the awkward ones: NaN, both zeros, the extremes,
/// texts that statistics cut off.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let integers = prop_oneof![8 => -4_i64..4, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let special = [
        f32::NAN,
        -f32::NAN,
        -0.0,
        0.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    let floats = prop_oneof![
        (-4_i8..4).prop_map(f32::from),
        prop::sample::select(special.to_vec())
    ];
    let texts = prop_oneof![
        "[a-c]{0,2}",
        "[a-c]x{70}[a-c]",
        Just("é".to_owned()),
        Just("\u{10ffff}".repeat(30)),
    ];
    let row = (
        prop::option::weighted(0.7, integers),
        prop::option::weighted(0.7, floats),
        prop::option::weighted(0.7, texts),
        prop::option::of(any::<bool>()),
        prop::option::of((0_i64..5).prop_map(|day| day * 86_400_000_000)),
    );
    // Some runs of rows are alike, so that row groups of nulls or of one value occur.
    vec((row, 1_usize..6), 1..30).prop_map(|runs| {
        let rows = runs.into_iter();
        rows.flat_map(|(row, times)| std::iter::repeat_n(row, times))
            .collect()
    })
}

fn batch(rows: &[Row]) -> RecordBatch {
    let texts = rows.iter().map(|row| row.2.as_deref());
    let columns: [(&str, ArrayRef); 6] = [
        (
            "n",
            Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.0))),
        ),
        (
            "x",
            Arc::new(Float32Array::from_iter(rows.iter().map(|row| row.1))),
        ),
        ("s", Arc::new(StringArray::from_iter(texts.clone()))),
        (
            "d",
            Arc::new(DictionaryArray::<Int32Type>::from_iter(texts)),
        ),
        (
            "late",
            Arc::new(BooleanArray::from_iter(rows.iter().map(|row| row.3))),
        ),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from_iter(
                rows.iter().map(|row| row.4),
            )),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true)))
        .unwrap()
}

fn comparison() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        (-5_i64..5).prop_map(|number| json!(number)),
        Just(json!({ "integer": i64::MAX.to_string() })),
        Just(json!({ "integer": i64::MIN.to_string() })),
    ];
    let float = prop_oneof![
        (-5_i64..5).prop_map(|number| json!(number)),
        Just(json!(0.5)),
        Just(json!({ "float": "inf" })),
        Just(json!({ "float": "-inf" })),
    ];
    let text = prop_oneof!["[a-c]{0,2}", "[a-c]x{70}[a-c]", Just("é".to_owned())];
    let text = text.prop_map(|text| json!(text));
    let time = (1_u8..7).prop_map(|day| json!({ "datetime": format!("1970-01-0{day}T00:00:00") }));
    let late = any::<bool>().prop_map(|late| json!(late));
    prop_oneof![
        of("n", number),
        of("x", float),
        of("s", text.clone()),
        of("d", text),
        of("at", time),
        of("late", late),
    ]
}

fn of(
    column: &'static str,
    value: impl Strategy<Value = Value> + Clone + 'static,
) -> BoxedStrategy<Value> {
    let one = prop::sample::select(&["==", "!=", "<", "<=", ">", ">="]);
    let list = prop::sample::select(&["in", "not in"]);
    let none = prop::sample::select(&["is null", "is not null"]);
    prop_oneof![
        6 => (one, value.clone()).prop_map(move |(operator, value)| json!([column, operator, value])),
        2 => (list, vec(value, 1..3)).prop_map(move |(operator, values)| json!([column, operator, values])),
        1 => none.prop_map(move |operator| json!([column, operator])),
    ]
    .boxed()
}

fn write(folder: &Folder, rows: &RecordBatch, group: usize, properties: WriterProperties) {
    let file = File::create(folder.path("t.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.schema(), Some(properties)).unwrap();
    for start in (0..rows.num_rows()).step_by(group) {
        writer
            .write(&rows.slice(start, group.min(rows.num_rows() - start)))
            .unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_file_leaves_the_rows_that_memory_leaves(
        rows in rows(),
        group in 1_usize..20,
        comparisons in vec(comparison(), 1..4),
        statistics in prop::sample::select(&[
            EnabledStatistics::None, EnabledStatistics::Chunk, EnabledStatistics::Page,
        ]),
        cut_off in prop::option::of(1_usize..8),
        share in prop::option::of(0.1..0.9),
    ) {
        let whole = batch(&rows);
        let folder = Folder::new();
        let properties = WriterProperties::builder()
            .set_statistics_enabled(statistics)
            .set_statistics_truncate_length(cut_off)
            .build();
        write(&folder, &whole, group, properties);
        let mut selection = json!({ "where": comparisons });
        if let Some(share) = share {
            selection["sample"] = json!({ "fraction": share, "seed": 1 });
        }
        let groups = (0..whole.num_rows()).step_by(group);
        let parts = groups.map(|start| vec![whole.slice(start, group.min(whole.num_rows() - start))]);
        let memory = MemoryTable::from_parts(&whole.schema(), parts.collect()).unwrap();
        let file: Arc<dyn Table> = Arc::new(folder.open("t.parquet").unwrap());
        let file = dataset(file, selection.clone());
        let memory = dataset(Arc::new(memory), selection);
        prop_assert_eq!(all_rows(file.whole()), all_rows(memory.whole()));
    }
}

#[test]
fn a_row_group_that_statistics_rule_out_is_not_read() {
    let folder = Folder::new();
    let rows = batch(
        &(0..40)
            .map(|n| (Some(n), None, None, None, None))
            .collect::<Vec<_>>(),
    );
    write(&folder, &rows, 20, WriterProperties::default());
    // Nothing of the second row group can be decoded.
    let path = folder.path("t.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    let metadata = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    for column in metadata.metadata().row_group(1).columns() {
        let (start, length) = column.byte_range();
        let (start, length) = (start as usize, length as usize);
        bytes[start..start + length].fill(0xff);
    }
    std::fs::write(&path, bytes).unwrap();
    let left = |comparison: Value| {
        let file: Arc<dyn Table> = Arc::new(folder.open("t.parquet").unwrap());
        let dataset = dataset(file, json!({ "where": [comparison] }));
        let scan = dataset.whole().scan(&names(&["n"])).unwrap();
        let batches: Result<Vec<RecordBatch>, _> = scan.collect();
        batches.map(|batches| batches.iter().map(RecordBatch::num_rows).sum::<usize>())
    };
    assert_eq!(left(json!(["n", "<", 15])).unwrap(), 15);
    assert_eq!(left(json!(["n", "in", [3, 4, -1]])).unwrap(), 2);
    assert!(left(json!(["n", "<=", 20])).is_err());
    // A column of nulls holds nothing to compare.
    assert_eq!(left(json!(["x", "!=", 1])).unwrap(), 0);
    assert_eq!(left(json!(["n", "is null"])).unwrap(), 0);
}
