//! Prediction: a row of features becomes a number, or a class with the probability of
//! every class.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use mlhost_plugin::{Emit, Error, Output, Result, Transform};
use mlhost_statistics::column::{is_numeric, type_name};

use crate::features::read_columns;
use crate::fit::Fitted;
use crate::params::Params;

/// The column that holds what is predicted.
pub const PREDICTION: &str = "prediction";

/// What the name of the column with a class's probability begins with.
pub const PROBABILITY_PREFIX: &str = "probability_";

/// Predicts with a tree.
pub struct Predict {
    fitted: Fitted,
    schema: SchemaRef,
    /// The features of the batch at hand.
    columns: Vec<Vec<f64>>,
    rows: usize,
}

impl Transform for Predict {
    type Params = Params;
    type State = Fitted;

    fn open(_: Params, fitted: Fitted, input: &Schema) -> Result<Self> {
        for name in &fitted.features {
            let field = input.field_with_name(name).map_err(|_| {
                Error::data(format!(
                    "there is no column `{name}`, which the tree was grown from"
                ))
            })?;
            if !is_numeric(field.data_type()) {
                let found = type_name(field.data_type());
                return Err(Error::data(format!(
                    "the tree was grown from numbers in the column `{name}`, and it holds `{found}`"
                )));
            }
        }
        let schema = Arc::new(output_schema(fitted.classes.as_deref()));
        Ok(Self {
            fitted,
            schema,
            columns: Vec::new(),
            rows: 0,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.fitted.features.clone()
    }

    fn output(&self) -> Output {
        Output {
            schema: Arc::clone(&self.schema),
            row_wise: true,
        }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        read_columns(rows, &self.fitted.features, self.rows, &mut self.columns)?;
        self.rows += rows.num_rows();
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let predictions = self.fitted.tree.predict(&columns, rows.num_rows());
        let arrays = match &self.fitted.classes {
            None => vec![Arc::new(Float64Array::from(predictions)) as ArrayRef],
            Some(classes) => class_columns(classes, &predictions),
        };
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        let schema = Arc::clone(&self.schema);
        emit(&RecordBatch::try_new_with_options(
            schema, arrays, &options,
        )?)
    }
}

fn output_schema(classes: Option<&[String]>) -> Schema {
    let number = |name: String| Field::new(name, DataType::Float64, false);
    let Some(classes) = classes else {
        return Schema::new(vec![number(PREDICTION.to_owned())]);
    };
    let mut fields = vec![Field::new(PREDICTION, DataType::Utf8, false)];
    fields.extend(
        classes
            .iter()
            .map(|class| number(format!("{PROBABILITY_PREFIX}{class}"))),
    );
    Schema::new(fields)
}

/// The most probable class of each row, of several the first, and the probabilities
/// of all classes by class.
fn class_columns(classes: &[String], probabilities: &[f64]) -> Vec<ArrayRef> {
    let predicted = probabilities.chunks_exact(classes.len()).map(|row| {
        let best = row
            .iter()
            .enumerate()
            .rev()
            .max_by(|(_, share), (_, other)| share.total_cmp(other));
        best.map_or("", |(class, _)| &classes[class])
    });
    let mut columns = vec![Arc::new(StringArray::from_iter_values(predicted)) as ArrayRef];
    columns.extend((0..classes.len()).map(|class| {
        let of_class = probabilities.iter().skip(class).step_by(classes.len());
        Arc::new(Float64Array::from_iter_values(of_class.copied())) as ArrayRef
    }));
    columns
}
