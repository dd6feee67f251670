//! Puts parameters in the place of `${params.<name>}`, and the variables of a loop in that of
//! `${each.<name>}`. A string that is nothing but this becomes the parameter with its type; inside a longer string it becomes text. `$${` stands for a
//! literal `${`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::diagnostic::Diagnostics;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::reader;
use crate::source::Span;

/// What can stand between the braces.
pub(crate) struct Values<'a> {
    pub(crate) params: &'a Params,
    /// The variables of the loop that the text is in.
    pub(crate) each: Each<'a>,
}

/// What `${each.<name>}` stands for.
#[derive(Clone, Copy)]
pub(crate) enum Each<'a> {
    /// There is no loop.
    Nothing,
    /// No place for it, in a loop or not.
    Elsewhere,
    /// It is put in later.
    Later,
    /// These values.
    Values(&'a Map<String, Value>),
}

/// The entry with parameters put in everywhere below it.
pub(crate) fn entry(entry: &Entry, params: &Params, diagnostics: &mut Diagnostics) -> Entry {
    let values = Values {
        params,
        each: Each::Elsewhere,
    };
    with_values(entry, &values, diagnostics)
}

/// The entry with parameters and the variables of a loop put in everywhere below it.
pub(crate) fn with_values(
    entry: &Entry,
    values: &Values<'_>,
    diagnostics: &mut Diagnostics,
) -> Entry {
    Entry {
        name: entry.name.clone(),
        key_span: entry.key_span.clone(),
        node: node(&entry.node, values, diagnostics),
    }
}

/// The variables of a loop that are named anywhere below a node, each with its place.
pub(crate) fn variables(node: &Node) -> Vec<(&str, Span)> {
    match &node.content {
        Content::Array(items) => items.iter().flat_map(variables).collect(),
        Content::Table(entries) => entries
            .iter()
            .flat_map(|entry| variables(&entry.node))
            .collect(),
        Content::String(text) => {
            let named = text.match_indices("${each.").filter_map(|(at, start)| {
                let is_literal = text[..at].ends_with('$');
                let (name, _) = text[at + start.len()..].split_once('}')?;
                (!is_literal).then(|| (name, node.span.clone()))
            });
            named.collect()
        }
        _ => Vec::new(),
    }
}

/// The node with values put in. A string with a mistake becomes invalid.
fn node(original: &Node, params: &Values<'_>, diagnostics: &mut Diagnostics) -> Node {
    let mut result = original.clone();
    match &mut result.content {
        Content::Array(items) => {
            for item in items {
                *item = node(item, params, diagnostics);
            }
        }
        Content::Table(entries) => {
            for inner in entries {
                inner.node = node(&inner.node, params, diagnostics);
            }
        }
        Content::String(text) if text.contains("${") => match substitute(text, params) {
            Ok((content, parameter)) => {
                result.content = content;
                result.parameter = parameter;
                place_items(&mut result);
            }
            Err(mistake) => {
                reader::report(original, mistake.message, mistake.hint, diagnostics);
                result.content = Content::Invalid;
            }
        },
        _ => {}
    }
    result
}

/// The items of an array that came from a parameter are where the parameter is used: where they
/// were written, in the file or in an override, is no place of this value.
fn place_items(node: &mut Node) {
    if let (Content::Array(items), Some(parameter)) = (&mut node.content, &node.parameter) {
        for (index, item) in items.iter_mut().enumerate() {
            item.span = node.span.clone();
            item.parameter = Some(format!("{parameter}[{index}]"));
        }
    }
}

struct Mistake {
    message: String,
    hint: Option<String>,
}

/// The content that a text stands for, and the parameter's expression if it is nothing else.
fn substitute(text: &str, params: &Values<'_>) -> Result<(Content, Option<String>), Mistake> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find("${") {
        let (before, after) = (&rest[..dollar], &rest[dollar + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            result += before;
            result += "${";
            rest = after;
            continue;
        }
        let Some((expression, after)) = after.split_once('}') else {
            return Err(Mistake {
                message: "`${` without a closing `}`".to_owned(),
                hint: Some("write `$${` for a literal `${`".to_owned()),
            });
        };
        if let (Each::Later, true) = (params.each, expression.starts_with("each.")) {
            result += before;
            result += &format!("${{{expression}}}");
            rest = after;
            continue;
        }
        let value = lookup(expression, params)?;
        let value = value.as_ref();
        // What is wrong with an invalid parameter is reported where it is declared.
        let alone = before.is_empty() && after.is_empty() && result.is_empty();
        if alone || matches!(value.content, Content::Invalid) {
            return Ok((value.content.clone(), Some(expression.to_owned())));
        }
        result += before;
        result += &as_text(&value.content).ok_or_else(|| Mistake {
            message: format!("`{expression}` is an array and cannot be part of a text"),
            hint: Some(format!(
                "only a string that is exactly `${{{expression}}}` can be an array"
            )),
        })?;
        rest = after;
    }
    result += rest;
    Ok((Content::String(result), None))
}

fn lookup<'a>(expression: &str, values: &Values<'a>) -> Result<Cow<'a, Node>, Mistake> {
    if let Some(name) = expression.strip_prefix("each.") {
        return variable(name, values.each).map(Cow::Owned);
    }
    let params = values.params;
    let Some(name) = expression.strip_prefix("params.") else {
        return Err(Mistake {
            message: format!("`${{{}}}` is not a parameter", expression.escape_debug()),
            hint: Some(
                "write `${params.<name>}` for a parameter, `$${` for a literal `${`".to_owned(),
            ),
        });
    };
    params.get(name).map(Cow::Borrowed).ok_or_else(|| Mistake {
        message: format!("unknown parameter `{}`", name.escape_debug()),
        hint: Some(params.hint(name)),
    })
}

/// The value that a variable of the loop has in this iteration.
fn variable(name: &str, each: Each<'_>) -> Result<Node, Mistake> {
    let each = match each {
        Each::Values(each) => each,
        Each::Nothing | Each::Later => {
            let hint = "a step has variables if it or a step before it has `for_each`";
            return Err(Mistake {
                message: format!("`${{each.{}}}` outside of a loop", name.escape_debug()),
                hint: Some(hint.to_owned()),
            });
        }
        Each::Elsewhere => {
            let name = name.escape_debug();
            return Err(Mistake {
                message: format!("`${{each.{name}}}` cannot stand here"),
                hint: Some(format!(
                    "the variables of a loop can stand in `with`, in the `params` of a step with \
                     `pipeline`, and as `each.{name}` in `when`"
                )),
            });
        }
    };
    match each.get(name) {
        Some(value) => Ok(literal(value, 0..0)),
        None => Err(Mistake {
            message: format!("the loop has no variable `{}`", name.escape_debug()),
            hint: Some(names::hint(
                name,
                "variables",
                each.keys().map(String::as_str),
            )),
        }),
    }
}

/// A scalar as if it were written at a place.
pub(crate) fn literal(value: &Value, span: Span) -> Node {
    let content = match value {
        Value::Bool(value) => Content::Boolean(*value),
        Value::String(text) => Content::String(text.clone()),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Content::Integer(number),
            None => Content::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => Content::Invalid,
    };
    Node::new(span, content)
}

fn as_text(content: &Content) -> Option<String> {
    match content {
        Content::Boolean(value) => Some(value.to_string()),
        Content::Integer(value) => Some(value.to_string()),
        // The form with a decimal point or exponent, as a float is written in the file.
        Content::Float(value) => Some(format!("{value:?}")),
        Content::String(text) => Some(text.clone()),
        _ => None,
    }
}
