//! Batches from depth-first lists of arrays, with every check that Arrow knows.
//!
//! The buffers may come from a plugin that wants to do harm, so nothing about
//! them is believed: lengths, offsets, UTF-8, dictionary indices and null counts
//! are all verified before an array exists.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ArrowPrimitiveType, GenericStringArray, OffsetSizeTrait, PrimitiveArray, RecordBatch,
    RecordBatchOptions, downcast_primitive, make_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_data::{ArrayData, BufferSpec, layout};
use arrow_schema::{ArrowError, DataType, SchemaRef};

use crate::{Error, FlatArray, FlatBatch, Result};

/// How many values a fixed-size list may hold in all when they take up no memory.
///
/// Arrow's checks spread a list's nulls over its values. Where values have bytes,
/// whoever claims many has sent many; where they have none, a few bytes could
/// claim four billion.
const MAX_VALUES_WITHOUT_BYTES: usize = 1 << 20;

/// What was not taken yet of a flat batch.
struct Rest {
    arrays: std::vec::IntoIter<FlatArray>,
    buffers: std::vec::IntoIter<Buffer>,
}

impl Rest {
    fn array(&mut self) -> Result<FlatArray, ArrowError> {
        let next = self.arrays.next();
        next.ok_or_else(|| invalid("the batch holds fewer arrays than its schema"))
    }

    fn buffer(&mut self) -> Result<Buffer, ArrowError> {
        let next = self.buffers.next();
        next.ok_or_else(|| invalid("the batch holds fewer buffers than its schema"))
    }
}

/// A batch of `schema` from its arrays and their buffers.
///
/// # Errors
/// [`Error::InvalidArray`] when one is not a valid Arrow array of its type or
/// there are too few, [`Error::Shape`] when there are too many, and
/// [`Error::InvalidBatch`] when the columns do not make a batch of `num_rows`.
pub fn unflatten_batch(schema: &SchemaRef, flat: FlatBatch) -> Result<RecordBatch> {
    let mut rest = Rest {
        arrays: flat.arrays.into_iter(),
        buffers: flat.buffers.into_iter(),
    };
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let column = unflatten_column(field.data_type(), &mut rest);
        columns.push(column.map_err(|source| Error::InvalidArray {
            column: field.name().clone(),
            source,
        })?);
    }
    for (is_left, what) in [
        (rest.arrays.next().is_some(), "arrays"),
        (rest.buffers.next().is_some(), "buffers"),
    ] {
        if is_left {
            let words = format!("the batch holds more {what} than its schema");
            return Err(Error::Shape(words));
        }
    }
    let options = RecordBatchOptions::new().with_row_count(Some(flat.num_rows as usize));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(Error::InvalidBatch)
}

/// A column. The plain ones, which are most of all and cross the boundary in great numbers, are
/// put together without the general way's detours.
fn unflatten_column(data_type: &DataType, rest: &mut Rest) -> Result<ArrayRef, ArrowError> {
    macro_rules! primitive {
        ($primitive:ty, $rest:expr) => {
            plain::<$primitive>(data_type, $rest)
        };
    }
    let plain = downcast_primitive! {
        data_type => (primitive, rest),
        DataType::Utf8 => texts::<i32>(rest),
        DataType::LargeUtf8 => texts::<i64>(rest),
        _ => None
    };
    plain.unwrap_or_else(|| unflatten_array(data_type, rest).map(make_array))
}

/// An array of values of one width, any of which is valid; nothing is taken where its buffers are
/// not as such an array has them, and others have to find the words for it.
fn plain<T: ArrowPrimitiveType>(
    data_type: &DataType,
    rest: &mut Rest,
) -> Option<Result<ArrayRef, ArrowError>> {
    let array = *rest.arrays.as_slice().first()?;
    let [_, values, ..] = rest.buffers.as_slice() else {
        return None;
    };
    let length = array.length as usize;
    let is_long_enough = length.checked_mul(size_of::<T::Native>())? <= values.len();
    let is_aligned = values.as_ptr().cast::<T::Native>().is_aligned();
    if !is_long_enough || !is_aligned {
        return None;
    }
    rest.arrays.next();
    let (validity, values) = (rest.buffers.next()?, rest.buffers.next()?);
    let nulls = null_buffer(validity, length, array.null_count as usize);
    let values = ScalarBuffer::new(values, 0, length);
    let array = nulls.and_then(|nulls| PrimitiveArray::<T>::try_new(values, nulls));
    let typed = |array: PrimitiveArray<T>| array.with_data_type(data_type.clone());
    Some(array.map(|array| Arc::new(typed(array)) as ArrayRef))
}

/// An array of texts. As above, others find the words for what is wrong: with anything at all.
fn texts<O: OffsetSizeTrait>(rest: &mut Rest) -> Option<Result<ArrayRef, ArrowError>> {
    let array = *rest.arrays.as_slice().first()?;
    let [validity, offsets, values, ..] = rest.buffers.as_slice() else {
        return None;
    };
    let length = array.length as usize;
    // Where addresses have 32 bits, one more than the greatest length is none.
    let ends = length.checked_add(1)?;
    let is_long_enough = ends.checked_mul(size_of::<O>())? <= offsets.len();
    if !is_long_enough || !offsets.as_ptr().cast::<O>().is_aligned() {
        return None;
    }
    let offsets = ScalarBuffer::<O>::new(offsets.clone(), 0, ends);
    if !are_offsets(&offsets, values.len()) {
        return None;
    }
    let nulls = null_buffer(validity.clone(), length, array.null_count as usize).ok()?;
    let offsets = OffsetBuffer::new(offsets);
    let array = GenericStringArray::<O>::try_new(offsets, values.clone(), nulls).ok()?;
    rest.arrays.next();
    rest.buffers.nth(2);
    Some(Ok(Arc::new(array)))
}

