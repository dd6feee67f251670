//! The writers of the formats behind one face.

use std::io::Write;
use std::path::Path;

use arrow::csv;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::ipc::writer::{FileWriter, StreamWriter};
use arrow::json::writer::{LineDelimited, Writer as JsonWriter, WriterBuilder as JsonBuilder};
use arrow::record_batch::RecordBatch;
use mlhost_pipeline::{CsvOptions, Format};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::PART_ROWS;

/// What an encoder says when it fails; the caller adds the path.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Turns batches into the bytes of a format.
pub(crate) enum Encoder<W: Write + Send> {
    Parquet(Box<ArrowWriter<W>>),
    Csv(csv::Writer<W>),
    IpcFile(FileWriter<W>),
    IpcStream(StreamWriter<W>),
    JsonLines(JsonWriter<W, LineDelimited>),
}

impl<W: Write + Send> Encoder<W> {
    /// Begins the output. The path only tells whether fields are separated by tabs.
    pub(crate) fn new(
        writer: W,
        path: &Path,
        format: Format,
        schema: &SchemaRef,
    ) -> Result<Self, Failure> {
        Ok(match format {
            Format::Parquet => {
                let properties = parquet_properties();
                let writer = ArrowWriter::try_new(writer, schema.clone(), Some(properties))?;
                Self::Parquet(Box::new(writer))
            }
            Format::Csv => {
                let options = CsvOptions::for_path(&path.to_string_lossy());
                let builder = csv::WriterBuilder::new().with_delimiter(options.delimiter);
                let mut writer = builder.build(writer);
                // The writer has no header before the first batch: a table of no rows has one too.
                writer.write(&RecordBatch::new_empty(schema.clone()))?;
                Self::Csv(writer)
            }
            Format::Arrow if has_dictionary(schema) => {
                Self::IpcStream(StreamWriter::try_new(writer, schema)?)
            }
            Format::Arrow => Self::IpcFile(FileWriter::try_new(writer, schema)?),
            Format::JsonLines => {
                // A row without a key would lose a column of which every value is missing.
                let builder = JsonBuilder::new().with_explicit_nulls(true);
                Self::JsonLines(builder.build(writer))
            }
        })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        match self {
            Self::Parquet(writer) => writer.write(batch)?,
            Self::Csv(writer) => writer.write(batch)?,
            Self::IpcFile(writer) => writer.write(batch)?,
            Self::IpcStream(writer) => writer.write(batch)?,
            Self::JsonLines(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    /// Completes the output.
    pub(crate) fn finish(self) -> Result<W, Failure> {
        Ok(match self {
            Self::Parquet(writer) => writer.into_inner()?,
            Self::Csv(writer) => writer.into_inner(),
            Self::IpcFile(writer) => writer.into_inner()?,
            Self::IpcStream(writer) => writer.into_inner()?,
            Self::JsonLines(mut writer) => {
                writer.finish()?;
                writer.into_inner()
            }
        })
    }
}

fn parquet_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(PART_ROWS))
        .build()
}

/// Whether a column is dictionary-encoded, on any level. Such a table becomes a stream: batches
/// from several row groups or files have different dictionaries, and an Arrow file holds only one
/// for each column.
fn has_dictionary(schema: &SchemaRef) -> bool {
    let fields = schema.flattened_fields();
    let mut types = fields.iter().map(|field| field.data_type());
    types.any(|data_type| matches!(data_type, DataType::Dictionary(..)))
}
