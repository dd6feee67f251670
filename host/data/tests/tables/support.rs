//! What the tests share: a folder that is gone afterwards, a table of mixed columns, and ways to
//! look at rows and errors.

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::concat_batches;
use arrow::util::display::array_value_to_string;
use mlhost_data::{Error, FileTable, Result, Table, column_names, open, write};
use mlhost_pipeline::{CsvOptions, Format};

pub(crate) const FORMATS: [(Format, &str); 4] = [
    (Format::Parquet, "parquet"),
    (Format::Csv, "csv"),
    (Format::Arrow, "arrow"),
    (Format::JsonLines, "jsonl"),
];

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn write(&self, name: &str, batches: &[RecordBatch]) -> u64 {
        let format = Format::from_path(name).unwrap();
        let batches_ok = batches.iter().cloned().map(Ok::<_, Error>);
        write(&self.path(name), format, &batches[0].schema(), batches_ok).unwrap()
    }

    /// Opens a table of which the pattern tells the format.
    pub(crate) fn open(&self, pattern: &str) -> Result<FileTable> {
        self.open_with(pattern, &CsvOptions::default())
    }

    pub(crate) fn open_with(&self, pattern: &str, options: &CsvOptions) -> Result<FileTable> {
        let format = Format::from_path(pattern).unwrap();
        open(pattern, self.0.path(), format, options)
    }

    /// The error of an attempt to open a table, with its causes.
    pub(crate) fn refusal(&self, pattern: &str) -> String {
        self.message(&self.open(pattern).err().expect("the table to be refused"))
    }

    /// An error and its causes in one line, in which the folder is called `~`.
    pub(crate) fn message(&self, error: &Error) -> String {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(&format!(": {error}"));
            cause = error.source();
        }
        message.replace(self.0.path().to_str().unwrap(), "~")
    }
}

/// A few rows of each kind of column that all formats can hold, with missing values.
pub(crate) fn flights() -> RecordBatch {
    let columns: [(&str, ArrayRef); 5] = [
        ("year", Arc::new(Int64Array::from(vec![2013, 2014, 2015]))),
        (
            "delay",
            Arc::new(Float64Array::from(vec![Some(1.5), None, Some(-3.25)])),
        ),
        (
            "carrier",
            Arc::new(StringArray::from(vec![
                Some("UA"),
                Some("a \"b\",\nc"),
                None,
            ])),
        ),
        (
            "late",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
        ),
        ("day", Arc::new(Date32Array::from(vec![0, 15_000, 19_000]))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true)))
        .unwrap()
}

/// One column `n` of the numbers from `start` on.
pub(crate) fn numbers(start: i64, rows: usize) -> RecordBatch {
    let end = start + i64::try_from(rows).unwrap();
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(start..end));
    RecordBatch::try_from_iter_with_nullable([("n", values, true)]).unwrap()
}

pub(crate) fn names(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}

/// All rows of a table in one batch.
pub(crate) fn all_rows(table: &dyn Table) -> RecordBatch {
    let schema = table.schema();
    let scan = table.scan(&column_names(&schema)).unwrap();
    let batches: Vec<RecordBatch> = scan.map(Result::unwrap).collect();
    concat_batches(&schema, &batches).unwrap()
}

/// All values of a column as text; a missing one is empty.
pub(crate) fn column(table: &dyn Table, name: &str) -> Vec<String> {
    let scan = table.scan(&names(&[name])).unwrap();
    let batches = scan.map(Result::unwrap);
    batches
        .flat_map(|batch| {
            let values = batch.column(0).clone();
            (0..values.len()).map(move |row| array_value_to_string(&values, row).unwrap())
        })
        .collect()
}

/// `name type` for each column.
pub(crate) fn types(table: &dyn Table) -> String {
    let schema = table.schema();
    let fields = schema.fields().iter();
    let types: Vec<String> = fields
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect();
    types.join(", ")
}

/// The error with which the scan of a column ends.
pub(crate) fn failure(table: &dyn Table, name: &str) -> Error {
    let mut scan = table.scan(&names(&[name])).unwrap();
    let error = scan.find_map(Result::err).expect("the scan to fail");
    assert!(scan.next().is_none(), "nothing follows an error");
    error
}
