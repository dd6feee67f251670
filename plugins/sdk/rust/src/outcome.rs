//! What a report says: a verdict, the findings behind it, numbers and figures.

use serde_json::{Map, Value};

/// The answer to "may the pipeline go on?"
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing to object to.
    Passed,
    /// Something a person should look at.
    Warned,
    /// No.
    Failed,
}

impl Verdict {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
        }
    }
}

/// How bad a finding is that has not passed.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The outcome fails.
    #[default]
    Error,
    /// The outcome warns.
    Warn,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was checked, in lower-case words joined by `_`.
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
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Lower-case words joined by `_`.
    pub name: String,
    /// The number.
    pub value: f64,
    /// What tells it from others of its name; empty for the headline number.
    pub labels: Vec<(String, String)>,
    /// Which way is good, where models are to be compared by it.
    pub better: Option<Better>,
}

/// Which of two numbers is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The higher one.
    Higher,
    /// The lower one.
    Lower,
}

impl Better {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        }
    }
}

/// Something to draw; `kind` and `data` are documented in `wit/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Unique within the outcome.
    pub name: String,
    /// Shown above it.
    pub title: String,
    /// `bars`, `lines` or `table`.
    pub kind: String,
    /// What is drawn.
    pub data: Value,
}

/// The result of an `assess`.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// May the pipeline go on?
    pub verdict: Verdict,
    /// One sentence that a person reads first.
    pub summary: String,
    /// Everything that was looked at.
    pub findings: Vec<Finding>,
    /// Numbers, headline numbers first.
    pub metrics: Vec<Metric>,
    /// Pictures.
    pub figures: Vec<Figure>,
}

impl Outcome {
    /// An outcome that passed or failed, with its first sentence.
    pub fn new(passed: bool, summary: impl Into<String>) -> Self {
        Self {
            verdict: if passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
            summary: summary.into(),
            findings: vec![],
            metrics: vec![],
            figures: vec![],
        }
    }

    /// An outcome whose verdict follows from its findings: failed when one of
    /// severity `error` has not passed, warned when only `warn` ones have not.
    pub fn from_findings(findings: Vec<Finding>, summary: impl Into<String>) -> Self {
        let open = |severity| findings.iter().any(|f| !f.passed && f.severity == severity);
        let verdict = if open(Severity::Error) {
            Verdict::Failed
        } else if open(Severity::Warn) {
            Verdict::Warned
        } else {
            Verdict::Passed
        };
        Self {
            verdict,
            findings,
            ..Self::new(true, summary)
        }
    }

    /// The outcome with a headline number added.
    #[must_use]
    pub fn metric(mut self, name: &str, value: f64) -> Self {
        self.metrics.push(Metric {
            name: name.to_owned(),
            value,
            labels: vec![],
            better: None,
        });
        self
    }

    /// Whether the verdict is [`Verdict::Passed`].
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Passed
    }
}
