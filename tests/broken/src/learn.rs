//! The fold: a sum and a count.

use arrow_array::{Array, Float64Array, RecordBatch, cast::AsArray, types::Float64Type};
use arrow_schema::{DataType, Schema};
use mlhost_plugin::{Error, Fold, Level, Result, column_index, log};
use serde::{Deserialize, Serialize};

use crate::{flaw, params::Params};

/// What was learned.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Mean {
    pub(crate) sum: f64,
    pub(crate) count: u64,
}

/// A pass over the rows.
pub(crate) struct Learn {
    columns: Vec<String>,
    mean: Mean,
}

impl Fold for Learn {
    type Params = Params;
    type State = Mean;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        let column = params.read()?.column;
        let mut columns = vec![column.clone()];
        match column_index(input, &column, "/column") {
            Err(_) if flaw::is("schemas") => columns.clear(),
            Err(error) => return Err(error),
            Ok(index) => {
                let data_type = input.field(index).data_type();
                if *data_type != DataType::Float64 && !flaw::is("types") {
                    return Err(Error::params("/column", "it is not of type float64"));
                }
            }
        }
        let mean = Mean::default();
        Ok(Self { columns, mean })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        assert!(!flaw::is("rows"), "there are rows");
        assert!(
            rows.num_rows() > 0 || !flaw::is("empty_batches"),
            "there are no rows"
        );
        if flaw::is("limits") {
            (0..rows.num_rows()).for_each(|row| log(Level::Info, &format!("row {row}")));
        }
        if flaw::is("batches") {
            self.mean.sum += 1.0;
        }
        if self.columns.is_empty() {
            return Ok(());
        }
        let values = numbers(rows.column(0))?;
        assert!(
            values.null_count() < values.len() || values.is_empty() || !flaw::is("nulls"),
            "there are only nulls"
        );
        self.mean.sum += values.iter().flatten().sum::<f64>();
        self.mean.count += (values.len() - values.null_count()) as u64;
        Ok(())
    }

    fn merge(&mut self, later: Mean) -> Result<()> {
        if !flaw::is("merging") || self.mean.count == 0 {
            self.mean.sum += later.sum;
            self.mean.count += later.count;
        }
        if flaw::is("state") {
            self.mean.sum += 1.0;
        }
        Ok(())
    }

    fn state(&self) -> Mean {
        self.mean
    }
}

/// A column of numbers, which `open` has seen to.
pub(crate) fn numbers(column: &dyn Array) -> Result<&Float64Array> {
    column
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| Error::params("/column", "it is not of type float64 after all"))
}
