//! Rows for a plugin that brings none: every type that the contract carries, from a seed.
//!
//! Numbers are small multiples of a quarter, so that sums of them are exact in any order, and a
//! difference between two ways to add them up is a mistake.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, FixedSizeListArray,
        Float64Array, Int32Array, Int64Array, LargeListArray, ListArray, MapArray, NullArray,
        StringArray, StructArray, make_array,
    },
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Field, Fields, IntervalUnit, Schema, TimeUnit},
    record_batch::RecordBatch,
};
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{RngCore, SeedableRng},
};

/// How many rows are made.
const ROWS: usize = 240;

/// Of how many values one is null.
const NULLS: u64 = 9;

/// The numbers that a seed leads to.
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number from 0 to below `end`, which is small beside 2^64.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }
}

/// Every type that is tried out, under the name of a column of it.
pub(crate) fn types() -> Vec<(String, DataType)> {
    use DataType::*;
    let item = || Arc::new(Field::new("item", Int32, true));
    let parts = || {
        Fields::from(vec![
            Field::new("a", Int32, true),
            Field::new("b", Utf8, true),
        ])
    };
    let units = [
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ];
    let mut types = vec![
        Float64,
        Int64,
        Utf8,
        Boolean,
        Float32,
        Float16,
        Int8,
        Int16,
        Int32,
        UInt8,
        UInt16,
        UInt32,
        UInt64,
        Decimal32(9, 2),
        Decimal64(18, 3),
        Decimal128(38, 10),
        Decimal256(76, 20),
        LargeUtf8,
        Binary,
        LargeBinary,
        FixedSizeBinary(4),
        Date32,
        Date64,
        Time32(TimeUnit::Second),
        Time32(TimeUnit::Millisecond),
        Time64(TimeUnit::Microsecond),
        Time64(TimeUnit::Nanosecond),
        Interval(IntervalUnit::YearMonth),
    ];
    types.extend(units.map(|unit| Timestamp(unit, None)));
    types.push(Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    types.extend(units.map(Duration));
    types.extend([
        Dictionary(Box::new(Int32), Box::new(Utf8)),
        List(item()),
        LargeList(item()),
        FixedSizeList(item(), 2),
        Struct(parts()),
        Map(
            Arc::new(Field::new("entries", Struct(entries()), false)),
            false,
        ),
        Null,
    ]);
    types
        .into_iter()
        .map(|data_type| (name_of(&data_type), data_type))
        .collect()
}

fn entries() -> Fields {
    Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Int32, true),
    ])
}

