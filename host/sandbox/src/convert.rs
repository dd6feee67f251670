//! Arrow across the boundary: one copy in, one copy out, and nothing believed.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, PrimitiveArray},
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type, Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use bytes::Bytes;
use mlhost_arrow::{
    FlatArray, FlatField, carried_schema, flatten_batch, flatten_schema, unflatten_batch,
    unflatten_schema,
};

use crate::contract::wire as wit;

/// Takes batches of one schema to a plugin.
pub(crate) struct Carrier {
    /// The schema as it crosses, where that differs from the batches' own.
    cast_to: Option<SchemaRef>,
    fields: Vec<wit::Field>,
}

impl Carrier {
    /// # Errors
    /// When a column has a type that the contract does not carry.
    pub(crate) fn new(schema: &Schema) -> Result<Self, mlhost_arrow::Error> {
        let carried = carried_schema(schema);
        let fields = flatten_schema(&carried)?
            .into_iter()
            .map(field_out)
            .collect();
        let cast_to = (carried.fields() != schema.fields()).then(|| Arc::new(carried));
        Ok(Self { cast_to, fields })
    }

    /// The schema as the plugin is told it.
    pub(crate) fn fields(&self) -> &[wit::Field] {
        &self.fields
    }

    /// The arrays of a batch, ready to be copied into the plugin's memory, and their rows.
    pub(crate) fn flat(
        &self,
        batch: &RecordBatch,
    ) -> Result<(u32, Vec<FlatArray>), mlhost_arrow::Error> {
        let arrays = match &self.cast_to {
            None => flatten_batch(batch)?,
            Some(schema) => flatten_batch(&cast_batch(batch, schema)?)?,
        };
        let num_rows = u32::try_from(batch.num_rows())
            .map_err(|_| mlhost_arrow::Error::TooLong(batch.num_rows()))?;
        Ok((num_rows, arrays))
    }

    /// A batch that goes to a plugin as the result of a call.
    pub(crate) fn batch_out(&self, batch: &RecordBatch) -> Result<wit::Batch, mlhost_arrow::Error> {
        let (num_rows, arrays) = self.flat(batch)?;
        Ok(wit::Batch {
            num_rows,
            arrays: arrays.into_iter().map(array_out).collect(),
        })
    }
}

fn cast_batch(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, mlhost_arrow::Error> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns
        .map(
            |(column, field)| match column.data_type() == field.data_type() {
                true => Ok(column.clone()),
                false => cast(column, field.data_type()),
            },
        )
        .collect::<Result<_, _>>()
        .map_err(mlhost_arrow::Error::InvalidBatch)?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
        .map_err(mlhost_arrow::Error::InvalidBatch)
}

fn field_out(flat: FlatField) -> wit::Field {
    let mut flags = wit::FieldFlags::empty();
    if flat.nullable {
        flags |= wit::FieldFlags::NULLABLE;
    }
    if flat.dictionary_ordered {
        flags |= wit::FieldFlags::DICTIONARY_ORDERED;
    }
    if flat.map_keys_sorted {
        flags |= wit::FieldFlags::MAP_KEYS_SORTED;
    }
    wit::Field {
        name: flat.name,
        format: flat.format,
        flags,
        metadata: flat.metadata,
        children: flat.children,
        dictionary: flat.dictionary,
    }
}

fn array_out(flat: FlatArray) -> wit::Array {
    wit::Array {
        length: flat.length,
        null_count: flat.null_count,
        buffers: flat.buffers.into_iter().map(Bytes::from_owner).collect(),
    }
}

/// A schema that a plugin announced.
pub(crate) fn schema_in(fields: Vec<wit::Field>) -> Result<SchemaRef, mlhost_arrow::Error> {
    let flat: Vec<_> = fields
        .into_iter()
        .map(|field| FlatField {
            name: field.name,
            format: field.format,
            nullable: field.flags.contains(wit::FieldFlags::NULLABLE),
            dictionary_ordered: field.flags.contains(wit::FieldFlags::DICTIONARY_ORDERED),
            map_keys_sorted: field.flags.contains(wit::FieldFlags::MAP_KEYS_SORTED),
            metadata: field.metadata,
            children: field.children,
            dictionary: field.dictionary,
        })
        .collect();
    Ok(Arc::new(unflatten_schema(&flat)?))
}

/// A batch that a plugin handed over, checked and with canonical NaNs.
pub(crate) fn batch_in(
    schema: &SchemaRef,
    num_rows: u32,
    arrays: Vec<FlatArray>,
) -> Result<RecordBatch, mlhost_arrow::Error> {
    canonical_nans(unflatten_batch(schema, num_rows, arrays)?)
}

/// WebAssembly leaves the bits of a NaN to the processor. Results must not depend
/// on it, so there is one NaN from here on.
fn canonical_nans(batch: RecordBatch) -> Result<RecordBatch, mlhost_arrow::Error> {
    let canonical: Vec<Option<ArrayRef>> = batch.columns().iter().map(canonical_column).collect();
    if canonical.iter().all(Option::is_none) {
        return Ok(batch);
    }
    let columns = batch.columns().iter().zip(canonical);
    let columns = columns
        .map(|(column, new)| new.unwrap_or_else(|| column.clone()))
        .collect();
    RecordBatch::try_new(batch.schema(), columns).map_err(mlhost_arrow::Error::InvalidBatch)
}

/// The column with canonical NaNs, if it has any NaN.
fn canonical_column(column: &ArrayRef) -> Option<ArrayRef> {
    fn canonical<T: ArrowPrimitiveType>(
        column: &ArrayRef,
        is_nan: impl Fn(T::Native) -> bool,
        nan: T::Native,
    ) -> Option<ArrayRef> {
        let array: &PrimitiveArray<T> = column.as_primitive();
        sums(array.values()).any(&is_nan).then(|| {
            let fixed = array.unary::<_, T>(|value| if is_nan(value) { nan } else { value });
            Arc::new(fixed) as ArrayRef
        })
    }
    match column.data_type() {
        DataType::Float64 => canonical::<Float64Type>(column, f64::is_nan, f64::NAN),
        DataType::Float32 => canonical::<Float32Type>(column, f32::is_nan, f32::NAN),
        _ => None,
    }
}

/// Sums that together hold every value: one of them is a NaN if any value is. Infinities of both
/// signs make one as well, which is rare, and costs time but no harm. Side by side, sums take one
/// instruction for several values, and there is no faster way to look at all of them.
fn sums<N: ArrowNativeTypeOp>(values: &[N]) -> impl Iterator<Item = N> {
    const SUMS: usize = 16;
    let (blocks, rest) = values.as_chunks::<SUMS>();
    let mut sums = [N::ZERO; SUMS];
    for block in blocks {
        for (sum, value) in sums.iter_mut().zip(block) {
            *sum = sum.add_wrapping(*value);
        }
    }
    sums.into_iter().chain(rest.iter().copied())
}

/// Shortens a plugin's text to at most `limit` bytes, at a character, and takes the
/// control characters out of it: it may end up on a terminal, which obeys them.
pub(crate) fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
    }
    let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(is_obeyed) {
        *text = text.replace(is_obeyed, "\u{fffd}");
    }
}
