//! Predicts a number by a straight line through one other, by least squares.

mod numbers;

use std::sync::Arc;

use arrow_array::Float64Array;
use arrow_schema::{DataType, Field, SchemaRef};
use mlhost_plugin::{
    Dataset, Emit, Error, ExplainedTrainer, Fit, Outcome, Output, Plugin, RecordBatch, Result, Schema,
    Trainer, Transform, export,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, as they stand in a pipeline. Their documentation is the user's reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to predict. Rows in which it is null teach nothing.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// The column to predict it from. Where it is null there is no prediction.
    #[schemars(extend("x-mlhost-role" = "column"))]
    pub feature: String,
}

/// What is learned: the prediction is `intercept + slope * feature`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    intercept: f64,
    slope: f64,
}

/// Training.
pub struct Learn(Params);

impl Fit for Learn {
    type Params = Params;
    type State = Line;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        numbers::find(input, &params.target, "/target")?;
        numbers::find(input, &params.feature, "/feature")?;
        if params.feature == params.target {
            return Err(Error::params("/feature", "the target cannot be predicted from itself"));
        }
        Ok(Self(params))
    }

    fn columns(&self) -> Vec<String> {
        vec![self.0.feature.clone(), self.0.target.clone()]
    }

    fn fit(self, rows: &dyn Dataset) -> Result<Line> {
        // Two passes, because what is far from 0 loses digits when its squares are added up.
        let (mut count, mut sums) = (0.0, (0.0, 0.0));
        each_pair(rows, |x, y| {
            count += 1.0;
            sums = (sums.0 + x, sums.1 + y);
        })?;
        if count == 0.0 {
            return Err(Error::data("there is no row with both a feature and a target"));
        }
        let means = (sums.0 / count, sums.1 / count);
        let (mut squares, mut products) = (0.0, 0.0);
        each_pair(rows, |x, y| {
            squares += (x - means.0) * (x - means.0);
            products += (x - means.0) * (y - means.1);
        })?;
        let slope = if squares > 0.0 { products / squares } else { 0.0 };
        Ok(Line { intercept: means.1 - slope * means.0, slope })
    }
}

/// Calls a function with every feature and target that are both there.
fn each_pair(rows: &dyn Dataset, mut call: impl FnMut(f64, f64)) -> Result<()> {
    for batch in rows.scan()? {
        let batch = batch?;
        let (features, targets) = (numbers::values(batch.column(0)), numbers::values(batch.column(1)));
        for pair in features.into_iter().zip(targets) {
            match pair {
                (Some(x), Some(y)) if x.is_finite() && y.is_finite() => call(x, y),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Prediction.
pub struct Predict {
    line: Line,
    feature: String,
    output: SchemaRef,
}

impl Transform for Predict {
    type Params = Params;
    type State = Line;

    fn open(params: Params, line: Line, input: &Schema) -> Result<Self> {
        // The target is not here when the model is used.
        numbers::find(input, &params.feature, "/feature")?;
        let prediction = Field::new("prediction", DataType::Float64, true);
        let output = Arc::new(Schema::new(vec![prediction]));
        Ok(Self { line, feature: params.feature, output })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.feature.clone()]
    }

    fn output(&self) -> Output {
        Output { schema: self.output.clone(), row_wise: true }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        let Line { intercept, slope } = self.line;
        let features = numbers::values(rows.column(0)).into_iter();
        let predicted = features.map(|x| x.map(|x| intercept + slope * x));
        let column = Arc::new(Float64Array::from_iter(predicted));
        emit(&RecordBatch::try_new(self.output.clone(), vec![column])?)
    }
}

/// The plugin.
pub struct {{Name}};

impl Plugin for {{Name}} {
    const NAME: &str = "{{name}}";
    const SUMMARY: &str = "Predicts a number by a straight line through one other.";
    type Params = Params;
}

impl Trainer for {{Name}} {
    type Fit = Learn;
    type Transform = Predict;
}

impl ExplainedTrainer for {{Name}} {
    fn explain(params: Params, line: Line) -> Result<Outcome> {
        let Params { target, feature } = params;
        let Line { intercept, slope } = line;
        let summary = format!("{target} = {} + {} * {feature}", short(intercept), short(slope));
        Ok(Outcome::new(true, summary).metric("intercept", intercept).metric("slope", slope))
    }
}

/// A number with six decimal places at most.
fn short(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

export!({{Name}} as explained_trainer);

#[cfg(test)]
mod tests {
    use super::*;
    use mlhost_plugin::testing;

    #[test]
    fn a_line_is_found_again() {
        let column = |values: [f64; 3]| Arc::new(Float64Array::from(values.to_vec())) as _;
        let columns = [("x", column([1.0, 2.0, 4.0])), ("y", column([5.0, 7.0, 11.0]))];
        let rows = RecordBatch::try_from_iter(columns).unwrap();
        let params = || testing::params(r#"{ "target": "y", "feature": "x" }"#).unwrap();
        let line = testing::fit::<Learn>(params(), &[rows]).unwrap();
        assert!((line.slope - 2.0).abs() < 1e-12 && (line.intercept - 3.0).abs() < 1e-12);
        let told = {{Name}}::explain(params(), line).unwrap();
        assert_eq!(told.summary, "y = 3 + 2 * x");
    }
}