/// How many offsets are looked at between two looks at the time, which a plugin takes for each round
/// of a loop.
const AT_ONCE: usize = 32;

/// Whether offsets ascend from 0 or more to no more than so many bytes.
fn are_offsets<O: OffsetSizeTrait>(offsets: &[O], bytes: usize) -> bool {
    let (Some((last, starts)), Some((first, ends))) = (offsets.split_last(), offsets.split_first())
    else {
        return false;
    };
    // Every pair is looked at, many side by side: hardly any are wrong.
    let ascend = |starts: &[O], ends: &[O]| {
        let pairs = starts.iter().zip(ends);
        pairs.fold(true, |ascend, (start, end)| ascend & (start <= end))
    };
    let (rounds, rest) = starts.as_chunks::<AT_ONCE>();
    let (round_ends, rest_ends) = ends.as_chunks::<AT_ONCE>();
    let mut rounds = rounds.iter().zip(round_ends);
    rounds.all(|(starts, ends)| ascend(starts, ends))
        && ascend(rest, rest_ends)
        && *first >= O::zero()
        && O::from_usize(bytes).is_none_or(|bytes| *last <= bytes)
}

fn unflatten_array(data_type: &DataType, rest: &mut Rest) -> Result<ArrayData, ArrowError> {
    let this = rest.array()?;
    let length = this.length as usize;

    let layout = layout(data_type);
    let nulls = match layout.can_contain_null_mask {
        true => null_buffer(rest.buffer()?, length, this.null_count as usize)?,
        false => None,
    };
    let specs = layout.buffers.iter().enumerate();
    let buffers = specs.map(|(index, spec)| {
        let needed = needed_bytes(data_type, spec, index, length);
        Ok(shortened(rest.buffer()?, needed))
    });
    let buffers = buffers.collect::<Result<_, ArrowError>>()?;
    let mut child_data = Vec::new();
    match data_type {
        DataType::List(child) | DataType::LargeList(child) | DataType::Map(child, _) => {
            child_data.push(unflatten_array(child.data_type(), rest)?);
        }
        DataType::FixedSizeList(child, size) => {
            let values = usize::try_from(*size).map_or(0, |size| length.saturating_mul(size));
            if values > MAX_VALUES_WITHOUT_BYTES && !takes_up_memory(child.data_type()) {
                return Err(invalid("it holds too many values that take up no memory"));
            }
            child_data.push(unflatten_array(child.data_type(), rest)?);
        }
        DataType::Struct(children) => {
            for child in children {
                child_data.push(unflatten_array(child.data_type(), rest)?);
            }
        }
        DataType::Dictionary(_, values) => child_data.push(unflatten_array(values, rest)?),
        _ => {}
    }
    ArrayData::builder(data_type.clone())
        .len(length)
        .nulls(nulls)
        .buffers(buffers)
        .child_data(child_data)
        .align_buffers(true)
        .build()
}

/// How many bytes of a buffer belong to the array, where its type decides that.
fn needed_bytes(
    data_type: &DataType,
    spec: &BufferSpec,
    index: usize,
    length: usize,
) -> Option<usize> {
    let values = match data_type {
        // One offset more than there are values, and none when there are none.
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::List(_)
        | DataType::LargeList(_)
        | DataType::Map(_, _)
            if index == 0 =>
        {
            length + 1
        }
        _ => length,
    };
    match spec {
        BufferSpec::FixedWidth { byte_width, .. } => values.checked_mul(*byte_width),
        BufferSpec::BitMap => Some(length.div_ceil(8)),
        BufferSpec::VariableWidth | BufferSpec::AlwaysNull => None,
    }
}

/// The buffer without padding, for Arrow panics over bytes that make no whole value.
fn shortened(buffer: Buffer, needed: Option<usize>) -> Buffer {
    match needed {
        Some(needed) if needed < buffer.len() => buffer.slice_with_length(0, needed),
        _ => buffer,
    }
}

/// Whether every value of this type takes up at least a bit in some buffer.
fn takes_up_memory(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::FixedSizeBinary(0) | DataType::FixedSizeList(_, 0) => false,
        DataType::FixedSizeList(child, _) => takes_up_memory(child.data_type()),
        DataType::Struct(children) => children
            .iter()
            .any(|child| takes_up_memory(child.data_type())),
        _ => true,
    }
}

fn null_buffer(
    validity: Buffer,
    length: usize,
    null_count: usize,
) -> Result<Option<NullBuffer>, ArrowError> {
    if validity.is_empty() {
        return match null_count {
            0 => Ok(None),
            _ => Err(invalid("it counts nulls but has no validity buffer")),
        };
    }
    if validity.len() < length.div_ceil(8) {
        return Err(invalid("its validity buffer is too short"));
    }
    let nulls = NullBuffer::new(BooleanBuffer::new(validity, 0, length));
    if nulls.null_count() != null_count {
        return Err(invalid("its null count is not that of its validity buffer"));
    }
    Ok(Some(nulls))
}

fn invalid(message: &str) -> ArrowError {
    ArrowError::InvalidArgumentError(message.to_owned())
}
