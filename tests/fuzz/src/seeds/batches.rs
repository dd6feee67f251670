//! Batches that are as they should be: of every type that the contract carries, nested in one
//! another, sliced, empty, and side by side.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray,
    FixedSizeListArray, Int32Array, Int64Array, IntervalDayTimeArray, IntervalMonthDayNanoArray,
    IntervalYearMonthArray, LargeBinaryArray, LargeListArray, LargeStringArray, ListArray,
    MapArray, NullArray, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, Fields, Int8Type, Int32Type, IntervalDayTime, IntervalMonthDayNano, Schema,
    TimeUnit, UInt16Type,
};

/// Each with what it is called.
pub(super) fn batches() -> Vec<(String, RecordBatch)> {
    let columns = columns();
    let mut batches = vec![];
    for (name, column) in &columns {
        let sliced = column.slice(1, column.len() - 1);
        batches.extend(batch(name, vec![column.clone()]));
        batches.extend(batch(&format!("{name}_sliced"), vec![sliced]));
    }
    let rows = columns.iter().map(|(_, column)| column.len()).min();
    let short = |length: usize| {
        columns
            .iter()
            .map(move |(_, column)| column.slice(0, length))
    };
    batches.extend(batch("no_rows", short(0).collect()));
    batches.extend(batch("all", short(rows.unwrap_or(0)).collect()));
    let options = RecordBatchOptions::new().with_row_count(Some(3));
    let schema = Arc::new(Schema::empty());
    let nothing = RecordBatch::try_new_with_options(schema, vec![], &options).ok();
    batches.extend(nothing.map(|batch| ("no_columns".to_owned(), batch)));
    batches
}

fn batch(name: &str, columns: Vec<ArrayRef>) -> Option<(String, RecordBatch)> {
    let field = |(index, column): (usize, &ArrayRef)| {
        let field = field(&format!("c{index}"), column);
        field.with_metadata(HashMap::from([("unit".to_owned(), "m/s".to_owned())]))
    };
    let fields: Fields = columns.iter().enumerate().map(field).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns);
    Some((name.to_owned(), batch.ok()?))
}

fn field(name: &str, values: &ArrayRef) -> Field {
    Field::new(name, values.data_type().clone(), true)
}

fn columns() -> Vec<(String, ArrayRef)> {
    let mut columns = flat();
    let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("ä"), None, Some("long text")]));
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![Some(7), None, Some(-1)]));
    let dictionary: DictionaryArray<Int8Type> = [Some("u"), None, Some("u")].into_iter().collect();
    let wide: DictionaryArray<UInt16Type> = [Some("v"), Some("w"), None].into_iter().collect();
    let dictionary: ArrayRef = Arc::new(dictionary);
    let structs = structs(vec![texts.clone(), numbers.clone(), dictionary.clone()]);
    let lists = list(structs.clone());
    let of_lists = DictionaryArray::<Int32Type>::try_new(
        Int32Array::from(vec![Some(2), None, Some(0)]),
        lists.clone(),
    );
    let named = [
        ("list_of_numbers", list(numbers.clone())),
        ("list_of_lists", list(list(texts.clone()))),
        ("list_of_dictionaries", list(dictionary.clone())),
        ("large_list", large_list(numbers.clone())),
        ("fixed_size_list", pairs()),
        ("map", map(lists.clone())),
        ("map_of_maps", map(map(texts))),
        ("nested", (0..31).fold(numbers, |inner, _| list(inner))),
        ("struct", structs),
        ("list_of_structs", lists),
        ("dictionary", dictionary),
        ("wide_dictionary", Arc::new(wide)),
    ];
    columns.extend(named.map(|(name, column)| (name.to_owned(), column)));
    let of_lists = of_lists.map(|of_lists| Arc::new(of_lists) as ArrayRef);
    columns.extend(of_lists.map(|column| ("dictionary_of_lists".to_owned(), column)));
    columns
}

