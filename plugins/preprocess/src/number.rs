//! What is learned of a column of numbers: as much as its imputation and scaling
//! need, and no more, for it is kept with every model.

use arrow_array::Array;
use arrow_buffer::NullBuffer;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_block;
use mlhost_statistics::{Distribution, Extremes, Moments};
use serde::{Deserialize, Serialize};

use crate::params::Scale;

/// What to do with a column of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Numeric {
    pub(crate) impute: NumberImpute,
    pub(crate) scale: Scale,
}

/// What stands in for a missing number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum NumberImpute {
    None,
    Mean,
    Median,
    MostFrequent,
    Constant(f64),
}

/// A column of numbers, as far as it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) treatment: Numeric,
    /// Rows with a number.
    pub(crate) count: u64,
    /// Rows that are null or NaN.
    pub(crate) missing: u64,
    pub(crate) moments: Option<Moments>,
    pub(crate) extremes: Option<Extremes>,
    pub(crate) distribution: Option<Distribution>,
}

impl Numbers {
    pub(crate) fn new(treatment: Numeric) -> Self {
        use NumberImpute::{Mean, Median, MostFrequent};
        let Numeric { impute, scale } = treatment;
        let moments = impute == Mean || scale == Scale::Standard;
        let extremes = scale == Scale::MinMax;
        let distribution = matches!(impute, Median | MostFrequent);
        Self {
            treatment,
            count: 0,
            missing: 0,
            moments: moments.then(Moments::default),
            extremes: extremes.then(Extremes::default),
            distribution: distribution.then(Distribution::default),
        }
    }

    /// Takes in the rows of a column that are to be learned from.
    pub(crate) fn update(&mut self, array: &dyn Array, rows: Option<&NullBuffer>) -> Result<()> {
        let mut present = Vec::new();
        for_each_block(array, |block| {
            let rows = rows.map(|rows| rows.slice(block.first_row, block.values.len()));
            let learned = rows
                .as_ref()
                .map_or(block.values.len(), |r| r.len() - r.null_count());
            let values = match NullBuffer::union(rows.as_ref(), block.validity.as_ref()) {
                None => block.values,
                Some(valid) => {
                    present.clear();
                    for (start, end) in valid.valid_slices() {
                        present.extend_from_slice(&block.values[start..end]);
                    }
                    &present
                }
            };
            self.take_in(values, learned);
        })
        .map_err(|error| Error::data(error.to_string()))
    }

    /// Takes in the numbers, NaN among them, of so many rows.
    fn take_in(&mut self, values: &[f64], rows: usize) {
        let nans = values.iter().filter(|value| value.is_nan()).count();
        let count = values.len() - nans;
        self.count += count as u64;
        self.missing += (rows - count) as u64;
        if let Some(moments) = &mut self.moments {
            moments.update(values);
        }
        if let Some(extremes) = &mut self.extremes {
            extremes.update(values);
        }
        if let Some(distribution) = &mut self.distribution {
            distribution.update(values);
        }
    }

    /// Takes in what was learned from later rows.
    pub(crate) fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.missing += later.missing;
        if let (Some(ours), Some(theirs)) = (&mut self.moments, &later.moments) {
            ours.merge(theirs);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.extremes, &later.extremes) {
            ours.merge(theirs);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.distribution, &later.distribution) {
            ours.merge(theirs);
        }
    }
}
