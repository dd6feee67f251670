//! Logistic regression of two classes and of more.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array};
use std::sync::Arc;

use mlhost_linear::{Linear, Model, Predictor};

use crate::{assert_close, batch, column, features, fit, floats, numbers, predict, table, texts};

/// `c = np.where(y > np.median(y) + ((i * 7) % 5 - 2), "yes", "no")`
fn two_classes() -> ArrayRef {
    let y = numbers();
    let mut sorted = y.clone();
    sorted.sort_by(f64::total_cmp);
    let median = (sorted[19] + sorted[20]) / 2.0;
    let yes = (0..40)
        .zip(y)
        .map(|(i, y)| y > median + f64::from(i * 7 % 5 - 2));
    texts(yes.map(|yes| if yes { "yes" } else { "no" }))
}

/// `k = ((y + (i * 7 % 5 - 2) * 2) // 6).astype(int) % 3`
fn three_classes() -> ArrayRef {
    let classes = (0..40).zip(numbers()).map(|(i, y)| {
        let class = ((y + f64::from(i * 7 % 5 - 2) * 2.0) / 6.0).floor();
        (class as i64).rem_euclid(3)
    });
    Arc::new(Int64Array::from_iter_values(classes))
}

fn parts(model: &Model) -> (&[String], &[Linear]) {
    match &model.predictor {
        Predictor::Classification { classes, logits } => (classes, logits),
        Predictor::Regression(_) => panic!("a classification was expected"),
    }
}

#[test]
fn two_classes_are_those_of_scikit_learn() {
    // LogisticRegression(C=C, solver="newton-cholesky", tol=1e-14).fit(X, c)
    let of_one = [
        2.101304691072011,
        -0.29156165288740443,
        0.009180743420656083,
    ];
    let of_ten = [
        0.8575917980141037,
        -0.09953308035089789,
        0.004382152902842698,
    ];
    let cases = [
        (
            r#"{ "target": "y", "tolerance": 1e-10 }"#,
            of_one,
            -4.507361988012302,
        ),
        (
            r#"{ "target": "y", "tolerance": 1e-10, "alpha": 10 }"#,
            of_ten,
            -1.8192465118163899,
        ),
    ];
    for (json, coefficients, intercept) in cases {
        let model = fit(json, table(two_classes())).unwrap();
        let (classes, logits) = parts(&model);
        assert_eq!(classes, ["no", "yes"]);
        assert_eq!(logits.len(), 1);
        assert_close(&logits[0].coefficients, &coefficients, 1e-7);
        assert_close(&[logits[0].intercept], &[intercept], 1e-7);
    }
}