/// Columns without columns inside.
fn flat() -> Vec<(String, ArrayRef)> {
    let numbers = Int64Array::from(vec![Some(1), None, Some(86), Some(0)]);
    let small = cast(&numbers, &DataType::Int32);
    let mut columns: Vec<(String, ArrayRef)> = vec![];
    for wanted in numeric() {
        let of = |numbers: &dyn Array| cast(numbers, &wanted).ok();
        let column = of(&numbers).or_else(|| of(small.as_ref().ok()?));
        let name = format!("{wanted:?}").to_lowercase();
        let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        columns.extend(column.map(|column| (name, column)));
    }
    let pieces: [Option<&[u8]>; 3] = [Some(&[1, 2]), None, Some(&[0xff, 0])];
    let fixed = FixedSizeBinaryArray::try_from_sparse_iter_with_size(pieces.into_iter(), 2);
    let days = IntervalDayTime::new(3, -1);
    let months = IntervalMonthDayNano::new(1, 2, -3);
    let named: [(&str, ArrayRef); 10] = [
        ("null", Arc::new(NullArray::new(3))),
        (
            "boolean",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        ("no_nulls", Arc::new(Int32Array::from(vec![1, -2, 3]))),
        ("only_nulls", Arc::new(Int32Array::from(vec![None; 9]))),
        (
            "large_text",
            Arc::new(LargeStringArray::from(vec!["a", "bc", ""])),
        ),
        ("binary", Arc::new(BinaryArray::from(pieces.to_vec()))),
        (
            "large_binary",
            Arc::new(LargeBinaryArray::from(pieces.to_vec())),
        ),
        (
            "interval_year_month",
            Arc::new(IntervalYearMonthArray::from(vec![1, -14, 0])),
        ),
        (
            "interval_day_time",
            Arc::new(IntervalDayTimeArray::from(vec![days; 3])),
        ),
        (
            "interval_month_day_nano",
            Arc::new(IntervalMonthDayNanoArray::from(vec![months; 3])),
        ),
    ];
    columns.extend(named.map(|(name, column)| (name.to_owned(), column)));
    let fixed = fixed.map(|fixed| Arc::new(fixed) as ArrayRef);
    columns.extend(fixed.map(|column| ("fixed_size_binary".to_owned(), column)));
    columns
}

/// The types that whole numbers can be made to.
fn numeric() -> Vec<DataType> {
    use DataType::{
        Date32, Date64, Decimal32, Decimal64, Decimal128, Decimal256, Duration, Float16, Float32,
        Float64, Int8, Int16, Int32, Int64, Time32, Time64, Timestamp, UInt8, UInt16, UInt32,
        UInt64, Utf8,
    };
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    let mut types = vec![
        Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float16, Float32, Float64, Utf8,
        Date32, Date64,
    ];
    types.extend([Second, Millisecond].map(Time32));
    types.extend([Microsecond, Nanosecond].map(Time64));
    types.extend([
        Decimal32(9, 2),
        Decimal64(18, -2),
        Decimal128(38, 3),
        Decimal256(76, 3),
    ]);
    for unit in [Second, Millisecond, Microsecond, Nanosecond] {
        types.extend([Duration(unit), Timestamp(unit, None)]);
        types.extend(
            ["UTC", "Europe/Berlin", "+05:30"].map(|zone| Timestamp(unit, Some(zone.into()))),
        );
    }
    types
}

/// Three lists, the second of which is missing: one value, none, and the others.
fn list(values: ArrayRef) -> ArrayRef {
    let others = values.len() - 1;
    let lengths = OffsetBuffer::from_lengths([1, 0, others]);
    let item = Arc::new(field("item", &values));
    Arc::new(ListArray::new(item, lengths, values, second_is_missing()))
}

fn large_list(values: ArrayRef) -> ArrayRef {
    let lengths = OffsetBuffer::from_lengths([0, 0, values.len()]);
    let item = Arc::new(field("item", &values));
    Arc::new(LargeListArray::new(
        item,
        lengths,
        values,
        second_is_missing(),
    ))
}

fn pairs() -> ArrayRef {
    let values: ArrayRef = Arc::new(Int32Array::from(vec![
        Some(1),
        None,
        None,
        None,
        None,
        Some(6),
    ]));
    let item = Arc::new(field("item", &values));
    Arc::new(FixedSizeListArray::new(
        item,
        2,
        values,
        second_is_missing(),
    ))
}

fn structs(columns: Vec<ArrayRef>) -> ArrayRef {
    let fields = columns.iter().enumerate();
    let fields = fields.map(|(index, column)| field(&format!("f{index}"), column));
    Arc::new(StructArray::new(
        fields.collect(),
        columns,
        second_is_missing(),
    ))
}

/// Maps, the second of which is missing.
fn map(values: ArrayRef) -> ArrayRef {
    let keys: ArrayRef = Arc::new(StringArray::from(vec!["k", "", "ü"]));
    let values = values.slice(0, keys.len());
    let fields: Fields = vec![
        Field::new("keys", keys.data_type().clone(), false),
        field("values", &values),
    ]
    .into();
    let lengths = OffsetBuffer::from_lengths([1, 0, keys.len() - 1]);
    let entries = StructArray::new(fields.clone(), vec![keys, values], None);
    let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
    Arc::new(MapArray::new(
        field,
        lengths,
        entries,
        second_is_missing(),
        false,
    ))
}

fn second_is_missing() -> Option<NullBuffer> {
    Some(NullBuffer::from(vec![true, false, true]))
}
