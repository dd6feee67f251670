//! The tree of a TOML file in the form that the readers work on: every value and key with its
//! place, tables in the order of the file, numbers already parsed.

use serde_json::{Map, Number, Value};

use crate::source::Span;

/// A value and where it is written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) content: Content,
    /// The parameter that was put in the place of the text `${params.<name>}`.
    pub(crate) parameter: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(String),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
    /// A value about which there is a diagnostic already: whoever reads it keeps silent.
    Invalid,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

/// The deepest node on the way of a JSON pointer that exists.
pub(crate) struct Place<'a> {
    pub(crate) node: &'a Node,
    pub(crate) key_span: Option<Span>,
    /// How many parts of the pointer led to a node.
    pub(crate) depth: usize,
}

impl Content {
    /// The type with its article, for messages.
    pub(crate) fn described(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(number) if !number.is_finite() => "a number that is not finite",
            Self::Float(_) => "a float",
            Self::String(_) => "a string",
            Self::Datetime(_) => "a date or time",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
            Self::Invalid => "an invalid value",
        }
    }
}

impl Node {
    pub(crate) fn new(span: Span, content: Content) -> Self {
        Self {
            span,
            content,
            parameter: None,
        }
    }

    /// The value as JSON: dates and times become strings. A number that JSON does not have (NaN,
    /// infinity) is given back as the node that holds it.
    pub(crate) fn to_json(&self) -> Result<Value, &Self> {
        Ok(match &self.content {
            Content::Boolean(value) => Value::Bool(*value),
            Content::Integer(value) => Value::from(*value),
            Content::Float(value) => Value::Number(Number::from_f64(*value).ok_or(self)?),
            Content::String(text) | Content::Datetime(text) => Value::String(text.clone()),
            Content::Array(items) => {
                Value::Array(items.iter().map(Self::to_json).collect::<Result<_, _>>()?)
            }
            Content::Table(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| Ok((entry.name.clone(), entry.node.to_json()?)))
                    .collect::<Result<Map<_, _>, _>>()?,
            ),
            Content::Invalid => Value::Null,
        })
    }

    /// The same where every number is wanted: one that JSON does not have becomes a text.
    pub(crate) fn to_json_or_text(&self) -> Value {
        match &self.content {
            Content::Float(number) if !number.is_finite() => Value::String(number.to_string()),
            Content::Array(items) => items.iter().map(Self::to_json_or_text).collect(),
            Content::Table(entries) => {
                let pair = |entry: &Entry| (entry.name.clone(), entry.node.to_json_or_text());
                entries.iter().map(pair).collect()
            }
            _ => self.to_json().unwrap_or_default(),
        }
    }

    /// Whether it stands for the same value, wherever that is written. The order of the keys of a
    /// table does not count.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::Boolean(left), Content::Boolean(right)) => left == right,
            (Content::Integer(left), Content::Integer(right)) => left == right,
            (Content::Float(left), Content::Float(right)) => left.total_cmp(right).is_eq(),
            (Content::String(left), Content::String(right))
            | (Content::Datetime(left), Content::Datetime(right)) => left == right,
            (Content::Array(left), Content::Array(right)) => {
                let mut pairs = left.iter().zip(right);
                left.len() == right.len() && pairs.all(|(left, right)| left.is_same(right))
            }
            (Content::Table(left), Content::Table(right)) => {
                let in_right = |entry: &Entry| {
                    let mut found = right.iter().filter(|other| other.name == entry.name);
                    found.any(|other| entry.node.is_same(&other.node))
                };
                left.len() == right.len() && left.iter().all(in_right)
            }
            _ => false,
        }
    }

    /// Whether it is a table without entries.
    pub(crate) fn is_empty_table(&self) -> bool {
        matches!(&self.content, Content::Table(entries) if entries.is_empty())
    }

    /// Follows a JSON pointer as far as there are nodes.
    pub(crate) fn place(&self, pointer: &str) -> Place<'_> {
        let mut place = Place {
            node: self,
            key_span: None,
            depth: 0,
        };
        for part in pointer.split('/').skip(1) {
            let name = part.replace("~1", "/").replace("~0", "~");
            let (node, key_span) = match &place.node.content {
                Content::Table(entries) => {
                    let found = entries.iter().find(|entry| entry.name == name);
                    let Some(entry) = found else { break };
                    (&entry.node, Some(entry.key_span.clone()))
                }
                Content::Array(items) => {
                    let found = name.parse().ok().and_then(|index: usize| items.get(index));
                    let Some(item) = found else { break };
                    (item, None)
                }
                _ => break,
            };
            place = Place {
                node,
                key_span,
                depth: place.depth + 1,
            };
        }
        place
    }

    /// Words that tell where a value came from that is not literally at its place.
    pub(crate) fn parameter_label(&self) -> Option<String> {
        let name = self.parameter.as_ref()?;
        Some(match self.to_json() {
            Ok(value) => format!("here `{name}` is {value}"),
            Err(_) => format!("the value of `{name}`"),
        })
    }
}
