//! The types that operators with two operands take and give.

use cel::IdedExpr;
use cel::common::ast::{Expr, LiteralValue, operators};

use super::check::{Checker, join};
use super::mistake::Mistake;
use super::scope::Type;

/// Whether an operator is one of those that [`check`] knows.
pub(super) fn is_binary(operator: &str) -> bool {
    kind(operator).is_some()
}

#[derive(Clone, Copy)]
enum Kind {
    /// With its sign.
    Arithmetic(&'static str),
    Equality,
    Order,
    Membership,
    Index,
}

fn kind(operator: &str) -> Option<Kind> {
    Some(match operator {
        operators::ADD => Kind::Arithmetic("+"),
        operators::SUBSTRACT => Kind::Arithmetic("-"),
        operators::MULTIPLY => Kind::Arithmetic("*"),
        operators::DIVIDE => Kind::Arithmetic("/"),
        operators::MODULO => Kind::Arithmetic("%"),
        operators::EQUALS | operators::NOT_EQUALS => Kind::Equality,
        operators::LESS
        | operators::LESS_EQUALS
        | operators::GREATER
        | operators::GREATER_EQUALS => Kind::Order,
        operators::IN => Kind::Membership,
        operators::INDEX => Kind::Index,
        _ => return None,
    })
}

/// The type of an operation on operands of these types.
pub(super) fn check<'a>(
    checker: &mut Checker<'a>,
    tree: &'a IdedExpr,
    operator: &str,
    operands: (&'a IdedExpr, &'a IdedExpr),
    types: (Type, Type),
) -> Type {
    let found = match kind(operator) {
        Some(Kind::Arithmetic(sign)) => arithmetic(checker, sign, operands, types),
        Some(Kind::Equality) if are_comparable(&types.0, &types.1) => Ok(Type::Bool),
        Some(Kind::Order) if have_order(&types.0, &types.1) => Ok(Type::Bool),
        Some(Kind::Equality | Kind::Order) => Err(incomparable(operands, &types)),
        Some(Kind::Membership) => membership(&types),
        Some(Kind::Index) => index(&types),
        None => Ok(Type::Dyn),
    };
    found.unwrap_or_else(|Complaint { message, hint }| {
        let mut mistake = Mistake::new(message, checker.spans.of(tree));
        mistake.hint = hint;
        checker.mistakes.push(mistake);
        match kind(operator) {
            Some(Kind::Arithmetic(_) | Kind::Index) | None => Type::Dyn,
            Some(_) => Type::Bool,
        }
    })
}

struct Complaint {
    message: String,
    hint: Option<String>,
}

fn complaint(message: String) -> Complaint {
    Complaint {
        message,
        hint: None,
    }
}

fn is_number(found: &Type) -> bool {
    matches!(found, Type::Int | Type::Double)
}

/// Whether two values can be equal. A value that can be missing may be compared with `null`.
fn are_comparable(left: &Type, right: &Type) -> bool {
    (is_number(left) && is_number(right))
        || match (left, right) {
            (Type::List(left), Type::List(right)) => are_comparable(left, right),
            _ => join(left.clone(), right.clone()).is_some(),
        }
}

fn have_order(left: &Type, right: &Type) -> bool {
    let has_order = |found: &Type| is_number(found) || matches!(found, Type::String | Type::Dyn);
    has_order(left)
        && has_order(right)
        && (are_comparable(left, right) || *left == Type::Dyn || *right == Type::Dyn)
}

fn incomparable(operands: (&IdedExpr, &IdedExpr), types: &(Type, Type)) -> Complaint {
    let (left, right) = (types.0.described(), types.1.described());
    let number = [operands.0, operands.1].into_iter().find_map(|operand| {
        let Expr::Literal(LiteralValue::String(text)) = &operand.expr else {
            return None;
        };
        text.inner().parse::<f64>().ok().map(|_| text.inner())
    });
    let others = is_number(&types.0) || is_number(&types.1);
    Complaint {
        message: match left == right {
            true => format!("{left} is neither less nor greater than another"),
            false => format!("cannot compare {left} with {right}"),
        },
        hint: number
            .filter(|_| others)
            .map(|number| format!("write `{number}` without quotes")),
    }
}

