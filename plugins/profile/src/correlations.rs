//! The correlations of all pairs of columns of numbers.

use arrow_array::{Array, RecordBatch};
use mlhost_plugin::{Error, Result};
use mlhost_statistics::Comoments;
use mlhost_statistics::column::for_each_block;
use serde::{Deserialize, Serialize};

/// Of more columns the first are correlated: the work grows with the square of their number.
pub(crate) const MOST: usize = 40;

/// What each pair has in common: of columns `a < b` at `b (b - 1) / 2 + a`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Correlations {
    /// The places of the columns.
    pub(crate) columns: Vec<usize>,
    pairs: Vec<Comoments>,
}

impl Correlations {
    pub(crate) fn new(mut columns: Vec<usize>) -> Self {
        columns.truncate(MOST);
        let pairs = columns.len() * columns.len().saturating_sub(1) / 2;
        Self {
            columns,
            pairs: vec![Comoments::default(); pairs],
        }
    }

    pub(crate) fn update(&mut self, rows: &RecordBatch) -> Result<()> {
        let columns = self
            .columns
            .iter()
            .map(|place| numbers(rows.column(*place)));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let mut pairs = self.pairs.iter_mut();
        for (second, values) in columns.iter().enumerate() {
            for first in &columns[..second] {
                if let Some(pair) = pairs.next() {
                    pair.update(first, values);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        for (ours, theirs) in self.pairs.iter_mut().zip(&later.pairs) {
            ours.merge(theirs);
        }
    }

    /// The correlation of two of the columns, in either order.
    pub(crate) fn of(&self, first: usize, second: usize) -> Option<f64> {
        let (low, high) = (first.min(second), first.max(second));
        self.pairs
            .get(high * (high.max(1) - 1) / 2 + low)?
            .correlation()
    }
}

/// The numbers of a column, NaN for null.
fn numbers(array: &dyn Array) -> Result<Vec<f64>> {
    let mut numbers = Vec::with_capacity(array.len());
    for_each_block(array, |block| {
        let values = block.values.iter().enumerate();
        numbers.extend(values.map(|(row, value)| {
            if block.is_valid(row) {
                *value
            } else {
                f64::NAN
            }
        }));
    })
    .map_err(|error| Error::data(error.to_string()))?;
    Ok(numbers)
}
