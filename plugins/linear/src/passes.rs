//! Passes over the training rows: blocks of features beside the targets, without
//! the rows that have no target.

use arrow_array::{Array, RecordBatch};
use mlhost_plugin::{Dataset, Error, Result};
use mlhost_statistics::column::for_each_block;
use ndarray::{ArrayView2, ShapeBuilder};

/// The features of some rows.
pub(crate) struct Block {
    rows: usize,
    features: usize,
    /// One feature after the other.
    values: Vec<f64>,
}

impl Block {
    /// A row for each row, a column for each feature.
    pub(crate) fn matrix(&self) -> Result<ArrayView2<'_, f64>> {
        let shape = (self.rows, self.features).f();
        ArrayView2::from_shape(shape, &self.values)
            .map_err(|error| Error::failed(error.to_string()))
    }

    /// The values of each feature.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.rows)
    }

    /// The values of each feature.
    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_exact_mut(self.rows)
    }
}

/// One pass over a dataset whose last column is the target and whose others are the
/// features. `read` finds the target of each row of that column, `visit` gets the
/// rows that have one, a block of at least one row at a time.
pub(crate) fn pass<T>(
    rows: &dyn Dataset,
    mut read: impl FnMut(&dyn Array) -> Result<Vec<Option<T>>>,
    mut visit: impl FnMut(Block, Vec<T>) -> Result<()>,
) -> Result<()> {
    for batch in rows.scan()? {
        let batch = batch?;
        let Some((target, features)) = batch.columns().split_last() else {
            return Err(Error::failed("the rows have no columns"));
        };
        let targets = read(target)?;
        let present: Vec<bool> = targets.iter().map(Option::is_some).collect();
        let targets: Vec<T> = targets.into_iter().flatten().collect();
        if targets.is_empty() {
            continue;
        }
        let mut values = Vec::with_capacity(targets.len() * features.len());
        for (index, feature) in features.iter().enumerate() {
            extend(&mut values, feature, &present, || name(&batch, index))?;
        }
        let block = Block {
            rows: targets.len(),
            features: features.len(),
            values,
        };
        visit(block, targets)?;
    }
    Ok(())
}

/// Says which feature cannot be used, and what to do.
pub(crate) fn unusable(feature: &str, rows: usize) -> Error {
    Error::data(format!(
        "feature `{feature}` is null, NaN or infinite in {rows} rows of a batch; impute it before this step"
    ))
}

fn name(batch: &RecordBatch, column: usize) -> String {
    batch.schema_ref().field(column).name().clone()
}

/// Appends the values of a feature in the rows that are present.
fn extend(
    values: &mut Vec<f64>,
    feature: &dyn Array,
    present: &[bool],
    name: impl Fn() -> String,
) -> Result<()> {
    let mut bad = 0;
    for_each_block(feature, |block| {
        let present = &present[block.first_row..];
        for (row, (value, present)) in block.values.iter().zip(present).enumerate() {
            if *present {
                bad += usize::from(!block.is_valid(row) || !value.is_finite());
                values.push(*value);
            }
        }
    })
    .map_err(|error| Error::data(format!("feature `{}`: {error}", name())))?;
    if bad > 0 {
        Err(unusable(&name(), bad))
    } else {
        Ok(())
    }
}
