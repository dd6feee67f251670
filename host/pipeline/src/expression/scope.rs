//! What an expression may refer to: the names, their types before the run and their values in it.

use std::fmt;
use std::ops::Range;

use serde_json::Value;

/// One use of a name that is defined outside of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is named.
    pub name: Name,
    /// Where, in bytes of the text of the expression: the whole of `evaluate.r2`.
    pub range: Range<usize>,
    pub(super) usage: Usage,
}

/// What becomes of the value that a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// It is worked with.
    Value,
    /// It is compared with `null`.
    AgainstNull,
    /// `has(…)` asks whether there is one.
    Presence,
}

/// A name that is defined outside of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// `params.name`.
    Param(String),
    /// `each.name`: what a loop gives to this turn of it.
    Each(String),
    /// `step.field`, `steps.step.field` or `steps["step"].field`.
    Field {
        /// The name of the step.
        step: String,
        /// A headline metric, or `verdict`, `outcome` or `rows`.
        field: String,
    },
}

/// As it is written in an expression.
impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(name) => write!(formatter, "params{}", Part(name)),
            Self::Each(name) => write!(formatter, "each{}", Part(name)),
            Self::Field { step, field } if is_identifier(step) && !NO_ROOTS.contains(&&**step) => {
                write!(formatter, "{step}{}", Part(field))
            }
            Self::Field { step, field } => {
                write!(formatter, "steps{}{}", Part(step), Part(field))
            }
        }
    }
}

/// What a name cannot begin with, so that a step of this name stands behind `steps`: what begins
/// other names, and the reserved words of CEL.
const NO_ROOTS: [&str; 24] = [
    "params",
    "each",
    "steps",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// What follows the first part of a name: `.r2`, or `["a-b"]` where that cannot be.
struct Part<'a>(&'a str);

impl fmt::Display for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match is_identifier(self.0) {
            true => write!(formatter, ".{}", self.0),
            false => write!(formatter, "[\"{}\"]", self.0.escape_debug()),
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where the last part of a [`Name`] is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within<'a> {
    /// The parameters.
    Params,
    /// What a loop gives to each of its turns.
    Each,
    /// The steps.
    Steps,
    /// The fields of one step: its metrics, `verdict`, `outcome`, `rows`.
    Fields(&'a str),
}

/// The type of an expression, or of what it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A boolean.
    Bool,
    /// A signed integer of 64 bits.
    Int,
    /// A float of 64 bits, among them the infinities and NaN.
    Double,
    /// A string.
    String,
    /// An array of items of one type; of [`Type::Dyn`] if that is not known.
    List(Box<Type>),
    /// A table. The types of its values are not known.
    Map,
    /// `null`.
    Null,
    /// Known only when the expression is evaluated.
    Dyn,
}

impl Type {
    /// The type of a JSON value. A float stays one if it is whole.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(number) if number.is_i64() => Self::Int,
            Value::Number(_) => Self::Double,
            Value::String(_) => Self::String,
            Value::Array(items) => {
                let mut types = items.iter().map(Self::of);
                let first = types.next().unwrap_or(Self::Dyn);
                let item = if types.all(|item| item == first) {
                    first
                } else {
                    Self::Dyn
                };
                Self::List(Box::new(item))
            }
            Value::Object(_) => Self::Map,
        }
    }

    /// The type with its article, for messages; in the words of TOML.
    pub fn described(&self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int => "an integer",
            Self::Double => "a float",
            Self::String => "a string",
            Self::List(_) => "an array",
            Self::Map => "a table",
            Self::Null => "null",
            Self::Dyn => "a value",
        }
    }
}

/// What is known of the names before the run.
pub trait Types {
    /// The type of what is named; `None` if there is no such thing. [`Type::Dyn`] and, for a metric
    /// of a step whose report is not known yet, [`Type::Double`] put the question off to the run.
    fn type_of(&self, name: &Name) -> Option<Type>;

    /// The names that can stand there, to tell the user what there is.
    fn names(&self, within: Within<'_>) -> Vec<String>;
}

/// What the names stand for in a run.
pub trait Values {
    /// The value of what is named.
    fn value_of(&self, name: &Name) -> Lookup;

    /// The names that can stand there, to tell the user what there is.
    fn names(&self, within: Within<'_>) -> Vec<String>;
}

/// What a name stands for in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    /// A value.
    Value(Value),
    /// A metric, which JSON could not hold if it is not finite.
    Metric(f64),
    /// There is none, since the step has not been done: its outcome, such as `skipped`.
    NotDone(String),
    /// There is none.
    Missing,
}
