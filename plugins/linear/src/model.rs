//! What training leaves behind: coefficients by the names of their features.

use serde::{Deserialize, Serialize};

/// A fitted linear model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The columns it predicts from; coefficients are in their order.
    pub features: Vec<String>,
    /// How it predicts.
    pub predictor: Predictor,
}

impl Model {
    /// Whether there is a coefficient for every feature and a function for every
    /// class.
    pub(crate) fn is_complete(&self) -> bool {
        let complete = |linear: &Linear| linear.coefficients.len() == self.features.len();
        match &self.predictor {
            Predictor::Regression(linear) => complete(linear),
            Predictor::Classification { classes, logits } => {
                let expected = if classes.len() == 2 { 1 } else { classes.len() };
                expected > 0 && logits.len() == expected && logits.iter().all(complete)
            }
        }
    }
}

/// How a model predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Predictor {
    /// The value of the function is the prediction.
    Regression(Linear),
    /// The values of functions decide between classes.
    Classification {
        /// The classes in the order of their texts.
        classes: Vec<String>,
        /// Of two classes, the logarithm of the odds of the second one; of more, one
        /// function for each, whose softmax are the probabilities.
        logits: Vec<Linear>,
    },
}

/// A linear function of the features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// What each feature is multiplied with.
    pub coefficients: Vec<f64>,
    /// The value where all features are zero.
    pub intercept: f64,
}
