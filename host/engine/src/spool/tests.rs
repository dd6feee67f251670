//! What comes out of a spool has the bits of what went in, whatever the types of the columns.

use std::sync::Arc;

use arrow::{
    array::{
        Array as _, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
        DictionaryArray, DurationMillisecondArray, FixedSizeBinaryArray, FixedSizeListArray,
        Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
        LargeStringArray, ListArray, NullArray, StringArray, StringViewArray, StructArray,
        Time64NanosecondArray, TimestampMicrosecondArray, TimestampNanosecondArray,
        TimestampSecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
    },
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, Field, Int8Type, Int32Type, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_store::Store;
use proptest::prelude::*;

use super::Writing;

type Values = Vec<Option<i64>>;

/// A column of each type, with the same nulls in each.
fn columns(values: &Values) -> Vec<(&'static str, ArrayRef)> {
    let nulls: Vec<bool> = values.iter().map(Option::is_some).collect();
    let nulls = || Some(NullBuffer::from(nulls.clone()));
    let each = || values.iter().copied();
    let text = |value: i64| match value % 5 {
        0 => String::new(),
        1 => "é\u{1f980}".repeat((value % 9).unsigned_abs() as usize),
        _ => format!("text {value}"),
    };
    let texts: Vec<Option<String>> = each().map(|value| value.map(text)).collect();
    let strings = StringArray::from(texts.clone());
    let bytes: Vec<Option<[u8; 8]>> = each().map(|value| value.map(i64::to_be_bytes)).collect();
    let codes = each().map(|value| value.map(|value| format!("code {}", value % 3)));
    let dictionary: DictionaryArray<Int32Type> = {
        let codes: Vec<Option<String>> = codes.collect();
        codes.iter().map(Option::as_deref).collect()
    };
    let lengths = each().map(|value| value.map_or(0, |value| (value % 4).unsigned_abs() as usize));
    let offsets = OffsetBuffer::<i32>::from_lengths(lengths.clone());
    let items: DictionaryArray<Int8Type> = (0..lengths.sum())
        .map(|item| (item % 3 != 0).then_some(if item % 2 == 0 { "even" } else { "odd" }))
        .collect();
    let item = Arc::new(Field::new("item", items.data_type().clone(), true));
    let list = ListArray::new(item, offsets, Arc::new(items), nulls());
    let pairs =
        Int16Array::from_iter(each().flat_map(|value| [value.map(|value| value as i16), None]));
    let pairs = FixedSizeListArray::new(
        Arc::new(Field::new("item", DataType::Int16, true)),
        2,
        Arc::new(pairs),
        nulls(),
    );
    let inner: [(&str, ArrayRef); 2] = [
        ("list", Arc::new(list.clone())),
        ("text", Arc::new(strings.clone())),
    ];
    let fields = inner
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let structs = StructArray::new(
        fields.collect(),
        inner.iter().map(|(_, array)| array.clone()).collect(),
        nulls(),
    );
    macro_rules! numbers {
        ($array:ty, $native:ty) => {
            Arc::new(<$array>::from_iter(
                each().map(|value| value.map(|value| value as $native)),
            ))
        };
    }
    vec![
        ("null", Arc::new(NullArray::new(values.len()))),
        (
            "truth",
            Arc::new(BooleanArray::from_iter(
                each().map(|value| value.map(|value| value % 2 == 0)),
            )),
        ),
        ("int8", numbers!(Int8Array, i8)),
        ("int16", numbers!(Int16Array, i16)),
        ("int32", numbers!(Int32Array, i32)),
        ("int64", numbers!(Int64Array, i64)),
        ("uint8", numbers!(UInt8Array, u8)),
        ("uint16", numbers!(UInt16Array, u16)),
        ("uint32", numbers!(UInt32Array, u32)),
        ("uint64", numbers!(UInt64Array, u64)),
        // All bits, so that not-a-numbers with a payload are among them.
        (
            "float32",
            Arc::new(Float32Array::from_iter(
                each().map(|value| value.map(|value| f32::from_bits(value as u32))),
            )),
        ),
        (
            "float64",
            Arc::new(Float64Array::from_iter(
                each().map(|value| value.map(|value| f64::from_bits(value as u64))),
            )),
        ),
        (
            "decimal",
            Arc::new(
                numbers!(Decimal128Array, i128)
                    .as_ref()
                    .clone()
                    .with_precision_and_scale(30, 4)
                    .unwrap(),
            ),
        ),
        ("date", numbers!(Date32Array, i32)),
        ("time", numbers!(Time64NanosecondArray, i64)),
        ("duration", numbers!(DurationMillisecondArray, i64)),
        ("second", numbers!(TimestampSecondArray, i64)),
        (
            "microsecond",
            Arc::new(
                TimestampMicrosecondArray::from(values.clone()).with_timezone("Europe/Zurich"),
            ),
        ),
        (
            "nanosecond",
            Arc::new(TimestampNanosecondArray::from(values.clone()).with_timezone("+05:30")),
        ),
        ("text", Arc::new(strings)),
        (
            "large text",
            Arc::new(LargeStringArray::from(texts.clone())),
        ),
        (
            "text view",
            Arc::new(StringViewArray::from_iter(
                texts.iter().map(Option::as_deref),
            )),
        ),
        (
            "bytes",
            Arc::new(BinaryArray::from_iter(
                bytes
                    .iter()
                    .map(|value| value.as_ref().map(|value| &value[..])),
            )),
        ),
        (
            "eight bytes",
            Arc::new(
                FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes.into_iter(), 8).unwrap(),
            ),
        ),
        ("dictionary", Arc::new(dictionary)),
        ("list", Arc::new(list)),
        ("pair", Arc::new(pairs)),
        ("struct", Arc::new(structs)),
    ]
}

