//! The tree through its public face: against scikit-learn, against the definition,
//! and as a plugin.

#![expect(clippy::unwrap_used, reason = "what the tests share is test code too")]

mod bins;
mod definition;
mod explain;
mod plugin;
mod readme;
mod scikit_learn;
mod serialised;

use mlhost_tree::bins::{Feature, FeatureBuilder};

fn feature(values: &[f64]) -> Feature {
    let mut builder = FeatureBuilder::default();
    // In uneven pieces, as batches come.
    let (first, rest) = values.split_at(values.len() / 3);
    builder.push(first).unwrap();
    builder.push(rest).unwrap();
    builder.finish()
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}
