//! Where the batches of an Arrow file are and how many rows each has, without reading them: the
//! footer says where each begins, and each begins with a message that says how long it is.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use arrow::error::ArrowError;
use arrow::ipc::reader::read_footer_length;
use arrow::ipc::{Block, root_as_footer, root_as_message};

/// What an Arrow file ends with: the length of the footer (4 bytes) and the magic (6 bytes).
const TAIL_BYTES: usize = 10;

/// Since version 0.15 of the format, these bytes stand before the length of a message.
const CONTINUATION: &[u8] = &[0xff; 4];
const LENGTH_BYTES: usize = 4;

/// What an Arrow file says of its content.
pub(super) struct Index {
    pub(super) batches: Vec<Batch>,
    /// The bytes of the dictionaries, which all batches share.
    pub(super) dictionaries: Vec<Range<u64>>,
}

/// One batch of a file.
pub(super) struct Batch {
    pub(super) rows: u64,
    pub(super) bytes: Range<u64>,
}

/// Reads the index of a file.
pub(super) fn read(mut file: impl Read + Seek) -> Result<Index, ArrowError> {
    let footer = footer(&mut file)?;
    let footer = root_as_footer(&footer).map_err(malformed)?;
    let batches = footer.recordBatches().into_iter().flatten();
    let batches = batches.map(|block| {
        let rows = rows(&mut file, block)?;
        let bytes = bytes(block)?;
        Ok(Batch { rows, bytes })
    });
    let batches = batches.collect::<Result<_, ArrowError>>()?;
    let dictionaries = footer.dictionaries().into_iter().flatten();
    Ok(Index {
        batches,
        dictionaries: dictionaries.map(bytes).collect::<Result<_, _>>()?,
    })
}

fn bytes(block: &Block) -> Result<Range<u64>, ArrowError> {
    let start = u64::try_from(block.offset()).map_err(malformed)?;
    let metadata = u64::try_from(block.metaDataLength()).map_err(malformed)?;
    let body = u64::try_from(block.bodyLength()).map_err(malformed)?;
    let end = start.saturating_add(metadata).saturating_add(body);
    Ok(start..end)
}

fn footer(file: &mut (impl Read + Seek)) -> Result<Vec<u8>, ArrowError> {
    let mut tail = [0; TAIL_BYTES];
    let end = file.seek(SeekFrom::End(0))?;
    let start = |length: usize| {
        let start = end.checked_sub(length as u64);
        start.ok_or_else(|| malformed("the footer is longer than the file"))
    };
    file.seek(SeekFrom::Start(start(TAIL_BYTES)?))?;
    file.read_exact(&mut tail)?;
    let length = read_footer_length(tail)?;
    file.seek(SeekFrom::Start(start(length.saturating_add(TAIL_BYTES))?))?;
    let mut footer = vec![0; length];
    file.read_exact(&mut footer)?;
    Ok(footer)
}

fn rows(file: &mut (impl Read + Seek), block: &Block) -> Result<u64, ArrowError> {
    file.seek(SeekFrom::Start(
        u64::try_from(block.offset()).map_err(malformed)?,
    ))?;
    let length = u64::try_from(block.metaDataLength()).map_err(malformed)?;
    let mut bytes = Vec::new();
    // No more is allocated than the file has, whatever length it states.
    file.take(length).read_to_end(&mut bytes)?;
    let message = bytes.strip_prefix(CONTINUATION).unwrap_or(&bytes);
    let message = message.get(LENGTH_BYTES..).unwrap_or_default();
    let message = root_as_message(message).map_err(malformed)?;
    let batch = message
        .header_as_record_batch()
        .ok_or_else(|| malformed("a batch is something else"))?;
    u64::try_from(batch.length()).map_err(malformed)
}

fn malformed(reason: impl std::fmt::Display) -> ArrowError {
    ArrowError::IpcError(format!("malformed index of batches: {reason}"))
}
