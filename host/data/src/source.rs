//! The readers of the formats, one module each, behind one face: what a file holds is learnt when
//! it is opened, and each of its parts can then be scanned on its own.

mod csv;
mod csv_diagnosis;
mod csv_types;
mod cut;
mod ipc;
mod ipc_index;
mod json;
mod json_diagnosis;
mod json_keys;
mod json_types;
mod parallel;
mod parquet;
mod parquet_bytes;
mod parquet_statistics;
mod text;

pub(crate) use text::count_lines;

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use mlhost_pipeline::Format;

use crate::opener::Opener;
use crate::pieces::{Detail, Pieces};
use crate::place::Place;
use crate::selected::{Filtered, PartFilter};
use crate::table::Batches;
use crate::{Error, Result};

/// One open file of a table.
pub(crate) trait Source: Send + Sync {
    /// The columns of the file, without metadata of the schema.
    fn schema(&self) -> SchemaRef;

    /// The number of rows, where it is known without a scan.
    fn num_rows(&self) -> Option<u64>;

    /// The number of parts that can be scanned one by one.
    fn num_parts(&self) -> usize;

    /// All that decides the rows of a part besides how the table is read: the digest of its bytes,
    /// and what a reader of these has to know.
    fn part_content(&self, part: usize) -> Result<String>;

    /// Digests of the pieces of the file; none where they would tell nothing.
    fn pieces(&self, detail: Detail) -> Result<Option<Pieces>> {
        let _ = detail;
        Ok(None)
    }

    /// Scans one part. `wanted` holds columns that the file has, with the types of the table; the
    /// batches hold these under their names, in any order. They should have `batch_rows` rows, and
    /// may be of any length.
    fn scan_part(
        &self,
        part: usize,
        wanted: &SchemaRef,
        batch_rows: usize,
    ) -> Result<Box<dyn Batches>>;

    /// The line with the first value of a column of text that is not of a type, and the value.
    fn first_unfit(&self, column: &str, data_type: &DataType) -> Option<(u64, String)> {
        let _ = (column, data_type);
        None
    }

    /// Scans one part for the rows that a filter keeps, which is shown all rows of the part that
    /// it may keep. Here it sees what a scan gives; a format that can do better does.
    fn scan_part_filtered(
        &self,
        part: usize,
        wanted: &SchemaRef,
        batch_rows: usize,
        filter: PartFilter,
    ) -> Result<Box<dyn Batches>> {
        let batches = self.scan_part(part, &filter.and_its_columns(wanted), batch_rows)?;
        let filtered = Filtered::new(batches, filter, wanted.clone(), batch_rows);
        Ok(Box::new(filtered))
    }
}

/// Opens a file and learns what it holds.
pub(crate) fn open(place: &Arc<Place>, opener: &Opener) -> Result<Box<dyn Source>> {
    if place.bytes() == 0 {
        return Err(Error::Empty {
            path: place.path.clone(),
        });
    }
    let place = place.clone();
    let compression = opener.compression_of(&place.path);
    let text = |place| text::Text::new(place, compression);
    Ok(match opener.format {
        Format::Parquet => Box::new(parquet::ParquetSource::open(place)?),
        Format::Csv => Box::new(csv::CsvSource::open(text(place), opener)?),
        Format::Arrow => ipc::open(place)?,
        Format::JsonLines => Box::new(json::JsonSource::open(text(place), opener)?),
    })
}

/// The schema without its own metadata, which says who wrote the file and not what is in it.
fn without_metadata(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().clone()))
}

/// Where the wanted columns are in a file, in the order of the file.
fn positions(schema: &Schema, wanted: &Schema) -> Vec<usize> {
    let fields = schema.fields().iter().enumerate();
    fields
        .filter(|(_, field)| wanted.fields().find(field.name()).is_some())
        .map(|(position, _)| position)
        .collect()
}

/// The columns of a file with their types, as a text to be hashed.
fn described(schema: &Schema) -> String {
    let fields = schema.fields().iter();
    let fields = fields.map(|field| format!("{:?} {}\n", field.name(), field.data_type()));
    fields.collect()
}
