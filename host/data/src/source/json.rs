//! JSON lines: one object on each line. The columns are stated, or are all keys of all rows in the
//! order in which they first appear, with types inferred from all rows. A part is a range of rows
//! of about the same number of bytes, or the whole of a compressed file.

use std::io;
use std::ops::Range;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::record_batch::RecordBatch;
use indexmap::IndexSet;

use super::cut::Rows;
use super::json_diagnosis::Diagnosis;
use super::text::Text;
use super::{Source, json_types};
use crate::opener::Opener;
use crate::table::Batches;
use crate::{BATCH_ROWS, Error, Result};

pub(super) struct JsonSource {
    text: Text,
    schema: SchemaRef,
    parts: Vec<Range<u64>>,
    rows: Option<u64>,
}

impl JsonSource {
    pub(super) fn open(text: Text, opener: &Opener) -> Result<Self> {
        let cuts = text.cuts(Rows::Lines, opener.range_bytes)?;
        let (schema, parts, rows) = match &opener.schema {
            Some(schema) => {
                refuse_unstated(&text, schema)?;
                let parts = cuts.collect::<io::Result<_>>();
                let parts = parts.map_err(Error::io(&text.place.path))?;
                (schema.clone(), parts, None)
            }
            None => {
                let inferred = json_types::infer(&text, cuts)?;
                (inferred.schema.into(), inferred.parts, Some(inferred.rows))
            }
        };
        if schema.fields().is_empty() {
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

/// Refuses a file whose first row has a column that is not stated. The other way round, a column
/// that is stated and not there is missing in that row, which is no mistake.
fn refuse_unstated(text: &Text, schema: &Schema) -> Result<()> {
    let mut order = IndexSet::new();
    let mut first = None;
    let mut lines = 0;
    let read = json_types::each_row(text.open(&text.whole())?, &mut lines, |line, row| {
        json_types::object(row, &mut order)?;
        first = Some(line);
        // What comes behind the first row is of no interest: this is no failure.
        Err(String::new())
    });
    let Some(line) = first else {
        return match read {
            Err(refused) => Err(refused.into_error(text)),
            Ok(()) => Err(Error::Empty {
                path: text.place.path.clone(),
            }),
        };
    };
    let stated = |column: &String| schema.fields().find(column).is_some();
    match order.into_iter().find(|column| !stated(column)) {
        None => Ok(()),
        Some(column) => Err(Error::UnstatedColumn {
            path: text.place.path.clone(),
            line,
            column,
        }),
    }
}

impl Source for JsonSource {
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
        // Columns are found by name in each row, whatever others there are.
        self.text.content(&self.parts[part])
    }

    fn scan_part(&self, part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let range = self.parts[part].clone();
        let reader = reader(wanted)
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
        .with_batch_size(BATCH_ROWS)
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
