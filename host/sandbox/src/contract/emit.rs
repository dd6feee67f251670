//! `output.emit`: how a plugin hands batches over.
//!
//! The buffers are seen in the plugin's own memory, and each is copied once, straight into
//! memory that is aligned as Arrow likes it.

use arrow::buffer::Buffer;
use mlhost_arrow::FlatArray;
use wasmtime::{
    StoreContextMut,
    component::{ComponentType, Lift, Linker, WasmList},
};

use super::types;
use crate::{
    CONTRACT,
    convert::batch_in,
    session::{Session, Stopped},
};

/// What a batch weighs besides its buffers, so that nobody hands over empty ones without end.
const BATCH_BYTES: usize = 256;

/// `array`, in the plugin's memory.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Array {
    length: u32,
    #[component(name = "null-count")]
    null_count: u32,
    buffers: Vec<WasmList<u8>>,
}

/// `batch`, in the plugin's memory.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Batch {
    #[component(name = "num-rows")]
    num_rows: u32,
    arrays: Vec<Array>,
}

/// Links the interface `output`.
///
/// # Errors
/// When it is there already.
pub(crate) fn add_to_linker(linker: &mut Linker<Session>) -> wasmtime::Result<()> {
    let mut output = linker.instance(&format!("mlhost:plugin/output@{CONTRACT}"))?;
    output.func_wrap("emit", |store, (rows,)| Ok((emit(store, rows)?,)))
}

fn emit(
    mut store: StoreContextMut<'_, Session>,
    rows: Batch,
) -> wasmtime::Result<Result<(), types::Error>> {
    let Some(schema) = store.data().emitting.clone() else {
        return Ok(Err(types::Error {
            kind: "failed".to_owned(),
            message: "`emit` was called outside `apply` and `finish`".to_owned(),
            at: None,
        }));
    };
    let bytes = rows.arrays.iter().flat_map(|array| &array.buffers);
    let bytes = bytes.fold(BATCH_BYTES, |sum, buffer| sum.saturating_add(buffer.len()));
    store.data_mut().hand_over(bytes)?;
    let copied = |list: &WasmList<u8>| Buffer::from(list.as_le_slice(&store));
    let array = |array: &Array| FlatArray {
        length: array.length,
        null_count: array.null_count,
        buffers: array.buffers.iter().map(copied).collect(),
    };
    let arrays = rows.arrays.iter().map(array).collect();
    let batch = batch_in(&schema, rows.num_rows, arrays)
        .map_err(|error| Stopped::Invalid(format!("a batch that is not valid: {error}")))?;
    store.data_mut().emitted.push(batch);
    Ok(Ok(()))
}
