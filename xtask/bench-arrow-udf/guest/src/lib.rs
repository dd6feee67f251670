//! The work of the plugin, with eight columns, in the two ways that arrow-udf offers: a function of
//! a row, which its macro calls for every row, and a function of whole columns.

mod scales;

use std::sync::Arc;

use arrow_arith::arity::unary;
use arrow_array::{ArrayRef, Float64Array, StructArray};
use arrow_udf::function;
use arrow_udf::types::StructType;

use crate::scales::SCALES;

/// What the functions return: a struct, since a function returns one column.
#[derive(StructType)]
struct Row {
    x0: Option<f64>,
    x1: Option<f64>,
    x2: Option<f64>,
    x3: Option<f64>,
    x4: Option<f64>,
    x5: Option<f64>,
    x6: Option<f64>,
    x7: Option<f64>,
}

/// A function of a row that does `$value` with each value.
macro_rules! of_a_row {
    ($name:ident, $signature:literal, $value:ident) => {
        #[expect(clippy::too_many_arguments, reason = "a column each")]
        #[function($signature)]
        fn $name(
            x0: Option<f64>,
            x1: Option<f64>,
            x2: Option<f64>,
            x3: Option<f64>,
            x4: Option<f64>,
            x5: Option<f64>,
            x6: Option<f64>,
            x7: Option<f64>,
        ) -> Row {
            Row {
                x0: x0.map($value::<0>),
                x1: x1.map($value::<1>),
                x2: x2.map($value::<2>),
                x3: x3.map($value::<3>),
                x4: x4.map($value::<4>),
                x5: x5.map($value::<5>),
                x6: x6.map($value::<6>),
                x7: x7.map($value::<7>),
            }
        }
    };
}

/// A function of whole columns that does `$column` with each. The macro reads the types off a
/// function of a row, and calls `$columns` in its place.
macro_rules! of_columns {
    ($name:ident, $signature:literal, $columns:ident, $columns_text:literal, $column:ident) => {
        #[expect(clippy::too_many_arguments, reason = "a column each")]
        #[expect(dead_code, reason = "only its types are used")]
        #[function($signature, batch_fn = $columns_text)]
        fn $name(
            x0: Option<f64>,
            x1: Option<f64>,
            x2: Option<f64>,
            x3: Option<f64>,
            x4: Option<f64>,
            x5: Option<f64>,
            x6: Option<f64>,
            x7: Option<f64>,
        ) -> Row {
            Row {
                x0,
                x1,
                x2,
                x3,
                x4,
                x5,
                x6,
                x7,
            }
        }

        #[expect(clippy::too_many_arguments, reason = "a column each")]
        fn $columns(
            x0: &Float64Array,
            x1: &Float64Array,
            x2: &Float64Array,
            x3: &Float64Array,
            x4: &Float64Array,
            x5: &Float64Array,
            x6: &Float64Array,
            x7: &Float64Array,
        ) -> StructArray {
            let columns: Vec<ArrayRef> = vec![
                Arc::new($column::<0>(x0)),
                Arc::new($column::<1>(x1)),
                Arc::new($column::<2>(x2)),
                Arc::new($column::<3>(x3)),
                Arc::new($column::<4>(x4)),
                Arc::new($column::<5>(x5)),
                Arc::new($column::<6>(x6)),
                Arc::new($column::<7>(x7)),
            ];
            StructArray::new(Row::fields(), columns, None)
        }
    };
}

of_a_row!(
    none_of_a_row,
    "none_of_a_row(float64, float64, float64, float64, float64, float64, float64, float64) -> struct Row",
    same
);
of_columns!(
    none_of_columns,
    "none_of_columns(float64, float64, float64, float64, float64, float64, float64, float64) -> struct Row",
    same_columns,
    "same_columns",
    same_column
);
of_a_row!(
    standardise_of_a_row,
    "standardise_of_a_row(float64, float64, float64, float64, float64, float64, float64, float64) -> struct Row",
    standardised
);
of_columns!(
    standardise_of_columns,
    "standardise_of_columns(float64, float64, float64, float64, float64, float64, float64, float64) -> struct Row",
    standardised_columns,
    "standardised_columns",
    standardised_column
);

fn same<const COLUMN: usize>(value: f64) -> f64 {
    value
}

fn same_column<const COLUMN: usize>(values: &Float64Array) -> Float64Array {
    values.clone()
}

fn standardised<const COLUMN: usize>(value: f64) -> f64 {
    let scale = SCALES[COLUMN];
    (value - scale.mean) / scale.deviation
}

fn standardised_column<const COLUMN: usize>(values: &Float64Array) -> Float64Array {
    unary(values, standardised::<COLUMN>)
}
