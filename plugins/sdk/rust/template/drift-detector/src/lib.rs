//! Warns when the mean of a column has moved, in standard deviations of the reference.

mod numbers;

use mlhost_plugin::{
    DriftDetector, Error, Finding, Fold, Metric, Outcome, Plugin, RecordBatch, Result, Schema,
    Severity, export,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, as they stand in a pipeline. Their documentation is the user's reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to look at. Nulls are left out.
    #[schemars(extend("x-mlhost-role" = "column"))]
    pub column: String,
    /// How many standard deviations the mean may move.
    #[serde(default = "threshold")]
    pub threshold: f64,
}

fn threshold() -> f64 {
    0.5
}

/// Count, mean and sum of squared differences from the mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

/// A pass over the rows, of the reference and of what is compared with it.
pub struct Profile {
    column: String,
    moments: Moments,
}

impl Fold for Profile {
    type Params = Params;
    type State = Moments;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        numbers::find(input, &params.column, "/column")?;
        if params.threshold.is_nan() || params.threshold < 0.0 {
            return Err(Error::params("/threshold", "it is 0 or more"));
        }
        Ok(Self { column: params.column, moments: Moments::default() })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let values = numbers::values(rows.column(0)).into_iter().flatten();
        for mean in values.filter(|value| value.is_finite()) {
            self.merge(Moments { count: 1, mean, squares: 0.0 })?;
        }
        Ok(())
    }

    /// Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both.
    fn merge(&mut self, later: Moments) -> Result<()> {
        let own = &mut self.moments;
        let (one, two) = (own.count as f64, later.count as f64);
        if later.count > 0 {
            let difference = later.mean - own.mean;
            own.squares += later.squares + difference * difference * one * two / (one + two);
            own.mean += difference * two / (one + two);
            own.count += later.count;
        }
        Ok(())
    }

    fn state(&self) -> Moments {
        self.moments.clone()
    }
}

/// The plugin.
pub struct {{Name}};

impl Plugin for {{Name}} {
    const NAME: &str = "{{name}}";
    const SUMMARY: &str = "Warns when the mean of a column has moved.";
    type Params = Params;
}

impl DriftDetector for {{Name}} {
    type Fold = Profile;

    fn assess(params: Params, reference: Moments, current: Moments) -> Result<Outcome> {
        if reference.count == 0 || current.count == 0 {
            return Err(Error::data(format!("column `{}` holds no value", params.column)));
        }
        let deviation = (reference.squares / reference.count as f64).sqrt();
        let moved = (current.mean - reference.mean).abs();
        let shift = if moved > 0.0 { moved / deviation } else { 0.0 };
        let message = format!(
            "the mean has moved from {:.4} to {:.4}, by {shift:.4} standard deviations",
            reference.mean, current.mean
        );
        let finding = Finding {
            check: "mean_shift".to_owned(),
            column: Some(params.column),
            passed: shift <= params.threshold,
            severity: Severity::Warn,
            message: message.clone(),
            details: Default::default(),
        };
        let mut outcome = Outcome::from_findings(vec![finding], message);
        outcome.metrics.push(Metric {
            name: "mean_shift".to_owned(),
            value: shift,
            labels: vec![],
            better: None,
        });
        Ok(outcome)
    }
}

export!({{Name}} as drift_detector);

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{ArrayRef, Float64Array};
    use mlhost_plugin::testing;
    use std::sync::Arc;

    #[test]
    fn a_mean_that_moves_is_noticed() {
        let params = || testing::params::<Params>(r#"{ "column": "x" }"#).unwrap();
        let profile = |values: [f64; 2]| {
            let column: ArrayRef = Arc::new(Float64Array::from(values.to_vec()));
            let rows = RecordBatch::try_from_iter([("x", column)]).unwrap();
            testing::fold::<Profile>(params(), &[rows]).unwrap()
        };
        let (reference, same, other) = (profile([1.0, 3.0]), profile([3.0, 1.0]), profile([2.0, 4.0]));
        assert!({{Name}}::assess(params(), reference.clone(), same).unwrap().passed());
        assert!(!{{Name}}::assess(params(), reference, other).unwrap().passed());
    }
}
