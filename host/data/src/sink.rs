//! Writes rows into a file that is there as a whole or not at all: they go into a temporary file
//! in the same folder, which takes the name of the output at the very end.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use mlhost_pipeline::{Compression, Format};
use tempfile::NamedTempFile;

use crate::arrange::arrange;
use crate::encoder::Encoder;
use crate::{Error, Result};

/// A file that is being written. Dropped before [`Sink::finish`], it leaves nothing behind.
pub struct Sink {
    path: PathBuf,
    schema: SchemaRef,
    encoder: Encoder<BufWriter<NamedTempFile>>,
    rows: u64,
}

impl Sink {
    /// Begins a file at `path` with the columns of `schema`, whose metadata is left out. The folder
    /// must exist; a file that is there already is replaced by [`Sink::finish`].
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the folder cannot be written to, or the format has no way to write a
    /// type, as CSV has none for lists.
    pub fn create(path: &Path, format: Format, schema: &Schema) -> Result<Self> {
        let schema = SchemaRef::new(Schema::new(schema.fields().clone()));
        let temporary = temporary_file(path).map_err(Error::write(path))?;
        let encoder = Encoder::new(BufWriter::new(temporary), path, format, &schema)
            .map_err(Error::write(path))?;
        Ok(Self {
            path: path.to_owned(),
            schema,
            encoder,
            rows: 0,
        })
    }

    /// Appends a batch, whose columns are found by name.
    ///
    /// # Errors
    ///
    /// [`Error::Batch`] if it does not have the columns of the schema, [`Error::Write`] if it
    /// cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = arrange(batch, &self.schema)?;
        self.encoder
            .write(&batch)
            .map_err(Error::write(&self.path))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Completes the file and gives it its name. Returns the number of rows.
    ///
    /// # Errors
    ///
    /// [`Error::Write`].
    pub fn finish(self) -> Result<u64> {
        let writer = self.encoder.finish().map_err(Error::write(&self.path))?;
        let mut temporary = writer
            .into_inner()
            .map_err(|error| Error::write(&self.path)(error.into_error()))?;
        temporary.flush().map_err(Error::write(&self.path))?;
        temporary
            .persist(&self.path)
            .map_err(|error| Error::write(&self.path)(error.error))?;
        Ok(self.rows)
    }
}

/// Writes all batches into a file and returns the number of rows. See [`Sink`].
///
/// ```
/// use mlhost_data::{Table, column_names, format_of, open, write};
/// use mlhost_pipeline::{CsvOptions, Format};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("flights.csv"), "carrier,delay\nUA,4\nB6,-2\n")?;
/// let flights = open("flights.csv", folder, Format::Csv, &CsvOptions::default())?;
/// let schema = flights.schema();
///
/// let output = folder.join("flights.parquet");
/// let rows = write(&output, format_of(&output)?, &schema, flights.scan(&column_names(&schema))?)?;
/// assert_eq!(rows, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The first error of `batches`; or as [`Sink::create`], [`Sink::write`] and [`Sink::finish`].
/// After an error, what was at `path` before is still there.
pub fn write<E: From<Error>>(
    path: &Path,
    format: Format,
    schema: &Schema,
    batches: impl IntoIterator<Item = Result<RecordBatch, E>>,
) -> Result<u64, E> {
    let mut sink = Sink::create(path, format, schema)?;
    for batch in batches {
        sink.write(&batch?)?;
    }
    Ok(sink.finish()?)
}

/// The format that the extension of a path stands for.
///
/// # Errors
///
/// [`Error::UnknownFormat`].
pub fn format_of(path: &Path) -> Result<Format> {
    let text = path.to_string_lossy();
    // What is written is not compressed, so a name that says so would be a lie.
    let format =
        Format::from_path(&text).filter(|_| Compression::of_path(&text) == Compression::None);
    format.ok_or_else(|| Error::UnknownFormat {
        path: path.to_owned(),
    })
}

fn temporary_file(path: &Path) -> std::io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mlhost-").suffix(".partial");
    // The output is an ordinary file in the end, as readable as the user's mask has it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
