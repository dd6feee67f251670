//! What must hold of a row: a column, an operator, and what the column is compared with. The form
//! is that of the `filters` of pyarrow, in the pipeline file and in JSON.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Value;

/// One condition on the rows. A null is neither equal nor unequal nor less than anything, so that
/// its row goes with every operator but `is null`. Floats compare as in IEEE 754: NaN is unequal
/// to everything, and neither less nor greater; the two zeros are equal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Form", try_from = "Form")]
pub struct Comparison {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what: as many values as the operator [takes](Operator::takes).
    pub values: Vec<Value>,
}

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// `==`
    #[serde(rename = "==")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    NotEqual,
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    LessOrEqual,
    /// `>`
    #[serde(rename = ">")]
    Greater,
    /// `>=`
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// `in`: equal to one of a list
    #[serde(rename = "in")]
    In,
    /// `not in`: unequal to all of a list
    #[serde(rename = "not in")]
    NotIn,
    /// `is null`
    #[serde(rename = "is null")]
    IsNull,
    /// `is not null`
    #[serde(rename = "is not null")]
    IsNotNull,
}

/// What an operator compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// One value.
    Value,
    /// At least one value, as a list.
    List,
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 10] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::In,
        Self::NotIn,
        Self::IsNull,
        Self::IsNotNull,
    ];

    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::IsNull => "is null",
            Self::IsNotNull => "is not null",
        }
    }

    /// The operator that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.text() == text)
    }

    /// What it compares with.
    pub fn takes(self) -> Takes {
        match self {
            Self::IsNull | Self::IsNotNull => Takes::Nothing,
            Self::In | Self::NotIn => Takes::List,
            _ => Takes::Value,
        }
    }
}

/// Close to how it is written: `month <= 6`, `carrier in ["UA", "AA"]`.
impl fmt::Display for Comparison {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.column, self.operator.text())?;
        let values: Vec<String> = self.values.iter().map(Value::to_string).collect();
        match self.operator.takes() {
            Takes::Nothing => Ok(()),
            Takes::Value => write!(formatter, " {}", values.join(", ")),
            Takes::List => write!(formatter, " [{}]", values.join(", ")),
        }
    }
}

/// A [`Comparison`] in JSON: an array of two or three.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    List(String, Operator, Vec<Value>),
    Value(String, Operator, Value),
    Nothing(String, Operator),
}

impl From<Comparison> for Form {
    fn from(comparison: Comparison) -> Self {
        let Comparison {
            column,
            operator,
            mut values,
        } = comparison;
        match (operator.takes(), values.len()) {
            (Takes::Nothing, _) => Self::Nothing(column, operator),
            (Takes::Value, 1) => Self::Value(column, operator, values.remove(0)),
            _ => Self::List(column, operator, values),
        }
    }
}

impl TryFrom<Form> for Comparison {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let (column, operator, values, takes) = match form {
            Form::Nothing(column, operator) => (column, operator, Vec::new(), Takes::Nothing),
            Form::Value(column, operator, value) => (column, operator, vec![value], Takes::Value),
            Form::List(column, operator, values) => (column, operator, values, Takes::List),
        };
        if operator.takes() != takes {
            return Err(format!(
                "`{}` does not compare with that many values",
                operator.text()
            ));
        }
        Ok(Self {
            column,
            operator,
            values,
        })
    }
}
