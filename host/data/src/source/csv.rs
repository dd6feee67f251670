//! CSV files: the types of the columns are stated, or inferred from all rows, so that a value never
//! comes as a surprise half-way through a run. A part is a range of rows of about the same number
//! of bytes, or the whole of a compressed file.

use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use mlhost_pipeline::CsvOptions;
use regex::Regex;

use super::csv_diagnosis::Diagnosis;
use super::csv_types::{self, Inferred, Kinds, NoTable};
use super::cut::{Closed, Rows, Unclosed};
use super::text::{Text, TextReader};
use super::{Source, described, parallel, positions};
use crate::opener::Opener;
use crate::pieces::{Detail, Pieces};
use crate::table::Batches;
use crate::{Error, Result};

pub(super) struct CsvSource {
    text: Text,
    options: CsvOptions,
    format: Format,
    schema: SchemaRef,
    parts: Vec<Range<u64>>,
    rows: Option<u64>,
}

impl CsvSource {
    pub(super) fn open(text: Text, opener: &Opener) -> Result<Self> {
        let options = opener.csv.clone();
        let format = arrow_format(&text, &options)?;
        let header = Diagnosis::new(&text, &options).first_record()?;
        let rows = Rows::Records {
            delimiter: options.delimiter,
        };
        let cuts = text.cuts(rows, opener.range_bytes)?;
        let (schema, parts, rows) = match &opener.schema {
            Some(schema) => {
                compare(&text, &header, schema, options.header)?;
                let parts = cuts.collect::<io::Result<_>>();
                let parts = parts.map_err(|error| uncut(&text, error))?;
                (schema.clone(), parts, None)
            }
            None => {
                let (kinds, parts, rows) = infer(&text, &options, cuts, header.len())?;
                (schema(header, &options, &kinds), parts, Some(rows))
            }
        };
        Ok(Self {
            text,
            options,
            format,
            schema,
            parts,
            rows,
        })
    }

    /// The columns in the order of the file, with the types that the table has for them.
    fn typed_schema(&self, wanted: &Schema) -> Schema {
        let fields = self.schema.fields().iter().map(|field| {
            let typed = wanted.fields().find(field.name());
            typed.map_or_else(|| field.clone(), |(_, typed)| typed.clone())
        });
        Schema::new(fields.collect::<Vec<Arc<Field>>>())
    }
}

