//! Reads an object from any position on, out of the blocks of it that were asked for.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::{Buf as _, Bytes};

use super::blocks::Blocks;
use super::through_io;
use crate::Result;

#[derive(Clone)]
pub(crate) struct RangedReader {
    blocks: Arc<Blocks>,
    position: u64,
    /// What is at hand from the position on.
    ahead: Bytes,
}

impl RangedReader {
    pub(super) fn new(blocks: Arc<Blocks>) -> Self {
        Self {
            blocks,
            position: 0,
            ahead: Bytes::new(),
        }
    }

    /// The size of the object.
    pub(crate) fn size(&self) -> u64 {
        self.blocks.bytes()
    }

    /// Some bytes of the object, which it must have.
    pub(crate) fn get(&self, start: u64, length: usize) -> Result<Bytes> {
        self.blocks.get(start, length)
    }
}

impl Read for RangedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() && self.position < self.blocks.bytes() {
            let ahead = self.blocks.from(self.position);
            self.ahead = ahead.map_err(through_io)?;
        }
        let read = buffer.len().min(self.ahead.len());
        self.ahead.copy_to_slice(&mut buffer[..read]);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for RangedReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = target(to, self.position, self.blocks.bytes())?;
        self.ahead = Bytes::new();
        Ok(self.position)
    }
}

/// The position that a seek leads to in a file of a size.
pub(super) fn target(to: SeekFrom, position: u64, bytes: u64) -> io::Result<u64> {
    let target = match to {
        SeekFrom::Start(target) => Some(target),
        SeekFrom::End(offset) => bytes.checked_add_signed(offset),
        SeekFrom::Current(offset) => position.checked_add_signed(offset),
    };
    target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a seek before the beginning"))
}
