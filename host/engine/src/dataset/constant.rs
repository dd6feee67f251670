//! The stage of a baseline: the same prediction beside every row.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, UInt32Array},
    compute::take,
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::Result as DataResult;
use mlhost_store::Digest;

use super::{
    Flow, Stage,
    chain::{joined, side_by_side},
    columns::{computed, project, with_rows},
};
use crate::key::Key;

/// The columns of a table, and beside them one row of predictions again and again.
pub(crate) struct Constant {
    /// One row.
    prediction: RecordBatch,
    schema: SchemaRef,
}

impl Constant {
    pub(crate) fn new(prediction: RecordBatch, input: &Schema) -> Self {
        let schema = Arc::new(joined(input, &prediction.schema()));
        Self { prediction, schema }
    }
}

impl Stage for Constant {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn row_wise(&self) -> bool {
        true
    }

    fn digest(&self) -> Digest {
        let key = Key::new("constant").with_schema(&self.prediction.schema());
        let columns = self.prediction.columns().iter();
        let key = columns.fold(key, |key, column| key.with(format!("{column:?}")));
        key.digest()
    }

    fn steps(&self) -> Vec<String> {
        vec![]
    }

    fn open(&self, columns: &[String]) -> DataResult<Box<dyn Flow>> {
        let predicted = self.prediction.schema();
        let input = columns
            .iter()
            .filter(|column| predicted.index_of(column).is_err());
        Ok(Box::new(Repeating {
            prediction: self.prediction.clone(),
            input: input.cloned().collect(),
            wanted: columns.to_vec(),
        }))
    }
}

struct Repeating {
    prediction: RecordBatch,
    input: Vec<String>,
    /// What is wanted of the rows with their predictions.
    wanted: Vec<String>,
}

impl Flow for Repeating {
    fn columns(&self) -> &[String] {
        &self.input
    }

    fn push(&mut self, rows: &RecordBatch) -> DataResult<Vec<RecordBatch>> {
        let first = UInt32Array::from(vec![0; rows.num_rows()]);
        let repeat = |column: &ArrayRef| take(column, &first, None);
        let columns = self.prediction.columns().iter().map(repeat);
        let columns = columns.collect::<Result<_, _>>().map_err(computed)?;
        let predicted = with_rows(self.prediction.schema(), columns, rows.num_rows())?;
        Ok(vec![project(
            &side_by_side(rows, &predicted)?,
            &self.wanted,
        )?])
    }

    fn finish(&mut self) -> DataResult<Vec<RecordBatch>> {
        Ok(vec![])
    }
}
