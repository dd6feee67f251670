//! Cuts a text file into parts at the starts of rows. Where a row starts cannot be told from its
//! surroundings, as a quoted field may hold line breaks and anything else, so the file is gone
//! through from its beginning; only quotes and line breaks are looked at, which is fast.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

const QUOTE: u8 = b'"';
const LINE_BREAK: u8 = b'\n';

/// A quote that opens a field is never closed. Readers of CSV take the rest of the file for the text
/// of that field, and say nothing.
#[derive(Debug, thiserror::Error)]
#[error("a quote is never closed")]
pub(super) struct Unclosed {
    /// The byte of the quote, counted as the reader's position is.
    pub(super) byte: u64,
}

impl Unclosed {
    fn error(byte: u64) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self { byte })
    }

    /// The quote that an error of a reader is about.
    pub(super) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// How rows are told apart.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    /// A line each.
    Lines,
    /// Records of CSV. A field is quoted if it begins with a quote, and then ends with the next
    /// quote that is not doubled.
    Records {
        /// The character between two fields.
        delimiter: u8,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unquoted,
    Quoted,
    /// Behind a quote in a quoted field: its end, or the first of two.
    AfterQuote,
}

/// The ranges of a file: each but the last ends with the first row that ends at least `bytes` bytes
/// behind its start. They follow from what is in front of them alone, so rows that are appended to
/// a file leave all but the last as they are.
pub(super) struct Cuts<R> {
    reader: R,
    rows: Rows,
    bytes: u64,
    /// Where the next range starts; none at the end.
    start: Option<u64>,
    /// How far the file was gone through.
    position: u64,
    state: State,
    previous: u8,
    /// Whether there were only line breaks so far, which belong to the first row.
    blank: bool,
    /// Whether a row has ended behind the wanted bytes, and a range ends if another row follows.
    due: bool,
    /// The last quote that opened a field.
    quote: u64,
}

impl<R: BufRead> Cuts<R> {
    /// Cuts a text that begins at the byte `position` of its file, behind what is no text.
    pub(super) fn new(reader: R, position: u64, rows: Rows, bytes: u64) -> Self {
        Self {
            reader,
            rows,
            bytes,
            start: Some(0),
            position,
            state: State::Unquoted,
            previous: LINE_BREAK,
            blank: true,
            due: false,
            quote: 0,
        }
    }

    fn find(&mut self) -> io::Result<Option<Range<u64>>> {
        let Some(start) = self.start else {
            return Ok(None);
        };
        loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                self.start = None;
                if self.state == State::Quoted {
                    return Err(Unclosed::error(self.quote));
                }
                let range = start..self.position;
                return Ok((!range.is_empty()).then_some(range));
            }
            let mut scan = Scan {
                block,
                rows: self.rows,
                state: self.state,
                previous: self.previous,
                blank: self.blank,
                due: self.due,
                quote: None,
            };
            let wanted = (start + self.bytes).saturating_sub(self.position);
            let (read, cut) = scan.advance(wanted);
            (self.state, self.previous) = (scan.state, scan.previous);
            (self.blank, self.due) = (scan.blank, scan.due);
            if let Some(quote) = scan.quote {
                self.quote = self.position + quote as u64;
            }
            self.reader.consume(read);
            self.position += read as u64;
            if cut {
                self.start = Some(self.position);
                return Ok(Some(start..self.position));
            }
        }
    }
}

impl<R: BufRead> Iterator for Cuts<R> {
    type Item = io::Result<Range<u64>>;

    fn next(&mut self) -> Option<Self::Item> {
        let range = self.find();
        if range.is_err() {
            self.start = None;
        }
        range.transpose()
    }
}

/// A text of CSV that fails at its end if it ends within a quoted field.
pub(super) struct Closed<R> {
    reader: R,
    delimiter: u8,
    position: u64,
    state: State,
    previous: u8,
    quote: u64,
}

impl<R: BufRead> Closed<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        Self {
            reader,
            delimiter,
            position: 0,
            state: State::Unquoted,
            previous: LINE_BREAK,
            quote: 0,
        }
    }
}

