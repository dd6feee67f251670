//! The mean loss of logistic regression and its gradient, one pass for both.
//!
//! Two classes: with the logit `z` and `y` 0 or 1, the loss is `ln(1 + exp(z)) - y z`
//! and its derivative `1 / (1 + exp(-z)) - y`. More classes: `ln Σ exp(z) - z_y`, with
//! derivative `softmax(z)` less 1 for the class that it is.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use argmin::core::{CostFunction, Gradient};
use mlhost_plugin::{Dataset, Error, Result};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::classes::classes;
use crate::passes::{Block, pass};
use crate::scaling::Scaling;

/// What is minimised, as a function of one list of numbers: for each feature a
/// coefficient for each logit, and at the end the intercepts.
pub(crate) struct Objective<'a> {
    pub(crate) rows: &'a dyn Dataset,
    pub(crate) scaling: &'a Scaling,
    /// The number of rows.
    pub(crate) count: f64,
    pub(crate) features: usize,
    /// The number of each class.
    pub(crate) classes: BTreeMap<&'a str, usize>,
    /// For each feature, what half the square of its coefficients costs.
    pub(crate) penalties: Array1<f64>,
    pub(crate) evaluations: Cell<u64>,
    /// The solver asks for the value and for the gradient at one place after the
    /// other.
    pub(crate) latest: RefCell<Option<Evaluation>>,
}

/// The value and the gradient at one place.
#[derive(Clone)]
pub(crate) struct Evaluation {
    at: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// Sums over the rows.
struct Sums {
    loss: f64,
    coefficients: Array2<f64>,
    intercepts: Array1<f64>,
}

impl CostFunction for Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(self.evaluation(at)?.value)
    }
}

impl Gradient for Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, at: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(self.evaluation(at)?.gradient)
    }
}

impl Objective<'_> {
    /// How many functions decide between the classes.
    pub(crate) fn logits(&self) -> usize {
        if self.classes.len() == 2 {
            1
        } else {
            self.classes.len()
        }
    }

    fn evaluation(&self, at: &[f64]) -> Result<Evaluation> {
        let mut latest = self.latest.borrow_mut();
        if let Some(latest) = latest.as_ref().filter(|latest| latest.at == at) {
            return Ok(latest.clone());
        }
        let evaluation = self.evaluate(at)?;
        let evaluations = self.evaluations.get() + 1;
        self.evaluations.set(evaluations);
        mlhost_plugin::record_metric("loss", evaluations, evaluation.value);
        *latest = Some(evaluation.clone());
        Ok(evaluation)
    }

    fn evaluate(&self, at: &[f64]) -> Result<Evaluation> {
        let (coefficients, intercepts) = at.split_at(self.features * self.logits());
        let coefficients = ArrayView2::from_shape((self.features, self.logits()), coefficients)
            .map_err(|error| Error::failed(error.to_string()))?;
        let intercepts = Array1::from(intercepts.to_vec());
        let mut sums = Sums {
            loss: 0.0,
            coefficients: Array2::zeros(coefficients.raw_dim()),
            intercepts: Array1::zeros(self.logits()),
        };
        self.pass(|block, classes| {
            let features = block.matrix()?;
            let mut values = features.dot(&coefficients) + &intercepts;
            sums.loss += into_derivatives(&mut values, &classes);
            general_mat_mul(1.0, &features.t(), &values, 1.0, &mut sums.coefficients);
            sums.intercepts += &values.sum_axis(Axis(0));
            Ok(())
        })?;
        let penalties = self.penalties.view().insert_axis(Axis(1));
        let pull = &coefficients * &penalties;
        let penalty = 0.5 * (&pull * &coefficients).sum();
        let slopes = sums.coefficients / self.count + pull;
        let steps = sums.intercepts / self.count;
        Ok(Evaluation {
            at: at.to_vec(),
            value: sums.loss / self.count + penalty,
            gradient: slopes.iter().chain(&steps).copied().collect(),
        })
    }

    /// A pass over standardised features and the numbers of the classes.
    fn pass(&self, mut visit: impl FnMut(&Block, Vec<usize>) -> Result<()>) -> Result<()> {
        let read = |array: &dyn arrow_array::Array| {
            classes(array, |class| self.classes.get(class).copied())
        };
        pass(self.rows, read, |mut block, classes| {
            self.scaling.apply(&mut block);
            visit(&block, classes)
        })
    }
}

/// Turns logits, a row each, into the derivatives of the loss; returns the loss.
fn into_derivatives(logits: &mut Array2<f64>, classes: &[usize]) -> f64 {
    let mut loss = 0.0;
    if logits.ncols() == 1 {
        for (logit, class) in logits.iter_mut().zip(classes) {
            let positive = *class as f64;
            // ln(1 + exp(z)), which does not overflow this way.
            let softplus = logit.max(0.0) + (-logit.abs()).exp().ln_1p();
            loss += softplus - positive * *logit;
            *logit = 1.0 / (1.0 + (-*logit).exp()) - positive;
        }
        return loss;
    }
    for (mut logits, class) in logits.rows_mut().into_iter().zip(classes) {
        let largest = logits.fold(f64::NEG_INFINITY, |largest, logit| largest.max(*logit));
        let of_class = logits[*class];
        logits.mapv_inplace(|logit| (logit - largest).exp());
        let sum = logits.sum();
        loss += sum.ln() + largest - of_class;
        logits.mapv_inplace(|power| power / sum);
        logits[*class] -= 1.0;
    }
    loss
}
