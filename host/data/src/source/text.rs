//! What the text formats have in common: files that may be compressed and may begin with a byte
//! order mark, and that can be read from any row on if they are not compressed.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use mlhost_pipeline::Compression;

use super::cut::{Cuts, Rows};
use crate::digest::Hashing;
use crate::pieces::{self, Detail, PieceUnit, Pieces};
use crate::place::Place;
use crate::reason::Fault;
use crate::{Error, Result};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const BUFFER_BYTES: usize = 64 * 1024;

/// The text of a range, decompressed and behind its byte order mark.
pub(super) type TextReader = Box<dyn BufRead + Send>;

/// A text file.
#[derive(Clone)]
pub(super) struct Text {
    pub(super) place: Arc<Place>,
    compression: Compression,
}

impl Text {
    pub(super) fn new(place: Arc<Place>, compression: Compression) -> Self {
        Self { place, compression }
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.compression != Compression::None
    }

    /// All bytes of the file.
    pub(super) fn whole(&self) -> Range<u64> {
        0..self.place.bytes()
    }

    /// Opens a range of the file; of a compressed one that can only be the whole.
    pub(super) fn open(&self, range: &Range<u64>) -> Result<TextReader> {
        let file = self.place.open_range(range)?;
        let buffered = |file| BufReader::with_capacity(BUFFER_BYTES, file);
        let failed = Error::io(&self.place.path);
        let mut reader: TextReader = match self.compression {
            Compression::None => Box::new(buffered(file)),
            Compression::Gzip => {
                let decoder = MultiGzDecoder::new(buffered(file));
                Box::new(Unpacked::buffered(decoder, self.compression))
            }
            Compression::Zstd => {
                let decoder = zstd::Decoder::with_buffer(buffered(file)).map_err(failed)?;
                Box::new(Unpacked::buffered(decoder, self.compression))
            }
        };
        if range.start == 0 {
            let start = reader.fill_buf().map_err(Error::io(&self.place.path))?;
            // Spreadsheets write one.
            if start.starts_with(BYTE_ORDER_MARK) {
                reader.consume(BYTE_ORDER_MARK.len());
            }
        }
        Ok(reader)
    }

    /// The ranges of about `bytes` bytes that hold whole rows; the whole of a compressed file.
    pub(super) fn cuts(&self, rows: Rows, bytes: u64) -> Result<Ranges> {
        if self.is_compressed() {
            return Ok(Ranges::Whole(Some(self.whole())));
        }
        let reader = self.open(&self.whole())?;
        let mark = self.mark()?;
        Ok(Ranges::Cut(Cuts::new(reader, mark, rows, bytes)))
    }

    /// The length of the byte order mark.
    fn mark(&self) -> Result<u64> {
        let mut start = Vec::new();
        let limit = BYTE_ORDER_MARK.len() as u64;
        let read = self.place.open()?.take(limit).read_to_end(&mut start);
        read.map_err(Error::io(&self.place.path))?;
        Ok(if start == BYTE_ORDER_MARK { limit } else { 0 })
    }

    /// The number of lines that end before a range.
    pub(super) fn lines_before(&self, range: &Range<u64>) -> Result<u64> {
        let mut reader =
            BufReader::with_capacity(BUFFER_BYTES, self.place.open_range(&(0..range.start))?);
        count_lines(&mut reader).map_err(Error::io(&self.place.path))
    }

    /// Digests of ranges of bytes: of equal ones, or of the parts of a large file.
    pub(super) fn pieces(&self, parts: &[Range<u64>], detail: Detail) -> Result<Option<Pieces>> {
        if self.is_compressed() {
            return Ok(None);
        }
        if !detail.fine {
            let parts = parts.iter().map(|range| {
                let what = range_name(range);
                let digest = self.place.digest_of(&what, std::slice::from_ref(range))?;
                Ok((range.end - range.start, digest))
            });
            return pieces::of_parts(parts, detail.most, PieceUnit::Bytes).map(Some);
        }
        let mut pieces = Pieces::new(PieceUnit::Bytes);
        pieces.ends = pieces::equal_ends(self.place.bytes(), detail.most);
        for range in pieces.ranges() {
            let mut hashing = Hashing::default();
            let read = hashing.read(self.place.open_range(&range)?);
            read.map_err(Error::io(&self.place.path))?;
            pieces.push(&hashing.finished());
        }
        Ok(Some(pieces))
    }

    /// The digest of the bytes of a range, and how they are compressed.
    pub(super) fn content(&self, range: &Range<u64>) -> Result<String> {
        let what = range_name(range);
        let digest = self.place.digest_of(&what, std::slice::from_ref(range))?;
        Ok(format!("{} {digest}\n", self.compression))
    }
}

/// What a range is of its file.
fn range_name(range: &Range<u64>) -> String {
    format!("bytes {}..{}", range.start, range.end)
}

/// How many lines a reader ends.
pub(crate) fn count_lines(reader: &mut impl BufRead) -> io::Result<u64> {
    let mut lines = 0;
    loop {
        let block = reader.fill_buf()?;
        if block.is_empty() {
            return Ok(lines);
        }
        lines += memchr::memchr_iter(b'\n', block).count() as u64;
        let read = block.len();
        reader.consume(read);
    }
}

/// The parts of a text file, found one by one.
pub(super) enum Ranges {
    Whole(Option<Range<u64>>),
    Cut(Cuts<TextReader>),
}

impl Iterator for Ranges {
    type Item = io::Result<Range<u64>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Whole(range) => range.take().map(Ok),
            Self::Cut(cuts) => cuts.next(),
        }
    }
}

/// Decompressed data. A fault in it comes from the file and not from the operating system, and says
/// so.
struct Unpacked<R> {
    decoder: R,
    compression: Compression,
}

impl<R: Read> Unpacked<R> {
    fn buffered(decoder: R, compression: Compression) -> BufReader<Self> {
        let unpacked = Self {
            decoder,
            compression,
        };
        BufReader::with_capacity(BUFFER_BYTES, unpacked)
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| {
            if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            let compression = self.compression;
            let reason = match error.kind() {
                io::ErrorKind::UnexpectedEof => format!("the {compression} data ends early"),
                _ => format!("it is no valid {compression} data: {error}"),
            };
            io::Error::new(io::ErrorKind::InvalidData, Fault(reason))
        })
    }
}
