//! Lasso and elastic net: linfa's coordinate descent over a reduced problem, so that
//! an iteration costs the square of the number of features however many rows there
//! are.
//!
//! linfa-elasticnet 0.8.1 minimises, over a table of `m` rows, `‖z - Ru‖² / 2m +
//! penalty (l1_ratio Σ|u| + (1 - l1_ratio) / 2 Σ u²)` (`hyperparams.rs`, and
//! `n_samples * l1_ratio * penalty` in `algorithm.rs`). The reduced problem has the
//! mean over all rows within `‖z - Rw‖²`, so that the `penalty` that stands for one
//! of the mean is the `m`th part of it.
//!
//! It also takes for zero what is below 2e-16: squared lengths of columns, and
//! coefficients. The lengths of the table are therefore chosen: `cR` for `R` has no
//! column shorter than 1, and `dz` for `z` is as long as the longest column, whose
//! coefficient is then about 1. `‖dz - cRu‖²` with `u = wd/c` is `d²‖z - Rw‖²`, and
//! `Σ|w|` and `Σ w²` cost the same if their factors are multiplied with `cd` and `c²`.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_elasticnet::ElasticNet;
use mlhost_plugin::{Error, Level, Result};
use ndarray::Array1;

use crate::Params;
use crate::params::Strengths;
use crate::reduced::Table;

/// The coefficients of standardised features with the least loss under a penalty on
/// the coefficients of the features in their own units. `units` is what one
/// standardised unit of each feature is in its own, 0 for a constant. Says so where
/// the iterations were not enough.
pub(crate) fn solve(
    table: Table,
    units: &Array1<f64>,
    strengths: Strengths,
    params: &Params,
) -> Result<Array1<f64>> {
    let (rows, targets) = (table.records, table.targets);
    let length = targets.dot(&targets).sqrt();
    if length == 0.0 {
        return Ok(Array1::zeros(units.len()));
    }
    let lengths = || units.iter().filter(|unit| **unit > 0.0);
    let shortest = lengths().copied().fold(f64::INFINITY, f64::min);
    let longest = lengths().copied().fold(0.0, f64::max);
    let features_by = 1.0 / shortest;
    let targets_by = longest / shortest / length;

    let rows = rows * &(units * features_by);
    let absolute = strengths.absolute * features_by * targets_by;
    let squared = strengths.squared * features_by * features_by;
    let penalty = absolute + squared;
    let fitted = ElasticNet::params()
        .with_intercept(false)
        .penalty(penalty / rows.nrows() as f64)
        .l1_ratio(absolute / penalty)
        .tolerance(params.tolerance)
        .max_iterations(iterations(params))
        .fit(&DatasetBase::new(rows, targets * targets_by))
        .map_err(|error| Error::failed(format!("coordinate descent gave up: {error}")))?;
    if u64::from(fitted.n_steps()) > params.max_iterations {
        warn(params);
    }
    // Adding 0.0 makes 0.0 of -0.0.
    Ok(fitted.hyperplane() * units * (features_by / targets_by) + 0.0)
}

/// One more than there may be: the solver asks whether it is done before the last
/// one, not after it.
fn iterations(params: &Params) -> u32 {
    let most = u32::try_from(params.max_iterations).unwrap_or(u32::MAX);
    most.saturating_add(1)
}

fn warn(params: &Params) {
    let message = format!(
        "{} iterations were not enough for coefficients and a duality gap within {}; raise max_iterations or alpha",
        params.max_iterations, params.tolerance
    );
    mlhost_plugin::log(Level::Warn, &message);
}
