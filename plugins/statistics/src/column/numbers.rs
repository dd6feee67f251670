//! Any array of numbers, booleans, dates or times as blocks of `f64`. A block is
//! small enough for the nearest cache and large enough to pay for its call; an
//! array of `f64` is handed on in place.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use crate::{Error, Result};

/// The number of rows in a block; the last block of an array may hold fewer.
pub const BLOCK_ROWS: usize = 1024;

/// A run of consecutive rows of a column of numbers.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The row of the array at which the block starts.
    pub first_row: usize,
    /// One value for each row. Where the row is null, it means nothing.
    pub values: &'a [f64],
    /// Which rows hold a value; `None` where all do.
    pub validity: Option<NullBuffer>,
}

impl Block<'_> {
    /// The number of rows without a value.
    pub fn null_count(&self) -> usize {
        self.validity.as_ref().map_or(0, NullBuffer::null_count)
    }

    /// Whether the row holds a value, counted from the start of the block.
    pub fn is_valid(&self, row: usize) -> bool {
        self.validity
            .as_ref()
            .is_none_or(|validity| validity.is_valid(row))
    }
}

/// Whether [`for_each_block`] can read columns of this type.
pub fn is_numeric(data_type: &DataType) -> bool {
    data_type.is_integer()
        || data_type.is_floating()
        || matches!(
            data_type,
            DataType::Null
                | DataType::Boolean
                | DataType::Date32
                | DataType::Date64
                | DataType::Time32(TimeUnit::Second | TimeUnit::Millisecond)
                | DataType::Time64(TimeUnit::Microsecond | TimeUnit::Nanosecond)
                | DataType::Timestamp(_, _)
                | DataType::Duration(_)
                | DataType::Decimal128(_, _)
        )
}

