//! Every type that the contract carries goes into a plugin and comes back as it was; views come
//! back as what they are carried as.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, DictionaryArray,
        FixedSizeListArray, Float16Array, Float32Array, Float64Array, Int32Array, Int64Array,
        LargeListArray, ListArray, MapArray, NullArray, StringArray, StructArray,
    },
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{
        DataType, Field, Fields, Float16Type, Float32Type, Float64Type, Int32Type, IntervalUnit,
        Schema, TimeUnit,
    },
    record_batch::{RecordBatch, RecordBatchOptions},
};
use mlhost_sandbox::{Context, Error};

use crate::support::{project, standard};

const ECHO: &str = r#"{ "encode": [], "others": "pass_through" }"#;

/// What a preprocessor that passes everything through makes of a batch.
fn echo(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let (plugin, context) = (standard("preprocess"), Context::new("echo"));
    let schema = batch.schema();
    let mut folder = plugin.folder(&context, ECHO, &schema)?;
    folder.update(&project(batch, folder.columns()))?;
    let state = folder.state()?;
    let mut transformer = plugin.transformer(&context, ECHO, &state, &schema)?;
    let mut emitted = transformer.apply(&project(batch, transformer.columns()))?;
    assert_eq!(emitted.len(), 1);
    Ok(emitted.remove(0))
}

fn batch_of(column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("column", column, true)]).unwrap()
}

/// Asserts that a column comes back equal: whole, as a window, all null and empty.
fn assert_carried(column: &ArrayRef) {
    let nothing = arrow::array::new_null_array(column.data_type(), 11);
    for column in [
        column.clone(),
        column.slice(1, 3),
        column.slice(2, 0),
        nothing,
    ] {
        let batch = batch_of(column);
        assert_eq!(echo(&batch).unwrap(), batch);
    }
}

/// 1, 2, null, 4 and 5.
fn numbers() -> ArrayRef {
    Arc::new(Int32Array::from(vec![
        Some(1),
        Some(2),
        None,
        Some(4),
        Some(5),
    ]))
}

fn words() -> ArrayRef {
    Arc::new(StringArray::from(vec![
        Some("a"),
        Some(""),
        None,
        Some("日本"),
        Some("é"),
    ]))
}

#[test]
fn numbers_of_every_kind() {
    use DataType::*;
    let numbers = numbers();
    for data_type in [
        Int8,
        Int16,
        Int32,
        Int64,
        UInt8,
        UInt16,
        UInt32,
        UInt64,
        Float16,
        Float32,
        Float64,
        Decimal32(9, 2),
        Decimal64(18, 3),
        Decimal128(38, 10),
        Decimal256(76, 20),
    ] {
        assert_carried(&cast(&numbers, &data_type).unwrap());
    }
    assert_carried(&(Arc::new(NullArray::new(5)) as ArrayRef));
    let flags = vec![Some(true), None, Some(false), Some(true), None];
    assert_carried(&(Arc::new(BooleanArray::from(flags)) as ArrayRef));
}

#[test]
fn dates_and_times() {
    use DataType::*;
    let short = numbers();
    for data_type in [
        Date32,
        Time32(TimeUnit::Second),
        Time32(TimeUnit::Millisecond),
        Interval(IntervalUnit::YearMonth),
    ] {
        assert_carried(&cast(&short, &data_type).unwrap());
    }
    let long = cast(&short, &Int64).unwrap();
    let mut types = vec![
        Date64,
        Time64(TimeUnit::Microsecond),
        Time64(TimeUnit::Nanosecond),
    ];
    for unit in [
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ] {
        types.push(Duration(unit));
        types.push(Timestamp(unit, None));
        types.push(Timestamp(unit, Some("+02:00".into())));
        types.push(Timestamp(unit, Some("Europe/Zurich".into())));
    }
    for data_type in types {
        let data = long.to_data().into_builder().data_type(data_type);
        assert_carried(&arrow::array::make_array(data.build().unwrap()));
    }
}

#[test]
fn texts_and_bytes() {
    use DataType::*;
    let words = words();
    for data_type in [Utf8, LargeUtf8, Binary, LargeBinary] {
        assert_carried(&cast(&words, &data_type).unwrap());
    }
    let bytes = [Some(b"abc"), None, Some(b"\0\xff\n"), Some(b"xyz"), None];
    let bytes =
        arrow::array::FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes.into_iter(), 3);
    assert_carried(&(Arc::new(bytes.unwrap()) as ArrayRef));
    for index in [Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64] {
        let dictionary = Dictionary(Box::new(index), Box::new(Utf8));
        assert_carried(&cast(&words, &dictionary).unwrap());
    }
}

#[test]
fn views_come_back_plain() {
    for (view, plain) in [
        (DataType::Utf8View, DataType::Utf8),
        (DataType::BinaryView, DataType::Binary),
    ] {
        let batch = batch_of(cast(&words(), &view).unwrap());
        let echoed = echo(&batch).unwrap();
        assert_eq!(echoed.column(0).data_type(), &plain);
        assert_eq!(echoed.column(0), &cast(&words(), &plain).unwrap());
    }
}

