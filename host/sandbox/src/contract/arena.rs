//! The memory of a batch that a plugin emitted: all its buffers side by side, held in the name of
//! the plugin's step for as long as somebody holds any of them.

use arrow::buffer::{Buffer, MutableBuffer};
use bytes::Bytes;

use super::{
    floats::{self, Float},
    room,
};
use crate::HeldMemory;

/// A batch's memory on its way.
pub(super) struct Arena {
    memory: MutableBuffer,
    held: HeldMemory,
}

/// Gives back what was held when the last buffer is gone.
struct Kept {
    memory: Buffer,
    _held: HeldMemory,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.memory
    }
}

impl Arena {
    /// Room for so many bytes, which were asked for.
    pub(super) fn new(bytes: usize, held: HeldMemory) -> Self {
        Self {
            memory: MutableBuffer::with_capacity(bytes),
            held,
        }
    }

    /// Copies a buffer.
    pub(super) fn push(&mut self, bytes: &[u8], float: Option<Float>) {
        let end = self.memory.len() + bytes.len();
        floats::canonical(bytes, float, |block| self.memory.extend_from_slice(block));
        self.memory.resize(room(end), 0);
    }

    /// What was copied, as buffers of these lengths.
    pub(super) fn into_buffers(self, lengths: impl Iterator<Item = usize>) -> Vec<Buffer> {
        let kept = Kept {
            memory: self.memory.into(),
            _held: self.held,
        };
        let memory = Buffer::from(Bytes::from_owner(kept));
        let mut offset = 0;
        let cut = lengths.map(|length| {
            let buffer = memory.slice_with_length(offset, length);
            offset += room(length);
            buffer
        });
        cut.collect()
    }
}
