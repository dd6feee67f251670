//! Least squares, with and without a penalty.

use arrow_array::{Float64Array, RecordBatch};

use crate::{
    assert_close, batch, column, features, fit, floats, function, numbers, predict, table,
};

const TARGET: &str = r#"{ "target": "y" }"#;

#[test]
fn ordinary_least_squares_is_that_of_scikit_learn() {
    let model = fit(TARGET, table(floats(numbers()))).unwrap();
    assert_eq!(model.features, ["a", "b", "c"]);
    // LinearRegression().fit(X, y)
    let linear = function(&model);
    let coefficients = [3.017095442861798, -0.4931090682129633, 0.009397067247199353];
    assert_close(&linear.coefficients, &coefficients, 1e-10);
    assert_close(&[linear.intercept], &[0.41200438575785636], 1e-10);
}

#[test]
fn a_penalty_makes_the_ridge_of_scikit_learn() {
    let json = r#"{ "target": "y", "alpha": 10 }"#;
    let model = fit(json, table(floats(numbers()))).unwrap();
    // Ridge(alpha=10).fit(X, y)
    let linear = function(&model);
    let coefficients = [
        2.7007448521445867,
        -0.4557645707492013,
        0.009064761332781215,
    ];
    assert_close(&linear.coefficients, &coefficients, 1e-10);
    assert_close(&[linear.intercept], &[1.1894486460315887], 1e-10);
}

#[test]
fn predictions_need_no_target() {
    let model = fit(TARGET, table(floats(numbers()))).unwrap();
    let [a, b, c] = features();
    // Other columns and another order do not matter.
    let rows = batch(vec![
        ("c", floats(c)),
        ("x", floats(vec![0.0; 40])),
        ("b", floats(b)),
        ("a", floats(a)),
    ]);
    let predicted = predict(model, rows).unwrap();
    assert_eq!(predicted.num_columns(), 1);
    // LinearRegression().fit(X, y).predict(X[:3])
    let expected = [4.356876931461563, 10.688694692052884, 15.307295336815528];
    assert_close(
        &column(&predicted, "prediction").values()[..3],
        &expected,
        1e-10,
    );
}

#[test]
fn features_can_be_named() {
    let json = r#"{ "target": "y", "features": ["c", "a"] }"#;
    let model = fit(json, table(floats(numbers()))).unwrap();
    assert_eq!(model.features, ["c", "a"]);
    assert_eq!(function(&model).coefficients.len(), 2);
}

#[test]
fn rows_without_a_target_teach_nothing() {
    let known = fit(TARGET, table(floats(numbers())).slice(2, 30)).unwrap();
    let with_gaps: Vec<Option<f64>> = (0..40)
        .zip(numbers())
        .map(|(i, y)| match i {
            0 => None,
            1 => Some(f64::NAN),
            i => (i < 32).then_some(y),
        })
        .collect();
    let mut rows = table(floats(Float64Array::from(with_gaps)));
    // Where there is no target, a feature may be missing too.
    let a: Vec<_> = (0..40)
        .zip(&features()[0])
        .map(|(i, a)| (i > 1).then_some(*a))
        .collect();
    rows = with_column(&rows, "a", Float64Array::from(a));
    let found = fit(TARGET, rows).unwrap();
    assert_close(
        &function(&found).coefficients,
        &function(&known).coefficients,
        1e-12,
    );
}

fn with_column(rows: &RecordBatch, name: &str, column: Float64Array) -> RecordBatch {
    let mut columns = rows.columns().to_vec();
    columns[rows.schema().index_of(name).unwrap()] = floats(column);
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

#[test]
fn dependent_features_predict_as_well_as_independent_ones() {
    let group = |wanted| {
        floats(
            (0..40)
                .map(|i| f64::from(u8::from(i % 3 == wanted)))
                .collect::<Vec<_>>(),
        )
    };
    let [a, ..] = features();
    let y: Vec<f64> = (0..40)
        .zip(&a)
        .map(|(i, a)| f64::from(i % 3) * 2.0 + a + f64::from(i % 7))
        .collect();
    let full = vec![
        ("a", floats(a.clone())),
        ("zero", group(0)),
        ("one", group(1)),
        ("two", group(2)),
        ("constant", floats(vec![0.1; 40])),
        ("y", floats(y)),
    ];
    let mut reduced = full.clone();
    reduced.remove(4);
    reduced.remove(3);
    let (full, reduced) = (batch(full), batch(reduced));
    let predictions = |rows: RecordBatch| {
        let model = fit(TARGET, rows.clone()).unwrap();
        column(&predict(model, rows).unwrap(), "prediction")
            .values()
            .to_vec()
    };
    assert_close(&predictions(full.clone()), &predictions(reduced), 1e-12);
    let model = fit(TARGET, full).unwrap();
    assert_eq!(function(&model).coefficients[4], 0.0);
    assert!(
        function(&model)
            .coefficients
            .iter()
            .all(|value| value.abs() < 10.0)
    );
}

#[test]
fn copies_of_a_feature_share_its_weight() {
    let [a, b, _] = features();
    let columns = |copies: usize| {
        let copies = ["a", "copy", "another"][..copies].iter();
        let copies = copies.map(|name| (*name, floats(a.clone())));
        let others = [("b", floats(b.clone())), ("y", floats(numbers()))];
        batch(copies.chain(others).collect())
    };
    let alone = function(&fit(TARGET, columns(1)).unwrap()).clone();
    let shared = function(&fit(TARGET, columns(3)).unwrap()).clone();
    let [third, weight] = [alone.coefficients[0] / 3.0, alone.coefficients[1]];
    assert_close(&shared.coefficients, &[third, third, third, weight], 1e-12);
    assert_close(&[shared.intercept], &[alone.intercept], 1e-12);
}

#[test]
fn badly_scaled_features_cost_no_digits() {
    let [a, b, _] = features();
    let (large, small) = (|a: &f64| a * 1e9 + 1e10, |b: &f64| b * 1e-9);
    let rows = batch(vec![
        ("a", floats(a.iter().map(large).collect::<Vec<_>>())),
        ("b", floats(b.iter().map(small).collect::<Vec<_>>())),
        (
            "y",
            floats(
                a.iter()
                    .zip(&b)
                    .map(|(a, b)| a + 2.0 * b)
                    .collect::<Vec<_>>(),
            ),
        ),
    ]);
    let model = fit(TARGET, rows).unwrap();
    assert_close(&[function(&model).coefficients[0] * 1e9], &[1.0], 1e-10);
    assert_close(&[function(&model).coefficients[1]], &[2e9], 1e-10);
}

#[test]
fn no_rows_make_no_predictions() {
    let model = fit(TARGET, table(floats(numbers()))).unwrap();
    let none = predict(model, table(floats(numbers())).slice(0, 0)).unwrap();
    assert_eq!(none.num_rows(), 0);
}
