//! Least squares with or without a penalty, from sums over the rows.
//!
//! Over standardised features, centred targets and their means over the rows, the
//! solution `g` satisfies `(XᵀX + P) g = Xᵀy` with the penalties `P` on the diagonal.
//! It is found by the eigenvalues of the matrix, which leave out directions that the
//! features do not span, and refined once with the residuals, a pass of their own,
//! which makes up for the digits that squaring lost (Björck, "Numerical Methods for
//! Least Squares Problems", 1996, section 2.9).

use arrow_array::Array;
use linfa_linalg::eigh::EighInto;
use mlhost_plugin::{Dataset, Error, Result};
use mlhost_statistics::Moments;
use mlhost_statistics::column::for_each_block;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2};

use crate::model::Linear;
use crate::passes::{Block, pass};
use crate::scaling::Scaling;

/// Directions whose eigenvalue is below this share of the largest one, times the
/// number of features, are rounding.
const SMALLEST_EIGENVALUE: f64 = 16.0 * f64::EPSILON;

/// Learns from a dataset whose last column is the target.
pub(crate) fn fit(rows: &dyn Dataset, features: &[String], alpha: f64) -> Result<Linear> {
    let (moments, target) = moments(rows, features.len())?;
    let Some(mean) = target.mean() else {
        return Err(Error::data("no row has a target to learn from"));
    };
    let problem = Problem {
        rows,
        scaling: Scaling::new(features, &moments)?,
        mean,
        count: target.count() as f64,
        features: features.len(),
    };
    let penalties = Array1::from(problem.scaling.penalties()) * (alpha / problem.count);
    let (mut matrix, vector) = problem.normal_equations()?;
    matrix.diag_mut().scaled_add(1.0, &penalties);
    let inverse = Inverse::new(matrix)?;
    let first = inverse.times(&vector);
    let left = problem.residual_sums(&first)? - &penalties * &first;
    let solution = &first + &inverse.times(&left);
    let linear = problem.scaling.unscaled(&solution.to_vec(), mean);
    if linear.intercept.is_finite() {
        Ok(linear)
    } else {
        Err(Error::data(
            "the sums over the rows overflow; scale the features or the target",
        ))
    }
}

fn moments(rows: &dyn Dataset, features: usize) -> Result<(Vec<Moments>, Moments)> {
    let mut moments = vec![Moments::default(); features];
    let mut target = Moments::default();
    pass(rows, numbers, |block, targets| {
        target.update(&targets);
        for (moments, values) in moments.iter_mut().zip(block.columns()) {
            moments.update(values);
        }
        Ok(())
    })?;
    Ok((moments, target))
}

/// The targets of a column of numbers; null and NaN are none.
fn numbers(array: &dyn Array) -> Result<Vec<Option<f64>>> {
    let mut numbers = Vec::with_capacity(array.len());
    for_each_block(array, |block| {
        for (row, value) in block.values.iter().enumerate() {
            numbers.push((block.is_valid(row) && !value.is_nan()).then_some(*value));
        }
    })
    .map_err(|error| Error::data(error.to_string()))?;
    Ok(numbers)
}

struct Problem<'a> {
    rows: &'a dyn Dataset,
    scaling: Scaling,
    mean: f64,
    count: f64,
    features: usize,
}

impl Problem<'_> {
    /// The means over the rows of `XᵀX` and of `Xᵀy`.
    fn normal_equations(&self) -> Result<(Array2<f64>, Array1<f64>)> {
        let mut matrix = Array2::zeros((self.features, self.features));
        let mut vector = Array1::zeros(self.features);
        self.pass(|block, targets| {
            let features = block.matrix()?;
            let share = 1.0 / self.count;
            general_mat_mul(share, &features.t(), &features, 1.0, &mut matrix);
            general_mat_vec_mul(share, &features.t(), targets, 1.0, &mut vector);
            Ok(())
        })?;
        Ok((matrix, vector))
    }

    /// The mean over the rows of `Xᵀ(y - Xg)`.
    fn residual_sums(&self, solution: &Array1<f64>) -> Result<Array1<f64>> {
        let mut sums = Array1::zeros(self.features);
        self.pass(|block, residuals| {
            let features = block.matrix()?;
            general_mat_vec_mul(-1.0, &features, solution, 1.0, residuals);
            general_mat_vec_mul(1.0 / self.count, &features.t(), residuals, 1.0, &mut sums);
            Ok(())
        })?;
        Ok(sums)
    }

    /// A pass over standardised features and centred targets.
    fn pass(&self, mut visit: impl FnMut(&Block, &mut Array1<f64>) -> Result<()>) -> Result<()> {
        pass(self.rows, numbers, |mut block, targets| {
            self.scaling.apply(&mut block);
            visit(&block, &mut (Array1::from(targets) - self.mean))
        })
    }
}

/// The pseudo-inverse of a symmetric matrix.
struct Inverse {
    eigenvalues: Array1<f64>,
    eigenvectors: Array2<f64>,
    smallest: f64,
}

impl Inverse {
    fn new(matrix: Array2<f64>) -> Result<Self> {
        // The decomposition does not end for numbers that are none.
        if !matrix.iter().all(|value| value.is_finite()) {
            return Err(Error::data(
                "the sums over the rows overflow; scale the features",
            ));
        }
        let features = matrix.nrows() as f64;
        let (eigenvalues, eigenvectors) = matrix
            .eigh_into()
            .map_err(|error| Error::failed(format!("no eigenvalues were found: {error}")))?;
        let largest = eigenvalues.fold(0.0, |largest: f64, value| largest.max(*value));
        Ok(Self {
            eigenvalues,
            eigenvectors,
            smallest: largest * features * SMALLEST_EIGENVALUE,
        })
    }

    fn times(&self, vector: &Array1<f64>) -> Array1<f64> {
        let mut along = self.eigenvectors.t().dot(vector);
        for (value, eigenvalue) in along.iter_mut().zip(&self.eigenvalues) {
            *value = if *eigenvalue > self.smallest {
                *value / eigenvalue
            } else {
                0.0
            };
        }
        self.eigenvectors.dot(&along)
    }
}
