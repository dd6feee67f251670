//! What makes a split good: the rows on each side are more alike than they were.
//!
//! A criterion adds up the targets of a set of rows, and says from such sums what it
//! gains to part one set from another; growing a tree needs to know no more of it. The three here are
//! those of Breiman, Friedman, Olshen and Stone, "Classification and Regression
//! Trees", 1984, as scikit-learn has them.

mod classes;
mod squared_error;

pub use classes::{ClassCounts, Entropy, Gini, Purity};
pub use squared_error::SquaredError;

/// How the rows of a node are summed up and judged.
pub trait Criterion {
    /// What is to be predicted of a row.
    type Target: Copy;
    /// What is known of a set of rows.
    type Sums: Clone;
    /// The sums of the rows of a node by the code of one feature.
    type Histogram;

    /// The sums of no rows.
    fn nothing(&self) -> Self::Sums;

    /// The sums of a set of rows.
    fn sums(&self, targets: &[Self::Target]) -> Self::Sums;

    /// What it gains to part a set of rows from the rest of its node: the impurity of
    /// the node less that of both parts, each times its number of rows. Neither part
    /// is empty.
    fn gain(&self, part: &Self::Sums, node: &Self::Sums) -> f64;

    /// Whether no split can make a difference.
    fn is_pure(&self, targets: &[Self::Target]) -> bool;

    /// How many numbers a prediction has.
    fn outputs(&self) -> usize;

    /// Adds the prediction for a set of rows to the predictions.
    fn predict(&self, sums: &Self::Sums, predictions: &mut Vec<f64>);

    /// An empty histogram, which has room for so many codes.
    fn histogram(&self, codes: usize) -> Self::Histogram;

    /// Adds the rows of a node to an empty histogram: `codes` holds those of one
    /// feature for all rows, `rows` the node's rows and `targets` theirs.
    fn fill(
        &self,
        histogram: &mut Self::Histogram,
        codes: &[u16],
        distinct: usize,
        rows: &[u32],
        targets: &[Self::Target],
    );

    /// How many rows of a code there are.
    fn rows_of(&self, histogram: &Self::Histogram, code: u16) -> usize;

    /// Takes the rows of a code out of the histogram and adds them to the sums.
    fn take(&self, histogram: &mut Self::Histogram, code: u16, sums: &mut Self::Sums);
}
