//! Families of types, coarse enough that a file's format makes no difference.

use std::fmt;

use arrow_schema::DataType;
use mlhost_statistics::column::holds_texts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A family of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Integers, floating-point numbers and decimals.
    Number,
    /// Integers, signed or not, of any width.
    Integer,
    /// Floating-point numbers of any width.
    Float,
    /// Texts, and dictionaries of texts.
    String,
    /// Booleans.
    Boolean,
    /// Dates without a time.
    Date,
    /// Points in time, with or without a time zone.
    Timestamp,
}

impl Type {
    /// Whether a type is of this family.
    pub(crate) fn includes(self, data_type: &DataType) -> bool {
        match self {
            Self::Number => data_type.is_numeric(),
            Self::Integer => data_type.is_integer(),
            Self::Float => data_type.is_floating(),
            Self::String => holds_texts(data_type),
            Self::Boolean => *data_type == DataType::Boolean,
            Self::Date => matches!(data_type, DataType::Date32 | DataType::Date64),
            Self::Timestamp => matches!(data_type, DataType::Timestamp(_, _)),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        })
    }
}
