//! Gates: what the metrics of a step must be for the run to go on. A metric has bounds, or has to
//! be better than that of another model on the same data, or both.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model_version::{ModelVersion, is_alias};
use crate::node::{Entry, Node};
use crate::reader::{self, Section};
use crate::source::Span;

const KEYS: [&str; 6] = [
    "minimum",
    "maximum",
    "better_than",
    "by",
    "confidence",
    "better",
];

/// What one metric must be; the run is refused if it is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The name of the metric in the report of the step.
    pub metric: String,
    /// The least value that passes.
    pub minimum: Option<f64>,
    /// The greatest value that passes.
    pub maximum: Option<f64>,
    /// Whose metric it has to be better than.
    #[serde(flatten)]
    pub better_than: Option<BetterThan>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// That a metric has to be better than that of another model on the same data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BetterThan {
    /// The other model.
    #[serde(rename = "better_than")]
    pub rival: Rival,
    /// By how much at least, in the unit of the metric; from 0.
    pub by: f64,
    /// How sure that has to be, between 0 and 1; the measured values decide if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Which way the metric is good; the report of the step says so if this does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub better: Option<Direction>,
    #[serde(skip)]
    pub(crate) span: Span,
}

/// Which of two values of a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The higher one.
    Higher,
    /// The lower one.
    Lower,
}

/// A model that another one has to be better than.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rival {
    /// `"mean"`: always the mean of the target in the training data.
    Mean,
    /// `"majority"`: always the most frequent class of the target in the training data.
    Majority,
    /// `"champion"`, or `"arr-delay@3"`: a model version of the store.
    Model {
        /// The name; that under which the model is registered if it is not said.
        name: Option<String>,
        /// What stands behind the `@`: an alias, a number, or `latest`.
        version: String,
    },
}

impl Gate {
    /// Whether a value keeps the bounds: the bounds themselves do, a NaN never does.
    pub fn passes(&self, value: f64) -> bool {
        !value.is_nan()
            && self.minimum.is_none_or(|minimum| value >= minimum)
            && self.maximum.is_none_or(|maximum| value <= maximum)
    }

    /// Where the metric is named.
    pub fn span(&self) -> Span {
        self.span.clone()
    }
}

impl BetterThan {
    /// Where the other model is named.
    pub fn span(&self) -> Span {
        self.span.clone()
    }
}

impl fmt::Display for Rival {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mean => formatter.write_str("mean"),
            Self::Majority => formatter.write_str("majority"),
            Self::Model { name, version } => match name {
                Some(name) => write!(formatter, "{name}@{version}"),
                None => formatter.write_str(version),
            },
        }
    }
}

impl Rival {
    /// What a text names, if it names a baseline or may name a version.
    fn of(text: &str) -> Option<Self> {
        match (text, text.split_once('@')) {
            ("mean", _) => Some(Self::Mean),
            ("majority", _) => Some(Self::Majority),
            (_, None) => is_alias(text).then(|| Self::Model {
                name: None,
                version: text.to_owned(),
            }),
            (_, Some(_)) => {
                let ModelVersion { name, version } = ModelVersion::of(text)?;
                Some(Self::Model {
                    name: Some(name),
                    version,
                })
            }
        }
    }
}

impl<'de> Deserialize<'de> for Rival {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("`{text}` names no model"));
        Self::of(&text).ok_or_else(unknown)
    }
}