/// What the columns of a file are called.
fn schema(header: Vec<String>, options: &CsvOptions, kinds: &[Kinds]) -> SchemaRef {
    let columns = header.into_iter().zip(kinds).enumerate();
    let fields = columns.map(|(position, (name, kinds))| {
        let name = match options.header {
            true => name,
            false => format!("column_{}", position + 1),
        };
        Field::new(name, kinds.data_type(), true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<Field>>()))
}

/// Refuses a file that does not have the stated columns; without a header they only have to be as
/// many.
fn compare(text: &Text, first: &[String], schema: &Schema, header: bool) -> Result<()> {
    let stated: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    let columns = first.len().max(stated.len());
    let differs = |position: &usize| match (first.get(*position), stated.get(*position)) {
        (Some(found), Some(stated)) => header && found != *stated,
        _ => true,
    };
    match (0..columns).find(differs) {
        None => Ok(()),
        Some(position) => Err(Error::OtherColumns {
            path: text.place.path.clone(),
            position: position + 1,
            found: first.get(position).cloned(),
            stated: stated.get(position).map(|name| (*name).clone()),
        }),
    }
}

/// Opens the text of a range. A compressed file was not gone through for its parts, and so a quote
/// that is never closed shows here.
fn open_range(text: &Text, options: &CsvOptions, range: &Range<u64>) -> Result<TextReader> {
    let reader = text.open(range)?;
    Ok(match text.is_compressed() {
        true => Box::new(Closed::new(reader, options.delimiter)),
        false => reader,
    })
}

/// The error of a file that could not be cut into parts.
fn uncut(text: &Text, error: io::Error) -> Error {
    let path = &text.place.path;
    let Some(Unclosed { byte }) = Unclosed::of(&error) else {
        return Error::io(path)(error);
    };
    match text.lines_before(&(*byte..*byte)) {
        Ok(before) => Error::UnclosedQuote {
            path: path.clone(),
            line: before + 1,
        },
        Err(error) => error,
    }
}

/// Why the types of a file could not be inferred.
enum Failed {
    Uncut(io::Error),
    NoTable,
}

/// The kinds of values of each column, the parts, and the number of rows of a file.
fn infer(
    text: &Text,
    options: &CsvOptions,
    cuts: impl Iterator<Item = io::Result<Range<u64>>> + Send,
    width: usize,
) -> Result<(Vec<Kinds>, Vec<Range<u64>>, u64)> {
    let mut kinds = vec![Kinds::default(); width];
    let mut parts = Vec::new();
    let mut rows = 0;
    let mut failed = None;
    let work = |number: usize, range: io::Result<Range<u64>>| {
        let range = range.map_err(Failed::Uncut)?;
        let reader = open_range(text, options, &range).map_err(|_| Failed::NoTable)?;
        let header = options.header && number == 0;
        let inferred = csv_types::infer(reader, options, header, width);
        Ok((inferred.map_err(|NoTable| Failed::NoTable)?, range))
    };
    parallel::ordered(cuts, work, |found: Result<(Inferred, _), Failed>| {
        let (inferred, range) = match found {
            Ok(found) => found,
            Err(error) => {
                failed = Some(error);
                return ControlFlow::Break(());
            }
        };
        for (kinds, seen) in kinds.iter_mut().zip(inferred.kinds) {
            kinds.merge(seen);
        }
        parts.push(range);
        rows += inferred.rows;
        ControlFlow::Continue(())
    });
    match failed {
        Some(Failed::Uncut(error)) => Err(uncut(text, error)),
        Some(Failed::NoTable) => Err(Diagnosis::new(text, options).no_table(width)),
        None => Ok((kinds, parts, rows)),
    }
}

impl Source for CsvSource {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        self.rows
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn part_content(&self, part: usize) -> Result<String> {
        let first = part == 0;
        let content = self.text.content(&self.parts[part])?;
        let names = described(&self.schema);
        Ok(format!("{content}first {first}\n{names}"))
    }

    fn pieces(&self, detail: Detail) -> Result<Option<Pieces>> {
        self.text.pieces(&self.parts, detail)
    }

    fn scan_part(
        &self,
        part: usize,
        wanted: &SchemaRef,
        batch_rows: usize,
    ) -> Result<Box<dyn Batches>> {
        let schema = Arc::new(self.typed_schema(wanted));
        let projection = positions(&schema, wanted);
        let header = self.options.header && part == 0;
        let range = self.parts[part].clone();
        let reader = ReaderBuilder::new(schema.clone())
            .with_format(self.format.clone().with_header(header))
            .with_projection(projection.clone())
            .with_batch_size(batch_rows)
            .build_buffered(open_range(&self.text, &self.options, &range)?)
            .map_err(Error::arrow(&self.text.place.path))?;
        Ok(Box::new(CsvBatches {
            reader,
            text: self.text.clone(),
            range,
            options: self.options.clone(),
            format: self.format.clone(),
            schema,
            projection,
            rows: 0,
        }))
    }

    fn first_unfit(&self, column: &str, data_type: &DataType) -> Option<(u64, String)> {
        let position = self.schema.index_of(column).ok()?;
        let field = Field::new(column, data_type.clone(), true);
        let schema = self.typed_schema(&Schema::new(vec![field]));
        let diagnosis = Diagnosis::new(&self.text, &self.options);
        match diagnosis.invalid_value(0, &schema.into(), &[position], &self.format) {
            Some(Error::InvalidValue { line, value, .. }) => Some((line, value)),
            _ => None,
        }
    }
}

/// The batches of a range, with what is needed to explain the one that cannot be read.
struct CsvBatches<R> {
    reader: R,
    text: Text,
    range: Range<u64>,
    options: CsvOptions,
    format: Format,
    schema: SchemaRef,
    projection: Vec<usize>,
    rows: u64,
}

impl<R> CsvBatches<R> {
    fn explain(&self, error: ArrowError) -> Error {
        let diagnosis = Diagnosis::new(&self.text, &self.options).within(&self.range);
        let found =
            diagnosis.invalid_value(self.rows, &self.schema, &self.projection, &self.format);
        found.unwrap_or_else(|| Error::arrow(&self.text.place.path)(error))
    }
}

impl<R: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for CsvBatches<R> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        if let Ok(batch) = &batch {
            self.rows += batch.num_rows() as u64;
        }
        Some(batch.map_err(|error| self.explain(error)))
    }
}

fn arrow_format(text: &Text, options: &CsvOptions) -> Result<Format> {
    let null_regex = null_regex(&options.null_values)
        .map_err(|error| Error::damaged(&text.place.path, error.to_string()))?;
    Ok(Format::default()
        .with_delimiter(options.delimiter)
        .with_null_regex(null_regex))
}

/// Matches exactly the texts that stand for a missing value, and nothing at all if there are none.
fn null_regex(null_values: &[String]) -> Result<Regex, regex::Error> {
    if null_values.is_empty() {
        return Regex::new(r"[^\s\S]");
    }
    let literals: Vec<String> = null_values.iter().map(|text| regex::escape(text)).collect();
    Regex::new(&format!(r"\A(?:{})\z", literals.join("|")))
}