#[test]
fn the_default_tolerance_gives_four_digits() {
    let model = fit(r#"{ "target": "y" }"#, table(two_classes())).unwrap();
    let coefficients = [
        2.101304691072011,
        -0.29156165288740443,
        0.009180743420656083,
    ];
    assert_close(&parts(&model).1[0].coefficients, &coefficients, 1e-4);
}

#[test]
fn three_classes_are_those_of_scikit_learn() {
    let json = r#"{ "target": "y", "task": "classification", "tolerance": 1e-10 }"#;
    let model = fit(json, table(three_classes())).unwrap();
    let (classes, logits) = parts(&model);
    assert_eq!(classes, ["0", "1", "2"]);
    // LogisticRegression(C=1, solver="newton-cholesky", tol=1e-14).fit(X, k)
    let expected = [
        [
            -0.46894999637143625,
            0.03230842254726486,
            0.0017828892922437715,
        ],
        [
            0.2749307559839938,
            -0.0024805642930094047,
            -0.008270052722731784,
        ],
        [
            0.19401924038743962,
            -0.029827858254261843,
            0.00648716343042861,
        ],
    ];
    let intercepts = [1.3824320232865552, -0.3061740221060151, -1.0762580011805405];
    for ((logit, expected), intercept) in logits.iter().zip(expected).zip(intercepts) {
        assert_close(&logit.coefficients, &expected, 1e-7);
        assert_close(&[logit.intercept], &[intercept], 1e-7);
    }
    let predicted = predict(model, table(three_classes())).unwrap();
    // model.predict_proba(X[:1])
    let expected = [0.722175618236584, 0.17626247109933765, 0.10156191066407828];
    let names = ["probability_0", "probability_1", "probability_2"];
    let found = names.map(|name| column(&predicted, name).value(0));
    assert_close(&found, &expected, 1e-7);
    assert_eq!(
        predicted
            .column_by_name("prediction")
            .unwrap()
            .as_string::<i32>()
            .value(0),
        "0"
    );
}

#[test]
fn two_classes_have_probabilities_that_add_up() {
    let json = r#"{ "target": "y", "tolerance": 1e-10 }"#;
    let model = fit(json, table(two_classes())).unwrap();
    let predicted = predict(model, table(two_classes())).unwrap();
    let names: Vec<_> = predicted
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(names, ["prediction", "probability_no", "probability_yes"]);
    // model.predict_proba(X[:2])
    let no = column(&predicted, "probability_no");
    let yes = column(&predicted, "probability_yes");
    assert_close(
        &no.values()[..2],
        &[0.8979699076863847, 0.07524969673817583],
        1e-6,
    );
    assert_close(
        &yes.values()[..2],
        &[0.10203009231361522, 0.9247503032618242],
        1e-6,
    );
    let predictions = predicted.column(0).as_string::<i32>();
    for row in 0..predicted.num_rows() {
        assert!((no.value(row) + yes.value(row) - 1.0).abs() < 1e-15);
        assert_eq!(
            predictions.value(row) == "yes",
            yes.value(row) > no.value(row)
        );
    }
}

/// One row whose logits are far above those of all others must not drown them.
#[test]
fn an_outlier_does_not_spoil_the_rest() {
    // X = np.array([[(i % 3 - 1.0) + ((i * 7919 % 101) / 101 - .5) * 3,
    //                ((i * 104729 % 97) / 97 - .5) * 3] for i in range(300)]); X[1, 0] = 200
    let fraction = |i: i64, factor, divisor| (i * factor % divisor) as f64 / divisor as f64;
    let mut x: Vec<f64> = (0..300)
        .map(|i| (i % 3 - 1) as f64 + (fraction(i, 7919, 101) - 0.5) * 3.0)
        .collect();
    x[1] = 200.0;
    let z: Vec<f64> = (0..300)
        .map(|i| (fraction(i, 104_729, 97) - 0.5) * 3.0)
        .collect();
    let y = Arc::new(Int64Array::from_iter_values((0..300).map(|i| i % 3)));
    let json = r#"{ "target": "y", "task": "classification", "tolerance": 1e-10 }"#;
    let rows = batch(vec![("x", floats(x)), ("z", floats(z)), ("y", y)]);
    let model = fit(json, rows).unwrap();
    // LogisticRegression(solver="newton-cholesky", tol=1e-14).fit(X, np.arange(300) % 3)
    let expected = [-1.0663959603855935, 0.5359536368228179, 0.5304423235627649];
    let found: Vec<f64> = parts(&model)
        .1
        .iter()
        .map(|logit| logit.coefficients[0])
        .collect();
    assert_close(&found, &expected, 1e-7);
}

#[test]
fn booleans_are_classes() {
    let y = two_classes();
    let y: BooleanArray = y
        .as_string::<i32>()
        .iter()
        .map(|text| text.map(|text| text == "yes"))
        .collect();
    let model = fit(r#"{ "target": "y" }"#, table(Arc::new(y))).unwrap();
    assert_eq!(parts(&model).0, ["false", "true"]);
}

#[test]
fn rows_without_a_class_teach_nothing() {
    let known = fit(r#"{ "target": "y" }"#, table(two_classes()).slice(0, 30)).unwrap();
    let y = two_classes();
    let gaps = y.as_string::<i32>().iter().enumerate();
    let gaps: arrow_array::StringArray = gaps.map(|(row, y)| y.filter(|_| row < 30)).collect();
    assert_eq!(gaps.null_count(), 10);
    assert_eq!(
        fit(r#"{ "target": "y" }"#, table(Arc::new(gaps))).unwrap(),
        known
    );
}

#[test]
fn separable_classes_without_a_penalty_come_to_an_end() {
    let [a, ..] = features();
    let y = texts(a.iter().map(|a| if *a > 2.0 { "yes" } else { "no" }));
    let rows = batch(vec![("a", floats(a)), ("y", y.clone())]);
    let model = fit(r#"{ "target": "y", "alpha": 0 }"#, rows.clone()).unwrap();
    let predicted = predict(model, rows).unwrap();
    assert_eq!(predicted.column(0).as_string::<i32>(), y.as_string::<i32>());
}

#[test]
fn balanced_classes_and_useless_features_are_a_draw() {
    let rows = batch(vec![
        ("a", floats(vec![1.0, 1.0, 2.0, 2.0])),
        ("y", texts(["no", "yes", "no", "yes"])),
    ]);
    let model = fit(r#"{ "target": "y" }"#, rows.clone()).unwrap();
    let predicted = predict(model, rows).unwrap();
    assert_eq!(column(&predicted, "probability_yes").value(0), 0.5);
}
