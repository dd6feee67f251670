//! The verdict on the dataset: how large the share of columns is that have drifted, each as much as
//! it counts.

use std::collections::BTreeMap;

use mlhost_plugin::{Error, Finding, Result, Severity};
use serde_json::{Map, json};

use crate::Params;
use crate::judge::extend;

/// How much of the dataset has drifted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// Of the number of columns.
    pub(crate) plain: f64,
    /// Of the weights of the columns, where there are any.
    pub(crate) weighted: Option<f64>,
    /// How many columns have a weight then, and how many have none.
    with_weight: usize,
    without_weight: usize,
}

impl Share {
    /// From all columns, each with whether it has drifted.
    ///
    /// # Errors
    /// Where there are weights, and none for any of these columns.
    pub(crate) fn of<'a>(
        params: &Params,
        columns: impl Iterator<Item = (&'a str, bool)> + Clone,
    ) -> Result<Self> {
        let plain = share(columns.clone(), |_| 1.0).unwrap_or(0.0);
        let Some(weights) = &params.weights else {
            return Ok(Self {
                plain,
                weighted: None,
                with_weight: 0,
                without_weight: 0,
            });
        };
        let has_weight = |(name, _): &(&str, bool)| weights.contains_key(*name);
        let with_weight = columns.clone().filter(has_weight).count();
        let without_weight = columns.clone().count() - with_weight;
        match share(columns, |name| weight(weights, name)) {
            Some(weighted) => Ok(Self {
                plain,
                weighted: Some(weighted),
                with_weight,
                without_weight,
            }),
            None => Err(Error::params(
                "/weights",
                "expected a weight above 0 for at least one of the columns that are compared",
            )),
        }
    }

    /// What decides.
    pub(crate) fn decisive(self) -> f64 {
        self.weighted.unwrap_or(self.plain)
    }

    /// Whether the dataset has drifted, and whether that fails the step.
    pub(crate) fn findings(self, params: &Params) -> Vec<Finding> {
        let share = self.decisive();
        let what = match (self.weighted, self.without_weight) {
            (None, _) => "the share of columns that have drifted".to_owned(),
            (Some(_), 0) => "the share of columns that have drifted, by their weights,".to_owned(),
            (Some(_), without) => format!(
                "the share of columns that have drifted, by the weights of {} columns ({without} \
                 without a weight left out),",
                self.with_weight
            ),
        };
        let least = params.drift_share;
        let drifted = share > 0.0 && share >= least;
        let relation = if drifted { "is not below" } else { "is below" };
        let mut findings = vec![Finding {
            check: "dataset_drift".to_owned(),
            column: None,
            passed: !drifted,
            severity: Severity::Warn,
            message: format!("{what} {share:.4} {relation} {least}"),
            details: self.details(json!(least)),
        }];
        if let Some(most) = params.max_share_drifted {
            let passed = share <= most;
            let relation = if passed { "does not exceed" } else { "exceeds" };
            findings.push(Finding {
                check: "share_drifted".to_owned(),
                column: None,
                passed,
                severity: Severity::Error,
                message: format!("{what} {share:.4} {relation} {most}"),
                details: self.details(json!(most)),
            });
        }
        findings
    }

    /// That the verdict was by weights, if it was, as the summary has it.
    pub(crate) fn in_summary(self) -> String {
        match (self.weighted, self.without_weight) {
            (None, _) => String::new(),
            (Some(share), 0) => format!("; by their weights a share of {share:.4}"),
            (Some(share), without) => format!(
                "; by the weights of {} columns a share of {share:.4}, with {without} left out that \
                 have none",
                self.with_weight
            ),
        }
    }

    fn details(self, threshold: serde_json::Value) -> Map<String, serde_json::Value> {
        let mut details = Map::new();
        let described = json!({
            "method": if self.weighted.is_some() {
                "sum of the weights of the columns that have drifted, divided by that of all"
            } else {
                "columns that have drifted, divided by all"
            },
            "value": self.decisive(),
            "share_drifted": self.plain,
            "weighted_share_drifted": self.weighted,
            "columns_with_weight": self.weighted.map(|_| self.with_weight),
            "columns_without_weight": self.weighted.map(|_| self.without_weight),
            "threshold": threshold,
        });
        extend(&mut details, described);
        details
    }
}

/// `None` where all weights together are nothing.
fn share<'a>(
    columns: impl Iterator<Item = (&'a str, bool)>,
    weight: impl Fn(&str) -> f64,
) -> Option<f64> {
    let (mut drifted, mut all) = (0.0, 0.0);
    for (name, has_drifted) in columns {
        let weight = weight(name);
        all += weight;
        if has_drifted {
            drifted += weight;
        }
    }
    (all > 0.0).then(|| drifted / all)
}

/// An importance below zero is that of a column whose noise has helped: it counts for nothing.
fn weight(weights: &BTreeMap<String, f64>, name: &str) -> f64 {
    weights.get(name).map_or(0.0, |weight| weight.max(0.0))
}
