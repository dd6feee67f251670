//! Refuses single parameters that make no sense whatever the data.

use mlhost_plugin::{Error, Result};

use crate::method::{Drifts, Method};
use crate::params::{DomainClassifier, MOST_BINS};

impl DomainClassifier {
    /// Refuses a classifier that could not learn.
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |at: &str, message: String| {
            Err(Error::params(format!("/domain_classifier/{at}"), message))
        };
        if !(0.5..=1.0).contains(&self.threshold) {
            let found = self.threshold;
            return refuse(
                "threshold",
                format!("expected an area from 0.5 to 1, found {found}"),
            );
        }
        if !(10..=100_000).contains(&self.rows) {
            return refuse(
                "rows",
                format!("expected 10 to 100000 rows, found {}", self.rows),
            );
        }
        if !(2..=20).contains(&self.folds) {
            return refuse(
                "folds",
                format!("expected 2 to 20 folds, found {}", self.folds),
            );
        }
        Ok(())
    }
}

pub(crate) fn check_bins(at: &str, bins: usize) -> Result<()> {
    if (2..=MOST_BINS).contains(&bins) {
        return Ok(());
    }
    let message = format!("expected 2 to {MOST_BINS} bins, found {bins}");
    Err(Error::params(at, message))
}

pub(crate) fn check_threshold(at: &str, method: Method, threshold: Option<f64>) -> Result<()> {
    let Some(threshold) = threshold else {
        return Ok(());
    };
    let message = match method.drifts() {
        _ if method == Method::Auto => {
            "a threshold belongs to a method: name the `method` that it is for".to_owned()
        }
        Drifts::Above if !(threshold.is_finite() && threshold >= 0.0) => {
            format!("expected a threshold of 0 or more, found {threshold}")
        }
        Drifts::Below if !(0.0..=1.0).contains(&threshold) => {
            format!("expected a probability from 0 to 1, found {threshold}")
        }
        _ => return Ok(()),
    };
    Err(Error::params(at, message))
}

pub(crate) fn check_share(at: &str, share: Option<f64>) -> Result<()> {
    match share {
        Some(share) if !(0.0..=1.0).contains(&share) => {
            let message = format!("expected a share from 0 to 1, found {share}");
            Err(Error::params(at, message))
        }
        _ => Ok(()),
    }
}
