//! A value that a column is compared with, as it is written in the pipeline file. Which type of
//! Arrow it becomes is decided by the column.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Integers up to this size are kept by every reader of JSON (2^53).
const LARGEST_EXACT: u64 = 1 << 53;

/// A scalar of TOML.
///
/// As JSON it is the plain scalar where JSON has one that every reader keeps, and otherwise an
/// object that says what it is, such as `{"datetime": "2013-07-01"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Form", try_from = "Form")]
pub enum Value {
    /// A boolean.
    Boolean(bool),
    /// An integer; a float that is one, too, so that `6.0` and `6` are one value.
    Integer(i64),
    /// Another float, but never NaN.
    Float(f64),
    /// A string.
    Text(String),
    /// A date, a time or both, with or without an offset, in the form of RFC 3339.
    Datetime(String),
}

impl Value {
    /// The value of a float; `None` for NaN, which no comparison has a use for.
    pub fn from_float(float: f64) -> Option<Self> {
        const PAST_INTEGERS: f64 = 9_223_372_036_854_775_808.0;
        if float.is_nan() {
            return None;
        }
        let fits = float.fract() == 0.0 && (-PAST_INTEGERS..PAST_INTEGERS).contains(&float);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is whole and within the bounds of i64"
        )]
        let value = match fits {
            true => Self::Integer(float as i64),
            false => Self::Float(float),
        };
        Some(value)
    }

    /// The type with its article, for messages.
    pub fn described(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a string",
            Self::Datetime(_) => "a date or time",
        }
    }
}

/// As it is written in the pipeline file.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(formatter),
            Self::Integer(value) => value.fmt(formatter),
            Self::Float(value) => write!(formatter, "{value:?}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
            Self::Datetime(text) => formatter.write_str(text),
        }
    }
}

/// A [`Value`] in JSON.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Named(Named),
}

/// What JSON has no scalar for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Integer(String),
    Float(String),
    Datetime(String),
}

impl From<Value> for Form {
    fn from(value: Value) -> Self {
        match value {
            Value::Boolean(value) => Self::Boolean(value),
            Value::Integer(value) if value.unsigned_abs() > LARGEST_EXACT => {
                Self::Named(Named::Integer(value.to_string()))
            }
            Value::Integer(value) => Self::Integer(value),
            Value::Float(value) if !value.is_finite() => {
                Self::Named(Named::Float(value.to_string()))
            }
            Value::Float(value) => Self::Float(value),
            Value::Text(text) => Self::Text(text),
            Value::Datetime(text) => Self::Named(Named::Datetime(text)),
        }
    }
}

impl TryFrom<Form> for Value {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let unreadable = |text: &str| format!("`{text}` is not a number to compare with");
        Ok(match form {
            Form::Boolean(value) => Self::Boolean(value),
            Form::Integer(value) => Self::Integer(value),
            Form::Float(value) => {
                Self::from_float(value).ok_or_else(|| unreadable(&value.to_string()))?
            }
            Form::Text(text) => Self::Text(text),
            Form::Named(Named::Integer(text)) => {
                Self::Integer(text.parse().map_err(|_| unreadable(&text))?)
            }
            Form::Named(Named::Float(text)) => {
                let float = text.parse().ok().and_then(Self::from_float);
                float.ok_or_else(|| unreadable(&text))?
            }
            Form::Named(Named::Datetime(text)) => Self::Datetime(text),
        })
    }
}
