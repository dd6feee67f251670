//! Training: reads the rows and grows a tree.

use arrow_schema::Schema;
use mlhost_plugin::{Dataset, Fit, Result};
use mlhost_statistics::Moments;
use serde::{Deserialize, Serialize};

use crate::bins::Feature;
use crate::criterion::{ClassCounts, Entropy, Gini, SquaredError};
use crate::grow::{Limits, grow};
use crate::model::Tree;
use crate::params::{Measure, Params, Plan};
use crate::training_rows::{Targets, TrainingRows, read};

/// A tree with the names of what it was grown from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The columns that it predicts from, in the order that the tree knows them by.
    pub features: Vec<String>,
    /// The classes, in the order of their probabilities; none for a regression.
    pub classes: Option<Vec<String>>,
    /// The tree.
    pub tree: Tree,
}

/// Grows a tree from a dataset.
pub struct Grow {
    plan: Plan,
}

impl Fit for Grow {
    type Params = Params;
    type State = Fitted;

    fn open(params: Params, input: &Schema) -> Result<Self> {
        Ok(Self {
            plan: params.plan(input)?,
        })
    }

    fn columns(&self) -> Vec<String> {
        let mut columns = vec![self.plan.target.clone()];
        columns.extend_from_slice(&self.plan.features);
        columns
    }

    fn fit(self, rows: &dyn Dataset) -> Result<Fitted> {
        let TrainingRows { features, targets } = read(&self.plan, rows)?;
        let limits = &self.plan.limits;
        let (tree, classes) = match targets {
            Targets::Numbers(numbers) => (grow_regression(&features, numbers, limits), None),
            Targets::Classes { of_rows, classes } => {
                let count = classes.len();
                let tree = match self.plan.measure {
                    Measure::Entropy => grow(
                        &features,
                        of_rows,
                        &ClassCounts::<Entropy>::new(count),
                        limits,
                    ),
                    _ => grow(&features, of_rows, &ClassCounts::<Gini>::new(count), limits),
                };
                (tree, Some(classes))
            }
        };
        Ok(Fitted {
            features: self.plan.features,
            classes,
            tree,
        })
    }
}

fn grow_regression(features: &[Feature], mut targets: Vec<f64>, limits: &Limits) -> Tree {
    let mut moments = Moments::default();
    moments.update(&targets);
    let criterion = SquaredError::around(moments.mean().unwrap_or(0.0));
    targets
        .iter_mut()
        .for_each(|target| *target = criterion.centred(*target));
    grow(features, targets, &criterion, limits)
}
