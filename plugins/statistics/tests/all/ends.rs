//! The ends of columns of any type, whichever of their rows are looked at.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int64Array, NullArray, StringArray, UInt16Array,
};
use arrow_buffer::BooleanBuffer;
use mlhost_statistics::column::{Ends, for_each_block};
use proptest::prelude::*;

/// One value after the other.
fn expected(array: &dyn Array, mask: Option<&BooleanBuffer>) -> Ends {
    let mut ends = Ends {
        low: f64::INFINITY,
        high: f64::NEG_INFINITY,
        missing: 0,
    };
    for_each_block(array, |block| {
        for (row, value) in block.values.iter().enumerate() {
            let is_selected = mask.is_none_or(|mask| mask.value(block.first_row + row));
            if !is_selected || !block.is_valid(row) || value.is_nan() {
                ends.missing += 1;
                continue;
            }
            ends.low = ends.low.min(*value);
            ends.high = ends.high.max(*value);
        }
    })
    .unwrap();
    ends
}

/// Columns of many types of the same values, as near as they come.
fn columns(values: &[Option<f64>]) -> Vec<ArrayRef> {
    fn of<T>(values: &[Option<f64>], to: impl Fn(f64) -> T) -> Vec<Option<T>> {
        values.iter().map(|value| value.map(&to)).collect()
    }
    let decimals = Decimal128Array::from(of(values, |value| value as i128));
    vec![
        Arc::new(Float64Array::from(values.to_vec())),
        Arc::new(Float32Array::from(of(values, |value| value as f32))),
        Arc::new(Int64Array::from(of(values, |value| value as i64))),
        Arc::new(Int8Array::from(of(values, |value| value as i8))),
        Arc::new(UInt16Array::from(of(values, |value| value as u16))),
        Arc::new(Date32Array::from(of(values, |value| value as i32))),
        Arc::new(decimals.with_precision_and_scale(38, 3).unwrap()),
        Arc::new(BooleanArray::from(of(values, |value| value > 0.0))),
        Arc::new(NullArray::new(values.len())),
    ]
}

fn value() -> impl Strategy<Value = Option<f64>> {
    let number = prop_oneof![
        8 => -1e3..1e3,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => any::<f64>(),
    ];
    prop_oneof![3 => number.prop_map(Some), 1 => Just(None)]
}

proptest! {
    #[test]
    fn are_those_of_the_rows_that_are_looked_at(
        rows in prop::collection::vec((value(), any::<bool>()), 0..400),
        start: usize,
    ) {
        let (values, mask): (Vec<_>, Vec<bool>) = rows.into_iter().unzip();
        let start = start % (values.len() + 1);
        let mask = BooleanBuffer::from(mask).slice(start, values.len() - start);
        for column in columns(&values) {
            let column = column.slice(start, values.len() - start);
            for mask in [None, Some(&mask)] {
                let found = Ends::of(&column, mask).unwrap();
                prop_assert_eq!(found, expected(&column, mask), "{}", column.data_type());
            }
        }
    }
}

#[test]
fn of_nothing_are_the_wrong_way_round() {
    let nothing = Ends::of(&Float64Array::from(vec![None, Some(f64::NAN)]), None).unwrap();
    assert_eq!(nothing.missing, 2);
    assert!(nothing.low > nothing.high);
    assert_eq!(Ends::of_values(&[]).missing, 0);
}

#[test]
fn of_texts_are_refused() {
    let texts = StringArray::from(vec!["1"]);
    assert!(Ends::of(&texts, None).is_err());
}
