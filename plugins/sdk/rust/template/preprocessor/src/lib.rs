//! Scales columns of numbers to mean 0 and standard deviation 1.

mod numbers;

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array};
use arrow_schema::{DataType, Field, SchemaRef};
use mlhost_plugin::{
    Emit, Error, Fold, Output, Plugin, Preprocessor, RecordBatch, Result, Schema, Transform, export,
    named_columns,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, as they stand in a pipeline. Their documentation is the user's reference.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The columns to scale. All others stay as they are.
    #[schemars(extend("x-mlhost-role" = "column"))]
    pub columns: Vec<String>,
}

/// Count, mean and sum of squared differences from the mean of one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.merge(Self { count: 1, mean: value, squares: 0.0 });
    }

    /// Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both.
    fn merge(&mut self, later: Self) {
        let (one, two) = (self.count as f64, later.count as f64);
        if later.count > 0 {
            let difference = later.mean - self.mean;
            self.squares += later.squares + difference * difference * one * two / (one + two);
            self.mean += difference * two / (one + two);
            self.count += later.count;
        }
    }

    /// The population standard deviation; 1 where all values are equal.
    fn deviation(&self) -> f64 {
        let deviation = (self.squares / self.count.max(1) as f64).sqrt();
        if deviation > 0.0 { deviation } else { 1.0 }
    }
}

/// A pass over the rows.
pub struct Learn {
    columns: Vec<String>,
    moments: Vec<Moments>,
}

impl Fold for Learn {
    type Params = Params;
    type State = Vec<Moments>;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        check(&params, input)?;
        let moments = vec![Moments::default(); params.columns.len()];
        Ok(Self { columns: params.columns, moments })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        for (moments, column) in self.moments.iter_mut().zip(rows.columns()) {
            let values = numbers::values(column).into_iter().flatten();
            values.filter(|value| value.is_finite()).for_each(|value| moments.add(value));
        }
        Ok(())
    }

    fn merge(&mut self, later: Vec<Moments>) -> Result<()> {
        for (own, later) in self.moments.iter_mut().zip(later) {
            own.merge(later);
        }
        Ok(())
    }

    fn state(&self) -> Vec<Moments> {
        self.moments.clone()
    }
}

/// Scales by what was learned.
pub struct Scale {
    moments: Vec<Option<Moments>>,
    columns: Vec<String>,
    output: SchemaRef,
}

impl Transform for Scale {
    type Params = Params;
    type State = Vec<Moments>;

    fn open(params: Params, state: Vec<Moments>, input: &Schema) -> Result<Self> {
        let indices = check(&params, input)?;
        if state.len() != indices.len() {
            return Err(Error::failed("the state was made with other parameters"));
        }
        let mut moments = vec![None; input.fields().len()];
        for (index, learned) in indices.into_iter().zip(state) {
            moments[index] = Some(learned);
        }
        let fields = input.fields().iter().zip(&moments);
        let fields = fields.map(|(field, moments)| match moments {
            Some(_) => Arc::new(Field::new(field.name(), DataType::Float64, true)),
            None => field.clone(),
        });
        Ok(Self {
            output: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            columns: input.fields().iter().map(|field| field.name().clone()).collect(),
            moments,
        })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn output(&self) -> Output {
        Output { schema: self.output.clone(), row_wise: true }
    }

    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()> {
        let columns = rows.columns().iter().zip(&self.moments);
        let scaled = columns.map(|(column, moments)| match moments {
            Some(moments) => scaled(column, moments),
            None => column.clone(),
        });
        emit(&RecordBatch::try_new(self.output.clone(), scaled.collect())?)
    }
}

/// Where the columns are, if all of them are there and hold numbers.
fn check(params: &Params, input: &Schema) -> Result<Vec<usize>> {
    if params.columns.is_empty() {
        return Err(Error::params("/columns", "there is no column to scale"));
    }
    let indices = named_columns(input, &params.columns, "/columns")?;
    for (position, name) in params.columns.iter().enumerate() {
        numbers::find(input, name, &format!("/columns/{position}"))?;
    }
    Ok(indices)
}

fn scaled(column: &ArrayRef, moments: &Moments) -> ArrayRef {
    let (mean, deviation) = (moments.mean, moments.deviation());
    let values = numbers::values(column).into_iter();
    let scaled = values.map(|value| value.map(|value| (value - mean) / deviation));
    Arc::new(Float64Array::from_iter(scaled))
}

/// The plugin.
pub struct {{Name}};

impl Plugin for {{Name}} {
    const NAME: &str = "{{name}}";
    const SUMMARY: &str = "Scales columns of numbers to mean 0 and standard deviation 1.";
    type Params = Params;
}

impl Preprocessor for {{Name}} {
    type Fold = Learn;
    type Transform = Scale;
}

export!({{Name}} as preprocessor);

#[cfg(test)]
mod tests {
    use super::*;
    use mlhost_plugin::testing;

    fn rows(values: Vec<Option<f64>>) -> RecordBatch {
        let column: ArrayRef = Arc::new(Float64Array::from(values));
        RecordBatch::try_from_iter_with_nullable([("height", column, true)]).unwrap()
    }

    fn params() -> Params {
        testing::params(r#"{ "columns": ["height"] }"#).unwrap()
    }

    #[test]
    fn nulls_stay_nulls() {
        let rows = rows(vec![Some(1.0), None, Some(3.0)]);
        let state = testing::fold::<Learn>(params(), &[rows.clone()]).unwrap();
        let scaled = testing::transform::<Scale>(params(), state, &[rows]).unwrap();
        let expected = Float64Array::from(vec![Some(-1.0), None, Some(1.0)]);
        assert_eq!(scaled[0].column(0).as_ref(), &expected as &dyn arrow_array::Array);
    }

    #[test]
    fn parts_make_the_whole() {
        let (one, two) = (rows(vec![Some(1.0), Some(2.0)]), rows(vec![Some(6.0)]));
        let whole = testing::fold::<Learn>(params(), &[one.clone(), two.clone()]).unwrap();
        let parts = testing::fold_parts::<Learn>(params, &[vec![one], vec![two]]).unwrap();
        assert_eq!(parts, whole);
    }
}