/// Visits the rows of a column in blocks, in order.
///
/// Booleans are read as 0 and 1; dates, times and durations as the number of
/// their own unit, dates and timestamps since 1970-01-01. Integers beyond 2^53
/// are rounded to the nearest `f64`.
///
/// # Errors
/// [`Error::NotNumeric`] where [`is_numeric`] says no.
pub fn for_each_block(array: &dyn Array, mut visit: impl FnMut(Block<'_>)) -> Result<()> {
    // What visits is called once a block only, and need not be compiled for every type.
    let visit: &mut dyn FnMut(Block<'_>) = &mut visit;
    read(array, &mut Blocks(visit))
}

/// Visits the values of a column in order, without the nulls, in slices of at most
/// [`BLOCK_ROWS`]; returns the number of nulls.
///
/// # Errors
/// As [`for_each_block`].
pub fn for_each_present(array: &dyn Array, mut visit: impl FnMut(&[f64])) -> Result<u64> {
    let mut nulls = 0;
    let mut present = Vec::new();
    for_each_block(array, |block| {
        let Some(validity) = &block.validity else {
            return visit(block.values);
        };
        nulls += validity.null_count() as u64;
        present.clear();
        for (start, end) in validity.valid_slices() {
            present.extend_from_slice(&block.values[start..end]);
        }
        if !present.is_empty() {
            visit(&present);
        }
    })?;
    Ok(nulls)
}

/// Reads columns of numbers of any type.
pub(super) trait Reader {
    /// A column of what all others are read as.
    fn floats(&mut self, array: &PrimitiveArray<Float64Type>);

    /// A column of other numbers, with what makes of one what it is read as.
    fn numbers<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        to_f64: impl Fn(T::Native) -> f64,
    );

    /// A column of booleans, which are read as 0 and 1.
    fn booleans(&mut self, array: &BooleanArray);

    /// A column of so many nulls.
    fn nulls(&mut self, rows: usize);
}

/// Has a column read.
///
/// # Errors
/// [`Error::NotNumeric`] where [`is_numeric`] says no.
pub(super) fn read(array: &dyn Array, reader: &mut impl Reader) -> Result<()> {
    macro_rules! numbers {
        ($primitive:ty, $to_f64:expr) => {
            reader.numbers(array.as_primitive::<$primitive>(), $to_f64)
        };
    }
    match array.data_type() {
        DataType::Float64 => reader.floats(array.as_primitive()),
        DataType::Float32 => numbers!(Float32Type, f64::from),
        DataType::Float16 => numbers!(Float16Type, f64::from),
        DataType::Int8 => numbers!(Int8Type, f64::from),
        DataType::Int16 => numbers!(Int16Type, f64::from),
        DataType::Int32 => numbers!(Int32Type, f64::from),
        DataType::Int64 => numbers!(Int64Type, |value| value as f64),
        DataType::UInt8 => numbers!(UInt8Type, f64::from),
        DataType::UInt16 => numbers!(UInt16Type, f64::from),
        DataType::UInt32 => numbers!(UInt32Type, f64::from),
        DataType::UInt64 => numbers!(UInt64Type, |value| value as f64),
        DataType::Boolean => reader.booleans(array.as_boolean()),
        DataType::Decimal128(_, scale) => {
            let unit = 10_f64.powi(i32::from(*scale));
            numbers!(Decimal128Type, move |value| value as f64 / unit);
        }
        DataType::Null => reader.nulls(array.len()),
        data_type => return temporal(array, data_type, reader),
    }
    Ok(())
}

fn temporal(array: &dyn Array, data_type: &DataType, reader: &mut impl Reader) -> Result<()> {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    macro_rules! short {
        ($primitive:ty) => {
            reader.numbers(array.as_primitive::<$primitive>(), f64::from)
        };
    }
    macro_rules! long {
        ($primitive:ty) => {
            reader.numbers(array.as_primitive::<$primitive>(), |value| value as f64)
        };
    }
    match data_type {
        DataType::Date32 => short!(Date32Type),
        DataType::Date64 => long!(Date64Type),
        DataType::Time32(Second) => short!(Time32SecondType),
        DataType::Time32(Millisecond) => short!(Time32MillisecondType),
        DataType::Time64(Microsecond) => long!(Time64MicrosecondType),
        DataType::Time64(Nanosecond) => long!(Time64NanosecondType),
        DataType::Timestamp(Second, _) => long!(TimestampSecondType),
        DataType::Timestamp(Millisecond, _) => long!(TimestampMillisecondType),
        DataType::Timestamp(Microsecond, _) => long!(TimestampMicrosecondType),
        DataType::Timestamp(Nanosecond, _) => long!(TimestampNanosecondType),
        DataType::Duration(Second) => long!(DurationSecondType),
        DataType::Duration(Millisecond) => long!(DurationMillisecondType),
        DataType::Duration(Microsecond) => long!(DurationMicrosecondType),
        DataType::Duration(Nanosecond) => long!(DurationNanosecondType),
        data_type => {
            return Err(Error::NotNumeric {
                data_type: data_type.clone(),
            });
        }
    }
    Ok(())
}

/// Hands on blocks.
struct Blocks<V>(V);

impl<V: FnMut(Block<'_>)> Reader for Blocks<V> {
    fn floats(&mut self, array: &PrimitiveArray<Float64Type>) {
        let mut first_row = 0;
        for values in array.values().chunks(BLOCK_ROWS) {
            let validity = validity_of(array.nulls(), first_row, values.len());
            self.0(Block {
                first_row,
                values,
                validity,
            });
            first_row += values.len();
        }
    }

    fn numbers<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        to_f64: impl Fn(T::Native) -> f64,
    ) {
        let mut converted = [0.0; BLOCK_ROWS];
        let mut first_row = 0;
        for values in array.values().chunks(BLOCK_ROWS) {
            let block = &mut converted[..values.len()];
            for (to, from) in block.iter_mut().zip(values) {
                *to = to_f64(*from);
            }
            let validity = validity_of(array.nulls(), first_row, values.len());
            self.0(Block {
                first_row,
                values: block,
                validity,
            });
            first_row += values.len();
        }
    }

    fn booleans(&mut self, array: &BooleanArray) {
        let mut converted = [0.0; BLOCK_ROWS];
        for first_row in (0..array.len()).step_by(BLOCK_ROWS) {
            let rows = BLOCK_ROWS.min(array.len() - first_row);
            let bits = array.values().slice(first_row, rows);
            for (to, bit) in converted.iter_mut().zip(bits.iter()) {
                *to = f64::from(u8::from(bit));
            }
            let validity = validity_of(array.nulls(), first_row, rows);
            self.0(Block {
                first_row,
                values: &converted[..rows],
                validity,
            });
        }
    }

    fn nulls(&mut self, length: usize) {
        let zeros = [0.0; BLOCK_ROWS];
        for first_row in (0..length).step_by(BLOCK_ROWS) {
            let rows = BLOCK_ROWS.min(length - first_row);
            let validity = Some(NullBuffer::new_null(rows));
            self.0(Block {
                first_row,
                values: &zeros[..rows],
                validity,
            });
        }
    }
}

fn validity_of(nulls: Option<&NullBuffer>, first_row: usize, rows: usize) -> Option<NullBuffer> {
    let validity = nulls?.slice(first_row, rows);
    (validity.null_count() > 0).then_some(validity)
}