/// A word for a type, and the name of a column of it: `timestamp_us_utc`.
fn name_of(data_type: &DataType) -> String {
    let word = |c: char| match c {
        'µ' | 'μ' => 'u',
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
        _ => '_',
    };
    let text = match data_type {
        DataType::List(_) => "list".to_owned(),
        DataType::LargeList(_) => "large_list".to_owned(),
        DataType::FixedSizeList(..) => "fixed_size_list".to_owned(),
        DataType::Struct(_) => "struct".to_owned(),
        DataType::Map(..) => "map".to_owned(),
        DataType::Dictionary(..) => "dictionary".to_owned(),
        other => format!("{other}"),
    };
    let words = text
        .replace(char::is_whitespace, "")
        .chars()
        .map(word)
        .collect::<String>();
    words
        .split('_')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// A table with a column of every type, a `target` and a `prediction` without nulls, and a `label`
/// of a few texts.
pub(crate) fn table(seed: u64) -> RecordBatch {
    let mut random = Random::new(seed);
    let mut columns: Vec<(String, ArrayRef)> = types()
        .into_iter()
        .map(|(name, data_type)| (name, column(&data_type, ROWS, &mut random)))
        .collect();
    let mut number = || {
        let values = (0..ROWS).map(|_| random.below(64) as f64 / 4.0);
        Arc::new(Float64Array::from_iter_values(values)) as ArrayRef
    };
    columns.push(("target".to_owned(), number()));
    columns.push(("prediction".to_owned(), number()));
    let labels = (0..ROWS).map(|_| ["ash", "elm", "oak"][random.below(3) as usize]);
    columns.push((
        "label".to_owned(),
        Arc::new(StringArray::from_iter_values(labels)),
    ));
    let fields = columns
        .iter()
        .map(|(name, values)| Field::new(name, values.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let arrays = columns.into_iter().map(|(_, values)| values).collect();
    RecordBatch::try_new(schema, arrays)
        .unwrap_or_else(|_| RecordBatch::new_empty(Arc::new(Schema::empty())))
}

/// Values of a type, some of them null.
pub(crate) fn column(data_type: &DataType, rows: usize, random: &mut Random) -> ArrayRef {
    use DataType::*;
    let small: Vec<Option<i64>> = (0..rows)
        .map(|_| (random.below(NULLS) != 0).then(|| random.below(100) as i64))
        .collect();
    let integers: ArrayRef = Arc::new(Int64Array::from(small.clone()));
    let nulls = integers.nulls().cloned();
    let texts = || -> ArrayRef {
        let text = |value: &Option<i64>| value.map(|value| format!("w{}", value % 12));
        Arc::new(StringArray::from_iter(small.iter().map(text)))
    };
    let shorts =
        || Int32Array::from_iter(small.iter().map(|value| value.map(|value| value as i32)));
    let converted = |values: &ArrayRef| cast(values, data_type).ok();
    let made = match data_type {
        Null => Some(Arc::new(NullArray::new(rows)) as ArrayRef),
        Boolean => Some(Arc::new(BooleanArray::from_iter(
            small.iter().map(|value| value.map(|value| value % 2 == 0)),
        )) as ArrayRef),
        Float16 | Float32 | Float64 => {
            let quarters = small
                .iter()
                .map(|value| value.map(|value| value as f64 / 4.0));
            converted(&(Arc::new(Float64Array::from_iter(quarters)) as ArrayRef))
        }
        Utf8 | LargeUtf8 | Dictionary(..) => converted(&texts()),
        Binary | LargeBinary => {
            let bytes = small.iter().map(|value| value.map(i64::to_le_bytes));
            converted(&(Arc::new(BinaryArray::from_iter(bytes)) as ArrayRef))
        }
        FixedSizeBinary(_) => {
            let bytes = small
                .iter()
                .map(|value| value.map(|value| (value as i32).to_le_bytes()));
            FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes, 4)
                .ok()
                .map(|array| Arc::new(array) as ArrayRef)
        }
        Date32 | Time32(_) | Interval(IntervalUnit::YearMonth) => retyped(&shorts(), data_type),
        Date64 => {
            let days = small
                .iter()
                .map(|value| value.map(|value| value * 86_400_000));
            retyped(&Int64Array::from_iter(days), data_type)
        }
        Time64(_) | Timestamp(..) | Duration(_) => retyped(&integers, data_type),
        List(item) => {
            let (offsets, values) = lists(rows, random);
            let offsets = OffsetBuffer::from_lengths(offsets);
            Some(Arc::new(ListArray::new(item.clone(), offsets, values, nulls)) as ArrayRef)
        }
        LargeList(item) => {
            let (offsets, values) = lists(rows, random);
            let offsets = OffsetBuffer::from_lengths(offsets);
            Some(Arc::new(LargeListArray::new(item.clone(), offsets, values, nulls)) as ArrayRef)
        }
        FixedSizeList(item, size) => {
            let values = column(&Int32, rows * *size as usize, random);
            Some(Arc::new(FixedSizeListArray::new(item.clone(), *size, values, nulls)) as ArrayRef)
        }
        Struct(fields) => {
            let columns = fields
                .iter()
                .map(|field| column(field.data_type(), rows, random));
            let columns = columns.collect();
            Some(Arc::new(StructArray::new(fields.clone(), columns, nulls)) as ArrayRef)
        }
        Map(field, sorted) => map(field, *sorted, rows, nulls, random),
        _ => converted(&integers),
    };
    made.unwrap_or_else(|| arrow::array::new_null_array(data_type, rows))
}

/// Lengths of lists, and the values of all of them.
fn lists(rows: usize, random: &mut Random) -> (Vec<usize>, ArrayRef) {
    let lengths: Vec<usize> = (0..rows).map(|_| random.below(4) as usize).collect();
    let values = column(&DataType::Int32, lengths.iter().sum(), random);
    (lengths, values)
}

fn map(
    field: &Arc<Field>,
    sorted: bool,
    rows: usize,
    nulls: Option<NullBuffer>,
    random: &mut Random,
) -> Option<ArrayRef> {
    let (lengths, values) = lists(rows, random);
    let keys = (0..values.len()).map(|key| format!("k{key}"));
    let keys: ArrayRef = Arc::new(StringArray::from_iter_values(keys));
    let entries = StructArray::try_new(entries(), vec![keys, values], None).ok()?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    let map = MapArray::try_new(field.clone(), offsets, entries, nulls, sorted);
    map.ok().map(|map| Arc::new(map) as ArrayRef)
}

/// The same bits as another type of the same width.
fn retyped(array: &dyn Array, data_type: &DataType) -> Option<ArrayRef> {
    let data = array.to_data().into_builder().data_type(data_type.clone());
    data.build().ok().map(make_array)
}

/// The batch with a column of other values, and of their type.
pub(crate) fn replaced(batch: &RecordBatch, name: &str, values: ArrayRef) -> Option<RecordBatch> {
    let schema = batch.schema();
    let index = schema.index_of(name).ok()?;
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    let field = Field::new(name, values.data_type().clone(), true);
    *fields.get_mut(index)? = Arc::new(field);
    let mut columns = batch.columns().to_vec();
    *columns.get_mut(index)? = values;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).ok()
}

/// The batch without a column.
pub(crate) fn without(batch: &RecordBatch, name: &str) -> Option<RecordBatch> {
    let schema = batch.schema();
    let rest = schema.fields().iter().enumerate();
    let rest: Vec<_> = rest
        .filter(|(_, field)| field.name() != name)
        .map(|(index, _)| index)
        .collect();
    batch.project(&rest).ok()
}

/// The batch with these columns alone.
pub(crate) fn only(batch: &RecordBatch, names: &[&str]) -> Option<RecordBatch> {
    let schema = batch.schema();
    let indices = names.iter().map(|name| schema.index_of(name).ok());
    batch.project(&indices.collect::<Option<Vec<_>>>()?).ok()
}

/// The batch cut into pieces at random, some of them empty.
pub(crate) fn pieces(batch: &RecordBatch, count: usize, random: &mut Random) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    let mut cuts: Vec<_> = (1..count)
        .map(|_| random.below(rows as u64 + 1) as usize)
        .collect();
    // One piece is empty in any case.
    cuts.extend(cuts.first().copied());
    cuts.sort_unstable();
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([rows]);
    starts
        .zip(ends)
        .map(|(start, end)| batch.slice(start, end - start))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_column_of_every_type_with_values_and_nulls() {
        let table = table(1);
        for (name, data_type) in types() {
            let column = table.column_by_name(&name).unwrap();
            assert_eq!(column.data_type(), &data_type);
            let nulls = column.logical_null_count();
            let all_null = data_type == DataType::Null;
            assert!(
                nulls > 0 && (nulls < column.len() || all_null),
                "{name}: {nulls}"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_rows() {
        assert_eq!(table(3), table(3));
        assert_ne!(table(3), table(4));
    }

    #[test]
    fn pieces_are_the_whole_and_one_is_empty() {
        let table = table(1);
        let pieces = pieces(&table, 4, &mut Random::new(2));
        assert!(pieces.iter().any(|piece| piece.num_rows() == 0));
        let whole = arrow::compute::concat_batches(&table.schema(), &pieces).unwrap();
        assert_eq!(whole, table);
    }
}