#[test]
fn nested_columns() {
    let rows = vec![
        Some(vec![Some(1), None]),
        None,
        Some(vec![]),
        Some(vec![Some(2), Some(3)]),
        Some(vec![Some(4), None]),
    ];
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(rows.clone());
    let lists: ArrayRef = Arc::new(list.clone());
    assert_carried(&lists);
    let large = LargeListArray::from_iter_primitive::<Int32Type, _, _>(rows);
    assert_carried(&(Arc::new(large) as ArrayRef));
    let pairs = (0..5).map(|row| (row != 2).then_some([Some(row), None]));
    let fixed = FixedSizeListArray::from_iter_primitive::<Int32Type, _, _>(pairs, 2);
    assert_carried(&(Arc::new(fixed) as ArrayRef));

    let fields = Fields::from(vec![
        Field::new("words", DataType::Utf8, true),
        Field::new("lists", lists.data_type().clone(), true),
    ]);
    let nulls = NullBuffer::from(vec![true, false, true, true, false]);
    let structs: ArrayRef = Arc::new(StructArray::new(fields, vec![words(), lists], Some(nulls)));
    assert_carried(&structs);
    let outer = OffsetBuffer::from_lengths([1, 0, 2, 1, 1]);
    let item = Arc::new(Field::new("item", structs.data_type().clone(), true));
    let nested = ListArray::new(item, outer, structs, None);
    assert_carried(&(Arc::new(nested) as ArrayRef));
}

#[test]
fn maps() {
    let keys = StringArray::from(vec!["a", "b", "c", "d", "e"]);
    let fields = Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Int32, true),
    ]);
    let entries = StructArray::new(fields.clone(), vec![Arc::new(keys), numbers()], None);
    let field = Arc::new(Field::new("entries", DataType::Struct(fields), false));
    let offsets = OffsetBuffer::from_lengths([2, 0, 0, 2, 1]);
    let nulls = NullBuffer::from(vec![true, true, false, true, true]);
    for sorted in [false, true] {
        let map = MapArray::new(
            field.clone(),
            offsets.clone(),
            entries.clone(),
            Some(nulls.clone()),
            sorted,
        );
        assert_carried(&(Arc::new(map) as ArrayRef));
    }
}

#[test]
fn metadata_and_nullability_of_columns() {
    let metadata = HashMap::from([("unit".to_owned(), "°C".to_owned())]);
    let field = Field::new("column", DataType::Int64, false).with_metadata(metadata);
    let schema = Arc::new(Schema::new(vec![field]));
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let batch = RecordBatch::try_new(schema, vec![column]).unwrap();
    assert_eq!(echo(&batch).unwrap().schema(), batch.schema());
}

#[test]
fn rows_without_columns() {
    let options = RecordBatchOptions::new().with_row_count(Some(7));
    let schema = Arc::new(Schema::empty());
    let batch = RecordBatch::try_new_with_options(schema, vec![], &options).unwrap();
    assert_eq!(echo(&batch).unwrap().num_rows(), 7);
}

#[test]
fn nans_come_back_as_the_one_nan_there_is() {
    let odd = f64::from_bits(f64::NAN.to_bits() | 1 << 63 | 5);
    let batch = batch_of(Arc::new(Float64Array::from(vec![odd, 1.0])));
    let echoed = echo(&batch).unwrap();
    let values = echoed.column(0).as_primitive::<Float64Type>().values();
    assert_eq!(values[0].to_bits(), f64::NAN.to_bits());

    let odd = f32::from_bits(f32::NAN.to_bits() | 1 << 31 | 5);
    let batch = batch_of(Arc::new(Float32Array::from(vec![odd, 1.0])));
    let echoed = echo(&batch).unwrap();
    let values = echoed.column(0).as_primitive::<Float32Type>().values();
    assert_eq!(values[0].to_bits(), f32::NAN.to_bits());
}

/// The bits of a number within other types, in a column of each.
fn nested(double: f64) -> Vec<ArrayRef> {
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![double, 1.0, double]));
    let item = Arc::new(Field::new("item", DataType::Float64, true));
    let offsets = OffsetBuffer::from_lengths([2, 0, 1]);
    let list = ListArray::new(item.clone(), offsets, numbers.clone(), None);
    let fixed = FixedSizeListArray::new(item.clone(), 3, numbers.clone(), None);
    let fields = Fields::from(vec![Field::new("list", list.data_type().clone(), true)]);
    let list: ArrayRef = Arc::new(list);
    let deep = StructArray::new(fields, vec![list.clone()], None);
    let keys = Int32Array::from(vec![0, 2, 1]);
    let dictionary = DictionaryArray::<Int32Type>::new(keys, numbers);
    vec![list, Arc::new(fixed), Arc::new(deep), Arc::new(dictionary)]
}

#[test]
fn nans_within_other_types_do_as_well() {
    let odd = f64::from_bits(f64::NAN.to_bits() | 1 << 63 | 5);
    for (odd, nan) in nested(odd).into_iter().zip(nested(f64::NAN)) {
        let (odd, nan) = (batch_of(odd), batch_of(nan));
        assert_ne!(odd, nan, "they are compared bit by bit");
        assert_eq!(echo(&odd).unwrap(), nan);
    }
    type Half = <Float16Type as ArrowPrimitiveType>::Native;
    let halves = |bits| -> ArrayRef {
        let halves = [bits, 0x3c00].map(Half::from_bits);
        Arc::new(Float16Array::from_iter_values(halves))
    };
    assert_eq!(
        echo(&batch_of(halves(0xfe05))).unwrap(),
        batch_of(halves(0x7e00))
    );
}

#[test]
fn a_type_that_is_not_carried_is_named() {
    let runs = DataType::RunEndEncoded(
        Arc::new(Field::new("run_ends", DataType::Int32, false)),
        Arc::new(Field::new("values", DataType::Utf8, true)),
    );
    let batch = batch_of(arrow::array::new_null_array(&runs, 3));
    let error = echo(&batch).unwrap_err();
    assert!(matches!(error, Error::Arrow { .. }), "{error}");
    assert!(
        error.to_string().starts_with("step `echo`: column type "),
        "{error}"
    );
}
