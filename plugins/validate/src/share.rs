//! The finding of a check of values: how large the share of unexpected values is,
//! and whether that is too much.

use mlhost_plugin::Finding;
use mlhost_statistics::DateUnit;
use serde_json::{Map, Value as Json, json};

use crate::forms::Demand;
use crate::keys::Keys;
use crate::tally::{Tally, Value};
use crate::words::percent;

/// What a check of values has found.
#[derive(Default)]
pub(crate) struct Share {
    /// How many values were looked at.
    values: u64,
    /// How many of them are not as expected.
    unexpected: u64,
    /// The rows of the first of them.
    rows: Vec<u64>,
    /// The first of them, where there is more to say of them than their rows.
    examples: Vec<Json>,
    /// As a sentence has it: `, for example 1602 in row 7`.
    example: String,
}

/// How a check speaks of values, after "all values", "none of 2 values", "1 value" and "2 values".
pub(crate) struct Wording {
    pub(crate) all: String,
    /// Of a check that something is not so, what no value is.
    pub(crate) none: Option<String>,
    pub(crate) one: String,
    pub(crate) several: String,
}

impl Wording {
    /// `are between 1 and 2`, `is not between 1 and 2`, `are not between 1 and 2`.
    pub(crate) fn to_be(predicate: &str) -> Self {
        Self {
            all: format!("are {predicate}"),
            none: None,
            one: format!("is not {predicate}"),
            several: format!("are not {predicate}"),
        }
    }
}

impl Share {
    /// Of values that can be shown, whose unit this is if they are numbers of dates or times.
    pub(crate) fn of_values(tally: &Tally, unit: Option<DateUnit>) -> Self {
        let meant = |value: &Value| match value {
            Value::Number(number) => Value::number(*number, unit),
            value => value.clone(),
        };
        let example = tally.examples.first().map_or_else(String::new, |example| {
            match meant(&example.value) {
                Value::Null => format!(", for example in row {}", example.row),
                value => format!(", for example {value} in row {}", example.row),
            }
        });
        let shown = tally
            .examples
            .iter()
            .filter(|example| example.value != Value::Null);
        Self {
            values: tally.values,
            unexpected: tally.unexpected,
            rows: tally.examples.iter().map(|example| example.row).collect(),
            examples: shown
                .map(|example| meant(&example.value).to_json())
                .collect(),
            example,
        }
    }

    /// Of values that occur more than once.
    pub(crate) fn of_duplicates(keys: &Keys) -> Self {
        let duplicates = keys.duplicates();
        let example = duplicates
            .pair
            .map_or_else(String::new, |([first, second], value)| {
                let value = value.map_or_else(|| "the one".to_owned(), |value| value.to_string());
                format!(", for example {value} in rows {first} and {second}")
            });
        Self {
            example,
            ..Self::of_values(&duplicates.tally, None)
        }
    }

    /// The finding: whether enough values are as expected.
    pub(crate) fn finding(
        self,
        check: &str,
        column: Option<String>,
        demand: &Demand,
        wording: &Wording,
        more: Map<String, Json>,
    ) -> Finding {
        Finding {
            check: check.to_owned(),
            column,
            // A quotient of counts is rounded to the nearest number, and so is what the
            // parameters say: 94 of 100 is 0.94.
            passed: self.unexpected == 0
                || (self.values - self.unexpected) as f64 / self.values as f64 >= demand.mostly,
            severity: demand.severity,
            message: self.message(demand.mostly, wording),
            details: self.details(demand, more),
        }
    }

    fn percent(&self) -> f64 {
        100.0 * self.unexpected as f64 / self.values.max(1) as f64
    }

    fn message(&self, mostly: f64, wording: &Wording) -> String {
        let Self {
            values,
            unexpected,
            example,
            ..
        } = self;
        let verb = match (values, unexpected) {
            (0, _) => return "there are no values to check".to_owned(),
            (1, 0) => return format!("the only value {}", wording.all.replacen("are", "is", 1)),
            (_, 0) => {
                return match &wording.none {
                    Some(none) => format!("none of {values} values {none}"),
                    None => format!("all {values} values {}", wording.all),
                };
            }
            (_, 1) => &wording.one,
            _ => &wording.several,
        };
        let share = percent(self.percent());
        let plural = if *values == 1 { "" } else { "s" };
        let allowed = if mostly < 1.0 {
            format!("; up to {} are allowed", percent(100.0 * (1.0 - mostly)))
        } else {
            String::new()
        };
        format!("{unexpected} of {values} value{plural} ({share}) {verb}{example}{allowed}")
    }

    fn details(self, demand: &Demand, mut details: Map<String, Json>) -> Map<String, Json> {
        details.insert("values".to_owned(), json!(self.values));
        details.insert("unexpected_count".to_owned(), json!(self.unexpected));
        details.insert("unexpected_percent".to_owned(), json!(self.percent()));
        details.insert("mostly".to_owned(), json!(demand.mostly));
        if let Some(condition) = &demand.condition {
            details.insert("where".to_owned(), json!(condition));
        }
        if !self.rows.is_empty() {
            details.insert("rows".to_owned(), json!(self.rows));
        }
        if !self.examples.is_empty() {
            details.insert(
                "partial_unexpected_list".to_owned(),
                Json::Array(self.examples),
            );
        }
        details
    }
}
