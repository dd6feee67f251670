//! Rows from a file, all of them in memory: what examples and tests are made of.

use std::path::Path;

use arrow::{compute::concat_batches, record_batch::RecordBatch};
use mlhost_data::{Table, column_names, open};
use mlhost_pipeline::{CsvOptions, Format};

use crate::{Error, Result};

/// A conformance suite goes over its rows some hundred times, and learns nothing from more.
const MOST_ROWS: usize = 20_000;

/// The first rows of a table, in any format that a pipeline reads; `path` is relative to `base`.
///
/// # Errors
/// When its extension tells no format, or it cannot be read.
pub fn read_rows(path: &str, base: &Path) -> Result<RecordBatch> {
    let Some(format) = Format::from_path(path) else {
        return Err(Error::Text {
            path: base.join(path),
            message: "its extension is none of .csv, .jsonl, .parquet and .arrow".to_owned(),
        });
    };
    let table = open(path, base, format, &CsvOptions::for_path(path))?;
    let schema = table.schema();
    let mut batches = vec![];
    let mut rows = 0;
    for batch in table.scan(&column_names(&schema))? {
        let batch = batch?;
        rows += batch.num_rows();
        batches.push(batch);
        if rows >= MOST_ROWS {
            break;
        }
    }
    let all = concat_batches(&schema, &batches).map_err(|error| Error::Text {
        path: base.join(path),
        message: error.to_string(),
    })?;
    Ok(all.slice(0, all.num_rows().min(MOST_ROWS)))
}
