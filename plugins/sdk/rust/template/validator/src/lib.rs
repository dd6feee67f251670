//! Checks that the values of a column lie within bounds.

mod numbers;

use mlhost_plugin::{
    Finding, Fold, Metric, Outcome, Plugin, RecordBatch, Result, Schema, Severity, Validator, export,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, as they stand in a pipeline. Their documentation is the user's reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The column to check. Nulls are left out.
    #[schemars(extend("x-mlhost-role" = "column"))]
    pub column: String,
    /// The smallest value that will do.
    pub minimum: f64,
    /// The largest value that will do.
    pub maximum: f64,
}

/// What is learned from the rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    values: u64,
    outside: u64,
}

/// A pass over the rows.
pub struct Range {
    params: Params,
    seen: Seen,
}

impl Fold for Range {
    type Params = Params;
    type State = Seen;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        numbers::find(input, &params.column, "/column")?;
        let seen = Seen::default();
        Ok(Self { params, seen })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.params.column.clone()]
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let bounds = self.params.minimum..=self.params.maximum;
        for value in numbers::values(rows.column(0)).into_iter().flatten() {
            self.seen.values += 1;
            self.seen.outside += u64::from(!bounds.contains(&value));
        }
        Ok(())
    }

    fn merge(&mut self, later: Seen) -> Result<()> {
        self.seen.values += later.values;
        self.seen.outside += later.outside;
        Ok(())
    }

    fn state(&self) -> Seen {
        self.seen.clone()
    }
}

/// The plugin.
pub struct {{Name}};

impl Plugin for {{Name}} {
    const NAME: &str = "{{name}}";
    const SUMMARY: &str = "Checks that the values of a column lie within bounds.";
    type Params = Params;
}

impl Validator for {{Name}} {
    type Fold = Range;

    fn assess(params: Params, seen: Seen) -> Result<Outcome> {
        let Params { column, minimum, maximum } = params;
        let Seen { values, outside } = seen;
        let message = format!("{outside} of {values} values lie outside of {minimum} to {maximum}");
        let finding = Finding {
            check: "in_range".to_owned(),
            column: Some(column),
            passed: outside == 0,
            severity: Severity::Error,
            message: message.clone(),
            details: Default::default(),
        };
        let outside = Metric {
            name: "outside".to_owned(),
            value: outside as f64,
            labels: vec![],
            better: None,
        };
        let mut outcome = Outcome::from_findings(vec![finding], message);
        outcome.metrics.push(outside);
        Ok(outcome)
    }
}

export!({{Name}} as validator);

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Float64Array;
    use mlhost_plugin::testing;
    use std::sync::Arc;

    fn rows(values: Vec<Option<f64>>) -> RecordBatch {
        let column: arrow_array::ArrayRef = Arc::new(Float64Array::from(values));
        RecordBatch::try_from_iter_with_nullable([("height", column, true)]).unwrap()
    }

    fn params() -> Params {
        testing::params(r#"{ "column": "height", "minimum": 1, "maximum": 2 }"#).unwrap()
    }

    #[test]
    fn what_lies_outside_is_counted() {
        let rows = rows(vec![Some(1.0), None, Some(2.5), Some(2.0)]);
        let seen = testing::fold::<Range>(params(), &[rows]).unwrap();
        let outcome = {{Name}}::assess(params(), seen).unwrap();
        assert!(!outcome.passed());
        assert_eq!(outcome.summary, "1 of 3 values lie outside of 1 to 2");
    }

    #[test]
    fn a_wrong_name_is_found_before_a_row_is_read() {
        let error = Range::open(params(), &Schema::empty()).err().unwrap();
        assert_eq!(error.at.as_deref(), Some("/column"));
    }
}
