//! Schemas and batches as a plugin may hand them over: what is taken for one has to be one.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use arrow_buffer::Buffer;
use mlhost_arrow::{
    FlatArray, FlatBatch, FlatField, flatten_batch, flatten_schema, unflatten_batch,
    unflatten_schema,
};
use serde::{Deserialize, Serialize};

/// A schema and a batch, in the lists of the contract.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Wire {
    pub(crate) fields: Vec<WireField>,
    pub(crate) num_rows: u32,
    /// Length and number of nulls of each array.
    pub(crate) arrays: Vec<(u32, u32)>,
    pub(crate) buffers: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WireField {
    pub(crate) name: String,
    pub(crate) format: String,
    pub(crate) nullable: bool,
    pub(crate) ordered: bool,
    pub(crate) sorted: bool,
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) children: u32,
    pub(crate) dictionary: bool,
}

/// The bytes are a schema and a batch, encoded by postcard. A batch that is accepted shows every
/// value, and comes out the same when it is laid out for a plugin and read once more.
#[expect(clippy::panic, reason = "the fuzzer finds an input by its panic")]
pub fn arrow_batch(bytes: &[u8]) {
    let Ok(wire) = postcard::from_bytes::<Wire>(bytes) else {
        return;
    };
    let fields: Vec<FlatField> = wire.fields.into_iter().map(field).collect();
    let Ok(schema) = unflatten_schema(&fields) else {
        return;
    };
    let again = flatten_schema(&schema).map(|fields| unflatten_schema(&fields));
    assert!(
        matches!(&again, Ok(Ok(again)) if *again == schema),
        "{schema:?} became {again:?}"
    );
    let array = |(length, null_count)| FlatArray { length, null_count };
    let flat = FlatBatch {
        num_rows: wire.num_rows,
        arrays: wire.arrays.into_iter().map(array).collect(),
        buffers: wire.buffers.into_iter().map(Buffer::from_vec).collect(),
    };
    let schema = Arc::new(schema);
    let Ok(batch) = unflatten_batch(&schema, flat) else {
        return;
    };
    let shown = show(&batch);
    let Ok(flat) = flatten_batch(&batch) else {
        return;
    };
    match unflatten_batch(&schema, flat) {
        Ok(again) => assert_eq!(show(&again), shown),
        Err(error) => panic!("a batch that was accepted is refused the second time: {error}"),
    }
}

fn field(field: WireField) -> FlatField {
    FlatField {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        dictionary_ordered: field.ordered,
        map_keys_sorted: field.sorted,
        metadata: field.metadata,
        children: field.children,
        dictionary: field.dictionary,
    }
}

/// Every value of the first thousand rows, and the last one: a batch of nothing may have four
/// thousand million.
pub(crate) fn show(batch: &RecordBatch) -> Vec<String> {
    let mut shown = Vec::new();
    let options = FormatOptions::default().with_null("null");
    for column in batch.columns() {
        let Ok(formatter) = ArrayFormatter::try_new(column, &options) else {
            continue;
        };
        let first = 0..column.len().min(1000);
        let rows = first.chain(column.len().checked_sub(1));
        shown.extend(rows.map(|row| formatter.value(row).try_to_string().unwrap_or_default()));
    }
    shown
}
