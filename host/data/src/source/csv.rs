//! CSV files: the types of the columns are inferred from all rows, so that a value never comes as
//! a surprise half-way through a run. A part is a whole file, as there is no telling where a row
//! begins without reading those before it.

use std::sync::Arc;

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use mlhost_pipeline::CsvOptions;
use regex::Regex;

use super::csv_diagnosis::Diagnosis;
use super::{Source, positions, text, without_metadata};
use crate::data_file::Place;
use crate::table::Batches;
use crate::{BATCH_ROWS, Error, Result};

pub(super) struct CsvSource {
    place: Arc<Place>,
    options: CsvOptions,
    format: Format,
    schema: SchemaRef,
    rows: u64,
}

impl CsvSource {
    pub(super) fn open(place: Arc<Place>, options: &CsvOptions) -> Result<Self> {
        let format = arrow_format(&place, options)?;
        let (schema, rows) = format
            .infer_schema(text::open(&place)?, None)
            .map_err(|error| Diagnosis::new(&place, options).malformed(error))?;
        if schema.fields().is_empty() {
            return Err(Error::Empty {
                path: place.path.clone(),
            });
        }
        Ok(Self {
            place,
            options: options.clone(),
            format,
            schema: without_metadata(&schema),
            rows: rows as u64,
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

impl Source for CsvSource {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn num_parts(&self) -> usize {
        1
    }

    fn scan_part(&self, _part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let schema = Arc::new(self.typed_schema(wanted));
        let projection = positions(&schema, wanted);
        let reader = ReaderBuilder::new(schema.clone())
            .with_format(self.format.clone())
            .with_projection(projection.clone())
            .with_batch_size(BATCH_ROWS)
            .build_buffered(text::open(&self.place)?)
            .map_err(Error::arrow(&self.place.path))?;
        Ok(Box::new(CsvBatches {
            reader,
            place: self.place.clone(),
            options: self.options.clone(),
            format: self.format.clone(),
            schema,
            projection,
            rows: 0,
        }))
    }
}

/// The batches of a file, with what is needed to explain the one that cannot be read.
struct CsvBatches<R> {
    reader: R,
    place: Arc<Place>,
    options: CsvOptions,
    format: Format,
    schema: SchemaRef,
    projection: Vec<usize>,
    rows: u64,
}

impl<R: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for CsvBatches<R> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        if let Ok(batch) = &batch {
            self.rows += batch.num_rows() as u64;
        }
        Some(batch.map_err(|error| {
            // Each row is read for itself now, and so none of them is a header.
            let format = self.format.clone().with_header(false);
            Diagnosis::new(&self.place, &self.options).invalid_value(
                error,
                self.rows,
                &self.schema,
                &self.projection,
                &format,
            )
        }))
    }
}

fn arrow_format(place: &Place, options: &CsvOptions) -> Result<Format> {
    Ok(Format::default()
        .with_header(options.header)
        .with_delimiter(options.delimiter)
        .with_null_regex(
            null_regex(&options.null_values).map_err(|error| Error::Arrow {
                path: place.path.clone(),
                source: ArrowError::ExternalError(Box::new(error)),
            })?,
        ))
}

/// Matches exactly the texts that stand for a missing value, and nothing at all if there are none.
fn null_regex(null_values: &[String]) -> Result<Regex, regex::Error> {
    if null_values.is_empty() {
        return Regex::new(r"[^\s\S]");
    }
    let literals: Vec<String> = null_values.iter().map(|text| regex::escape(text)).collect();
    Regex::new(&format!(r"\A(?:{})\z", literals.join("|")))
}
