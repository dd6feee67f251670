//! What a plugin imports: logging, progress, metrics, datasets and the place
//! where a transform's batches go.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_schema::SchemaRef;
use mlhost_arrow::{
    FlatArray, FlatBatch, FlatField, flatten_batch, unflatten_batch, unflatten_schema,
};

use crate::{Dataset, Error, ErrorKind, Level, Result};

use super::bindings::{
    everything::mlhost::plugin::{
        arrow::{self as wit_arrow, Batch, Field, FieldFlags},
        data, log as wit_log, metric as wit_metric, progress as wit_progress,
        types::Error as WitError,
    },
    output::mlhost::plugin::{arrow as out_arrow, output as wit_output},
};

pub(crate) fn log(level: Level, message: &str) {
    let level = match level {
        Level::Trace => wit_log::Level::Trace,
        Level::Debug => wit_log::Level::Debug,
        Level::Info => wit_log::Level::Info,
        Level::Warn => wit_log::Level::Warn,
        Level::Error => wit_log::Level::Error,
    };
    wit_log::log(level, message);
}

pub(crate) fn progress(done: u64, total: Option<u64>) {
    wit_progress::report(done, total);
}

pub(crate) fn metric(name: &str, step: u64, value: f64) {
    wit_metric::point(name, step, value);
}

/// Makes a panic end in the host's log, where a trap's cause is looked for.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|info| log(Level::Error, &info.to_string())));
}

impl From<Error> for WitError {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind.as_str().to_owned(),
            message: error.message,
            at: error.at,
        }
    }
}

fn from_host(kind: &str, message: String) -> Error {
    let kind = match kind {
        "invalid-params" => ErrorKind::InvalidParams,
        "invalid-data" => ErrorKind::InvalidData,
        "transient" => ErrorKind::Transient,
        _ => ErrorKind::Failed,
    };
    Error {
        kind,
        message,
        at: None,
    }
}

/// The schema of an input.
pub(crate) fn schema_in(fields: Vec<Field>) -> Result<SchemaRef> {
    let flat: Vec<_> = fields
        .into_iter()
        .map(|field| FlatField {
            name: field.name,
            format: field.format,
            nullable: field.flags.contains(FieldFlags::NULLABLE),
            dictionary_ordered: field.flags.contains(FieldFlags::DICTIONARY_ORDERED),
            map_keys_sorted: field.flags.contains(FieldFlags::MAP_KEYS_SORTED),
            metadata: field.metadata,
            children: field.children,
            dictionary: field.dictionary,
        })
        .collect();
    Ok(Arc::new(unflatten_schema(&flat)?))
}

/// The schema of an output.
pub(crate) fn schema_out(schema: &arrow_schema::Schema) -> Result<Vec<Field>> {
    let field = |flat: FlatField| {
        let mut flags = FieldFlags::empty();
        flags.set(FieldFlags::NULLABLE, flat.nullable);
        flags.set(FieldFlags::DICTIONARY_ORDERED, flat.dictionary_ordered);
        flags.set(FieldFlags::MAP_KEYS_SORTED, flat.map_keys_sorted);
        Field {
            name: flat.name,
            format: flat.format,
            flags,
            metadata: flat.metadata,
            children: flat.children,
            dictionary: flat.dictionary,
        }
    };
    Ok(mlhost_arrow::flatten_schema(schema)?
        .into_iter()
        .map(field)
        .collect())
}

/// A batch of `schema`; its memory is taken over, not copied.
pub(crate) fn batch_in(schema: &SchemaRef, batch: Batch) -> Result<RecordBatch> {
    let memory: Vec<_> = batch.memory.into_iter().map(Buffer::from_vec).collect();
    let part = |buffer: wit_arrow::Buffer| {
        let (offset, length) = (buffer.offset as usize, buffer.length as usize);
        let piece = memory.get(buffer.piece as usize);
        let piece = piece.filter(|piece| offset.saturating_add(length) <= piece.len());
        piece
            .map(|piece| piece.slice_with_length(offset, length))
            .ok_or_else(|| Error::failed("a buffer lies outside of the memory of its batch"))
    };
    let array = |array: wit_arrow::Array| FlatArray {
        length: array.length,
        null_count: array.null_count,
    };
    let flat = FlatBatch {
        num_rows: batch.num_rows,
        arrays: batch.arrays.into_iter().map(array).collect(),
        buffers: batch.buffers.into_iter().map(part).collect::<Result<_>>()?,
    };
    Ok(unflatten_batch(schema, flat)?)
}

/// Hands a batch to the host, which reads the buffers in place.
pub(crate) fn emit(batch: &RecordBatch) -> Result<()> {
    let flat = flatten_batch(batch)?;
    let array = |array: &FlatArray| out_arrow::Array {
        length: array.length,
        null_count: array.null_count,
    };
    // Each in a piece of its own. Within the 32 bits of an address nothing is too long.
    let buffer = |(piece, buffer): (usize, &Buffer)| out_arrow::Buffer {
        piece: piece as u32,
        offset: 0,
        length: buffer.len() as u32,
    };
    let arrays: Vec<_> = flat.arrays.iter().map(array).collect();
    let buffers: Vec<_> = flat.buffers.iter().enumerate().map(buffer).collect();
    let memory: Vec<_> = flat.buffers.iter().map(Buffer::as_slice).collect();
    wit_output::emit(out_arrow::BatchParam {
        num_rows: flat.num_rows,
        arrays: &arrays,
        buffers: &buffers,
        memory: &memory,
    })
    .map_err(|error| from_host(&error.kind, error.message))
}

/// The host's dataset.
pub(crate) struct HostDataset<'a> {
    dataset: &'a data::Dataset,
    schema: SchemaRef,
}

impl<'a> HostDataset<'a> {
    pub(crate) fn new(dataset: &'a data::Dataset) -> Result<Self> {
        Ok(Self {
            dataset,
            schema: schema_in(dataset.schema())?,
        })
    }
}

impl Dataset for HostDataset<'_> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        self.dataset.num_rows()
    }

    fn scan(&self) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + '_>> {
        let failed = |error: WitError| from_host(&error.kind, error.message);
        let scan = self.dataset.scan().map_err(failed)?;
        Ok(Box::new(std::iter::from_fn(move || match scan.next() {
            Ok(batch) => batch.map(|batch| batch_in(&self.schema, batch)),
            Err(error) => Some(Err(failed(error))),
        })))
    }
}
