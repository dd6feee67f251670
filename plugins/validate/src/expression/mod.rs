//! Expressions about a row: what `expression` asks to be true of it, and `where` selects rows by.
//!
//! | written | means |
//! |---|---|
//! | `dep_delay`, `` `air time` `` | the value of a column |
//! | `1.5`, `'text'`, `"text"`, `true`, `false`, `null` | a value; a quote in a text is written twice |
//! | `a = b` (or `==`), `!=` (or `<>`), `<`, `<=`, `>`, `>=` | comparison of two numbers, two texts, or two truths |
//! | `a between b and c`, `not between` | both ends are included |
//! | `a in (b, c)`, `not in` | one of these values |
//! | `a is null`, `a is not null` | never null itself |
//! | `a + b`, `-`, `*`, `/`, `-a` | arithmetic on numbers |
//! | `abs(a)`, `length(a)` | without its sign; the number of characters of a text |
//! | `a and b` (or `&&`), `a or b` (or `\|\|`), `not a` (or `!a`) | logic |
//!
//! Words may be written in any case. Nulls are those of SQL: NaN is null; arithmetic and comparison
//! with null are null; `and` is false where one side is, `or` true where one side is, and both null
//! where it depends on what is null. Dates and timestamps compare with texts in ISO 8601:
//! `time_hour >= '2013-07-01'`. Booleans are truths by themselves: `cancelled or arr_delay is not
//! null`.

mod bind;
mod columns;
mod evaluate;
mod lexer;
mod parser;
mod truth;

pub(crate) use bind::{Truths, condition};
pub(crate) use columns::{NumberColumn, TextColumn};
pub(crate) use parser::parse;
pub(crate) use truth::Truth;

/// An expression that was read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Column(String),
    Number(f64),
    Text(String),
    Truth(Option<bool>),
    Not(Box<Expression>),
    Negate(Box<Expression>),
    Call(Function, Box<Expression>),
    Arithmetic(Operator, Box<[Expression; 2]>),
    Compare(Comparison, Box<[Expression; 2]>),
    And(Box<[Expression; 2]>),
    Or(Box<[Expression; 2]>),
    IsNull(Box<Expression>),
    In(Box<Expression>, Vec<Expression>),
}

/// A function of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Abs,
    Length,
}

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A comparison of two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// The columns that it names, in the order in which they first occur.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        self.gather(&mut columns);
        columns
    }

    fn gather<'a>(&'a self, columns: &mut Vec<&'a str>) {
        match self {
            Self::Column(name) if !columns.contains(&name.as_str()) => columns.push(name),
            Self::Column(_) | Self::Number(_) | Self::Text(_) | Self::Truth(_) => {}
            Self::Not(inner) | Self::Negate(inner) | Self::Call(_, inner) | Self::IsNull(inner) => {
                inner.gather(columns);
            }
            Self::Arithmetic(_, sides)
            | Self::Compare(_, sides)
            | Self::And(sides)
            | Self::Or(sides) => sides.iter().for_each(|side| side.gather(columns)),
            Self::In(inner, values) => {
                inner.gather(columns);
                values.iter().for_each(|value| value.gather(columns));
            }
        }
    }
}
