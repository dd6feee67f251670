//! Scores predictions of a number by their mean absolute error, of one model or of several.

mod numbers;

use mlhost_plugin::{
    Better, Error, Evaluator, Finding, Fold, Metric, Outcome, Plugin, RecordBatch, Result, Schema,
    Severity, export,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, as they stand in a pipeline. Their documentation is the user's reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column that holds the truth. Rows in which it is null are left out.
    #[schemars(extend("x-mlhost-role" = "target"))]
    pub target: String,
    /// The column that holds what the model predicts.
    #[serde(default = "prediction")]
    #[schemars(extend("x-mlhost-role" = "prediction"))]
    pub prediction: String,
}

fn prediction() -> String {
    "prediction".to_owned()
}

/// What is learned of a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    rows: u64,
    sum: f64,
}

/// A pass over the predictions of a model.
pub struct Observe {
    params: Params,
    errors: Errors,
}

impl Fold for Observe {
    type Params = Params;
    type State = Errors;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        numbers::find(input, &params.target, "/target")?;
        numbers::find(input, &params.prediction, "/prediction")?;
        if params.prediction == params.target {
            return Err(Error::params("/prediction", "it is the target"));
        }
        Ok(Self { params, errors: Errors::default() })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.params.target.clone(), self.params.prediction.clone()]
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let (truths, predictions) = (numbers::values(rows.column(0)), numbers::values(rows.column(1)));
        for (truth, prediction) in truths.into_iter().zip(predictions) {
            match (truth, prediction) {
                (None, _) => {}
                (Some(truth), Some(prediction)) if truth.is_finite() && prediction.is_finite() => {
                    self.errors.rows += 1;
                    self.errors.sum += (truth - prediction).abs();
                }
                _ => return Err(Error::data("a row has a target, and no finite prediction for it")),
            }
        }
        Ok(())
    }

    fn merge(&mut self, later: Errors) -> Result<()> {
        self.errors.rows += later.rows;
        self.errors.sum += later.sum;
        Ok(())
    }

    fn state(&self) -> Errors {
        self.errors.clone()
    }
}

/// The plugin.
pub struct {{Name}};

impl Plugin for {{Name}} {
    const NAME: &str = "{{name}}";
    const SUMMARY: &str = "Scores predictions of a number by their mean absolute error.";
    type Params = Params;
}

impl Evaluator for {{Name}} {
    type Fold = Observe;

    fn assess(_: Params, models: Vec<(String, Errors)>) -> Result<Outcome> {
        let several = models.len() > 1;
        let (mut findings, mut metrics) = (vec![], vec![]);
        for (model, Errors { rows, sum }) in models {
            let error = sum / rows.max(1) as f64;
            let scored = match rows {
                0 => "there is no row to score".to_owned(),
                rows => format!("mean absolute error {error:.4} on {rows} rows"),
            };
            let message = if several { format!("{model}: {scored}") } else { scored };
            findings.push(Finding {
                check: "score".to_owned(),
                column: None,
                passed: rows > 0,
                severity: Severity::Error,
                message,
                details: Default::default(),
            });
            metrics.push(Metric {
                name: "mae".to_owned(),
                value: error,
                // Of several models, each has numbers of its own.
                labels: if several { vec![("model".to_owned(), model)] } else { vec![] },
                better: Some(Better::Lower),
            });
        }
        let messages: Vec<_> = findings.iter().map(|finding| finding.message.clone()).collect();
        let summary = messages.join("; ");
        Ok(Outcome { metrics, ..Outcome::from_findings(findings, summary) })
    }
}

export!({{Name}} as evaluator);

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{ArrayRef, Float64Array};
    use mlhost_plugin::testing;
    use std::sync::Arc;

    #[test]
    fn rows_without_a_target_are_left_out() {
        let params = || testing::params::<Params>(r#"{ "target": "y" }"#).unwrap();
        let column = |values: [Option<f64>; 3]| Arc::new(Float64Array::from(values.to_vec())) as ArrayRef;
        let rows = RecordBatch::try_from_iter_with_nullable([
            ("y", column([Some(1.0), None, Some(4.0)]), true),
            ("prediction", column([Some(2.0), Some(2.0), Some(2.0)]), true),
        ]);
        let state = testing::fold::<Observe>(params(), &[rows.unwrap()]).unwrap();
        let outcome = {{Name}}::assess(params(), vec![("model".to_owned(), state)]).unwrap();
        assert_eq!(outcome.metrics[0].value, 1.5);
    }
}
