//! How many values are not as expected, with the first of them as examples.

use mlhost_statistics::DateUnit;
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};

use crate::words::without_digits;

/// As many unexpected values are kept as examples.
pub const EXAMPLES: usize = 20;

/// Longer texts are cut, so that a few of them cannot fill a state.
const EXAMPLE_CHARS: usize = 100;

/// A count of unexpected values. The same for any split of the rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// How many values were looked at.
    pub(crate) values: u64,
    /// How many of them are not as expected.
    pub(crate) unexpected: u64,
    /// The first of those, in the order of their rows.
    pub(crate) examples: Vec<Example>,
}

/// An unexpected value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Example {
    /// Its row, from 0.
    pub(crate) row: u64,
    pub(crate) value: Value,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    /// A date or time, as a number of its unit since 1970-01-01.
    Time(f64, DateUnit),
    /// The values of several columns, in the order in which the check names them.
    Row(Vec<Value>),
}

impl Tally {
    /// Takes in a value that is not as expected, and was counted already.
    pub(crate) fn unexpected(&mut self, row: u64, value: impl FnOnce() -> Value) {
        self.unexpected += 1;
        if !self.is_full() {
            self.examples.push(Example {
                row,
                value: value(),
            });
        }
    }

    /// Whether there are examples enough, so that further values need only be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.examples.len() >= EXAMPLES
    }

    /// Takes in the tally of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, later: &Self, rows_before: u64) {
        self.values += later.values;
        self.unexpected += later.unexpected;
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples
            .extend(later.examples.iter().take(room).map(|example| Example {
                row: example.row + rows_before,
                value: example.value.clone(),
            }));
    }
}

impl Value {
    /// A text, cut where it is very long.
    pub(crate) fn text(text: &str) -> Self {
        match text.char_indices().nth(EXAMPLE_CHARS) {
            Some((end, _)) => Self::Text(format!("{}…", &text[..end])),
            None => Self::Text(text.to_owned()),
        }
    }

    /// What a number of a column stands for, whose unit this is if it holds dates or times.
    pub(crate) fn number(number: f64, unit: Option<DateUnit>) -> Self {
        match unit {
            Some(unit) => Self::Time(number, unit),
            None => Self::Number(number),
        }
    }

    /// As it stands in details: whole numbers without a fraction, numbers that JSON
    /// has none for as text.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Boolean(boolean) => json!(boolean),
            Self::Number(number) if is_whole(*number) => json!(*number as i64),
            Self::Number(number) => match Number::from_f64(*number) {
                Some(number) => serde_json::Value::Number(number),
                None => json!(number.to_string()),
            },
            Self::Text(text) => json!(text),
            Self::Time(number, unit) => json!(unit.written(*number)),
            Self::Row(values) => values.iter().map(Self::to_json).collect(),
        }
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Number(number) => match without_digits(*number) {
                Some(words) => f.write_str(words),
                None => write!(f, "{number}"),
            },
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Time(number, unit) => f.write_str(&unit.written(*number)),
            Self::Row(values) => {
                let values: Vec<String> = values.iter().map(Self::to_string).collect();
                f.write_str(&values.join(", "))
            }
        }
    }
}
