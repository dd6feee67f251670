//! Imputing and scaling numbers of any type.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, NullArray, PrimitiveArray,
    TimestampMicrosecondArray, UInt16Array,
};
use arrow_schema::DataType;

use crate::support::{column, encode, numbers, refusal, table};

fn rule(options: &str) -> String {
    format!(r#"{{"encode": [{{"columns": ["x"]{options}}}], "precision": "float64"}}"#)
}

fn encoded(options: &str, array: ArrayRef) -> Vec<Option<f64>> {
    let rows = table([("x", array)]);
    column(&encode(&rule(options), &rows, &rows).unwrap(), "x")
}

#[test]
fn nothing_asked_for_changes_the_type_only() {
    let x = numbers([Some(1.5), None, Some(f64::NAN), Some(-3.0)]);
    assert_eq!(encoded("", x), [Some(1.5), None, None, Some(-3.0)]);
}

#[test]
fn every_type_of_numbers_is_read() {
    let columns: [(ArrayRef, f64); 7] = [
        (
            Arc::new(PrimitiveArray::<Int8Type>::from(vec![Some(-7), None])),
            -7.0,
        ),
        (
            Arc::new(UInt16Array::from(vec![Some(65_535), None])),
            65_535.0,
        ),
        (
            Arc::new(Int64Array::from(vec![Some(1 << 53), None])),
            9_007_199_254_740_992.0,
        ),
        (Arc::new(BooleanArray::from(vec![Some(true), None])), 1.0),
        (
            Arc::new(Date32Array::from(vec![Some(19_000), None])),
            19_000.0,
        ),
        (
            Arc::new(TimestampMicrosecondArray::from(vec![Some(5), None])),
            5.0,
        ),
        (
            Arc::new(
                Decimal128Array::from(vec![Some(1250), None])
                    .with_precision_and_scale(8, 2)
                    .unwrap(),
            ),
            12.5,
        ),
    ];
    for (array, value) in columns {
        let described = array.data_type().clone();
        assert_eq!(
            encoded("", Arc::clone(&array)),
            [Some(value), None],
            "{described}"
        );
        let imputed = encoded(r#", "impute": {"constant": 3}"#, array);
        assert_eq!(imputed, [Some(value), Some(3.0)], "{described}");
    }
}

#[test]
fn imputed_values_are_scaled_with_the_others() {
    // (x - 2) / sqrt(2) after 4 stands in for the null.
    let x = numbers([Some(1.0), None, Some(2.0), Some(1.0)]);
    let standard = encoded(
        r#", "impute": {"constant": 4}, "scale": "standard""#,
        x.clone(),
    );
    let deviation = 1.5_f64.sqrt();
    for (value, expected) in standard.into_iter().zip([-1.0, 2.0, 0.0, -1.0]) {
        assert!((value.unwrap() - expected / deviation).abs() < 1e-15);
    }
    let min_max = encoded(r#", "impute": {"constant": 5}, "scale": "min_max""#, x);
    assert_eq!(min_max, [Some(0.0), Some(1.0), Some(0.25), Some(0.0)]);
}

#[test]
fn nulls_that_are_not_imputed_are_left_out_of_the_scaling() {
    let x = numbers([Some(1.0), None, Some(3.0), Some(f64::NAN)]);
    assert_eq!(
        encoded(r#", "scale": "standard""#, x.clone()),
        [Some(-1.0), None, Some(1.0), None]
    );
    assert_eq!(
        encoded(r#", "scale": "min_max""#, x),
        [Some(0.0), None, Some(1.0), None]
    );
}

#[test]
fn a_column_of_one_value_is_only_shifted() {
    let x = numbers([Some(0.1), Some(0.1), Some(0.1)]);
    for scale in ["standard", "min_max"] {
        let shifted = encoded(&format!(r#", "scale": "{scale}""#), x.clone());
        assert!(
            shifted
                .into_iter()
                .all(|value| value.unwrap().abs() < 1e-15),
            "{scale}"
        );
    }
}

#[test]
fn columns_without_values_have_nothing_to_impute() {
    let empty: [ArrayRef; 3] = [
        numbers([]),
        numbers([None, Some(f64::NAN)]),
        Arc::new(NullArray::new(3)),
    ];
    for array in empty {
        let rows = table([("x", array)]);
        for impute in ["mean", "median", "most_frequent"] {
            let rule = rule(&format!(r#", "impute": "{impute}", "scale": "standard""#));
            let message = refusal(encode(&rule, &rows, &rows));
            assert!(
                message
                    .starts_with("column `x`: no row of the fit has a value, so that there is no"),
                "{message}"
            );
        }
        for scale in ["none", "standard", "min_max"] {
            let kept = encode(&rule(&format!(r#", "scale": "{scale}""#)), &rows, &rows).unwrap();
            assert!(column(&kept, "x").iter().all(Option::is_none));
            let options = format!(r#", "impute": {{"constant": 3}}, "scale": "{scale}""#);
            let constant = if scale == "none" { 3.0 } else { 0.0 };
            let imputed = encode(&rule(&options), &rows, &rows).unwrap();
            assert!(
                column(&imputed, "x")
                    .iter()
                    .all(|value| *value == Some(constant)),
                "{scale}"
            );
        }
    }
}

#[test]
fn infinite_values_cannot_be_scaled() {
    let rows = table([("x", numbers([Some(f64::INFINITY), Some(1.0)]))]);
    let unscaled = encode(&rule(""), &rows, &rows).unwrap();
    assert_eq!(column(&unscaled, "x"), [Some(f64::INFINITY), Some(1.0)]);
    for scale in ["standard", "min_max"] {
        assert_eq!(
            refusal(encode(
                &rule(&format!(r#", "scale": "{scale}""#)),
                &rows,
                &rows
            )),
            "column `x`: a value in the fit is infinite or too large to be scaled"
        );
    }
}

#[test]
fn rows_without_a_target_are_not_learned_from() {
    let json = r#"{
        "target": "y",
        "encode": [{"columns": ["x", "k"], "impute": "median"}],
        "precision": "float64"
    }"#;
    let fit = table([
        (
            "k",
            Arc::new(Int64Array::from(vec![
                Some(1),
                Some(2),
                Some(60),
                Some(3),
                None,
            ])),
        ),
        (
            "x",
            numbers([Some(1.0), None, Some(90.0), Some(2.0), Some(50.0)]),
        ),
        (
            "y",
            numbers([Some(0.0), Some(0.0), None, Some(1.0), Some(f64::NAN)]),
        ),
    ]);
    let serving = table([
        ("x", numbers([None, Some(7.0)])),
        ("k", Arc::new(Int64Array::from(vec![Some(5), None]))),
    ]);
    let made = encode(json, &fit, &serving).unwrap();
    assert_eq!(column(&made, "x"), [Some(1.5), Some(7.0)]);
    assert_eq!(column(&made, "k"), [Some(5.0), Some(2.0)]);
    assert_eq!(made.num_columns(), 2);
}

#[test]
fn imputed_columns_are_not_nullable() {
    let rows = table([("x", numbers([None, Some(1.0)]))]);
    let imputed = encode(&rule(r#", "impute": "mean""#), &rows, &rows).unwrap();
    assert!(!imputed.schema().field(0).is_nullable());
    let kept = encode(&rule(""), &rows, &rows).unwrap();
    assert!(kept.schema().field(0).is_nullable());
    assert_eq!(kept.schema().field(0).data_type(), &DataType::Float64);
}
