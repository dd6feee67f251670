//! Arrow across the boundary: one copy in, one copy out, and nothing believed.

use std::sync::Arc;

use arrow::{
    array::Array,
    compute::cast,
    datatypes::{Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use mlhost_arrow::{FlatField, carried_schema, flatten_batch, flatten_schema, unflatten_schema};

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

    /// A batch that is ready to be copied into the plugin's memory.
    pub(crate) fn batch_out(&self, batch: &RecordBatch) -> Result<wit::Batch, mlhost_arrow::Error> {
        let flat = match &self.cast_to {
            None => flatten_batch(batch)?,
            Some(schema) => flatten_batch(&cast_batch(batch, schema)?)?,
        };
        flat.try_into()
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

/// A schema that a plugin announced, whose size has been checked.
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

/// Shortens a plugin's text to at most `limit` bytes, at a character, and takes out of it what a
/// terminal would obey, and what would show a text in another order than it is written in.
pub(crate) fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
    }
    if text.contains(is_obeyed) {
        *text = text.replace(is_obeyed, "\u{fffd}");
    }
}

/// Whether a character does something instead of being shown: control characters, and those that
/// turn the direction of writing.
fn is_obeyed(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\n' | '\t');
    is_control || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
