//! Ties an expression to the columns of a table: each name becomes a place, and what does not fit
//! together is found before a row is read.

use arrow_schema::{DataType, Schema};
use mlhost_statistics::DateUnit;
use mlhost_statistics::column::{holds_texts, is_numeric, type_name};

use super::{Comparison, Expression, Function, Operator};
use crate::membership::Membership;

/// An expression over the columns at certain places of a batch.
#[derive(Clone, Debug)]
pub(crate) enum Bound {
    Number(Numbers),
    Text(Texts),
    Truth(Truths),
}

/// What gives a number for each row.
#[derive(Clone, Debug)]
pub(crate) enum Numbers {
    Column(usize),
    Constant(f64),
    Negate(Box<Numbers>),
    Abs(Box<Numbers>),
    Length(Box<Texts>),
    Arithmetic(Operator, Box<[Numbers; 2]>),
}

/// What gives a text for each row.
#[derive(Clone, Debug)]
pub(crate) enum Texts {
    Column(usize),
    Constant(String),
    Null,
}

/// What is true of each row, or not.
#[derive(Clone, Debug)]
pub(crate) enum Truths {
    Column(usize),
    Constant(Option<bool>),
    Not(Box<Truths>),
    And(Box<[Truths; 2]>),
    Or(Box<[Truths; 2]>),
    Equal(Box<[Truths; 2]>),
    CompareNumbers(Comparison, Box<[Numbers; 2]>),
    CompareTexts(Comparison, Box<[Texts; 2]>),
    NumberIn(Box<Numbers>, Membership),
    TextIn(Box<Texts>, Membership),
    IsNull(Box<Bound>),
}

/// Binds an expression that is to be true or false.
///
/// # Errors
/// What does not fit together.
pub(crate) fn condition(
    expression: &Expression,
    schema: &Schema,
    place: &dyn Fn(&str) -> usize,
) -> Result<Truths, String> {
    Binder { schema, place }.truth(expression)
}

struct Binder<'a> {
    schema: &'a Schema,
    /// Where a column stands in the batches.
    place: &'a dyn Fn(&str) -> usize,
}

