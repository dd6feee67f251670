//! Comparisons that are bound to the columns of a table: their values have the types of the
//! columns, and Arrow's kernels do the work.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Datum, Float64Array, RecordBatch, Scalar};
use arrow::compute::kernels::cmp;
use arrow::compute::{and_kleene, cast, is_not_null, is_null, or_kleene, prep_null_mask_filter};
use arrow::datatypes::{DataType, Float64Type, Schema};
use arrow::error::ArrowError;
use arrow::{array::AsArray, compute::unary};
use mlhost_pipeline::{Comparison, Operator, printable};

use super::Mistake;
use super::literal::{typed, value_type};
use crate::table::nearest;

/// What must hold of a row, all of it.
#[derive(Debug)]
pub(crate) struct Predicate {
    pub(crate) bounds: Vec<Bound>,
}

/// One comparison, bound to a column.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) comparison: Comparison,
    data_type: DataType,
    /// The values, in the type in which they are compared.
    values: Vec<Scalar<ArrayRef>>,
}

impl Predicate {
    /// Binds comparisons to the columns of a schema.
    pub(super) fn bind(
        comparisons: &[Comparison],
        schema: &Schema,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let bounds = comparisons.iter().enumerate();
        let bounds = bounds.filter_map(|(index, comparison)| {
            Bound::bind(comparison, schema, &format!("/where/{index}"), mistakes)
        });
        Self {
            bounds: bounds.collect(),
        }
    }

    /// Which rows of a batch it holds of; without nulls.
    pub(super) fn mask(&self, batch: &RecordBatch) -> Result<BooleanArray, ArrowError> {
        let mut mask = BooleanArray::from(vec![true; batch.num_rows()]);
        for bound in &self.bounds {
            let column = batch.column_by_name(&bound.comparison.column);
            let column = column.ok_or_else(|| {
                let name = &bound.comparison.column;
                ArrowError::SchemaError(format!("no column `{name}` to compare"))
            })?;
            mask = and_kleene(&mask, &bound.mask(column)?)?;
        }
        Ok(match mask.null_count() {
            0 => mask,
            _ => prep_null_mask_filter(&mask),
        })
    }
}

impl Bound {
    fn bind(
        comparison: &Comparison,
        schema: &Schema,
        pointer: &str,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let column = &comparison.column;
        let Some((_, field)) = schema.fields().find(column) else {
            mistakes.push(unknown_column(schema, column, format!("{pointer}/0")));
            return None;
        };
        let data_type = field.data_type();
        let mut values = Vec::with_capacity(comparison.values.len());
        for (index, value) in comparison.values.iter().enumerate() {
            // A column without any value holds nothing to compare.
            if *data_type == DataType::Null {
                break;
            }
            match typed(value, data_type).and_then(|value| comparable(&value)) {
                Ok(value) => values.push(Scalar::new(value)),
                Err(reason) => {
                    let pointer = match comparison.operator {
                        Operator::In | Operator::NotIn => format!("{pointer}/2/{index}"),
                        _ => format!("{pointer}/2"),
                    };
                    let column = printable(column);
                    let message = format!("column `{column}` is of type {data_type}, {reason}");
                    mistakes.push(Mistake::new(pointer, message));
                }
            }
        }
        Some(Self {
            comparison: comparison.clone(),
            data_type: data_type.clone(),
            values,
        })
    }

    /// Where it holds of a column's values: a null where that is unknown.
    fn mask(&self, column: &ArrayRef) -> Result<BooleanArray, ArrowError> {
        let operator = self.comparison.operator;
        match operator {
            Operator::IsNull => return is_null(column),
            Operator::IsNotNull => return is_not_null(column),
            _ if self.data_type == DataType::Null => {
                return Ok(BooleanArray::from(vec![false; column.len()]));
            }
            _ => {}
        }
        let column = ready(column, operator)?;
        let mut values = self.values.iter();
        let first = values.next().ok_or_else(|| {
            ArrowError::ComputeError(format!("`{}` without a value", operator.text()))
        })?;
        match operator {
            Operator::In => values.try_fold(cmp::eq(&column, first)?, |mask, value| {
                or_kleene(&mask, &cmp::eq(&column, value)?)
            }),
            Operator::NotIn => values.try_fold(cmp::neq(&column, first)?, |mask, value| {
                and_kleene(&mask, &cmp::neq(&column, value)?)
            }),
            _ => compare(operator, &column, first),
        }
    }

