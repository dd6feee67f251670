//! What a report says, as the host keeps and prints it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Limits, contract::report, convert::cut};

/// The answer to "may the pipeline go on?"
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing to object to.
    Passed,
    /// Something a person should look at.
    Warned,
    /// No.
    Failed,
}

/// How bad a finding is that has not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The outcome fails.
    Error,
    /// The outcome warns.
    Warn,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was checked.
    pub check: String,
    /// The column it was checked on, where it is about one.
    pub column: Option<String>,
    /// Whether all is well.
    pub passed: bool,
    /// How bad it is when `passed` is false.
    pub severity: Severity,
    /// One sentence with the observed value and what was expected.
    pub message: String,
    /// Everything else that was observed.
    pub details: Map<String, Value>,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Lower-case words joined by `_`.
    pub name: String,
    /// The number; JSON has no NaN or infinity, and writes null for them.
    pub value: Option<f64>,
    /// What tells it from others of its name; empty for the headline number.
    pub labels: BTreeMap<String, String>,
    /// Which way is good, where the plugin says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
}

/// Which of two numbers is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// The higher one.
    Higher,
    /// The lower one.
    Lower,
}

/// Something to draw; `kind` and `data` are documented in `wit/`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Unique within the outcome.
    pub name: String,
    /// Shown above it.
    pub title: String,
    /// `bars`, `lines`, `table`, or a word that this host does not know.
    pub kind: String,
    /// What is drawn.
    pub data: Value,
}

/// The result of an assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// May the pipeline go on?
    pub verdict: Verdict,
    /// One sentence that a person reads first.
    pub summary: String,
    /// Everything that was looked at.
    pub findings: Vec<Finding>,
    /// Numbers.
    pub metrics: Vec<Metric>,
    /// Pictures.
    pub figures: Vec<Figure>,
}

impl Outcome {
    /// The headline number of this name.
    pub fn headline(&self, name: &str) -> Option<&Metric> {
        let mut metrics = self.metrics.iter();
        metrics.find(|metric| metric.name == name && metric.labels.is_empty())
    }

    /// The number of this name with these labels, and no others.
    pub fn labelled(&self, name: &str, labels: &[(&str, &str)]) -> Option<&Metric> {
        let fits = |metric: &&Metric| {
            metric.name == name
                && metric.labels.len() == labels.len()
                && labels
                    .iter()
                    .all(|(key, value)| metric.labels.get(*key).is_some_and(|own| own == value))
        };
        self.metrics.iter().find(fits)
    }
}

/// An outcome from a plugin, or what about it cannot be true.
pub(crate) fn outcome_in(outcome: report::Outcome, limits: &Limits) -> Result<Outcome, String> {
    let text = |mut text: String| {
        cut(&mut text, limits.text_bytes);
        text
    };
    let findings = outcome.findings.into_iter().map(|finding| {
        Ok(Finding {
            check: text(finding.check),
            column: finding.column.map(text),
            passed: finding.passed,
            severity: match finding.severity.as_str() {
                "error" => Severity::Error,
                "warn" => Severity::Warn,
                other => {
                    return Err(format!(
                        "a finding of severity `{}`",
                        text(other.to_owned())
                    ));
                }
            },
            message: text(finding.message),
            details: match serde_json::from_str(&finding.details) {
                Ok(Value::Object(details)) => details,
                _ => return Err("a finding whose details are no JSON object".to_owned()),
            },
        })
    });
    let metrics = outcome.metrics.into_iter().map(|metric| {
        let labels = metric.labels.into_iter();
        let mut labels: BTreeMap<_, _> = labels
            .map(|(key, value)| (text(key), text(value)))
            .collect();
        let better = labels.remove("better");
        Metric {
            name: text(metric.name),
            value: metric.value.is_finite().then_some(metric.value),
            labels,
            // A word that this host does not know says nothing.
            better: better.and_then(|better| match better.as_str() {
                "higher" => Some(Better::Higher),
                "lower" => Some(Better::Lower),
                _ => None,
            }),
        }
    });
    let figures = outcome.figures.into_iter().map(|figure| {
        Ok::<_, String>(Figure {
            name: text(figure.name),
            title: text(figure.title),
            kind: text(figure.kind),
            data: serde_json::from_str(&figure.data)
                .map_err(|error| format!("a figure whose data is not JSON: {error}"))?,
        })
    });
    Ok(Outcome {
        verdict: match outcome.verdict.as_str() {
            "passed" => Verdict::Passed,
            "warned" => Verdict::Warned,
            "failed" => Verdict::Failed,
            other => return Err(format!("the verdict `{}`", text(other.to_owned()))),
        },
        summary: text(outcome.summary),
        findings: findings.collect::<Result<_, _>>()?,
        metrics: metrics.collect(),
        figures: figures.collect::<Result<_, _>>()?,
    })
}
