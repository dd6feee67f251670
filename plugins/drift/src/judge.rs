//! What a column's values say by one of the methods.

use mlhost_plugin::{Error, Finding, Result, Severity};
use mlhost_statistics::Distribution;
use mlhost_statistics::drift::{
    PSI_FLOOR, chi_squared, hellinger, jensen_shannon, kolmogorov_smirnov, l_infinity, psi,
    wasserstein, z_test,
};
use serde_json::{Map, Value, json};

use crate::Params;
use crate::binned::Binned;
use crate::method::{Drifts, Method, Size};
use crate::params::Settings;

/// The value of a method, and what there is to say on it.
pub(crate) struct Judged {
    pub(crate) value: f64,
    details: Map<String, Value>,
}

/// A column, and how it is to be judged.
pub(crate) struct Case<'a> {
    pub(crate) params: &'a Params,
    pub(crate) settings: &'a Settings<'a>,
    pub(crate) name: &'a str,
    pub(crate) size: Size,
    pub(crate) method: Method,
}

impl Case<'_> {
    /// The value of the method over the shares of bins, or `None` of a method of numbers.
    ///
    /// # Errors
    /// Where the method cannot be used for such a column.
    pub(crate) fn by_shares(&self, binned: &Binned) -> Result<Option<Judged>> {
        let (before, now) = binned.shares();
        let failed = |error: mlhost_statistics::Error| Error::failed(error.to_string());
        let base = self.params.jensen_shannon_base;
        let (value, details) = match self.method {
            Method::Psi => (
                psi(&before, &now, PSI_FLOOR).map_err(failed)?,
                json!({
                    "zero_rule": format!("shares below {PSI_FLOOR} are raised to it"),
                    "logarithm": "natural",
                }),
            ),
            Method::JensenShannon => (
                jensen_shannon(&before, &now, base.value()).map_err(failed)?,
                json!({
                    "zero_rule": "a share of 0 adds nothing",
                    "logarithm": format!("base {}", base.name()),
                }),
            ),
            Method::Hellinger => (
                hellinger(&before, &now).map_err(failed)?,
                json!({ "zero_rule": "none is needed" }),
            ),
            Method::LInfinity => (
                l_infinity(&before, &now).map_err(failed)?,
                json!({ "zero_rule": "none is needed" }),
            ),
            Method::ChiSquared => {
                let test = chi_squared(&binned.reference, &binned.current).map_err(failed)?;
                let Some(test) = test else { return Ok(None) };
                let details = json!({
                    "statistic": test.statistic,
                    "degrees_of_freedom": test.degrees_of_freedom,
                    "zero_rule": "what neither side has is left out",
                    "correction": "none",
                });
                (test.p_value, details)
            }
            Method::ZTest => {
                let Some(test) = z_test(successes(&binned.reference), successes(&binned.current))
                else {
                    return Ok(None);
                };
                self.needs_two_categories(binned)?;
                (
                    test.p_value,
                    json!({ "statistic": test.statistic, "variance": "pooled" }),
                )
            }
            Method::Auto | Method::Ks | Method::Wasserstein => return Ok(None),
        };
        Ok(Some(Judged::new(value, details)))
    }

    /// The value of a method of numbers, or `None` of another one.
    pub(crate) fn by_numbers(
        &self,
        reference: &Distribution,
        current: &Distribution,
    ) -> Option<Judged> {
        match self.method {
            Method::Ks => {
                let test = kolmogorov_smirnov(reference, current)?;
                let details = json!({
                    "statistic": test.statistic,
                    "p_value_from": "the asymptotic distribution",
                });
                Some(Judged::new(test.p_value, details))
            }
            Method::Wasserstein => {
                let found = wasserstein(reference, current)?;
                let details = json!({
                    "distance": found.distance,
                    "distance_error": found.error,
                    "norm": found.norm,
                    "norm_from": "the reference's population standard deviation, at least 0.001",
                    "infinite_values": "left out",
                });
                Some(Judged::new(found.normed, details))
            }
            _ => None,
        }
    }

    /// The finding on a value: two tools that disagree on it differ in one of the details.
    pub(crate) fn finding(&self, judged: &Judged, check: &str) -> Finding {
        let method = self.method;
        let (threshold, source) = match self.settings.threshold {
            Some(threshold) => (threshold, "parameter"),
            None => (method.default_threshold(), "default, as Evidently's"),
        };
        let (passed, relation) = match method.drifts() {
            Drifts::Above if judged.value > threshold => (false, "exceeds"),
            Drifts::Above => (true, "does not exceed"),
            Drifts::Below if judged.value < threshold => (false, "is below"),
            Drifts::Below => (true, "is not below"),
        };
        let mut details = Map::new();
        let described = json!({
            "method": method.title(),
            "method_from": self.settings.method.chosen_by(self.size),
            "value": judged.value,
            "threshold": threshold,
            "threshold_from": source,
        });
        extend(&mut details, described);
        details.extend(judged.details.clone());
        let value = shown(judged.value);
        Finding {
            check: check.to_owned(),
            column: Some(self.name.to_owned()),
            passed,
            severity: Severity::Warn,
            message: format!("the {} {value} {relation} {threshold}", method.title()),
            details,
        }
    }

    fn needs_two_categories(&self, binned: &Binned) -> Result<()> {
        let found = binned.occupied();
        if found <= 2 {
            return Ok(());
        }
        let name = self.name;
        let message = format!(
            "the z-test compares two different values, and column `{name}` has {found}: take \
             `chi_squared`"
        );
        Err(Error::params(&self.settings.method_at, message))
    }
}

impl Judged {
    fn new(value: f64, details: Value) -> Self {
        let mut map = Map::new();
        extend(&mut map, details);
        Self {
            value,
            details: map,
        }
    }
}

/// Of the last of the bins that hold anything, and of all.
fn successes(counts: &[u64]) -> (u64, u64) {
    (counts.last().copied().unwrap_or(0), counts.iter().sum())
}

/// Four digits, also of a very small number.
fn shown(value: f64) -> String {
    if value == 0.0 || value.abs() >= 5e-5 {
        format!("{value:.4}")
    } else {
        format!("{value:.1e}")
    }
}

pub(crate) fn extend(details: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        details.extend(more);
    }
}
