//! The transform: the column less its mean, times a factor.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use mlhost_plugin::{Emit, Output, Result, Transform, column_index};

use crate::{
    flaw,
    learn::{Mean, numbers},
    params::Params,
};

/// Applies what was learned.
pub(crate) struct Scale {
    columns: Vec<String>,
    schema: SchemaRef,
    mean: f64,
    factor: f64,
    applied: u64,
}

impl Transform for Scale {
    type Params = Params;
    type State = Mean;

    fn open(params: Params, state: Mean, input: &Schema) -> Result<Self> {
        let meaning = params.read()?;
        let mut columns = vec![meaning.column.clone()];
        let mut fields = vec![Field::new("scaled", DataType::Float64, true)];
        if !flaw::is("schemas") {
            column_index(input, &meaning.column, "/column")?;
        } else if input.index_of(&meaning.column).is_err() {
            columns.clear();
        }
        if flaw::is("without_target") {
            column_index(input, &meaning.target, "/target")?;
        }
        if let Ok(target) = input.field_with_name(&meaning.target) {
            columns.push(meaning.target);
            fields.push(target.clone());
        }
        if flaw::is("output") {
            fields.push(Field::new("scaled", DataType::Float64, true));
        }
        Ok(Self {
            columns,
            schema: Arc::new(Schema::new(fields)),
            mean: state.sum / state.count.max(1) as f64,
            factor: meaning.factor,
            applied: 0,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn output(&self) -> Output {
        Output {
            schema: self.schema.clone(),
            row_wise: true,
        }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        self.applied += 1;
        let more = match flaw::is("repeatable") {
            true => self.applied as f64,
            false => 0.0,
        };
        let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
        if let Some(column) = columns.first_mut() {
            let values = numbers(column)?;
            let first = values.iter().flatten().next().unwrap_or_default();
            let origin = if flaw::is("row_wise") {
                first
            } else {
                self.mean
            };
            let scaled = values
                .iter()
                .map(|value| Some((value? - origin) * self.factor + more));
            *column = Arc::new(Float64Array::from_iter(scaled));
        }
        emit(&RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}