fn batch(schema: &SchemaRef, values: &Values) -> RecordBatch {
    let columns = columns(values).into_iter().map(|(_, array)| array);
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn schema() -> SchemaRef {
    let fields = columns(&vec![]).into_iter();
    let fields = fields.map(|(name, array)| Field::new(name, array.data_type().clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn read(spooled: &super::Spooled) -> Vec<RecordBatch> {
    spooled.read().map(Result::unwrap).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_spool_gives_what_was_written_every_time(
        batches in prop::collection::vec(
            (prop::collection::vec(any::<Option<i64>>(), 0..40), 0..10usize),
            0..5,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let schema = schema();
        let mut writing = Writing::new(&store, &schema).unwrap();
        let mut written = Vec::new();
        for (values, skipped) in &batches {
            // Arrays that begin behind the start of their buffers, as those of a cut batch do.
            let skipped = (*skipped).min(values.len());
            let batch = batch(&schema, values);
            let batch = batch.slice(skipped, batch.num_rows() - skipped);
            writing.write(&batch).unwrap();
            written.push(batch);
        }
        let spooled = writing.finish().unwrap();
        prop_assert_eq!(&read(&spooled), &written);
        // Two readers at once, and one that was dropped halfway, do not disturb each other.
        let mut dropped = spooled.read();
        let (mut one, mut other) = (spooled.read(), spooled.read());
        dropped.next();
        drop(dropped);
        for batch in &written {
            prop_assert_eq!(&one.next().unwrap().unwrap(), batch);
            prop_assert_eq!(&other.next().unwrap().unwrap(), batch);
        }
        prop_assert!(one.next().is_none() && other.next().is_none());
    }
}

#[test]
fn batches_without_columns_keep_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let schema = schema().project(&[]).unwrap();
    let mut writing = Writing::new(&store, &schema).unwrap();
    let all = batch(&self::schema(), &vec![Some(1), None, Some(3)]);
    writing.write(&all.project(&[]).unwrap()).unwrap();
    let read = read(&writing.finish().unwrap());
    let rows: Vec<usize> = read.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(rows, [3]);
}
