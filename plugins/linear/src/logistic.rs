//! Logistic regression by L-BFGS over standardised features.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use argmin::core::{Executor, State, TerminationReason, TerminationStatus};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use mlhost_plugin::{Dataset, Error, Level, Result};
use mlhost_statistics::Moments;
use ndarray::Array1;

use crate::Params;
use crate::classes::classes;
use crate::model::{Linear, Predictor};
use crate::objective::Objective;
use crate::params::DEFAULT_ALPHA;
use crate::passes::pass;
use crate::scaling::Scaling;

/// So many steps are remembered by the solver.
const MEMORY: usize = 10;

/// More classes than this are a number that was meant to be a regression.
const MOST_CLASSES: usize = 1000;

/// Learns from a dataset whose last column is the target.
pub(crate) fn fit(rows: &dyn Dataset, features: &[String], params: &Params) -> Result<Predictor> {
    let (moments, classes) = survey(rows, features.len())?;
    let count = classes.values().sum::<u64>() as f64;
    let classes: Vec<String> = classes.into_keys().collect();
    if let [] | [_] = classes.as_slice() {
        let found = classes.first().map_or_else(
            || "no row has one".to_owned(),
            |class| format!("all are `{class}`"),
        );
        return Err(Error::data(format!(
            "a classification needs a target of two classes or more, and {found}"
        )));
    }
    let scaling = Scaling::new(features, &moments)?;
    let alpha = params.alpha.unwrap_or(DEFAULT_ALPHA);
    let objective = Objective {
        rows,
        scaling: &scaling,
        count,
        features: features.len(),
        classes: classes.iter().map(String::as_str).zip(0..).collect(),
        penalties: Array1::from(scaling.penalties()) * (alpha / count),
        evaluations: Cell::new(0),
        latest: RefCell::new(None),
    };
    let logits = objective.logits();
    let solution = minimise(objective, (features.len() + 1) * logits, params)?;
    let (coefficients, intercepts) = solution.split_at(features.len() * logits);
    let of_logit = |(logit, intercept): (usize, &f64)| -> Linear {
        let coefficients: Vec<f64> = coefficients
            .iter()
            .skip(logit)
            .step_by(logits)
            .copied()
            .collect();
        scaling.unscaled(&coefficients, *intercept)
    };
    let logits = intercepts.iter().enumerate().map(of_logit).collect();
    Ok(Predictor::Classification { classes, logits })
}

/// The moments of the features and the number of rows of each class.
fn survey(rows: &dyn Dataset, features: usize) -> Result<(Vec<Moments>, BTreeMap<String, u64>)> {
    let mut moments = vec![Moments::default(); features];
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let read = |array: &dyn arrow_array::Array| {
        let present = classes(array, |class| {
            match counts.get_mut(class) {
                Some(count) => *count += 1,
                None => drop(counts.insert(class.to_owned(), 1)),
            }
            Some(())
        })?;
        if counts.len() > MOST_CLASSES {
            return Err(Error::data(format!(
                "the target has more than {MOST_CLASSES} classes; is it a regression?"
            )));
        }
        Ok(present)
    };
    pass(rows, read, |block, _| {
        for (moments, values) in moments.iter_mut().zip(block.columns()) {
            moments.update(values);
        }
        Ok(())
    })?;
    Ok((moments, counts))
}

/// Where the objective is smallest; says so where the iterations were not enough.
fn minimise(objective: Objective<'_>, dimensions: usize, params: &Params) -> Result<Vec<f64>> {
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(params.tolerance)
        .map_err(unsolved)?;
    let start = vec![0.0; dimensions];
    let result = Executor::new(objective, solver)
        .configure(|state| state.param(start).max_iters(params.max_iterations))
        .run()
        .map_err(unsolved)?;
    let state = result.state;
    if let TerminationStatus::Terminated(TerminationReason::MaxItersReached) =
        state.get_termination_status()
    {
        let message = format!(
            "{} iterations were not enough for a gradient of {}; raise max_iterations or alpha",
            params.max_iterations, params.tolerance
        );
        mlhost_plugin::log(Level::Warn, &message);
    }
    let solution = state
        .best_param
        .filter(|param| param.iter().all(|value| value.is_finite()));
    solution.ok_or_else(|| Error::failed("the solver found no finite coefficients"))
}

/// An error of a pass as it was, one of the solver's own with what to do.
fn unsolved(error: argmin::core::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(|error| {
        Error::failed(format!(
            "the solver gave up: {error}; raise alpha or the tolerance"
        ))
    })
}