    /// Whether no value between two bounds, each of them null where it is not known, can be one
    /// that it holds of. Both have the type of the column's values, and are of length one.
    pub(crate) fn excludes(
        &self,
        least: &ArrayRef,
        greatest: &ArrayRef,
    ) -> Result<bool, ArrowError> {
        let fails = |operator, bound: &ArrayRef, value: &Scalar<ArrayRef>| {
            let mask = compare(operator, &ready(bound, operator)?, value)?;
            Ok::<bool, ArrowError>(mask.is_valid(0) && !mask.value(0))
        };
        let mut values = self.values.iter();
        match self.comparison.operator {
            operator @ (Operator::Less | Operator::LessOrEqual) => {
                values.try_fold(false, |_, value| fails(operator, least, value))
            }
            operator @ (Operator::Greater | Operator::GreaterOrEqual) => {
                values.try_fold(false, |_, value| fails(operator, greatest, value))
            }
            Operator::Equal | Operator::In => values.try_fold(true, |all, value| {
                Ok(all
                    && (fails(Operator::LessOrEqual, least, value)?
                        || fails(Operator::GreaterOrEqual, greatest, value)?))
            }),
            Operator::NotEqual | Operator::NotIn | Operator::IsNull | Operator::IsNotNull => {
                Ok(false)
            }
        }
    }
}

fn compare(
    operator: Operator,
    column: &dyn Datum,
    value: &Scalar<ArrayRef>,
) -> Result<BooleanArray, ArrowError> {
    match operator {
        Operator::Less => cmp::lt(column, value),
        Operator::LessOrEqual => cmp::lt_eq(column, value),
        Operator::Greater => cmp::gt(column, value),
        Operator::GreaterOrEqual => cmp::gt_eq(column, value),
        Operator::NotEqual => cmp::neq(column, value),
        _ => cmp::eq(column, value),
    }
}

/// A value in the form of [`ready`].
fn comparable(value: &ArrayRef) -> Result<ArrayRef, String> {
    ready(value, Operator::Equal).map_err(|error| format!("which cannot be compared: {error}"))
}

/// Values in the form in which the kernels compare them as people do. For floats the kernels have
/// a total order, in which the zeros differ and NaN is the greatest number: here there is one zero,
/// and NaN is left only for the operators that hold of it.
fn ready(values: &ArrayRef, operator: Operator) -> Result<ArrayRef, ArrowError> {
    if !value_type(values.data_type()).is_floating() {
        return Ok(values.clone());
    }
    let floats = cast(values, &DataType::Float64)?;
    let floats = floats.as_primitive::<Float64Type>();
    // The sum of zero and negative zero is zero.
    let floats: Float64Array = match operator {
        Operator::NotEqual | Operator::NotIn => unary(floats, |float| float + 0.0),
        _ => floats.unary_opt(|float| (!float.is_nan()).then_some(float + 0.0)),
    };
    Ok(Arc::new(floats))
}

/// The mistake of naming a column that the table does not have.
pub(super) fn unknown_column(schema: &Schema, column: &str, pointer: String) -> Mistake {
    let mistake = Mistake::new(
        pointer,
        format!("there is no column `{}`", printable(column)),
    );
    match nearest(schema, column) {
        Some(nearest) => mistake.hint(format!("did you mean `{}`?", printable(&nearest))),
        None => {
            let names = schema.fields().iter();
            let names: Vec<String> = names
                .map(|field| format!("`{}`", printable(field.name())))
                .collect();
            mistake.hint(format!("known columns: {}", names.join(", ")))
        }
    }
}
