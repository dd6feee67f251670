//! Baselines: models that look at nothing. A model that is no better has learned nothing.
//!
//! `mean` predicts the mean of the target in the training data, `majority` its most frequent class,
//! with the share of each class in the training data as its probability: scikit-learn's
//! `DummyRegressor` and `DummyClassifier(strategy="prior")`.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, Float64Array, StringArray},
    compute::cast,
    datatypes::{DataType, Field, Float64Type, Schema},
    record_batch::RecordBatch,
};
use mlhost_data::Table;
use mlhost_sandbox::Plugin;
use serde_json::Value;

use crate::{
    Error, Result,
    dataset::columns::computed,
    params::{default_of, parameter_of_role},
};

/// A model that looks at nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Baseline {
    Mean,
    Majority,
}

/// The columns that an evaluator reads of what a model predicts.
pub(crate) struct Predicted {
    /// The name of the column with the prediction.
    prediction: String,
    /// What the names of columns with probabilities begin with, where there are such.
    probability_prefix: Option<String>,
}

impl Predicted {
    /// As the parameters of an evaluator name them; none if its schema does not tell.
    pub(crate) fn of(evaluator: &Plugin, params: &Value) -> Option<Self> {
        let named = |role| {
            let name = parameter_of_role(evaluator, role)?;
            let value = params.get(name).or_else(|| default_of(evaluator, name))?;
            value.as_str().map(str::to_owned)
        };
        Some(Self {
            prediction: named("prediction")?,
            probability_prefix: named("probability-prefix"),
        })
    }
}

impl Baseline {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Majority => "majority",
        }
    }

    /// Refuses a baseline that is for another task than that of a model, which the type of its
    /// prediction tells.
    pub(crate) fn check(self, model: &str, output: &Schema, columns: &Predicted) -> Result<()> {
        let prediction = output.field_with_name(&columns.prediction);
        let of_numbers = prediction.is_ok_and(|field| field.data_type().is_floating());
        let prefix = columns.probability_prefix.as_deref();
        let has_probabilities = prefix.is_some_and(|prefix| {
            let mut names = output.fields().iter();
            names.any(|field| field.name().starts_with(prefix))
        });
        let (reason, instead) = match self {
            Self::Mean if !of_numbers || has_probabilities => ("predicts classes", "majority"),
            Self::Majority if of_numbers && !has_probabilities => ("predicts numbers", "mean"),
            _ => return Ok(()),
        };
        Err(Error::WrongBaseline {
            baseline: self.name(),
            model: model.to_owned(),
            reason,
            instead,
        })
    }

    /// The prediction for every row, as one row, learned from the target of the training data.
    pub(crate) fn learn(
        self,
        training: &dyn Table,
        target: &str,
        columns: &Predicted,
    ) -> Result<RecordBatch> {
        let (fields, arrays) = match self {
            Self::Mean => {
                let field = Field::new(&columns.prediction, DataType::Float64, false);
                let mean: ArrayRef = Arc::new(Float64Array::from(vec![mean(training, target)?]));
                (vec![field], vec![mean])
            }
            Self::Majority => majority(training, target, columns)?,
        };
        let schema = Arc::new(Schema::new(fields));
        Ok(RecordBatch::try_new(schema, arrays).map_err(computed)?)
    }
}

fn mean(training: &dyn Table, target: &str) -> Result<f64> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for batch in training.scan(&[target.to_owned()])? {
        let numbers = cast(batch?.column(0), &DataType::Float64).map_err(computed)?;
        let numbers = numbers.as_primitive::<Float64Type>().iter().flatten();
        for number in numbers.filter(|number| !number.is_nan()) {
            sum += number;
            count += 1;
        }
    }
    Ok(sum / count.max(1) as f64)
}

/// The most frequent class, of several the first, and the share of every class.
fn majority(
    training: &dyn Table,
    target: &str,
    columns: &Predicted,
) -> Result<(Vec<Field>, Vec<ArrayRef>)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for batch in training.scan(&[target.to_owned()])? {
        for class in classes(batch?.column(0))?.into_iter().flatten() {
            *counts.entry(class).or_default() += 1;
        }
    }
    let rows: u64 = counts.values().sum();
    let most = counts.values().max().copied().unwrap_or_default();
    let class = counts.iter().find(|(_, count)| **count == most);
    let class = class.map(|(class, _)| class.as_str()).unwrap_or_default();
    let mut fields = vec![Field::new(&columns.prediction, DataType::Utf8, false)];
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from(vec![class]))];
    if let Some(prefix) = &columns.probability_prefix {
        for (class, count) in &counts {
            let share = *count as f64 / rows.max(1) as f64;
            fields.push(Field::new(
                format!("{prefix}{class}"),
                DataType::Float64,
                false,
            ));
            arrays.push(Arc::new(Float64Array::from(vec![share])));
        }
    }
    Ok((fields, arrays))
}

/// The classes of a column as texts, in which `1` is the same class in every type of number.
fn classes(column: &ArrayRef) -> Result<Vec<Option<String>>> {
    if column.data_type().is_floating() {
        let numbers = cast(column, &DataType::Float64).map_err(computed)?;
        let numbers = numbers.as_primitive::<Float64Type>().iter();
        let text = |number: f64| (!number.is_nan()).then(|| number.to_string());
        return Ok(numbers.map(|number| number.and_then(text)).collect());
    }
    let texts = cast(column, &DataType::Utf8).map_err(computed)?;
    let texts = texts.as_string::<i32>().iter();
    Ok(texts.map(|text| text.map(str::to_owned)).collect())
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Int64Array};
    use mlhost_data::MemoryTable;

    use super::*;

    fn columns() -> Predicted {
        Predicted {
            prediction: "prediction".to_owned(),
            probability_prefix: Some("p_".to_owned()),
        }
    }

    fn learned(baseline: Baseline, target: ArrayRef) -> RecordBatch {
        let rows = RecordBatch::try_from_iter_with_nullable([("y", target, true)]).unwrap();
        let table = MemoryTable::new(&rows.schema(), vec![rows]).unwrap();
        baseline.learn(&table, "y", &columns()).unwrap()
    }

    #[test]
    fn the_mean_leaves_out_what_is_missing() {
        let target = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(4.0)]);
        let row = learned(Baseline::Mean, Arc::new(target));
        assert_eq!(row.column(0).as_primitive::<Float64Type>().values(), &[2.5]);
        let target = Int64Array::from(vec![1, 2]);
        let row = learned(Baseline::Mean, Arc::new(target));
        assert_eq!(row.column(0).as_primitive::<Float64Type>().values(), &[1.5]);
    }

    #[test]
    fn the_majority_has_the_shares_of_all_classes() {
        let target = BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]);
        let row = learned(Baseline::Majority, Arc::new(target));
        assert_eq!(row.column(0).as_string::<i32>().value(0), "true");
        let shares = ["p_false", "p_true"].map(|name| {
            let column = row.column_by_name(name).unwrap();
            column.as_primitive::<Float64Type>().value(0)
        });
        assert_eq!(shares, [1.0 / 3.0, 2.0 / 3.0]);
        let target = Float64Array::from(vec![Some(2.0), Some(1.0), None]);
        let row = learned(Baseline::Majority, Arc::new(target));
        assert_eq!(row.column(0).as_string::<i32>().value(0), "1");
    }
}
