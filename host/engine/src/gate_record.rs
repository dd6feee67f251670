//! What a gate decided, and what it compared: for the record, and in words.

use std::fmt;

use mlhost_pipeline::{Direction, Gate};
use serde::{Deserialize, Serialize};

/// What a gate decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateRecord {
    /// What it demands.
    #[serde(flatten)]
    pub gate: Gate,
    /// What was measured.
    pub value: Option<f64>,
    /// What that was compared with, if it had to be better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<ComparisonRecord>,
    /// Whether that will do.
    pub passed: bool,
    /// What it demands, in words.
    #[serde(default)]
    pub summary: String,
}

/// A metric of two models on the same rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRecord {
    /// The other model.
    pub with: ComparedWith,
    /// Its value on the same rows.
    pub value: Option<f64>,
    /// Which value is better, where anybody says so.
    pub better: Option<Direction>,
    /// How many rows both were scored on, where the evaluator tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// How sure the difference is, where the gate asks for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<BootstrapRecord>,
    /// What was compared and what came of it, in words.
    pub summary: String,
}

/// What a model was compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ComparedWith {
    /// A version of the store.
    Version {
        /// Its name.
        model: String,
        /// Its version.
        version: u32,
        /// Its identity.
        digest: String,
    },
    /// A version of the store that is made of the same steps and states: there was nothing to
    /// compare.
    Same {
        /// Its name.
        model: String,
        /// Its version.
        version: u32,
        /// Its identity.
        digest: String,
    },
    /// A model that looks at nothing.
    Baseline {
        /// `mean` or `majority`.
        baseline: String,
    },
    /// Nothing: the alias stands for no version yet.
    Nothing {
        /// The model.
        model: String,
        /// The alias.
        alias: String,
    },
}

/// What a paired bootstrap over rows says of a difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BootstrapRecord {
    /// How often the rows were drawn.
    pub resamples: u64,
    /// Where the random numbers started.
    pub seed: u64,
    /// The lower end of the percentile interval of the difference, this model minus the other.
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
    /// The share of the draws in which this model is better, by the margin at least.
    pub probability: Option<f64>,
}

impl ComparisonRecord {
    /// By how much a value is better than the other one; negative if it is worse.
    pub(crate) fn lead(&self, value: f64) -> Option<f64> {
        let difference = value - self.value?;
        Some(match self.better? {
            Direction::Higher => difference,
            Direction::Lower => -difference,
        })
    }

    /// Whether there was nothing to be better than.
    pub(crate) fn is_idle(&self) -> bool {
        matches!(
            self.with,
            ComparedWith::Nothing { .. } | ComparedWith::Same { .. }
        )
    }
}

/// `arr-delay@3`, `the baseline mean`.
impl fmt::Display for ComparedWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { model, version, .. } | Self::Same { model, version, .. } => {
                write!(f, "{model}@{version}")
            }
            Self::Baseline { baseline } => write!(f, "the baseline {baseline}"),
            Self::Nothing { model, alias } => write!(f, "{model}@{alias}"),
        }
    }
}

impl GateRecord {
    /// The record with its words.
    #[must_use]
    pub(crate) fn in_words(mut self) -> Self {
        self.summary = self.demand();
        if let Some(compared) = self.compared()
            && let Some(comparison) = &mut self.comparison
        {
            comparison.summary = compared;
        }
        self
    }

    /// What it demands: `r2 >= 0.8, better than champion by 0.005`.
    fn demand(&self) -> String {
        let Gate {
            metric,
            minimum,
            maximum,
            better_than,
            ..
        } = &self.gate;
        let mut demands = Vec::new();
        demands.extend(minimum.map(|minimum| format!(">= {minimum}")));
        demands.extend(maximum.map(|maximum| format!("<= {maximum}")));
        if let Some(better_than) = better_than {
            let mut demand = format!("better than {}", better_than.rival);
            if better_than.by > 0.0 {
                demand.push_str(&format!(" by {}", better_than.by));
            }
            if let Some(confidence) = better_than.confidence {
                demand.push_str(&format!(" with confidence {confidence}"));
            }
            demands.push(demand);
        }
        format!("{metric} {}", demands.join(", "))
    }

