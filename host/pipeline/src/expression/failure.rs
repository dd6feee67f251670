//! Says in the user's words what went wrong: why a text is no expression, and why an evaluation
//! has failed.

use std::ops::Range;

use cel::common::ast::operators;
use cel::{ExecutionError, ParseError, ParseErrors};

use super::mistake::{Mistake, printable};
use super::program;
use super::scan::Outline;
use super::scope::{Name, Reference};

/// The mistake that keeps a text from being an expression: the first that the parser tells of.
pub(super) fn of_parser(text: &str, errors: &ParseErrors, outline: &Outline) -> Mistake {
    // What is incomplete is told of besides, at the place where it begins.
    let is_syntax = |error: &&ParseError| !error.msg.starts_with("Incomplete");
    let mut found = errors.errors.iter().filter(is_syntax);
    let Some(error) = found.next().or(errors.errors.first()) else {
        return Mistake::new("this is no expression", 0..text.len());
    };
    let start = byte_offset(text, error.pos);
    let place = outline.token_at(text, start);
    if place.is_empty() || error.msg.contains("input '<EOF>'") {
        let end = text.trim_end().len();
        return Mistake::new("the expression ends too early", end..end);
    }
    let written = text.get(place.clone()).unwrap_or_default();
    let unexpected = || format!("`{}` was not expected here", printable(written));
    match error.msg.as_str() {
        "invalid argument to has() macro" if written == "[" => {
            Mistake::new("`has` takes names with a dot only", place)
                .hint("write `step[\"name\"] != null`")
        }
        "invalid argument to has() macro" => {
            Mistake::new("`has` takes the name of a value", place).hint("write `has(evaluate.r2)`")
        }
        "argument must be a simple name" => {
            Mistake::new("expected the name of a variable of the loop", place)
                .hint("write `array.all(x, x > 0)`")
        }
        "invalid int literal" => {
            let message = format!("`{written}` does not fit an integer of 64 bits");
            Mistake::new(message, place).hint("write a float: `1e20`")
        }
        "invalid double literal" => {
            let message = format!("`{written}` does not fit a float of 64 bits");
            Mistake::new(message, place)
        }
        message if message.starts_with("reserved identifier") => {
            Mistake::new(format!("`{written}` is a reserved word"), place)
                .hint(format!("write `steps[\"{written}\"]` if it is a step"))
        }
        _ if written.starts_with('$') => Mistake::new(unexpected(), place)
            .hint("a parameter is `params.NAME` here, without `${` and `}`"),
        _ => match outline.word_before(text, &place) {
            Some((range, operator)) => {
                let word = text.get(range.clone()).unwrap_or_default();
                Mistake::new(format!("`{word}` is no operator"), range)
                    .hint(format!("write `{operator}`"))
            }
            None => Mistake::new(unexpected(), place),
        },
    }
}

/// The offset of a line and a column, both from 1, of which the column counts characters.
fn byte_offset(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or_default();
    let column = usize::try_from(column - 1).unwrap_or_default();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column).map(char::len_utf8).sum::<usize>()
}

/// That a step has no values, since it was not done.
pub(super) fn not_done(reference: &Reference, outcome: &str) -> Mistake {
    let (step, field) = match &reference.name {
        Name::Field { step, field } => (step, field),
        Name::Param(name) | Name::Each(name) => (name, name),
    };
    let message = match outcome {
        "failed" => format!("step `{step}` failed, so it has no `{field}`"),
        outcome => format!("step `{step}` was {outcome}, so it has no `{field}`"),
    };
    let hint = format!(
        "ask first whether there is one: `has({name}) && …`",
        name = reference.name
    );
    Mistake::new(message, reference.range.clone()).hint(hint)
}

/// Why an evaluation has failed.
pub(super) fn mistake(error: &ExecutionError, place: Range<usize>) -> Mistake {
    let message = match error {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            let mistake = Mistake::new("division of an integer by zero", place);
            return mistake.hint("ask first: `b != 0 && a / b > 1`");
        }
        ExecutionError::Overflow(..) => "a result does not fit an integer of 64 bits".to_owned(),
        ExecutionError::IndexOutOfBounds(index) => {
            let mistake = Mistake::new(format!("there is no item {}", plain(index)), place);
            return mistake.hint("the first item is 0; `size(array)` says how many there are");
        }
        ExecutionError::NoSuchKey(key) => format!("there is no key `{}`", key.escape_debug()),
        ExecutionError::DuplicateKey(key) => format!("the key {} is there twice", plain(key)),
        ExecutionError::FunctionError { function, message } => {
            format!("`{function}` failed: {}", last_line(message))
        }
        ExecutionError::UndeclaredReference(name) => {
            format!("unknown function `{}`", printable(name))
        }
        ExecutionError::NoSuchOverload(overload) if overload.function() == "_._" => {
            let operand = overload.argument_types().first();
            format!(
                "{} has no fields",
                described(operand.map_or("", String::as_str))
            )
        }
        ExecutionError::NoSuchOverload(overload) => {
            let types = overload.argument_types().iter().map(|name| described(name));
            let operator = sign(overload.function());
            let types: Vec<&str> = types.collect();
            format!("`{operator}` does not work on {}", types.join(" and "))
        }
        ExecutionError::UnsupportedBinaryOperator(operation, left, right) => {
            let [left, right] = [left, right].map(|value| value.type_of().to_string());
            let (left, right) = (described(&left), described(&right));
            format!("`{}` does not work on {left} and {right}", sign(operation))
        }
        ExecutionError::UnexpectedType { got, want } => {
            format!("expected {}, found {}", described(want), described(got))
        }
        other => other.to_string(),
    };
    Mistake::new(message, place)
}

fn plain(value: &cel::Value) -> String {
    match value {
        cel::Value::Int(number) => number.to_string(),
        cel::Value::Float(number) => number.to_string(),
        cel::Value::String(text) => format!("`{}`", text.escape_debug()),
        other => format!("{other:?}"),
    }
}

/// The words for a type of CEL.
fn described(name: &str) -> &str {
    match name {
        "bool" => "a boolean",
        "int" => "an integer",
        "double" | "float" => "a float",
        "string" => "a string",
        "list" | "iterable" => "an array",
        "map" => "a table",
        "null_type" | "null" => "null",
        other => other,
    }
}

/// How an operator is written.
fn sign(function: &str) -> &str {
    match program::operator(function).unwrap_or(function) {
        operators::ADD | "add" => "+",
        operators::SUBSTRACT | "sub" => "-",
        operators::MULTIPLY | "mul" => "*",
        operators::DIVIDE | "div" => "/",
        operators::MODULO | "rem" => "%",
        operators::NEGATE => "-",
        operators::LOGICAL_NOT => "!",
        operators::LOGICAL_AND => "&&",
        operators::LOGICAL_OR => "||",
        operators::LESS => "<",
        operators::LESS_EQUALS => "<=",
        operators::GREATER => ">",
        operators::GREATER_EQUALS => ">=",
        operators::IN => "in",
        operators::INDEX => "[]",
        other => other,
    }
}

/// The last line of a message, without what introduces it.
pub(super) fn last_line(message: &str) -> String {
    let line = message.trim_end().lines().last().unwrap_or_default().trim();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
