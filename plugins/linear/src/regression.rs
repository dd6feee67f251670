//! Regressions, from sums over the rows.
//!
//! Over standardised features, centred targets and their means over the rows, the
//! solution `g` of least squares with or without a penalty on squares satisfies
//! `(XᵀX + P) g = Xᵀy` with the penalties `P` on the diagonal. linfa finds it in the
//! reduced problem, and once more for the residuals, a pass of their own, which makes
//! up for the digits that squaring lost (Björck, "Numerical Methods for Least Squares
//! Problems", 1996, section 2.9). A penalty on absolute values goes to coordinate
//! descent.

use arrow_array::Array;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use mlhost_plugin::{Dataset, Error, Result};
use mlhost_statistics::Moments;
use mlhost_statistics::column::for_each_block;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2};

use crate::elastic_net;
use crate::model::Linear;
use crate::params::Params;
use crate::passes::{Block, pass};
use crate::reduced::{Reduced, Table};
use crate::scaling::Scaling;

/// Learns from a dataset whose last column is the target.
pub(crate) fn fit(rows: &dyn Dataset, features: &[String], params: &Params) -> Result<Linear> {
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
    let strengths = params.strengths(problem.count);
    let (matrix, sums) = problem.normal_equations()?;
    let solution = if strengths.absolute > 0.0 {
        let units = Array1::from(problem.scaling.units());
        elastic_net::solve(
            Reduced::new(matrix)?.table(&sums),
            &units,
            strengths,
            params,
        )?
    } else {
        problem.least_squares(matrix, &sums, strengths.squared)?
    };
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
    /// The solution under a penalty on squares, refined.
    fn least_squares(
        &self,
        mut matrix: Array2<f64>,
        sums: &Array1<f64>,
        penalty: f64,
    ) -> Result<Array1<f64>> {
        let penalties = Array1::from(self.scaling.penalties()) * penalty;
        matrix.diag_mut().scaled_add(1.0, &penalties);
        let reduced = Reduced::new(matrix)?;
        let first = least_squares(&reduced.table(sums))?;
        let left = self.residual_sums(&first)? - &penalties * &first;
        Ok(&first + &least_squares(&reduced.table(&left))?)
    }

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

/// The coefficients with the least squares, and the smallest of them where many do as
/// well.
fn least_squares(table: &Table) -> Result<Array1<f64>> {
    if table.records.is_empty() {
        return Ok(Array1::zeros(table.records.ncols()));
    }
    let solver = LinearRegression::new().with_intercept(false);
    let fitted = solver
        .fit(table)
        .map_err(|error| Error::failed(format!("least squares gave up: {error}")))?;
    Ok(fitted.params().clone())
}
