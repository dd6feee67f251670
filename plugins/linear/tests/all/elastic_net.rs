//! Lasso and elastic net. The coefficients to compare with are scikit-learn's with
//! `tol=1e-15, max_iter=1_000_000`.

use mlhost_linear::{Linear, Training};
use mlhost_plugin::{RecordBatch, testing};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{
    assert_close, batch, column, features, fit, floats, function, numbers, params, predict, table,
};

const LASSO: &str = r#"{ "target": "y", "penalty": "l1", "alpha": 0.5, "tolerance": 1e-13 }"#;

fn learned(json: &str, rows: RecordBatch) -> Linear {
    function(&fit(json, rows).unwrap()).clone()
}

/// Features and a target in other units.
fn in_units(units: [f64; 3], of_target: f64) -> RecordBatch {
    let scaled = |values: Vec<f64>, unit: f64| {
        let values = values.into_iter().map(|value| value * unit);
        floats(values.collect::<Vec<_>>())
    };
    let [a, b, c] = features();
    batch(vec![
        ("a", scaled(a, units[0])),
        ("b", scaled(b, units[1])),
        ("c", scaled(c, units[2])),
        ("y", scaled(numbers(), of_target)),
    ])
}

#[test]
fn penalties_are_those_of_scikit_learn() {
    let cases = [
        (
            // Lasso(alpha=0.5)
            r#""penalty": "l1", "alpha": 0.5"#,
            [2.762209749688887, -0.4499526721339655, 0.00891077372524799],
            1.0422931512412799,
        ),
        (
            // Lasso()
            r#""penalty": "l1""#,
            [
                2.5073240565159773,
                -0.40679627605496743,
                0.00842448020329663,
            ],
            1.672581916724699,
        ),
        (
            // Lasso(alpha=6)
            r#""penalty": "l1", "alpha": 6"#,
            [0.0, 0.0, 0.003784730535577748],
            7.8679170408119345,
        ),
        (
            // ElasticNet(alpha=0.5, l1_ratio=0.3)
            r#""penalty": "elasticnet", "alpha": 0.5, "l1_ratio": 0.3"#,
            [
                2.526267406673651,
                -0.43119448795697224,
                0.008815414604222466,
            ],
            1.6194177751857275,
        ),
        (
            // ElasticNet()
            r#""penalty": "elasticnet""#,
            [2.23772749074433, -0.3878791405266052, 0.00835831125475589],
            2.3312736208494735,
        ),
        (
            // Ridge()
            r#""penalty": "l2""#,
            [2.982181294655112, -0.4889986221053772, 0.009360495730394826],
            0.4978042330657706,
        ),
    ];
    for (json, coefficients, intercept) in cases {
        let json = format!(r#"{{ "target": "y", {json}, "tolerance": 1e-13 }}"#);
        let linear = learned(&json, in_units([1.0; 3], 1.0));
        assert_close(&linear.coefficients, &coefficients, 1e-10);
        assert_close(&[linear.intercept], &[intercept], 1e-10);
    }
}

#[test]
fn the_default_tolerance_gives_five_digits() {
    let json = r#"{ "target": "y", "penalty": "l1" }"#;
    let expected = [
        2.5073240565159773,
        -0.40679627605496743,
        0.00842448020329663,
    ];
    let linear = learned(json, in_units([1.0; 3], 1.0));
    assert_close(&linear.coefficients, &expected, 1e-5);
}

/// A penalty is on coefficients as they are: what is measured in small units costs
/// more. What is below 2e-16 in any unit is not zero for that.
#[test]
fn features_are_taken_in_their_own_units() {
    // Lasso(alpha=0.5).fit(X * [1e4, 1, 1e-3], y)
    let linear = learned(LASSO, in_units([1e4, 1.0, 1e-3], 1.0));
    let expected = [2.972883812135451e-4, -0.4596408075520816, 0.0];
    assert_close(&linear.coefficients, &expected, 1e-9);
    assert_close(&[linear.intercept], &[0.5546740098613903], 1e-9);

    // Lasso(alpha=5e-13).fit(X * 1e-12, y)
    let json = LASSO.replace("0.5", "5e-13");
    let linear = learned(&json, in_units([1e-12; 3], 1.0));
    let expected = [2762209749688.887, -449952672133.96545, 8910773725.247992];
    assert_close(&linear.coefficients, &expected, 1e-10);

    // Lasso(alpha=5e-18).fit(X, y * 1e-17)
    let json = LASSO.replace("0.5", "5e-18");
    let linear = learned(&json, in_units([1.0; 3], 1e-17));
    let found: Vec<f64> = linear
        .coefficients
        .iter()
        .map(|value| value * 1e17)
        .collect();
    let expected = [2.7622097496888872, -0.4499526721339655, 0.00891077372524799];
    assert_close(&found, &expected, 1e-10);

    // ElasticNet(alpha=1e-12, l1_ratio=0.5).fit(X * 1e-12, y)
    let json = LASSO.replace("0.5", "1e-12").replace("l1", "elasticnet");
    let linear = learned(&json, in_units([1e-12; 3], 1.0));
    let expected = [10.95721046281757, -9.37571598271351, 48.56099841420499];
    assert_close(&linear.coefficients, &expected, 1e-9);
}

#[test]
fn a_strong_penalty_leaves_the_mean() {
    let linear = learned(&LASSO.replace("0.5", "100"), in_units([1.0; 3], 1.0));
    let signs: Vec<bool> = linear
        .coefficients
        .iter()
        .map(|c| c.is_sign_positive())
        .collect();
    assert_eq!((linear.coefficients, signs), (vec![0.0; 3], vec![true; 3]));
    assert_close(&[linear.intercept], &[7.878827456177879], 1e-12);
}

#[test]
fn constants_teach_nothing() {
    let mut rows = in_units([1.0; 3], 1.0);
    let expected = learned(LASSO, rows.clone()).coefficients;
    let columns = ["a", "b", "c", "y"].map(|name| (name, column(&rows, name).clone()));
    let mut columns: Vec<_> = columns.map(|(name, values)| (name, floats(values))).into();
    columns.insert(1, ("constant", floats(vec![0.1; 40])));
    rows = batch(columns.clone());
    let found = learned(LASSO, rows).coefficients;
    assert_eq!(found[1], 0.0);
    assert_close(&[found[0], found[2], found[3]], &expected, 1e-12);

    columns.pop();
    columns.push(("y", floats(vec![0.1; 40])));
    let linear = learned(&LASSO.replace("0.5", "1e-9"), batch(columns));
    assert_eq!(linear.coefficients, [0.0; 4]);
    assert_close(&[linear.intercept], &[0.1], 1e-12);

    let alone = batch(vec![
        ("constant", floats(vec![0.1; 40])),
        ("y", floats(numbers())),
    ]);
    assert_eq!(learned(LASSO, alone).coefficients, [0.0]);
}

#[test]
fn copies_of_a_feature_share_its_weight() {
    let [a, b, _] = features();
    let rows = batch(vec![
        ("a", floats(a.clone())),
        ("copy", floats(a)),
        ("b", floats(b)),
        ("constant", floats(vec![0.1; 40])),
        ("y", floats(numbers())),
    ]);
    // ElasticNet(alpha=0.5, l1_ratio=0.5).fit(np.c_[a, a, b, 0.1], y)
    let linear = learned(&LASSO.replace("l1", "elasticnet"), rows.clone());
    let expected = [
        1.3546666369423979,
        1.3546666369423843,
        -0.4362907935119123,
        0.0,
    ];
    assert_close(&linear.coefficients, &expected, 1e-9);

    // Lasso(alpha=0.5): any split of the weight costs the same.
    let linear = learned(LASSO, rows);
    let [first, second, b, _] = linear.coefficients[..] else {
        panic!("four coefficients were expected");
    };
    assert_close(
        &[first + second, b],
        &[2.7432430980330786, -0.4354562931126174],
        1e-10,
    );
}

/// `W = (((r * 31 + c * 17 + r * c * c) % 23) - 11) / 4` for 8 rows `r` and 12 columns
/// `c`, `v = 2 * W[:, 1] - W[:, 7] + 0.5 * W[:, 10] + (r * 5 % 7) / 7`
fn wide() -> RecordBatch {
    let cell = |r: i32, c: i32| f64::from((r * 31 + c * 17 + r * c * c) % 23 - 11) / 4.0;
    let names: Vec<String> = (0..12).map(|c| format!("c{c:02}")).collect();
    let of_column = |c| floats((0..8).map(|r| cell(r, c)).collect::<Vec<_>>());
    let mut columns: Vec<_> = names
        .iter()
        .zip(0..)
        .map(|(name, c)| (name.as_str(), of_column(c)))
        .collect();
    let v = (0..8)
        .map(|r| 2.0 * cell(r, 1) - cell(r, 7) + 0.5 * cell(r, 10) + f64::from(r * 5 % 7) / 7.0);
    columns.push(("y", floats(v.collect::<Vec<_>>())));
    batch(columns)
}

#[test]
fn more_features_than_rows_are_no_obstacle() {
    // Lasso(alpha=0.2).fit(W, v)
    let linear = learned(&LASSO.replace("0.5", "0.2"), wide());
    let expected = [
        0.0,
        1.7362929942604595,
        0.8181523986539351,
        0.0,
        0.0,
        0.0,
        -0.11297729667228325,
        -0.03272755022649326,
        0.0,
        0.0,
        0.48834595474548576,
        0.0,
    ];
    assert_close(&linear.coefficients, &expected, 1e-9);
    assert_close(&[linear.intercept], &[1.8614769059642486], 1e-9);
    // ElasticNet(alpha=0.2, l1_ratio=0.5).fit(W, v)
    let json = LASSO.replace("l1", "elasticnet").replace("0.5", "0.2");
    let linear = learned(&json, wide());
    let expected = [
        0.0,
        1.3679667397885824,
        0.28569429137269736,
        -0.29712140590409364,
        0.08253093781817657,
        0.0,
        -0.22529137810964361,
        -0.2856942913726752,
        0.0,
        0.0,
        0.7819783762261916,
        0.0,
    ];
    assert_close(&linear.coefficients, &expected, 1e-8);
    assert_close(&[linear.intercept], &[1.3795570797133174], 1e-8);
}

#[test]
fn the_ends_of_the_share_are_ridge_and_lasso() {
    let with = |json: &str| {
        let json = format!(r#"{{ "target": "y", "tolerance": 1e-13, {json} }}"#);
        learned(&json, in_units([1.0; 3], 1.0))
    };
    let lasso = with(r#""penalty": "elasticnet", "l1_ratio": 1, "alpha": 0.5"#);
    assert_eq!(lasso, with(r#""penalty": "l1", "alpha": 0.5"#));
    // Of 40 rows, ridge has the sum and elastic net the mean.
    let ridge = with(r#""penalty": "elasticnet", "l1_ratio": 0, "alpha": 0.5"#);
    let expected = with(r#""penalty": "l2", "alpha": 20"#);
    assert_close(&ridge.coefficients, &expected.coefficients, 1e-14);
    let none = with(r#""penalty": "l1", "alpha": 0"#);
    assert_eq!(none, with(r#""alpha": 0"#));
}

#[test]
fn too_few_iterations_still_make_a_model() {
    let json = LASSO.replace("\"alpha\"", "\"max_iterations\": 1, \"alpha\"");
    let rows = in_units([1.0; 3], 1.0);
    let stopped = learned(&json, rows.clone()).coefficients;
    assert_ne!(stopped, learned(LASSO, rows.clone()).coefficients);
    let predicted = predict(fit(&json, rows.clone()).unwrap(), rows).unwrap();
    let predicted = column(&predicted, "prediction").values();
    assert!(predicted.iter().all(|value| value.is_finite()));
}

#[test]
fn rows_without_a_target_do_not_count() {
    let y: arrow_array::Float64Array = numbers()
        .into_iter()
        .enumerate()
        .map(|(row, y)| (row >= 10).then_some(y))
        .collect();
    let found = learned(LASSO, table(floats(y)));
    let known = learned(LASSO, table(floats(numbers())).slice(10, 30));
    assert_close(&found.coefficients, &known.coefficients, 1e-12);
}

proptest! {
    /// What no step along a feature can improve is the minimum: the loss is convex.
    #[test]
    fn no_step_improves_the_loss(
        rows in vec((-1e2..1e2, -1e1..1e1, -1.0..1.0, -1e2..1e2), 3..60),
        cuts in vec(0_usize..100, 0..3),
        alpha in 0.01..20.0_f64,
        share in 0.05..1.0_f64,
    ) {
        let value = |row: &(f64, f64, f64, f64), index: usize| [row.0, row.1, row.2, row.3][index];
        let values = |index: usize| rows.iter().map(|row| value(row, index)).collect::<Vec<_>>();
        let names = ["a", "b", "c", "y"];
        let table = batch(names.iter().zip(0..).map(|(name, index)| (*name, floats(values(index)))).collect());
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (table.num_rows() + 1)).collect();
        cuts.extend([0, table.num_rows()]);
        cuts.sort_unstable();
        let batches = cuts.windows(2).map(|cut| table.slice(cut[0], cut[1] - cut[0]));
        let batches: Vec<_> = batches.collect();

        let json = format!(
            r#"{{ "target": "y", "penalty": "elasticnet", "alpha": {alpha}, "l1_ratio": {share}, "tolerance": 1e-12, "max_iterations": 100000 }}"#
        );
        let model = testing::fit::<Training>(params(&json), &batches).unwrap();
        let linear = function(&model);
        let residuals: Vec<f64> = rows.iter().map(|row| {
            let terms = (0..3).map(|index| linear.coefficients[index] * value(row, index));
            row.3 - linear.intercept - terms.sum::<f64>()
        }).collect();
        let count = rows.len() as f64;
        prop_assert!(residuals.iter().sum::<f64>().abs() / count < 1e-8);
        for (index, coefficient) in linear.coefficients.iter().enumerate() {
            let products = values(index).into_iter().zip(&residuals);
            let slope = products.map(|(value, residual)| value * residual).sum::<f64>() / count;
            let slope = slope - alpha * (1.0 - share) * coefficient;
            let limit = alpha * share;
            if *coefficient == 0.0 {
                prop_assert!(slope.abs() <= limit + 1e-6, "{}: {} above {}", index, slope, limit);
            } else {
                let off = (slope - limit * coefficient.signum()).abs();
                prop_assert!(off < 1e-6, "{}: {} is not {}", index, slope, limit);
            }
        }
    }
}
