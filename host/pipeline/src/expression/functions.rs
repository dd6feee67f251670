//! The functions that can be called, and the types that they take and give.

use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue};

use super::check::Checker;
use super::evaluate;
use super::mistake::Mistake;
use super::scope::Type;
use crate::names;

/// A function: what its operand and its argument can be.
struct Function {
    name: &'static str,
    /// How it is called.
    usage: &'static str,
    takes: &'static [Kind],
    /// Whether a string follows.
    argument: bool,
    gives: Type,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Int,
    Double,
    String,
    List,
    Map,
}

impl Kind {
    fn has(self, found: &Type) -> bool {
        match self {
            Self::Bool => *found == Type::Bool,
            Self::Int => *found == Type::Int,
            Self::Double => *found == Type::Double,
            Self::String => *found == Type::String,
            Self::List => matches!(found, Type::List(_)),
            Self::Map => *found == Type::Map,
        }
    }

    fn described(self) -> &'static str {
        match self {
            Self::Bool => "a boolean",
            Self::Int => "an integer",
            Self::Double => "a float",
            Self::String => "a string",
            Self::List => "an array",
            Self::Map => "a table",
        }
    }
}

const FUNCTIONS: &[Function] = &[
    about_text("contains", "text.contains('part')"),
    about_text("startsWith", "text.startsWith('part')"),
    about_text("endsWith", "text.endsWith('part')"),
    about_text("matches", "text.matches('regular expression')"),
    Function {
        name: "size",
        usage: "size(array)",
        takes: &[Kind::String, Kind::List, Kind::Map],
        argument: false,
        gives: Type::Int,
    },
    conversion(
        "int",
        "int(x)",
        &[Kind::Int, Kind::Double, Kind::String],
        Type::Int,
    ),
    conversion(
        "double",
        "double(x)",
        &[Kind::Int, Kind::Double, Kind::String],
        Type::Double,
    ),
    conversion(
        "string",
        "string(x)",
        &[Kind::Bool, Kind::Int, Kind::Double, Kind::String],
        Type::String,
    ),
    conversion("bool", "bool(x)", &[Kind::Bool, Kind::String], Type::Bool),
];

/// What the parser takes apart itself if it is called as it has to be.
const MACROS: &[(&str, &str)] = &[
    ("has", "has(evaluate.r2)"),
    ("all", "array.all(x, x > 0)"),
    ("exists", "array.exists(x, x > 0)"),
    ("exists_one", "array.exists_one(x, x > 0)"),
    ("existsOne", "array.existsOne(x, x > 0)"),
    ("filter", "array.filter(x, x > 0)"),
    ("map", "array.map(x, x + 1)"),
];

const fn about_text(name: &'static str, usage: &'static str) -> Function {
    Function {
        name,
        usage,
        takes: &[Kind::String],
        argument: true,
        gives: Type::Bool,
    }
}

const fn conversion(
    name: &'static str,
    usage: &'static str,
    takes: &'static [Kind],
    gives: Type,
) -> Function {
    Function {
        name,
        usage,
        takes,
        argument: false,
        gives,
    }
}

/// The type of a call.
pub(super) fn check<'a>(
    checker: &mut Checker<'a>,
    tree: &'a IdedExpr,
    name: &str,
    target: Option<&'a IdedExpr>,
    arguments: &'a [IdedExpr],
) -> Type {
    let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) else {
        let mistake = unknown(checker, tree, name);
        checker.mistakes.push(mistake);
        return Type::Dyn;
    };
    let operands: Vec<&IdedExpr> = target.into_iter().chain(arguments).collect();
    match (operands.as_slice(), function.argument) {
        ([operand], false) if target.is_none() || name == "size" => {
            operand_of(checker, function, operand);
        }
        ([operand, argument], true) if target.is_some() => {
            operand_of(checker, function, operand);
            checker.expect(argument, &Type::String);
            if name == "matches" {
                pattern(checker, argument);
            }
        }
        _ => {
            for operand in operands {
                checker.infer(operand);
            }
            let message = format!("`{name}` is not called like this");
            let mistake = Mistake::new(message, checker.spans.of(tree));
            let hint = format!("write `{}`", function.usage);
            checker.mistakes.push(mistake.hint(hint));
        }
    }
    function.gives.clone()
}

fn unknown(checker: &Checker<'_>, tree: &IdedExpr, name: &str) -> Mistake {
    let place = checker.spans.of(tree);
    if let Some((_, usage)) = MACROS.iter().find(|(known, _)| *known == name) {
        let message = format!("`{name}` is not called like this");
        return Mistake::new(message, place).hint(format!("write `{usage}`"));
    }
    let functions = FUNCTIONS.iter().map(|function| function.name);
    let known = functions.chain(MACROS.iter().map(|(name, _)| *name));
    let message = format!("unknown function `{name}`");
    Mistake::new(message, place).hint(names::hint(name, "functions", known))
}

fn operand_of<'a>(checker: &mut Checker<'a>, function: &Function, operand: &'a IdedExpr) {
    let found = checker.infer(operand);
    if found == Type::Dyn || function.takes.iter().any(|kind| kind.has(&found)) {
        return;
    }
    let mut expected: Vec<&str> = function.takes.iter().map(|kind| kind.described()).collect();
    let last = expected.pop().unwrap_or_default();
    let expected = match expected.is_empty() {
        true => last.to_owned(),
        false => format!("{} or {last}", expected.join(", ")),
    };
    let (name, found) = (function.name, found.described());
    let message = format!("`{name}` takes {expected}, not {found}");
    let place = checker.spans.of(operand);
    checker.mistakes.push(Mistake::new(message, place));
}

/// Refuses a regular expression that is none.
fn pattern(checker: &mut Checker<'_>, argument: &IdedExpr) {
    let Expr::Literal(LiteralValue::String(pattern)) = &argument.expr else {
        return;
    };
    if let Err(reason) = evaluate::check_pattern(pattern.inner()) {
        let message = format!("this is no regular expression: {reason}");
        let place = checker.spans.of(argument);
        checker.mistakes.push(Mistake::new(message, place));
    }
}
