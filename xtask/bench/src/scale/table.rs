//! Tables of any number of real flights: the rows of the example again and again, each time in
//! another order, which is the same on every machine. They are made once and kept.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use arrow::array::UInt32Array;
use arrow::compute::{concat_batches, take_record_batch};
use arrow::record_batch::RecordBatch;
use mlhost_data::{Table, column_names};
use mlhost_pipeline::{CsvOptions, Format};

use super::text;

/// The rows that are repeated, below the example.
const ORIGINAL: &str = "data/flights_train.parquet";

/// The rows that are written at once.
const WRITTEN_ROWS: usize = 8192;

/// Any number that is not zero.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// The flights of the example, and where larger tables of them are kept.
pub(super) struct Flights {
    original: PathBuf,
    folder: PathBuf,
}

impl Flights {
    /// Keeps tables in a folder, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be made, or there is no example.
    pub(super) fn new(example: &Path, folder: &Path) -> Result<Self> {
        let canonical = |path: &Path| {
            let path = fs::canonicalize(path);
            path.with_context(|| format!("could not find {}", example.display()))
        };
        fs::create_dir_all(folder)
            .with_context(|| format!("could not make {}", folder.display()))?;
        Ok(Self {
            original: canonical(&example.join(ORIGINAL))?,
            folder: canonical(folder)?,
        })
    }

    /// The file of the rows that are repeated.
    pub(super) fn original(&self) -> &Path {
        &self.original
    }

    /// The file of a table of so many rows.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn table(&self, rows: u64) -> Result<PathBuf> {
        let path = self.folder.join(format!("flights-{}.parquet", short(rows)));
        if !path.exists() {
            eprintln!("making {}", path.display());
            self.write(&path, rows)?;
        }
        Ok(path)
    }

    fn write(&self, path: &Path, rows: u64) -> Result<()> {
        let table = mlhost_data::open(
            &text(&self.original)?,
            Path::new("/"),
            Format::Parquet,
            &CsvOptions::default(),
        )?;
        let schema = table.schema();
        let batches = table.scan(&column_names(&schema))?;
        let all = concat_batches(&schema, &batches.collect::<mlhost_data::Result<Vec<_>>>()?)?;
        let batches = Shuffled::new(all, rows);
        mlhost_data::write(path, Format::Parquet, &schema, batches)?;
        Ok(())
    }
}

/// `10m`, `100k`, `12345`.
fn short(rows: u64) -> String {
    match rows {
        millions if millions.is_multiple_of(1_000_000) => format!("{}m", millions / 1_000_000),
        thousands if thousands.is_multiple_of(1000) => format!("{}k", thousands / 1000),
        rows => rows.to_string(),
    }
}

/// Batches of the same rows in one order after the other.
struct Shuffled {
    rows: RecordBatch,
    order: Vec<u32>,
    /// How many of the order have been taken.
    taken: usize,
    /// How many rows are still to come.
    wanted: u64,
    random: u64,
}

impl Shuffled {
    fn new(rows: RecordBatch, wanted: u64) -> Self {
        let order: Vec<u32> = (0..rows.num_rows() as u32).collect();
        Self {
            taken: order.len(),
            rows,
            order,
            wanted,
            random: SEED,
        }
    }

    /// Fisher and Yates.
    fn shuffle(&mut self) {
        for last in (1..self.order.len()).rev() {
            let place = self.random() % (last as u64 + 1);
            self.order.swap(last, place as usize);
        }
    }

    /// Marsaglia's xorshift64 (Journal of Statistical Software 8 (14), 2003).
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

impl Iterator for Shuffled {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.wanted == 0 || self.order.is_empty() {
            return None;
        }
        if self.taken == self.order.len() {
            self.shuffle();
            self.taken = 0;
        }
        let most = self.wanted.min(WRITTEN_ROWS as u64) as usize;
        let rest = &self.order[self.taken..];
        let places = UInt32Array::from(rest[..most.min(rest.len())].to_vec());
        self.taken += places.len();
        self.wanted -= places.len() as u64;
        Some(take_record_batch(&self.rows, &places).map_err(Into::into))
    }
}
