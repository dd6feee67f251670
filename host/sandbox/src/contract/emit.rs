//! `output.emit`: how a plugin hands batches over.
//!
//! The buffers are seen in the plugin's own memory, and each is copied once, straight into
//! memory that is aligned as Arrow likes it.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use mlhost_arrow::{FlatArray, FlatBatch, unflatten_batch};
use wasmtime::{
    StoreContext, StoreContextMut,
    component::{ComponentType, Lift, Linker, WasmList},
};

use super::{
    arena::Arena,
    floats::{self, Float},
    room, types, wire,
};
use crate::{
    CONTRACT,
    session::{Session, Stopped},
};

/// What a batch weighs besides its buffers, so that nobody hands over empty ones without end.
const BATCH_BYTES: usize = 256;

/// What `emit` takes in the call that is under way.
pub(crate) struct Emitting {
    schema: SchemaRef,
    /// What the buffers of a batch hold.
    floats: Vec<Option<Float>>,
}

impl Emitting {
    /// Batches of this schema.
    pub(crate) fn new(schema: SchemaRef) -> Arc<Self> {
        Arc::new(Self {
            floats: floats::buffers(&schema),
            schema,
        })
    }
}

/// `batch`, in the plugin's memory.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Batch {
    #[component(name = "num-rows")]
    num_rows: u32,
    arrays: Vec<wire::Array>,
    buffers: Vec<wire::Buffer>,
    memory: Vec<WasmList<u8>>,
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
    let Some(emitting) = store.data().emitting.clone() else {
        return Ok(Err(types::Error {
            kind: "failed".to_owned(),
            message: "`emit` was called outside `apply` and `finish`".to_owned(),
            at: None,
        }));
    };
    let lengths = || rows.buffers.iter().map(|buffer| buffer.length as usize);
    let room = lengths().fold(0, |sum: usize, length| sum.saturating_add(room(length)));
    store
        .data_mut()
        .hand_over(room.saturating_add(BATCH_BYTES))?;
    let held = store.data().context.held(room as u64);
    let mut arena = Arena::new(room, held.map_err(Stopped::from)?);
    let rest = std::iter::repeat(&None);
    for (buffer, float) in rows.buffers.iter().zip(emitting.floats.iter().chain(rest)) {
        let bytes = part(&rows.memory, buffer, (&store).into());
        arena.push(
            bytes.ok_or_else(|| invalid("a buffer outside of its memory"))?,
            *float,
        );
    }
    let array = |array: wire::Array| FlatArray {
        length: array.length,
        null_count: array.null_count,
    };
    let flat = FlatBatch {
        num_rows: rows.num_rows,
        buffers: arena.into_buffers(lengths()),
        arrays: rows.arrays.into_iter().map(array).collect(),
    };
    let batch = unflatten_batch(&emitting.schema, flat).map_err(invalid)?;
    // A row weighs something even where nothing of it is in memory.
    store.data_mut().hand_over(batch.num_rows())?;
    store.data_mut().emitted.push(batch);
    Ok(Ok(()))
}

/// The bytes of a buffer, if the plugin has as many there.
fn part<'a>(
    memory: &[WasmList<u8>],
    buffer: &wire::Buffer,
    store: StoreContext<'a, Session>,
) -> Option<&'a [u8]> {
    let piece = memory.get(buffer.piece as usize)?;
    let (offset, length) = (buffer.offset as usize, buffer.length as usize);
    piece.as_le_slice(store).get(offset..)?.get(..length)
}

fn invalid(what: impl std::fmt::Display) -> Stopped {
    Stopped::Invalid(format!("a batch that is not valid: {what}"))
}
