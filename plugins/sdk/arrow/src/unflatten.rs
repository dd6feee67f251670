//! Batches from depth-first lists of arrays, with every check that Arrow knows.
//!
//! The buffers may come from a plugin that wants to do harm, so nothing about
//! them is believed: lengths, offsets, UTF-8, dictionary indices and null counts
//! are all verified before an array exists.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch, RecordBatchOptions,
    downcast_primitive, make_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_data::{ArrayData, BufferSpec, layout};
use arrow_schema::{ArrowError, DataType, SchemaRef};

use crate::{Error, FlatArray, Result};

/// How many values a fixed-size list may hold in all when they take up no memory.
///
/// Arrow's checks spread a list's nulls over its values. Where values have bytes,
/// whoever claims many has sent many; where they have none, a few bytes could
/// claim four billion.
const MAX_VALUES_WITHOUT_BYTES: usize = 1 << 20;

/// A batch of `schema` from its arrays, depth first.
///
/// # Errors
/// [`Error::Shape`] when the arrays are too few or too many,
/// [`Error::InvalidArray`] when one is not a valid Arrow array of its type, and
/// [`Error::InvalidBatch`] when the columns do not make a batch of `num_rows`.
pub fn unflatten_batch(
    schema: &SchemaRef,
    num_rows: u32,
    arrays: Vec<FlatArray>,
) -> Result<RecordBatch> {
    let mut rest = arrays.into_iter();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let column = unflatten_column(field.data_type(), &mut rest);
        columns.push(column.map_err(|source| Error::InvalidArray {
            column: field.name().clone(),
            source,
        })?);
    }
    if rest.next().is_some() {
        return Err(Error::Shape(
            "the batch holds more arrays than its schema".to_owned(),
        ));
    }
    let options = RecordBatchOptions::new().with_row_count(Some(num_rows as usize));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(Error::InvalidBatch)
}

/// A column. The plain ones, which are most of all and cross the boundary in great numbers, are
/// put together without the general way's detours.
fn unflatten_column(
    data_type: &DataType,
    rest: &mut std::vec::IntoIter<FlatArray>,
) -> Result<ArrayRef, ArrowError> {
    macro_rules! primitive {
        ($primitive:ty, $array:expr) => {
            plain::<$primitive>(data_type, $array)
        };
    }
    let next = rest.as_slice().first();
    let plain = next.and_then(|array| {
        downcast_primitive! {
            data_type => (primitive, array),
            _ => None
        }
    });
    match plain {
        Some(column) => {
            rest.next();
            column
        }
        None => unflatten_array(data_type, rest).map(make_array),
    }
}

/// An array of values of one width, any of which is valid; nothing where its buffers are not as
/// such an array has them, and others have to find the words for it.
fn plain<T: ArrowPrimitiveType>(
    data_type: &DataType,
    array: &FlatArray,
) -> Option<Result<ArrayRef, ArrowError>> {
    let [validity, values] = array.buffers.as_slice() else {
        return None;
    };
    let length = array.length as usize;
    let is_long_enough = length.checked_mul(size_of::<T::Native>())? <= values.len();
    let is_aligned = values.as_ptr().cast::<T::Native>().is_aligned();
    if !is_long_enough || !is_aligned {
        return None;
    }
    let nulls = null_buffer(validity.clone(), length, array.null_count as usize);
    let values = ScalarBuffer::new(values.clone(), 0, length);
    let array = nulls.and_then(|nulls| PrimitiveArray::<T>::try_new(values, nulls));
    let typed = |array: PrimitiveArray<T>| array.with_data_type(data_type.clone());
    Some(array.map(|array| Arc::new(typed(array)) as ArrayRef))
}

fn unflatten_array(
    data_type: &DataType,
    rest: &mut std::vec::IntoIter<FlatArray>,
) -> Result<ArrayData, ArrowError> {
    let this = rest
        .next()
        .ok_or_else(|| invalid("the batch holds fewer arrays than its schema"))?;
    let length = this.length as usize;
    let mut buffers = this.buffers.into_iter();

    let layout = layout(data_type);
    let nulls = if layout.can_contain_null_mask {
        let validity = buffers
            .next()
            .ok_or_else(|| invalid("its validity buffer is missing"))?;
        null_buffer(validity, length, this.null_count as usize)?
    } else {
        None
    };
    let buffers: Vec<_> = buffers.collect();
    let needed = layout.buffers.iter().enumerate();
    let needed = needed.map(|(index, spec)| needed_bytes(data_type, spec, index, length));
    let buffers = match buffers.len() == layout.buffers.len() {
        true => buffers.into_iter().zip(needed).map(shortened).collect(),
        // The builder has the words for it.
        false => buffers,
    };
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
fn shortened((buffer, needed): (Buffer, Option<usize>)) -> Buffer {
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
