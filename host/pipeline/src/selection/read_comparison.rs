//! Reads `where`: a list of comparisons, each a list of a column, an operator and a value.

use super::{Comparison, Operator, Takes, Value};
use crate::diagnostic::Diagnostics;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::reader::{self, Section};

const FORM: &str = "write `where = [[\"month\", \"<=\", 6], [\"carrier\", \"in\", [\"UA\", \"AA\"]]]`, \
                    for example";

/// The comparisons, without those that have mistakes.
pub(super) fn read(
    entry: &Entry,
    section: Section<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Comparison> {
    let what = section.key("where");
    let hint = || Some(FORM.to_owned());
    let items = match &entry.node.content {
        Content::Invalid => return Vec::new(),
        Content::Array(items) => items,
        other => {
            let found = other.described();
            let message = format!("expected a list of comparisons for {what}, found {found}");
            reader::report(&entry.node, message, hint(), diagnostics);
            return Vec::new();
        }
    };
    // The likeliest slip: one comparison without the list around it.
    if let Some(Content::String(_)) = items.first().map(|item| &item.content) {
        let message = format!("{what} is one comparison and not a list of them");
        reader::report(&entry.node, message, hint(), diagnostics);
        return Vec::new();
    }
    if items.is_empty() {
        let hint = Some("leave it out to take all rows".to_owned());
        reader::report(&entry.node, format!("{what} is empty"), hint, diagnostics);
    }
    let comparisons = items.iter();
    comparisons
        .filter_map(|item| read_one(item, &what, diagnostics))
        .collect()
}

fn read_one(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Comparison> {
    let one = format!("a comparison of {what}");
    let items = reader::array(node, &one, diagnostics)?;
    let (column, operator, operand) = match items {
        [column, operator] => (column, operator, None),
        [column, operator, operand] => (column, operator, Some(operand)),
        _ => {
            let message = format!("{one} is not a list of two or three");
            let hint = "it is a column, an operator and a value, such as `[\"month\", \"<=\", 6]`";
            reader::report(node, message, Some(hint.to_owned()), diagnostics);
            return None;
        }
    };
    let name = reader::string(column, &format!("the column of {one}"), diagnostics);
    let operator = read_operator(operator, &one, diagnostics);
    let (name, operator) = (name?, operator?);
    Some(Comparison {
        column: name.to_owned(),
        operator,
        values: read_operand(operator, operand, node, diagnostics)?,
    })
}

fn read_operator(node: &Node, one: &str, diagnostics: &mut Diagnostics) -> Option<Operator> {
    let text = reader::string(node, &format!("the operator of {one}"), diagnostics)?;
    let operator = Operator::from_text(text);
    if operator.is_none() {
        let known = Operator::ALL.map(Operator::text);
        let hint = match text {
            "=" => "did you mean `==`?".to_owned(),
            "<>" => "did you mean `!=`?".to_owned(),
            _ => names::hint(text, "operators", known),
        };
        let message = format!("unknown operator `{}` in {one}", text.escape_debug());
        reader::report(node, message, Some(hint), diagnostics);
    }
    operator
}

fn read_operand(
    operator: Operator,
    operand: Option<&Node>,
    comparison: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Value>> {
    let text = operator.text();
    let mut refuse = |node: &Node, message: String, hint: &str| {
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
        None
    };
    match (operator.takes(), operand) {
        (Takes::Nothing, None) => Some(Vec::new()),
        (Takes::Nothing, Some(operand)) => refuse(
            operand,
            format!("`{text}` takes no value"),
            "remove the third part of the comparison",
        ),
        (_, None) => refuse(
            comparison,
            format!("`{text}` without a value"),
            "add what the column is compared with as the third part",
        ),
        (Takes::Value, Some(operand)) => match &operand.content {
            Content::Array(_) => refuse(
                operand,
                format!("`{text}` takes one value, not a list"),
                "use `in` or `not in` for a list",
            ),
            _ => read_value(operand, text, diagnostics).map(|value| vec![value]),
        },
        (Takes::List, Some(operand)) => match &operand.content {
            Content::Array(items) if items.is_empty() => refuse(
                operand,
                format!("`{text}` with an empty list"),
                "name at least one value, or remove the comparison",
            ),
            Content::Array(items) => {
                let values = items.iter();
                let values = values.map(|item| read_value(item, text, diagnostics));
                // All are read before the first that is missing ends it, so that each is reported.
                values.collect::<Vec<_>>().into_iter().collect()
            }
            Content::Invalid => None,
            _ => refuse(
                operand,
                format!("`{text}` takes a list of values"),
                "write it in brackets: `[\"UA\", \"AA\"]`",
            ),
        },
    }
}

/// A scalar that is no NaN.
pub(super) fn read_value(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Value> {
    match &node.content {
        Content::Boolean(value) => Some(Value::Boolean(*value)),
        Content::Integer(value) => Some(Value::Integer(*value)),
        Content::Float(value) => {
            let converted = Value::from_float(*value);
            if converted.is_none() {
                let hint = "no number is equal to NaN, less or greater".to_owned();
                reader::report(node, format!("`{what}` with NaN"), Some(hint), diagnostics);
            }
            converted
        }
        Content::String(text) => Some(Value::Text(text.clone())),
        Content::Datetime(text) => Some(Value::Datetime(text.clone())),
        Content::Array(_) | Content::Table(_) | Content::Invalid => {
            let expected = "a string, a number, a boolean, a date or a time";
            reader::mismatch(node, expected, &format!("`{what}`"), diagnostics)
        }
    }
}
