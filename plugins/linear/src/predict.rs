//! Applies a fitted model: a linear function or a few of them, column by column.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use mlhost_plugin::{Emit, Error, Output, Result, Transform, column_index};
use mlhost_statistics::column::{for_each_block, is_numeric, type_name};

use crate::Params;
use crate::model::{Linear, Model, Predictor};
use crate::passes::unusable;

/// Predicts.
#[derive(Clone, Debug)]
pub struct Prediction {
    model: Model,
    schema: SchemaRef,
}

impl Transform for Prediction {
    type Params = Params;
    type State = Model;

    fn open(_: Params, model: Model, input: &Schema) -> Result<Self> {
        if !model.is_complete() {
            return Err(Error::failed("the model lacks coefficients"));
        }
        for feature in &model.features {
            let found = input.field(column_index(input, feature, "/features")?);
            if !is_numeric(found.data_type()) {
                let found = type_name(found.data_type());
                let message =
                    format!("a feature is a number, and column `{feature}` holds `{found}`");
                return Err(Error::params("/features", message));
            }
        }
        let field = |name: String, data_type| Field::new(name, data_type, false);
        let prediction = "prediction".to_owned();
        let fields = match &model.predictor {
            Predictor::Regression(_) => vec![field(prediction, DataType::Float64)],
            Predictor::Classification { classes, .. } => {
                let names = classes.iter().map(|class| format!("probability_{class}"));
                let probabilities = names.map(|name| field(name, DataType::Float64));
                let prediction = [field(prediction, DataType::Utf8)];
                prediction.into_iter().chain(probabilities).collect()
            }
        };
        Ok(Self {
            model,
            schema: Arc::new(Schema::new(fields)),
        })
    }

    fn columns(&self) -> Vec<String> {
        self.model.features.clone()
    }

    fn output(&self) -> Output {
        Output {
            schema: self.schema.clone(),
            row_wise: true,
        }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        let columns: Vec<ArrayRef> = match &self.model.predictor {
            Predictor::Regression(linear) => {
                let mut values =
                    evaluate(&self.model.features, std::slice::from_ref(linear), rows)?;
                vec![Arc::new(Float64Array::from(
                    values.pop().unwrap_or_default(),
                ))]
            }
            Predictor::Classification { classes, logits } => {
                let values = evaluate(&self.model.features, logits, rows)?;
                decided(classes, probabilities(values))
            }
        };
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        emit(&RecordBatch::try_new_with_options(
            self.schema.clone(),
            columns,
            &options,
        )?)
    }
}

/// The values of each function, a row each.
fn evaluate(
    features: &[String],
    functions: &[Linear],
    rows: &RecordBatch,
) -> Result<Vec<Vec<f64>>> {
    let start = |function: &Linear| vec![function.intercept; rows.num_rows()];
    let mut values: Vec<Vec<f64>> = functions.iter().map(start).collect();
    for (index, (feature, column)) in features.iter().zip(rows.columns()).enumerate() {
        let mut bad = 0;
        for_each_block(column, |block| {
            let usable = |row: usize| block.is_valid(row) && block.values[row].is_finite();
            bad += (0..block.values.len()).filter(|row| !usable(*row)).count();
            for (values, function) in values.iter_mut().zip(functions) {
                let coefficient = function.coefficients[index];
                let values = &mut values[block.first_row..];
                for (value, feature) in values.iter_mut().zip(block.values) {
                    *value += coefficient * feature;
                }
            }
        })
        .map_err(|error| Error::data(format!("feature `{feature}`: {error}")))?;
        if bad > 0 {
            return Err(unusable(feature, bad));
        }
    }
    Ok(values)
}

/// The probability of each class from the logits, a row each.
fn probabilities(mut logits: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    if let [logits] = logits.as_slice() {
        let second = logits.iter().map(|logit| 1.0 / (1.0 + (-logit).exp()));
        let first = logits.iter().map(|logit| 1.0 / (1.0 + logit.exp()));
        return vec![first.collect(), second.collect()];
    }
    let rows = logits.first().map_or(0, Vec::len);
    for row in 0..rows {
        let of_row = logits.iter().map(|logits| logits[row]);
        let largest = of_row.fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for logits in &mut logits {
            logits[row] = (logits[row] - largest).exp();
            sum += logits[row];
        }
        for logits in &mut logits {
            logits[row] /= sum;
        }
    }
    logits
}

/// The most probable class of each row, the first of several, and then the
/// probabilities.
fn decided(classes: &[String], probabilities: Vec<Vec<f64>>) -> Vec<ArrayRef> {
    let rows = probabilities.first().map_or(0, Vec::len);
    let most_probable = (0..rows).map(|row| {
        let mut best = 0;
        for (class, probabilities_of_class) in probabilities.iter().enumerate() {
            if probabilities_of_class[row] > probabilities[best][row] {
                best = class;
            }
        }
        classes[best].as_str()
    });
    let prediction: ArrayRef = Arc::new(StringArray::from_iter_values(most_probable));
    let probabilities = probabilities.into_iter();
    let probabilities =
        probabilities.map(|values| Arc::new(Float64Array::from(values)) as ArrayRef);
    [prediction].into_iter().chain(probabilities).collect()
}
