//! The types that a pipeline can state for the columns of text files, under the names by which
//! Arrow shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a column of a CSV or JSON-lines file, as `[data.<name>.schema]` states it.
///
/// A name is written as Arrow shows it, in any case: `Int64`, `int64`, `Timestamp(ms)`. `bool` is
/// short for `boolean`, `timestamp` for `timestamp(us)`; times have no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum ColumnType {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 8 bits with a sign.
    Int8,
    /// A whole number of 16 bits with a sign.
    Int16,
    /// A whole number of 32 bits with a sign.
    Int32,
    /// A whole number of 64 bits with a sign.
    Int64,
    /// A whole number of 8 bits.
    UInt8,
    /// A whole number of 16 bits.
    UInt16,
    /// A whole number of 32 bits.
    UInt32,
    /// A whole number of 64 bits.
    UInt64,
    /// A float of 32 bits.
    Float32,
    /// A float of 64 bits.
    Float64,
    /// Text.
    Utf8,
    /// A day: `2013-01-31`.
    Date32,
    /// A time in whole seconds: `2013-01-31T12:00:00`.
    TimestampSecond,
    /// A time in milliseconds.
    TimestampMillisecond,
    /// A time in microseconds.
    TimestampMicrosecond,
    /// A time in nanoseconds.
    TimestampNanosecond,
}

impl ColumnType {
    /// All types, in the order of [`ColumnType::NAMES`].
    const ALL: [Self; 17] = [
        Self::Boolean,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::UInt8,
        Self::UInt16,
        Self::UInt32,
        Self::UInt64,
        Self::Float32,
        Self::Float64,
        Self::Utf8,
        Self::Date32,
        Self::TimestampSecond,
        Self::TimestampMillisecond,
        Self::TimestampMicrosecond,
        Self::TimestampNanosecond,
    ];

    /// The names of all types.
    pub const NAMES: [&str; 17] = [
        "boolean",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float32",
        "float64",
        "utf8",
        "date32",
        "timestamp(s)",
        "timestamp(ms)",
        "timestamp(us)",
        "timestamp(ns)",
    ];

    /// The type with this name, in any case.
    ///
    /// ```
    /// use mlhost_pipeline::ColumnType;
    ///
    /// assert_eq!(ColumnType::from_name("Int64"), Some(ColumnType::Int64));
    /// assert_eq!(ColumnType::from_name("Timestamp(µs)"), ColumnType::from_name("timestamp"));
    /// assert_eq!(ColumnType::from_name("decimal"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        let lower = name.to_lowercase().replace('µ', "u");
        let name = match lower.as_str() {
            "bool" => "boolean",
            "timestamp" => "timestamp(us)",
            other => other,
        };
        let position = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self::ALL[position])
    }

    /// The name, in lower case.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl From<ColumnType> for &'static str {
    fn from(column_type: ColumnType) -> Self {
        column_type.name()
    }
}

impl TryFrom<String> for ColumnType {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::from_name(&name).ok_or_else(|| format!("`{name}` is no type of a column"))
    }
}
