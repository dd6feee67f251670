//! Puts parameters in the place of `${params.<name>}`. A string that is nothing but this becomes
//! the parameter with its type; inside a longer string it becomes text. `$${` stands for a
//! literal `${`.

use crate::diagnostic::Diagnostics;
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::reader;

/// The entry with parameters put in everywhere below it.
pub(crate) fn entry(entry: &Entry, params: &Params, diagnostics: &mut Diagnostics) -> Entry {
    Entry {
        name: entry.name.clone(),
        key_span: entry.key_span.clone(),
        node: node(&entry.node, params, diagnostics),
    }
}

/// The node with parameters put in. A string with a mistake becomes invalid.
fn node(original: &Node, params: &Params, diagnostics: &mut Diagnostics) -> Node {
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
fn substitute(text: &str, params: &Params) -> Result<(Content, Option<String>), Mistake> {
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
        let value = lookup(expression, params)?;
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

fn lookup<'a>(expression: &str, params: &'a Params) -> Result<&'a Node, Mistake> {
    let Some(name) = expression.strip_prefix("params.") else {
        return Err(Mistake {
            message: format!("`${{{}}}` is not a parameter", expression.escape_debug()),
            hint: Some(
                "write `${params.<name>}` for a parameter, `$${` for a literal `${`".to_owned(),
            ),
        });
    };
    params.get(name).ok_or_else(|| Mistake {
        message: format!("unknown parameter `{}`", name.escape_debug()),
        hint: Some(params.hint(name)),
    })
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