impl Binder<'_> {
    fn bind(&self, expression: &Expression) -> Result<Bound, String> {
        Ok(match expression {
            Expression::Column(name) => self.column(name)?,
            Expression::Number(_)
            | Expression::Negate(_)
            | Expression::Arithmetic(..)
            | Expression::Call(..) => Bound::Number(self.number(expression)?),
            Expression::Text(text) => Bound::Text(Texts::Constant(text.clone())),
            Expression::Truth(_)
            | Expression::Not(_)
            | Expression::Compare(..)
            | Expression::And(_)
            | Expression::Or(_)
            | Expression::IsNull(_)
            | Expression::In(..) => Bound::Truth(self.truth(expression)?),
        })
    }

    fn column(&self, name: &str) -> Result<Bound, String> {
        let data_type = self.data_type(name)?;
        let place = (self.place)(name);
        if *data_type == DataType::Boolean {
            return Ok(Bound::Truth(Truths::Column(place)));
        }
        if holds_texts(data_type) {
            return Ok(Bound::Text(Texts::Column(place)));
        }
        if is_numeric(data_type) {
            return Ok(Bound::Number(Numbers::Column(place)));
        }
        Err(format!(
            "column `{name}` holds `{}`, which expressions cannot read",
            type_name(data_type)
        ))
    }

    fn data_type(&self, name: &str) -> Result<&DataType, String> {
        let field = self.schema.field_with_name(name);
        let field = field.map_err(|_| format!("there is no column `{name}` in the input"))?;
        Ok(field.data_type())
    }

    fn number(&self, expression: &Expression) -> Result<Numbers, String> {
        Ok(match expression {
            Expression::Number(number) => Numbers::Constant(*number),
            Expression::Truth(None) => Numbers::Constant(f64::NAN),
            Expression::Negate(inner) => Numbers::Negate(Box::new(self.number(inner)?)),
            Expression::Call(Function::Abs, inner) => Numbers::Abs(Box::new(self.number(inner)?)),
            Expression::Call(Function::Length, inner) => {
                Numbers::Length(Box::new(self.text(inner)?))
            }
            Expression::Arithmetic(operator, sides) => {
                let [left, right] = &**sides;
                let sides = [self.number(left)?, self.number(right)?];
                Numbers::Arithmetic(*operator, Box::new(sides))
            }
            other => match self.bind(other)? {
                Bound::Number(number) => number,
                found => return Err(unexpected("a number", other, &found)),
            },
        })
    }

    fn text(&self, expression: &Expression) -> Result<Texts, String> {
        if *expression == Expression::Truth(None) {
            return Ok(Texts::Null);
        }
        match self.bind(expression)? {
            Bound::Text(text) => Ok(text),
            found => Err(unexpected("a text", expression, &found)),
        }
    }

    fn truth(&self, expression: &Expression) -> Result<Truths, String> {
        let pair = |sides: &[Expression; 2]| -> Result<_, String> {
            Ok(Box::new([self.truth(&sides[0])?, self.truth(&sides[1])?]))
        };
        Ok(match expression {
            Expression::Truth(truth) => Truths::Constant(*truth),
            Expression::Not(inner) => Truths::Not(Box::new(self.truth(inner)?)),
            Expression::And(sides) => Truths::And(pair(sides)?),
            Expression::Or(sides) => Truths::Or(pair(sides)?),
            Expression::IsNull(inner) => Truths::IsNull(Box::new(self.bind(inner)?)),
            Expression::Compare(comparison, sides) => self.compare(*comparison, sides)?,
            Expression::In(inner, values) => self.one_of(inner, values)?,
            other => match self.bind(other)? {
                Bound::Truth(truth) => truth,
                found => return Err(unexpected("a condition", other, &found)),
            },
        })
    }

    fn compare(&self, comparison: Comparison, sides: &[Expression; 2]) -> Result<Truths, String> {
        let [left, right] = self.dated(sides)?;
        let null = Expression::Truth(None);
        let known = if left == null { &right } else { &left };
        Ok(match self.bind(known)? {
            Bound::Number(_) => {
                let sides = [self.number(&left)?, self.number(&right)?];
                Truths::CompareNumbers(comparison, Box::new(sides))
            }
            Bound::Text(_) => {
                let sides = [self.text(&left)?, self.text(&right)?];
                Truths::CompareTexts(comparison, Box::new(sides))
            }
            Bound::Truth(_) => {
                let sides = Box::new([self.truth(&left)?, self.truth(&right)?]);
                match comparison {
                    Comparison::Equal => Truths::Equal(sides),
                    Comparison::Unequal => Truths::Not(Box::new(Truths::Equal(sides))),
                    _ => return Err("true and false have no order".to_owned()),
                }
            }
        })
    }

    fn one_of(&self, inner: &Expression, values: &[Expression]) -> Result<Truths, String> {
        let mut membership = Membership::default();
        let mut has_null = false;
        let bound = self.bind(inner)?;
        if matches!(bound, Bound::Truth(_)) {
            return Err("`in` is for numbers and texts".to_owned());
        }
        for value in values {
            let [_, value] = self.dated(&[inner.clone(), value.clone()])?;
            match (&value, &bound) {
                (Expression::Truth(None), _) => has_null = true,
                (Expression::Text(text), Bound::Text(_)) => membership.insert_text(text),
                (value, Bound::Number(_)) => match self.number(value)? {
                    Numbers::Constant(number) => membership.insert_number(number),
                    Numbers::Negate(inner) if matches!(*inner, Numbers::Constant(_)) => {
                        if let Numbers::Constant(number) = *inner {
                            membership.insert_number(-number);
                        }
                    }
                    _ => return Err("`in` takes a list of constants".to_owned()),
                },
                _ => {
                    return Err(
                        "`in` takes a list of numbers, or of texts, as what it is asked of"
                            .to_owned(),
                    );
                }
            }
        }
        membership.finish();
        let truth = match bound {
            Bound::Number(number) => Truths::NumberIn(Box::new(number), membership),
            Bound::Text(text) => Truths::TextIn(Box::new(text), membership),
            Bound::Truth(truth) => truth,
        };
        // A value that is not in the list may be the null in it.
        Ok(if has_null {
            Truths::Or(Box::new([truth, Truths::Constant(None)]))
        } else {
            truth
        })
    }

    /// Both sides, with a text beside a column of dates or times as its number, and two such columns
    /// of different units both in seconds.
    fn dated(&self, sides: &[Expression; 2]) -> Result<[Expression; 2], String> {
        let unit = |side: &Expression| match side {
            Expression::Column(name) => DateUnit::of(self.data_type(name).ok()?),
            _ => None,
        };
        let units = sides.each_ref().map(unit);
        let side = |side: usize| match (units[side], units[1 - side], &sides[side]) {
            (None, Some(unit), Expression::Text(text)) => {
                let number = unit.number(text).map_err(|error| error.to_string())?;
                Ok(Expression::Number(number))
            }
            (Some(unit), Some(other), column) if unit != other => {
                let second = Expression::Number(1.0 / unit.per_second());
                let sides = Box::new([column.clone(), second]);
                Ok(Expression::Arithmetic(Operator::Multiply, sides))
            }
            (.., same) => Ok::<_, String>(same.clone()),
        };
        Ok([side(0)?, side(1)?])
    }
}

fn unexpected(expected: &str, expression: &Expression, found: &Bound) -> String {
    let what = match expression {
        Expression::Column(name) => format!("column `{name}`"),
        Expression::Text(text) => format!("`{text}`"),
        Expression::Number(number) => format!("`{number}`"),
        _ => "a part of it".to_owned(),
    };
    let found = match found {
        Bound::Number(_) => "a number",
        Bound::Text(_) => "a text",
        Bound::Truth(_) => "a condition",
    };
    format!("expected {expected}, and {what} is {found}")
}
