//! The kernels do what the benchmarks say they do.

#![expect(clippy::unwrap_used, reason = "what the tests share is test code too")]

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, cast::AsArray};
use mlhost_kernels::{Applying, Folding, Kernel, Params};
use mlhost_plugin::{Fold, testing};
use mlhost_statistics::Moments;

fn batch() -> RecordBatch {
    let x: ArrayRef = Arc::new(Float64Array::from(vec![
        Some(1.0),
        None,
        Some(2.0),
        Some(6.0),
    ]));
    let constant: ArrayRef = Arc::new(Float64Array::from(vec![5.0; 4]));
    RecordBatch::try_from_iter_with_nullable([("x", x, true), ("constant", constant, true)])
        .unwrap()
}

fn applied(kernel: Kernel) -> RecordBatch {
    let (params, batches) = (Params { kernel }, [batch()]);
    let state = testing::fold::<Folding>(params, &batches).unwrap();
    let mut emitted = testing::transform::<Applying>(params, state, &batches).unwrap();
    assert_eq!(emitted.len(), 1);
    emitted.remove(0)
}

#[test]
fn none_hands_on_what_it_gets() {
    assert_eq!(applied(Kernel::None), batch());
}

#[test]
fn standardised_columns_have_mean_zero_and_deviation_one() {
    let scaled = applied(Kernel::Standardise);
    let mut moments = Moments::default();
    moments.update_array(scaled.column(0)).unwrap();
    assert!(moments.mean().unwrap().abs() < 1e-15);
    assert!((moments.standard_deviation().unwrap() - 1.0).abs() < 1e-15);
    assert!(scaled.column(0).is_null(1));
    let constant: &Float64Array = scaled.column(1).as_primitive();
    assert!(constant.values().iter().all(|value| *value == 0.0));
}

#[test]
fn other_types_are_refused() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
    let params = Params {
        kernel: Kernel::None,
    };
    let error = Folding::open(params, &batch.schema()).unwrap_err();
    assert_eq!(
        error.message,
        "column `n` is Int64, and only float64 is taken"
    );
}