    /// What was compared and what came of it, if anything was.
    fn compared(&self) -> Option<String> {
        let comparison = self.comparison.as_ref()?;
        let with = &comparison.with;
        match with {
            ComparedWith::Nothing { .. } => return Some(format!("there is no {with} yet")),
            ComparedWith::Same { .. } => return Some(format!("{with} is this model")),
            ComparedWith::Version { .. } | ComparedWith::Baseline { .. } => {}
        }
        let Some((value, other)) = self.value.zip(comparison.value) else {
            return Some(format!("{with} has no such value on these rows"));
        };
        let mut words = format!("{} against {} of {with}", number(value), number(other));
        if let Some(rows) = comparison.rows {
            words.push_str(&format!(" on the same {rows} rows"));
        }
        if let Some(lead) = comparison.lead(value) {
            words.push_str(&match lead {
                0.0 => ", no better".to_owned(),
                lead if lead > 0.0 => format!(", better by {}", number(lead)),
                lead => format!(", worse by {}", number(-lead)),
            });
        }
        if let Some(bootstrap) = &comparison.bootstrap {
            words.push_str(&self.certainty(bootstrap));
        }
        Some(words)
    }

    fn certainty(&self, bootstrap: &BootstrapRecord) -> String {
        let asked = self.gate.better_than.as_ref();
        let (by, confidence) = asked.map_or((0.0, None), |asked| (asked.by, asked.confidence));
        let mut words = String::new();
        if let (Some(lower), Some(upper), Some(confidence)) =
            (bootstrap.lower, bootstrap.upper, confidence)
        {
            let better = self.comparison.as_ref().and_then(|one| one.better);
            let (least, most) = match better {
                Some(Direction::Lower) => (-upper, -lower),
                _ => (lower, upper),
            };
            words.push_str(&format!(
                " ({} interval {} to {})",
                percent(confidence),
                number(least),
                number(most)
            ));
        }
        if let Some(probability) = bootstrap.probability {
            let by = match by {
                0.0 => String::new(),
                by => format!(" by at least {by}"),
            };
            words.push_str(&format!(
                ", better{by} in {} of {} resamples",
                percent(probability),
                bootstrap.resamples
            ));
        }
        words
    }

    /// Why it did not let the run go on.
    pub(crate) fn refusal(&self) -> String {
        let Gate {
            metric,
            minimum,
            maximum,
            better_than,
            ..
        } = &self.gate;
        let Some(value) = self.value else {
            return format!("its gate needs `{metric}`, which has no value");
        };
        let bound = match (minimum, maximum) {
            (Some(minimum), _) if value < *minimum => Some(("at least", minimum)),
            (_, Some(maximum)) if value > *maximum => Some(("at most", maximum)),
            _ => None,
        };
        if let Some((bound, limit)) = bound {
            return format!("{metric} is {value:.6}, and its gate wants {bound} {limit}");
        }
        let (Some(better_than), Some(compared)) = (better_than, self.compared()) else {
            return format!("{metric} is {value:.6}, which does not pass its gate");
        };
        let by = match better_than.by {
            0.0 => String::new(),
            by => format!(" by {by}"),
        };
        let sure = match better_than.confidence {
            None => String::new(),
            Some(confidence) => format!(" in {} of them", percent(confidence)),
        };
        format!("{metric} is {compared}, and its gate wants it better{by}{sure}")
    }
}

/// A number with as many digits as tell it from its neighbours in a comparison.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.1}"),
        size if size >= 0.001 || size == 0.0 => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    }
}

pub(crate) fn percent(share: f64) -> String {
    let percent = (share * 1000.0).round() / 10.0;
    format!("{percent} %")
}
