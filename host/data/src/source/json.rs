//! JSON lines: one object on each line. The columns are stated, and then no row has another key, or
//! are all keys of all rows in the order in which they first appear, with types inferred from all
//! rows. A key that a row lacks is a missing value. A part is a range of rows
//! of about the same number of bytes, or the whole of a compressed file.

use std::ops::Range;

use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::record_batch::RecordBatch;

use super::cut::Rows;
use super::json_diagnosis::Diagnosis;
use super::text::Text;
use super::{Source, json_keys, json_types};
use crate::opener::Opener;
use crate::pieces::{Detail, Pieces};
use crate::table::Batches;
use crate::{Error, Result};

pub(super) struct JsonSource {
    text: Text,
    schema: SchemaRef,
    parts: Vec<Range<u64>>,
    rows: u64,
}

impl JsonSource {
    pub(super) fn open(text: Text, opener: &Opener) -> Result<Self> {
        let cuts = text.cuts(Rows::Lines, opener.range_bytes)?;
        let (schema, parts, rows) = match &opener.schema {
            Some(schema) => {
                let (parts, rows) = json_keys::check(&text, cuts, schema)?;
                (schema.clone(), parts, rows)
            }
            None => {
                let inferred = json_types::infer(&text, cuts)?;
                (inferred.schema.into(), inferred.parts, inferred.rows)
            }
        };
        if schema.fields().is_empty() || rows == 0 {
            return Err(Error::Empty {
                path: text.place.path.clone(),
            });
        }
        Ok(Self {
            text,
            schema,
            parts,
            rows,
        })
    }
}

impl Source for JsonSource {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn part_content(&self, part: usize) -> Result<String> {
        // Columns are found by name in each row, whatever others there are.
        self.text.content(&self.parts[part])
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
        let range = self.parts[part].clone();
        let reader = reader(wanted)
            .with_batch_size(batch_rows)
            .build(self.text.open(&range)?)
            .map_err(Error::arrow(&self.text.place.path))?;
        Ok(Box::new(JsonBatches {
            reader,
            text: self.text.clone(),
            range,
            wanted: wanted.clone(),
            rows: 0,
        }))
    }

    fn first_unfit(&self, column: &str, data_type: &DataType) -> Option<(u64, String)> {
        Diagnosis::new(&self.text).first_unlike(column, data_type)
    }
}

/// How rows are read as columns of given types.
pub(super) fn reader(wanted: &SchemaRef) -> ReaderBuilder {
    ReaderBuilder::new(wanted.clone())
        // A column of numbers and text was inferred to be text.
        .with_coerce_primitive(true)
}

/// The batches of a range, with what is needed to explain the one that cannot be read.
struct JsonBatches<R> {
    reader: R,
    text: Text,
    range: Range<u64>,
    wanted: SchemaRef,
    rows: u64,
}

impl<R: Iterator<Item = Result<RecordBatch, ArrowError>>> Iterator for JsonBatches<R> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        if let Ok(batch) = &batch {
            self.rows += batch.num_rows() as u64;
        }
        Some(batch.map_err(|error| {
            let diagnosis = Diagnosis::new(&self.text).within(&self.range);
            let found = diagnosis.unreadable(self.rows, &self.wanted);
            found.unwrap_or_else(|| Error::arrow(&self.text.place.path)(error))
        }))
    }
}
