//! Arrow across the boundary: one copy in, one copy out, and nothing believed.

use std::sync::Arc;

use arrow::{
    array::Array,
    compute::cast,
    datatypes::{Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use mlhost_arrow::{FlatField, carried_schema, flatten_batch, flatten_schema, unflatten_schema};

use crate::{Limits, contract::wire as wit};

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

/// A schema that a plugin announced, or what about it cannot be true.
pub(crate) fn schema_in(fields: Vec<wit::Field>, limits: &Limits) -> Result<SchemaRef, String> {
    check_sizes(&fields, limits)?;
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
    let schema = unflatten_schema(&flat);
    let schema = schema.map_err(|error| format!("an unusable output schema: {error}"))?;
    Ok(Arc::new(schema))
}

/// Refuses what is too much of a schema to be looked at.
fn check_sizes(fields: &[wit::Field], limits: &Limits) -> Result<(), String> {
    if fields.len() > limits.fields {
        return Err(format!("a schema of {} fields", fields.len()));
    }
    let entries: usize = fields.iter().map(|field| field.metadata.len()).sum();
    if entries > limits.fields {
        return Err(format!("a schema with {entries} entries of metadata"));
    }
    let metadata = fields.iter().flat_map(|field| &field.metadata);
    let metadata = metadata.flat_map(|(key, value)| [("key", key), ("value", value)]);
    let texts = fields
        .iter()
        .flat_map(|field| [("name", &field.name), ("format", &field.format)]);
    match texts
        .chain(metadata)
        .find(|(_, text)| text.len() > limits.text_bytes)
    {
        None => Ok(()),
        Some((what, text)) => Err(format!(
            "a schema with a {what} of {} bytes, and the limit is {}",
            text.len(),
            limits.text_bytes
        )),
    }
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
