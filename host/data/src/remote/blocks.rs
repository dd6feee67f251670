//! The blocks of an object that are at hand for a scan of a row group. The column chunks that are
//! wanted together are asked for together, as soon as the first of them is needed: of a filtered
//! scan the columns of the filter, and the others only if rows are left. Of chunks that are too
//! large to be held as a whole there is a window, which moves along.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::object::Object;
use super::runtime;
use crate::reader::{self, Failure};
use crate::remote_error::RemoteError;
use crate::{Error, Result};

/// How much of a group is held at most, unless it has very many chunks.
const GROUP_BYTES: u64 = 32 * 1024 * 1024;

/// The least that is asked for of a chunk, and the most that is asked for beyond need elsewhere.
const LEAST_BYTES: u64 = 256 * 1024;

pub(super) struct Blocks {
    object: Arc<Object>,
    failure: Option<Failure>,
    held: Mutex<Held>,
}

struct Held {
    groups: Vec<Vec<Chunk>>,
    /// What is outside all chunks: the footer, at first.
    other: Block,
}

/// A column chunk, and what is at hand of it.
struct Chunk {
    range: Range<u64>,
    block: Option<Block>,
}

/// Some bytes from a position of the object on.
#[derive(Clone)]
struct Block {
    start: u64,
    bytes: Bytes,
}

impl Blocks {
    /// `tail` is the end of the object, and `groups` are the chunks that will be read.
    pub(super) fn new(
        object: Arc<Object>,
        tail: Bytes,
        groups: Vec<Vec<Range<u64>>>,
        failure: Option<Failure>,
    ) -> Self {
        let bytes = object.bytes();
        // What a damaged footer says may lie behind the end.
        let chunk = |range: Range<u64>| Chunk {
            range: range.start.min(bytes)..range.end.min(bytes),
            block: None,
        };
        let group = |ranges: Vec<Range<u64>>| {
            let chunks = ranges.into_iter().map(chunk);
            chunks.filter(|chunk| !chunk.range.is_empty()).collect()
        };
        let other = Block {
            start: bytes.saturating_sub(tail.len() as u64),
            bytes: tail,
        };
        let held = Held {
            groups: groups.into_iter().map(group).collect(),
            other,
        };
        Self {
            object,
            failure,
            held: Mutex::new(held),
        }
    }

    /// The size of the object.
    pub(super) fn bytes(&self) -> u64 {
        self.object.bytes()
    }

    /// All bytes at hand from a position on, at least one, which the object must have.
    pub(super) fn from(&self, position: u64) -> Result<Bytes> {
        let block = self.block(position..position.saturating_add(1))?;
        Ok(block.from(position))
    }

    /// Bytes that the object must have.
    pub(super) fn get(&self, start: u64, length: usize) -> Result<Bytes> {
        if length == 0 {
            return Ok(Bytes::new());
        }
        let block = self.block(start..start.saturating_add(length as u64))?;
        Ok(block.from(start).slice(..length))
    }

    /// A block with all of a range. The readers of Parquet make a text of an error, so it is put
    /// where it is found again.
    fn block(&self, range: Range<u64>) -> Result<Block> {
        self.find(range).map_err(|error| match &self.failure {
            Some(failure) => {
                let text = reader::kept(failure, error);
                Error::damaged(&self.object.location.url, text)
            }
            None => error,
        })
    }

    fn find(&self, range: Range<u64>) -> Result<Block> {
        if range.end > self.bytes() {
            return Err(Error::damaged(&self.object.location.url, "it ends early"));
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = &mut *held;
        let position = |chunks: &Vec<Chunk>| chunks.iter().position(|chunk| chunk.has(&range));
        let mut groups = held.groups.iter_mut();
        let found = groups.find_map(|chunks| position(chunks).map(|chunk| (chunks, chunk)));
        let Some((group, chunk)) = found else {
            if !held.other.has(&range) {
                let ahead = range.start.saturating_add(LEAST_BYTES).min(self.bytes());
                held.other = self.fetch(range.start..range.end.max(ahead))?;
            }
            return Ok(held.other.clone());
        };
        let window = (GROUP_BYTES / group.len() as u64).max(LEAST_BYTES);
        if group.iter().all(|chunk| chunk.block.is_none()) {
            self.fetch_group(group, window)?;
        }
        let chunk = &mut group[chunk];
        match &chunk.block {
            Some(block) if block.has(&range) => Ok(block.clone()),
            _ => {
                let ahead = range.start.saturating_add(window).min(chunk.range.end);
                let block = self.fetch(range.start..range.end.max(ahead))?;
                chunk.block = Some(block.clone());
                Ok(block)
            }
        }
    }

    /// Asks for the first window of each chunk of a group; of small groups that is all of them.
    fn fetch_group(&self, group: &mut [Chunk], window: u64) -> Result<()> {
        let length = |chunk: &Chunk| chunk.range.end - chunk.range.start;
        let is_small = group.iter().map(length).sum::<u64>() <= GROUP_BYTES;
        let first = |chunk: &Chunk| {
            let Range { start, end } = chunk.range;
            match is_small {
                true => start..end,
                false => start..end.min(start.saturating_add(window)),
            }
        };
        let ranges: Vec<Range<u64>> = group.iter().map(first).collect();
        for (chunk, block) in group.iter_mut().zip(self.fetch_all(&ranges)?) {
            chunk.block = Some(block);
        }
        Ok(())
    }

    fn fetch(&self, range: Range<u64>) -> Result<Block> {
        let mut blocks = self.fetch_all(std::slice::from_ref(&range))?;
        blocks.pop().ok_or_else(|| self.short())
    }

    fn fetch_all(&self, ranges: &[Range<u64>]) -> Result<Vec<Block>> {
        let fetched = runtime::run(self.object.ranges(ranges))??;
        let blocks = fetched.into_iter().zip(ranges).map(|(bytes, range)| {
            let block = Block {
                start: range.start,
                bytes,
            };
            match block.has(range) {
                true => Ok(block),
                false => Err(self.short()),
            }
        });
        blocks.collect()
    }

    fn short(&self) -> Error {
        let reason = "less came than was asked for".to_owned();
        let location = &self.object.location;
        let error = RemoteError::CutOff { reason };
        Error::remote(location.url.clone(), location.scheme, error)
    }
}

impl Chunk {
    fn has(&self, range: &Range<u64>) -> bool {
        self.range.start <= range.start && range.end <= self.range.end
    }
}

impl Block {
    fn has(&self, range: &Range<u64>) -> bool {
        let end = self.start + self.bytes.len() as u64;
        self.start <= range.start && range.end <= end
    }

    /// What there is from a position of the block on.
    fn from(&self, position: u64) -> Bytes {
        let skipped = usize::try_from(position - self.start).unwrap_or(usize::MAX);
        self.bytes.slice(skipped.min(self.bytes.len())..)
    }
}
