//! Finds out where and why a CSV file could not be read. Arrow's reader counts records, which are
//! not lines as soon as a quoted field holds a line break, so the file is read once more, record by
//! record, with positions. This happens on the way to an error only.

use std::io::Read as _;
use std::ops::Range;

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{Schema, SchemaRef};
use csv::{ErrorKind, Position, StringRecord};
use mlhost_pipeline::CsvOptions;

use super::cut::{Closed, Unclosed};
use super::text::{self, Text, TextReader};
use crate::{Error, Result};

pub(super) struct Diagnosis<'a> {
    text: &'a Text,
    options: &'a CsvOptions,
    range: Range<u64>,
}

impl<'a> Diagnosis<'a> {
    /// A diagnosis of the whole file.
    pub(super) fn new(text: &'a Text, options: &'a CsvOptions) -> Self {
        Self {
            text,
            options,
            range: text.whole(),
        }
    }

    /// A diagnosis of one part.
    pub(super) fn within(mut self, range: &Range<u64>) -> Self {
        self.range = range.clone();
        self
    }

    /// The fields of the first record.
    pub(super) fn first_record(&self) -> Result<Vec<String>> {
        let mut record = StringRecord::new();
        let mut reader = self.reader(false)?;
        match reader.read_record(&mut record) {
            Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
            Ok(false) => Err(Error::Empty {
                path: self.text.place.path.clone(),
            }),
            Err(error) => Err(self.malformed(error)?),
        }
    }

    /// The first record that is no CSV, or has not `width` fields.
    pub(super) fn no_table(&self, width: usize) -> Error {
        match self.first(width, |_| None::<()>) {
            Err(found) => found,
            // Nothing is wrong any more: somebody has written to the file meanwhile.
            Ok(_) => Error::Changed {
                path: self.text.place.path.clone(),
            },
        }
    }

    /// The first value, from the row `skipped` on, that is not of the type of its column.
    /// `columns` are those that were being read.
    pub(super) fn invalid_value(
        &self,
        skipped: u64,
        schema: &SchemaRef,
        columns: &[usize],
        format: &Format,
    ) -> Option<Error> {
        let mut row = 0;
        let found = self.first(schema.fields().len(), |record| {
            row += 1;
            if row <= skipped {
                return None;
            }
            let mut columns = columns.iter().copied();
            let column = columns.find(|column| !readable(record, *column, schema, format))?;
            Some((column, record.get(column).unwrap_or_default().to_owned()))
        });
        match found {
            Err(found) => Some(found),
            Ok(found) => found.map(|(line, (column, value))| Error::InvalidValue {
                path: self.text.place.path.clone(),
                line,
                column: schema.field(column).name().clone(),
                value,
                data_type: schema.field(column).data_type().clone(),
            }),
        }
    }

    /// What `check` first finds in a record, and the line on which that record begins; an error if
    /// a record before it is malformed.
    fn first<T>(
        &self,
        width: usize,
        mut check: impl FnMut(&StringRecord) -> Option<T>,
    ) -> Result<Option<(u64, T)>> {
        let header = self.options.header && self.range.start == 0;
        let mut reader = self.reader(header)?;
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) if record.len() != width => {
                    return Err(Error::Ragged {
                        path: self.text.place.path.clone(),
                        line: self.line(record.position())?,
                        expected: width as u64,
                        found: record.len() as u64,
                    });
                }
                Ok(true) => {
                    if let Some(found) = check(&record) {
                        return Ok(Some((self.line(record.position())?, found)));
                    }
                }
                Ok(false) => return Ok(None),
                Err(error) => return Err(self.malformed(error)?),
            }
        }
    }

    fn reader(&self, header: bool) -> Result<csv::Reader<Closed<TextReader>>> {
        let mut builder = csv::ReaderBuilder::new();
        builder
            .has_headers(header)
            .flexible(true)
            .delimiter(self.options.delimiter);
        let text = Closed::new(self.text.open(&self.range)?, self.options.delimiter);
        Ok(builder.from_reader(text))
    }

    fn malformed(&self, error: csv::Error) -> Result<Error> {
        let path = self.text.place.path.clone();
        if let ErrorKind::Io(source) = error.kind()
            && let Some(Unclosed { byte }) = Unclosed::of(source)
        {
            let (line, _) = self.line_of(*byte)?;
            return Ok(Error::UnclosedQuote { path, line });
        }
        let line = self.line(error.position())?;
        Ok(match error.into_kind() {
            ErrorKind::Io(source) => Error::io(path)(source),
            ErrorKind::Utf8 { err, .. } => Error::NotUtf8 {
                path,
                line,
                what: format!("field {}", err.field() + 1),
                byte: err.valid_up_to() as u64 + 1,
            },
            other => Error::Malformed {
                path,
                line,
                message: format!("{other:?}"),
            },
        })
    }

    /// The line on which the record at a position begins. The position itself is that behind the
    /// record before, and so in front of any blank lines between the two.
    fn line(&self, position: Option<&Position>) -> Result<u64> {
        let Some(position) = position else {
            return Ok(1);
        };
        let (mut line, reader) = self.line_of(position.byte())?;
        for byte in reader.bytes() {
            match byte.map_err(Error::io(&self.text.place.path))? {
                b'\n' => line += 1,
                b'\r' => {}
                _ => break,
            }
        }
        Ok(line)
    }

    /// The line of a byte of the range, and the text from there on.
    fn line_of(&self, byte: u64) -> Result<(u64, TextReader)> {
        let before = match self.range.start {
            0 => 0,
            _ => self.text.lines_before(&self.range)?,
        };
        let mut reader = self.text.open(&self.range)?;
        let within = text::count_lines(&mut reader.by_ref().take(byte));
        let within = within.map_err(Error::io(&self.text.place.path))?;
        Ok((1 + before + within, reader))
    }
}

/// Whether Arrow's reader takes one field of a record as a value of its column.
fn readable(record: &StringRecord, column: usize, schema: &Schema, format: &Format) -> bool {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let Ok(schema) = schema.project(&[column]) else {
        return false;
    };
    let written = writer.write_record([record.get(column).unwrap_or_default()]);
    let (Ok(()), Ok(bytes)) = (written, writer.into_inner()) else {
        return false;
    };
    // Each row is read for itself, and so none of them is a header.
    let reader = ReaderBuilder::new(schema.into())
        .with_format(format.clone().with_header(false).with_delimiter(b','))
        .build(bytes.as_slice());
    reader.is_ok_and(|mut reader| reader.all(|batch| batch.is_ok()))
}