fn arithmetic<'a>(
    checker: &Checker<'a>,
    sign: &str,
    operands: (&'a IdedExpr, &'a IdedExpr),
    types: (Type, Type),
) -> Result<Type, Complaint> {
    match (sign, types) {
        (_, (Type::Int, Type::Int)) => Ok(Type::Int),
        ("%", (Type::Double, _) | (_, Type::Double)) => Err(Complaint {
            message: "`%` takes integers only".to_owned(),
            hint: Some("write `int(…)` to cut the fraction off".to_owned()),
        }),
        (_, (Type::Double, Type::Double)) => Ok(Type::Double),
        ("+", (Type::String, Type::String)) => Ok(Type::String),
        ("+", (Type::List(first), Type::List(second))) => {
            let item = join(*first, *second);
            let described = || complaint("`+` joins arrays of one type only".to_owned());
            item.map(|item| Type::List(Box::new(item)))
                .ok_or_else(described)
        }
        (_, (Type::Int, Type::Double)) => Err(mixed(checker, sign, operands.0)),
        (_, (Type::Double, Type::Int)) => Err(mixed(checker, sign, operands.1)),
        (_, (Type::Dyn, other) | (other, Type::Dyn)) if is_operand(sign, &other) => Ok(other),
        ("+", (Type::String, other) | (other, Type::String)) => Err(Complaint {
            message: format!("`+` cannot join a string and {}", other.described()),
            hint: Some("write `string(…)` for what is no string".to_owned()),
        }),
        (_, (left, right)) => Err(complaint(format!(
            "`{sign}` does not work on {} and {}",
            left.described(),
            right.described()
        ))),
    }
}

fn is_operand(sign: &str, found: &Type) -> bool {
    match found {
        Type::Int | Type::Dyn => true,
        Type::Double => sign != "%",
        Type::String | Type::List(_) => sign == "+",
        _ => false,
    }
}

/// That an integer meets a float.
fn mixed(checker: &Checker<'_>, sign: &str, integer: &IdedExpr) -> Complaint {
    let written = checker.spans.text(integer);
    let is_literal = matches!(integer.expr, Expr::Literal(_));
    let is_decimal = written.bytes().all(|byte| byte.is_ascii_digit());
    Complaint {
        message: format!("`{sign}` cannot mix an integer and a float"),
        hint: Some(match is_literal && is_decimal {
            true => format!("write `{written}.0`"),
            false => format!("write `double({written})`"),
        }),
    }
}

fn membership(types: &(Type, Type)) -> Result<Type, Complaint> {
    let (item, container) = (&types.0, &types.1);
    match container {
        Type::Dyn => Ok(Type::Bool),
        Type::List(items) if are_comparable(item, items) => Ok(Type::Bool),
        Type::List(items) => Err(complaint(format!(
            "cannot look for {} among items of which each is {}",
            item.described(),
            items.described()
        ))),
        Type::Map if matches!(item, Type::String | Type::Dyn) => Ok(Type::Bool),
        Type::Map => Err(complaint(format!(
            "the keys of a table are strings, not {}",
            item.described()
        ))),
        Type::String => Err(Complaint {
            message: "`in` does not look into a string".to_owned(),
            hint: Some("write `text.contains('part')`".to_owned()),
        }),
        other => Err(complaint(format!(
            "`in` takes an array or a table, not {}",
            other.described()
        ))),
    }
}

fn index(types: &(Type, Type)) -> Result<Type, Complaint> {
    match (&types.0, &types.1) {
        (Type::List(item), Type::Int | Type::Dyn) => Ok((**item).clone()),
        (Type::List(_), other) => Err(complaint(format!(
            "the items of an array have integers as numbers, not {}",
            other.described()
        ))),
        (Type::Map, Type::String | Type::Dyn) | (Type::Dyn, _) => Ok(Type::Dyn),
        (Type::Map, other) => Err(complaint(format!(
            "the keys of a table are strings, not {}",
            other.described()
        ))),
        (other, _) => Err(complaint(format!("{} has no items", other.described()))),
    }
}
