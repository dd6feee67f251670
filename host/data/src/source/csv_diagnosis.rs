//! Finds out where and why a CSV file could not be read. Arrow's reader counts records, which are
//! not lines as soon as a quoted field holds a line break, so the file is read once more, record by
//! record, with positions. This happens on the way to an error only.

use std::io::{self, Read as _};

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use csv::{ErrorKind, Position, StringRecord};
use mlhost_pipeline::CsvOptions;

use super::text;
use crate::data_file::Place;
use crate::{Error, Result};

pub(super) struct Diagnosis<'a> {
    place: &'a Place,
    options: &'a CsvOptions,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(place: &'a Place, options: &'a CsvOptions) -> Self {
        Self { place, options }
    }

    /// The first record that is no CSV of the expected width; `error` itself if there is none.
    pub(super) fn malformed(&self, error: ArrowError) -> Error {
        match self.first(|_| None::<usize>) {
            Err(found) => found,
            Ok(_) => Error::arrow(&self.place.path)(error),
        }
    }

    /// The first value, from the row `skipped` on, that is not of the type of its column; `error`
    /// itself if there is none. `columns` are those that were being read.
    pub(super) fn invalid_value(
        &self,
        error: ArrowError,
        skipped: u64,
        schema: &SchemaRef,
        columns: &[usize],
        format: &Format,
    ) -> Error {
        let mut row = 0;
        let found = self.first(|record| {
            row += 1;
            if row <= skipped {
                return None;
            }
            let mut columns = columns.iter().copied();
            let column = columns.find(|column| !readable(record, *column, schema, format))?;
            Some((column, record.get(column).unwrap_or_default().to_owned()))
        });
        match found {
            Err(found) => found,
            Ok(None) => Error::arrow(&self.place.path)(error),
            Ok(Some((line, (column, value)))) => Error::InvalidValue {
                path: self.place.path.clone(),
                line,
                column: schema.field(column).name().clone(),
                value,
                data_type: schema.field(column).data_type().clone(),
            },
        }
    }

    /// What `check` first finds in a record, and the line on which that record begins; an error if
    /// a record before it is malformed.
    fn first<T>(
        &self,
        mut check: impl FnMut(&StringRecord) -> Option<T>,
    ) -> Result<Option<(u64, T)>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(self.options.header)
            .delimiter(self.options.delimiter)
            .from_reader(text::open(self.place)?);
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {
                    if let Some(found) = check(&record) {
                        return Ok(Some((self.line(record.position())?, found)));
                    }
                }
                Ok(false) => return Ok(None),
                Err(error) => return Err(self.malformed_record(error)?),
            }
        }
    }

    fn malformed_record(&self, error: csv::Error) -> Result<Error> {
        let line = self.line(error.position())?;
        let message = match error.into_kind() {
            ErrorKind::Io(source) => return Err(Error::io(&self.place.path)(source)),
            ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => format!("expected {expected_len} fields, found {len}"),
            ErrorKind::Utf8 { err, .. } => format!("field {} is not UTF-8", err.field() + 1),
            other => format!("{other:?}"),
        };
        Ok(Error::Malformed {
            path: self.place.path.clone(),
            line,
            message,
        })
    }

    /// The line on which the record at a position begins. The position itself is that behind the
    /// record before, and so in front of any blank lines between the two.
    fn line(&self, position: Option<&Position>) -> Result<u64> {
        let Some(position) = position else {
            return Ok(1);
        };
        let mut reader = text::open(self.place)?;
        io::copy(&mut reader.by_ref().take(position.byte()), &mut io::sink())
            .map_err(Error::io(&self.place.path))?;
        let mut line = position.line();
        for byte in reader.bytes() {
            match byte.map_err(Error::io(&self.place.path))? {
                b'\n' => line += 1,
                b'\r' => {}
                _ => break,
            }
        }
        Ok(line)
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
    let reader = ReaderBuilder::new(schema.into())
        .with_format(format.clone().with_delimiter(b','))
        .build(bytes.as_slice());
    reader.is_ok_and(|mut reader| reader.all(|batch| batch.is_ok()))
}