impl Serialize for Rival {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

pub(crate) fn read(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Vec<Gate> {
    reader::table(&entry.node, &format!("`gate` in {title}"), diagnostics)
        .unwrap_or_default()
        .iter()
        .filter_map(|metric| read_gate(metric, title, diagnostics))
        .collect()
}

fn read_gate(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<Gate> {
    let title = format!("the gate `{}` of {title}", entry.name.escape_debug());
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    if entry.node.is_empty_table() {
        diagnostics.push(
            Diagnostic::new(format!(
                "{title} has neither `minimum`, `maximum` nor `better_than`"
            ))
            .at(entry.key_span.clone())
            .hint(format!(
                "write `{} = {{ minimum = 0.8 }}`, for example",
                entry.name
            )),
        );
    }
    let minimum = read_bound(section, "minimum", diagnostics);
    let maximum = read_bound(section, "maximum", diagnostics);
    if let (Some(minimum), Some(maximum)) = (minimum, maximum)
        && minimum > maximum
    {
        diagnostics.push(
            Diagnostic::new(format!("{title} can never pass"))
                .at(entry.node.span.clone())
                .label(format!(
                    "the minimum {minimum} is above the maximum {maximum}"
                )),
        );
    }
    Some(Gate {
        metric: entry.name.clone(),
        minimum,
        maximum,
        better_than: read_better_than(section, diagnostics),
        span: entry.key_span.clone(),
    })
}

fn read_better_than(section: Section<'_>, diagnostics: &mut Diagnostics) -> Option<BetterThan> {
    let by = section
        .optional("by")
        .and_then(|entry| read_margin(&entry.node, &section.key("by"), diagnostics));
    let confidence = section
        .optional("confidence")
        .and_then(|entry| read_confidence(&entry.node, &section.key("confidence"), diagnostics));
    let better = section
        .optional("better")
        .and_then(|entry| read_direction(&entry.node, &section.key("better"), diagnostics));
    let Some(entry) = section.optional("better_than") else {
        for key in ["by", "confidence", "better"] {
            if let Some(entry) = section.optional(key) {
                diagnostics.push(
                    Diagnostic::new(format!("{} needs `better_than`", section.key(key)))
                        .at(entry.key_span.clone())
                        .hint(BETTER_THAN),
                );
            }
        }
        return None;
    };
    Some(BetterThan {
        rival: read_rival(&entry.node, &section.key("better_than"), diagnostics)?,
        by: by.unwrap_or_default(),
        confidence,
        better,
        span: entry.node.span.clone(),
    })
}

const BETTER_THAN: &str = "`better_than` is an alias such as `\"champion\"`, a version such as \
                           `\"arr-delay@3\"`, or a baseline, `\"mean\"` or `\"majority\"`";

fn read_rival(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Rival> {
    let text = reader::string(node, what, diagnostics)?;
    let rival = Rival::of(text);
    if rival.is_none() {
        let message = format!("{what} names no model: `{}`", text.escape_debug());
        reader::report(node, message, Some(BETTER_THAN.to_owned()), diagnostics);
    }
    rival
}

fn read_margin(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let margin = reader::number(node, what, diagnostics)?;
    if margin.is_finite() && margin >= 0.0 {
        return Some(margin);
    }
    let message = format!("{what} is not a number from 0");
    let hint = "it is how much better the metric has to be, whichever way is good";
    reader::report(node, message, Some(hint.to_owned()), diagnostics);
    None
}

fn read_confidence(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let confidence = reader::number(node, what, diagnostics)?;
    if confidence > 0.0 && confidence < 1.0 {
        return Some(confidence);
    }
    let message = format!("{what} is not a number between 0 and 1");
    let hint = "write `confidence = 0.95`, for example";
    reader::report(node, message, Some(hint.to_owned()), diagnostics);
    None
}

fn read_direction(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Direction> {
    match reader::string(node, what, diagnostics)? {
        "higher" => Some(Direction::Higher),
        "lower" => Some(Direction::Lower),
        other => {
            let message = format!("{what} is unknown: `{}`", other.escape_debug());
            let hint = "it is `\"higher\"` or `\"lower\"`: which value of the metric is better";
            reader::report(node, message, Some(hint.to_owned()), diagnostics);
            None
        }
    }
}

fn read_bound(section: Section<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let entry = section.optional(key)?;
    let bound = reader::number(&entry.node, &section.key(key), diagnostics)?;
    if bound.is_finite() {
        return Some(bound);
    }
    let message = format!("{} is not a finite number", section.key(key));
    let hint = format!("leave `{key}` out if there is no such bound");
    reader::report(&entry.node, message, Some(hint), diagnostics);
    None
}
