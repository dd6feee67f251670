//! Opens a table of files: what is known of the files beforehand, and then the files themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use mlhost_pipeline::{ColumnType, Compression, CsvOptions, Format, StoreOptions};

use crate::digest::DigestMemory;
use crate::line_changes::line_changes;
use crate::{ChangedPlace, FileTable, PieceUnit, Pieces, Result, find};

/// The bytes of a part of an uncompressed text file; a part ends with the first row that ends
/// behind them.
const RANGE_BYTES: u64 = 8 * 1024 * 1024;

/// What is known of the files of a table before they are opened.
///
/// ```
/// use mlhost_data::{Opener, Table};
/// use mlhost_pipeline::{ColumnType, Format};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("flights.csv"), "carrier,delay\nUA,4\n")?;
/// let flights = Opener::new(Format::Csv)
///     .schema([("carrier", ColumnType::Utf8), ("delay", ColumnType::Float64)])
///     .open("flights.csv", folder.path())?;
/// assert_eq!(flights.schema().field(1).data_type().to_string(), "Float64");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Opener {
    pub(crate) format: Format,
    pub(crate) csv: CsvOptions,
    pub(crate) compression: Option<Compression>,
    pub(crate) schema: Option<SchemaRef>,
    pub(crate) store: StoreOptions,
    pub(crate) memory: Option<Arc<dyn DigestMemory>>,
    pub(crate) range_bytes: u64,
}

impl Opener {
    /// Files of this format, about which nothing else is known.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            csv: CsvOptions::default(),
            compression: None,
            schema: None,
            store: StoreOptions::default(),
            memory: None,
            range_bytes: RANGE_BYTES,
        }
    }

    /// How CSV files are written.
    #[must_use]
    pub fn csv(mut self, options: &CsvOptions) -> Self {
        self.csv = options.clone();
        self
    }

    /// How text files are compressed, whatever their names say. With `None`, the ending of each
    /// name says it: `.gz`, `.zst`, or neither.
    #[must_use]
    pub fn compression(mut self, compression: impl Into<Option<Compression>>) -> Self {
        self.compression = compression.into();
        self
    }

    /// The names and types of all columns of text files, which are then not inferred. The names in
    /// the header of a CSV file must be these; one without a header gets them. A row of JSON lines
    /// has no other keys, and a key that it lacks is a missing value.
    #[must_use]
    pub fn schema<N: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = (N, ColumnType)>,
    ) -> Self {
        let columns = columns.into_iter();
        let fields =
            columns.map(|(name, column_type)| Field::new(name, data_type(column_type), true));
        self.schema = Some(Arc::new(Schema::new(fields.collect::<Vec<_>>())));
        self
    }

    /// How to get at files in an object store.
    #[must_use]
    pub fn store(mut self, options: &StoreOptions) -> Self {
        self.store = options.clone();
        self
    }

    /// Where digests of files are remembered. Without it, each table hashes its files anew.
    #[must_use]
    pub fn digest_memory(mut self, memory: Arc<dyn DigestMemory>) -> Self {
        self.memory = Some(memory);
        self
    }

    /// How many bytes of an uncompressed text file make a part; 8 MiB if it is not said. The parts
    /// decide the order in which sums are made, and so results may differ in their last bits
    /// between one number and another.
    #[must_use]
    pub fn range_bytes(mut self, bytes: u64) -> Self {
        self.range_bytes = bytes.max(1);
        self
    }

    /// Opens the files that `pattern` stands for: a path from the folder `base`, a folder of which
    /// every file with an ending of the format is taken, or a glob. Files come in the order of
    /// their names. `s3://bucket/key`, `gs://bucket/key`, `az://container/key` with a glob or a slash
    /// at the end likewise, and the one file of an address `https://…` or `http://…` need no folder.
    /// Types of text formats that are not stated are inferred from all rows, which are
    /// read once for it; so are those of JSON lines with stated types, for their keys.
    ///
    /// # Errors
    ///
    /// If there is no such file, one cannot be read as the format or has two columns of one name,
    /// or the files do not all have the same columns.
    pub fn open(&self, pattern: &str, base: &Path) -> Result<FileTable> {
        FileTable::open(self, find::places(pattern, base, self)?)
    }

    /// The files that [`Opener::open`] would open, without learning what they hold.
    ///
    /// # Errors
    ///
    /// If there is no such file, or a folder cannot be read.
    pub fn find(&self, pattern: &str, base: &Path) -> Result<Vec<PathBuf>> {
        let places = find::places(pattern, base, self)?;
        Ok(places.iter().map(|place| place.path.clone()).collect())
    }

    /// Opens these files and addresses, in this order.
    ///
    /// # Errors
    ///
    /// As [`Opener::open`].
    pub fn open_files(&self, paths: impl IntoIterator<Item = PathBuf>) -> Result<FileTable> {
        let paths = paths.into_iter();
        let places = paths.map(|path| find::place(path, self));
        FileTable::open(self, places.collect::<Result<Vec<_>>>()?.concat())
    }

    /// The digest of the content of a file, or of what stands for it at an address, as
    /// [`DataFile::fingerprint`](crate::DataFile::fingerprint) gives it.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it cannot be read.
    pub fn fingerprint(&self, path: PathBuf) -> Result<String> {
        let digests = find::place(path, self)?;
        let digests: Result<Vec<_>> = digests.iter().map(|place| place.digest()).collect();
        Ok(digests?.concat())
    }

    /// Where a file is not what it was when it was cut into these pieces, one of so many files of a
    /// table; `bytes` is how large it was then. Nothing where that cannot be told.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub fn changes(
        &self,
        path: PathBuf,
        (before, bytes): (&Pieces, u64),
        files: usize,
    ) -> Result<Vec<ChangedPlace>> {
        let places = find::place(path, self)?;
        let [place] = places.as_slice() else {
            return Ok(Vec::new());
        };
        match before.unit {
            PieceUnit::Bytes => line_changes(place, before, bytes),
            PieceUnit::Rows | PieceUnit::Lines => {
                let table = FileTable::open(self, vec![place.clone()])?;
                let now = table.pieces_among(0, files)?;
                Ok(now.map(|now| before.changes(&now)).unwrap_or_default())
            }
        }
    }

    /// How a file with this name is compressed.
    pub(crate) fn compression_of(&self, path: &Path) -> Compression {
        let by_name = || Compression::of_path(&path.to_string_lossy());
        self.compression.unwrap_or_else(by_name)
    }
}

/// The Arrow type of a type that a pipeline states.
fn data_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Int8 => DataType::Int8,
        ColumnType::Int16 => DataType::Int16,
        ColumnType::Int32 => DataType::Int32,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::UInt8 => DataType::UInt8,
        ColumnType::UInt16 => DataType::UInt16,
        ColumnType::UInt32 => DataType::UInt32,
        ColumnType::UInt64 => DataType::UInt64,
        ColumnType::Float32 => DataType::Float32,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::Utf8 => DataType::Utf8,
        ColumnType::Date32 => DataType::Date32,
        ColumnType::TimestampSecond => DataType::Timestamp(TimeUnit::Second, None),
        ColumnType::TimestampMillisecond => DataType::Timestamp(TimeUnit::Millisecond, None),
        ColumnType::TimestampMicrosecond => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::TimestampNanosecond => DataType::Timestamp(TimeUnit::Nanosecond, None),
    }
}
