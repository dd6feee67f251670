//! Evaluates expressions on batches, a column at a time.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_buffer::BooleanBuffer;
use mlhost_plugin::Result;

use super::bind::{Bound, Numbers, Texts, Truths};
use super::{Comparison, NumberColumn, Operator, TextColumn, Truth};

impl Truths {
    /// Of which rows it is true, and of which false.
    ///
    /// # Errors
    /// Where a column is not of the type that was announced.
    pub(crate) fn of(&self, rows: &RecordBatch) -> Result<Truth> {
        let count = rows.num_rows();
        Ok(match self {
            Self::Constant(truth) => Truth::constant(*truth, count),
            Self::Column(place) => {
                let array = rows.column(*place).as_boolean();
                let values = array.values();
                match array.nulls() {
                    None => Truth::known(values.clone()),
                    Some(nulls) => Truth {
                        yes: values & nulls.inner(),
                        no: &!values & nulls.inner(),
                    },
                }
            }
            Self::Not(inner) => inner.of(rows)?.not(),
            Self::And(sides) => sides[0].of(rows)?.and(&sides[1].of(rows)?),
            Self::Or(sides) => sides[0].of(rows)?.or(&sides[1].of(rows)?),
            Self::Equal(sides) => sides[0].of(rows)?.equals(&sides[1].of(rows)?),
            Self::CompareNumbers(comparison, sides) => {
                let [left, right] = &**sides;
                compare_numbers(*comparison, &left.of(rows)?, &right.of(rows)?, count)
            }
            Self::CompareTexts(comparison, sides) => {
                let [left, right] = &**sides;
                compare_texts(*comparison, &left.of(rows), &right.of(rows), count)
            }
            Self::NumberIn(numbers, members) => {
                let numbers = numbers.of(rows)?;
                each(count, |row| {
                    let number = numbers.get(row);
                    (!number.is_nan()).then(|| members.has_number(number))
                })
            }
            Self::TextIn(texts, members) => {
                let texts = texts.of(rows);
                each(count, |row| {
                    texts.get(row).map(|text| members.has_text(text))
                })
            }
            Self::IsNull(inner) => Truth::known(inner.null(rows)?),
        })
    }
}

impl Bound {
    fn null(&self, rows: &RecordBatch) -> Result<BooleanBuffer> {
        let count = rows.num_rows();
        Ok(match self {
            Self::Truth(truth) => truth.of(rows)?.null(),
            Self::Number(numbers) => {
                let numbers = numbers.of(rows)?;
                BooleanBuffer::collect_bool(count, |row| numbers.get(row).is_nan())
            }
            Self::Text(texts) => {
                let texts = texts.of(rows);
                BooleanBuffer::collect_bool(count, |row| texts.get(row).is_none())
            }
        })
    }
}

impl Numbers {
    fn of<'a>(&self, rows: &'a RecordBatch) -> Result<NumberColumn<'a>> {
        Ok(match self {
            Self::Column(place) => NumberColumn::of(rows.column(*place))?,
            Self::Constant(number) => NumberColumn::One(*number),
            Self::Negate(inner) => inner.of(rows)?.map(|number| -number),
            Self::Abs(inner) => inner.of(rows)?.map(f64::abs),
            Self::Length(texts) => {
                let texts = texts.of(rows);
                let length = |row| match texts.get(row) {
                    Some(text) => text.chars().count() as f64,
                    None => f64::NAN,
                };
                NumberColumn::Each(Cow::Owned((0..rows.num_rows()).map(length).collect()))
            }
            Self::Arithmetic(operator, sides) => {
                let [left, right] = &**sides;
                let (left, right) = (left.of(rows)?, right.of(rows)?);
                let count = rows.num_rows();
                match operator {
                    Operator::Add => both(left, right, count, |a, b| a + b),
                    Operator::Subtract => both(left, right, count, |a, b| a - b),
                    Operator::Multiply => both(left, right, count, |a, b| a * b),
                    Operator::Divide => both(left, right, count, |a, b| a / b),
                }
            }
        })
    }
}

impl Texts {
    fn of<'a>(&'a self, rows: &'a RecordBatch) -> TextColumn<'a> {
        match self {
            Self::Column(place) => TextColumn::of(rows.column(*place)),
            Self::Constant(text) => TextColumn::One(text),
            Self::Null => TextColumn::Null,
        }
    }
}

fn both(
    left: NumberColumn<'_>,
    right: NumberColumn<'_>,
    count: usize,
    operation: impl Fn(f64, f64) -> f64,
) -> NumberColumn<'static> {
    match (left, right) {
        (left, NumberColumn::One(right)) => left.map(|left| operation(left, right)),
        (NumberColumn::One(left), right) => right.map(|right| operation(left, right)),
        (left, right) => {
            let numbers = (0..count).map(|row| operation(left.get(row), right.get(row)));
            NumberColumn::Each(Cow::Owned(numbers.collect()))
        }
    }
}

/// Comparisons with NaN, which is null, are false, and so are their opposites.
#[expect(clippy::double_comparisons, reason = "`!=` would be true of NaN")]
fn compare_numbers(
    comparison: Comparison,
    left: &NumberColumn<'_>,
    right: &NumberColumn<'_>,
    count: usize,
) -> Truth {
    match comparison {
        Comparison::Equal => test(left, right, count, |a, b| a == b, |a, b| a < b || a > b),
        Comparison::Less => test(left, right, count, |a, b| a < b, |a, b| a >= b),
        Comparison::Greater => test(left, right, count, |a, b| a > b, |a, b| a <= b),
        Comparison::Unequal => compare_numbers(Comparison::Equal, left, right, count).not(),
        Comparison::GreaterOrEqual => compare_numbers(Comparison::Less, left, right, count).not(),
        Comparison::LessOrEqual => compare_numbers(Comparison::Greater, left, right, count).not(),
    }
}

fn test(
    left: &NumberColumn<'_>,
    right: &NumberColumn<'_>,
    count: usize,
    yes: impl Fn(f64, f64) -> bool,
    no: impl Fn(f64, f64) -> bool,
) -> Truth {
    match (left, right) {
        (NumberColumn::Each(left), NumberColumn::One(right)) => Truth {
            yes: BooleanBuffer::collect_bool(count, |row| yes(left[row], *right)),
            no: BooleanBuffer::collect_bool(count, |row| no(left[row], *right)),
        },
        _ => Truth {
            yes: BooleanBuffer::collect_bool(count, |row| yes(left.get(row), right.get(row))),
            no: BooleanBuffer::collect_bool(count, |row| no(left.get(row), right.get(row))),
        },
    }
}

fn compare_texts(
    comparison: Comparison,
    left: &TextColumn<'_>,
    right: &TextColumn<'_>,
    count: usize,
) -> Truth {
    each(count, |row| {
        let order = left.get(row)?.cmp(right.get(row)?);
        Some(match comparison {
            Comparison::Equal => order.is_eq(),
            Comparison::Unequal => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        })
    })
}

fn each(count: usize, truth: impl Fn(usize) -> Option<bool>) -> Truth {
    let mut known = vec![None; count];
    known
        .iter_mut()
        .enumerate()
        .for_each(|(row, known)| *known = truth(row));
    Truth {
        yes: BooleanBuffer::collect_bool(count, |row| known[row] == Some(true)),
        no: BooleanBuffer::collect_bool(count, |row| known[row] == Some(false)),
    }
}