impl<R: BufRead> BufRead for Closed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.reader.fill_buf()?.is_empty() && self.state == State::Quoted {
            return Err(Unclosed::error(self.quote));
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        // What is consumed is in the buffer, and getting at it cannot fail.
        if let Ok(block) = self.reader.fill_buf() {
            let mut scan = Scan {
                block: &block[..bytes.min(block.len())],
                rows: Rows::Records {
                    delimiter: self.delimiter,
                },
                state: self.state,
                previous: self.previous,
                blank: false,
                due: false,
                quote: None,
            };
            // Rows do not matter, so nothing is cut.
            scan.advance(u64::MAX);
            (self.state, self.previous) = (scan.state, scan.previous);
            if let Some(quote) = scan.quote {
                self.quote = self.position + quote as u64;
            }
        }
        self.position += bytes as u64;
        self.reader.consume(bytes);
    }
}

impl<R: BufRead> Read for Closed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

/// The way through one block.
struct Scan<'a> {
    block: &'a [u8],
    rows: Rows,
    state: State,
    previous: u8,
    blank: bool,
    due: bool,
    /// The last quote of the block that opened a field.
    quote: Option<usize>,
}

impl Scan<'_> {
    /// Goes on until a range ends in front of a byte, or to the end of the block. Line breaks from
    /// the byte `wanted` on end a range. Gives the bytes passed, and whether a range ends there.
    fn advance(&mut self, wanted: u64) -> (usize, bool) {
        let block = self.block;
        let mut at = 0;
        while at < block.len() {
            if self.blank || self.due {
                let byte = block[at];
                let is_break = matches!(byte, LINE_BREAK | b'\r');
                if self.due && !is_break {
                    self.due = false;
                    // A byte order mark within a file is text, but at the start of a part it would
                    // be left out.
                    if byte != 0xef {
                        return (at, true);
                    }
                }
                if is_break {
                    self.previous = byte;
                    at += 1;
                    continue;
                }
                self.blank = false;
            }
            at = self.step(at, wanted);
            self.previous = block[at - 1];
        }
        (at, false)
    }

    /// Passes at least one byte.
    fn step(&mut self, at: usize, wanted: u64) -> usize {
        let rest = &self.block[at..];
        match self.state {
            State::Quoted => {
                let Some(quote) = memchr(QUOTE, rest) else {
                    return self.block.len();
                };
                self.state = State::AfterQuote;
                at + quote + 1
            }
            State::AfterQuote if rest[0] == QUOTE => {
                self.state = State::Quoted;
                at + 1
            }
            State::AfterQuote | State::Unquoted => {
                self.state = State::Unquoted;
                self.unquoted(at, wanted)
            }
        }
    }

    fn unquoted(&mut self, at: usize, wanted: u64) -> usize {
        let rest = &self.block[at..];
        // In front of the wanted byte line breaks are of no interest.
        let near = usize::try_from(wanted).unwrap_or(usize::MAX);
        let near = near.saturating_sub(at).min(rest.len());
        let quotes = matches!(self.rows, Rows::Records { .. });
        let found = match quotes {
            true => memchr(QUOTE, &rest[..near])
                .or_else(|| memchr2(QUOTE, LINE_BREAK, &rest[near..]).map(|offset| near + offset)),
            false => memchr(LINE_BREAK, &rest[near..]).map(|offset| near + offset),
        };
        let Some(found) = found else {
            return self.block.len();
        };
        let found = at + found;
        if self.block[found] == LINE_BREAK {
            self.due = true;
        } else if self.opens(found, at) {
            self.state = State::Quoted;
            self.quote = Some(found);
        }
        found + 1
    }

    /// Whether a quote is the first character of a field. `at` is where `previous` is in front of.
    fn opens(&self, quote: usize, at: usize) -> bool {
        let before = match quote == at {
            true => self.previous,
            false => self.block[quote - 1],
        };
        let Rows::Records { delimiter } = self.rows else {
            return false;
        };
        before == delimiter || matches!(before, LINE_BREAK | b'\r')
    }
}
