//! Batches as depth-first lists of arrays.
//!
//! Arrow arrays may be windows onto larger buffers. Plugins should not have to
//! know: what goes out starts at the first value and ends with the last, and
//! only what a window makes necessary is copied.

use arrow_array::{
    Array, GenericByteArray, RecordBatch,
    cast::AsArray,
    downcast_dictionary_array, downcast_primitive_array,
    types::{BinaryType, ByteArrayType, LargeBinaryType, LargeUtf8Type, Utf8Type},
};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use crate::{Error, FlatArray, FlatBatch, Result};

/// The arrays of a batch, depth first, and their buffers.
///
/// # Errors
/// [`Error::UnsupportedType`] for types that [`crate::flatten_schema`] refuses,
/// [`Error::TooLong`] for more than `u32::MAX` values.
pub fn flatten_batch(batch: &RecordBatch) -> Result<FlatBatch> {
    let columns = batch.num_columns();
    let mut flat = FlatBatch {
        num_rows: narrow(batch.num_rows())?,
        arrays: Vec::with_capacity(columns),
        // Most columns have two buffers, and text has three.
        buffers: Vec::with_capacity(3 * columns),
    };
    for column in batch.columns() {
        flatten_array(column.as_ref(), &mut flat)?;
    }
    Ok(flat)
}

fn flatten_array(array: &dyn Array, flat: &mut FlatBatch) -> Result<()> {
    match array.data_type() {
        DataType::Null => push(array, array.len(), [], flat),
        DataType::Boolean => {
            let values = array.as_boolean().values().sliced();
            push_nullable(array, [values], flat)
        }
        DataType::Utf8 => flatten_bytes::<Utf8Type>(array.as_bytes(), flat),
        DataType::LargeUtf8 => flatten_bytes::<LargeUtf8Type>(array.as_bytes(), flat),
        DataType::Binary => flatten_bytes::<BinaryType>(array.as_bytes(), flat),
        DataType::LargeBinary => flatten_bytes::<LargeBinaryType>(array.as_bytes(), flat),
        DataType::FixedSizeBinary(size) => {
            let width = usize::try_from(*size).unwrap_or(0);
            let array = array.as_fixed_size_binary();
            let values = array.values();
            let values = values.slice_with_length(0, array.len() * width);
            push_nullable(array, [values], flat)
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            flatten_list(list, list.offsets(), list.values(), flat)
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            flatten_list(list, list.offsets(), list.values(), flat)
        }
        DataType::Map(_, _) => {
            let map = array.as_map();
            flatten_list(map, map.offsets(), map.entries(), flat)
        }
        DataType::FixedSizeList(_, _) => {
            let list = array.as_fixed_size_list();
            push_nullable(list, [], flat)?;
            flatten_array(list.values(), flat)
        }
        DataType::Struct(_) => {
            push_nullable(array, [], flat)?;
            let columns = array.as_struct().columns();
            columns
                .iter()
                .try_for_each(|column| flatten_array(column, flat))
        }
        DataType::Dictionary(_, _) => downcast_dictionary_array!(
            array => {
                push_nullable(array, [array.keys().values().inner().clone()], flat)?;
                flatten_array(array.values(), flat)
            }
            other => Err(Error::UnsupportedType(other.clone()))
        ),
        _ => downcast_primitive_array!(
            array => push_nullable(array, [array.values().inner().clone()], flat),
            other => Err(Error::UnsupportedType(other.clone()))
        ),
    }
}

fn flatten_bytes<T: ByteArrayType>(
    array: &GenericByteArray<T>,
    flat: &mut FlatBatch,
) -> Result<()> {
    let (offsets, start, length) = rebase(array.offsets());
    let values = array.values().slice_with_length(start, length);
    push_nullable(array, [offsets, values], flat)
}

fn flatten_list<O: ArrowNativeType>(
    array: &dyn Array,
    offsets: &OffsetBuffer<O>,
    values: &dyn Array,
    flat: &mut FlatBatch,
) -> Result<()> {
    let (offsets, start, length) = rebase(offsets);
    push_nullable(array, [offsets], flat)?;
    flatten_array(values.slice(start, length).as_ref(), flat)
}

/// Offsets that start at zero, and the range of values they speak of.
fn rebase<O: ArrowNativeType>(offsets: &OffsetBuffer<O>) -> (Buffer, usize, usize) {
    let (start, end) = (offsets.first().as_usize(), offsets.last().as_usize());
    let rebased = if start == 0 {
        offsets.inner().inner().clone()
    } else {
        let from_zero = offsets
            .iter()
            .map(|offset| O::usize_as(offset.as_usize() - start));
        ScalarBuffer::<O>::from_iter(from_zero).into_inner()
    };
    (rebased, start, end - start)
}

fn push_nullable<const N: usize>(
    array: &dyn Array,
    buffers: [Buffer; N],
    flat: &mut FlatBatch,
) -> Result<()> {
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let validity = nulls.map_or_else(Buffer::default, |nulls| nulls.inner().sliced());
    flat.buffers.push(validity);
    let null_count = nulls.map_or(0, NullBuffer::null_count);
    push(array, null_count, buffers, flat)
}

fn push<const N: usize>(
    array: &dyn Array,
    null_count: usize,
    buffers: [Buffer; N],
    flat: &mut FlatBatch,
) -> Result<()> {
    flat.buffers.extend(buffers);
    flat.arrays.push(FlatArray {
        length: narrow(array.len())?,
        null_count: narrow(null_count)?,
    });
    Ok(())
}

fn narrow(count: usize) -> Result<u32> {
    u32::try_from(count).map_err(|_| Error::TooLong(count))
}
