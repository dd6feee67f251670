//! Scores of classes against scikit-learn 1.9.

use arrow_array::{BooleanArray, Float64Array};
use serde_json::json;

use crate::{assert_metrics, batch, booleans, floats, integers, metrics, score, texts};

const TARGET: &str = r#"{ "target": "late" }"#;

fn late_or_not() -> Vec<(&'static str, arrow_array::ArrayRef)> {
    let truth = ["no", "yes", "yes", "no", "yes", "no", "yes", "no"];
    let predicted = ["no", "yes", "no", "yes", "yes", "yes", "yes", "no"];
    vec![("late", texts(truth)), ("prediction", texts(predicted))]
}

fn with_probabilities() -> Vec<(&'static str, arrow_array::ArrayRef)> {
    let yes = [0.1, 0.9, 0.4, 0.6, 0.6, 0.4, 0.8, 1.0];
    let no = yes.map(|yes| 1.0 - yes);
    let mut columns = late_or_not();
    columns.push(("probability_yes", floats(yes.to_vec())));
    columns.push(("probability_no", floats(no.to_vec())));
    columns
}

#[test]
fn scores_of_two_classes_are_those_of_scikit_learn() {
    let outcome = score(TARGET, batch(with_probabilities())).unwrap();
    // (accuracy_score(t, q), precision_score(t, q, pos_label="yes"),
    //  recall_score(t, q, pos_label="yes"), f1_score(t, q, pos_label="yes"),
    //  log_loss(t, np.c_[1 - s, s]), roc_auc_score(t, s))
    assert_metrics(
        &outcome,
        &[
            ("accuracy", 0.625),
            ("precision", 0.6),
            ("recall", 0.75),
            ("f1", 0.6666666666666666),
            ("precision_macro", 0.6333333333333333),
            ("recall_macro", 0.625),
            ("f1_macro", 0.6190476190476191),
            ("balanced_accuracy", 0.625),
            ("matthews_corrcoef", 0.2581988897471611),
            ("log_loss", 4.916468835378414),
            ("roc_auc", 0.625),
            ("average_precision", 0.5845238095238094),
            ("brier_score", 0.2625),
            ("expected_calibration_error", 0.225),
            ("rows", 8.0),
            ("rows_without_target", 0.0),
        ],
    );
}

#[test]
fn the_positive_class_can_be_named() {
    let no = r#"{ "target": "late", "positive": "no" }"#;
    let outcome = score(no, batch(late_or_not())).unwrap();
    // precision_score(t, q, pos_label="no") and so on
    assert_metrics(
        &outcome,
        &[
            ("accuracy", 0.625),
            ("precision", 0.6666666666666666),
            ("recall", 0.5),
            ("f1", 0.5714285714285714),
            ("precision_macro", 0.6333333333333333),
            ("recall_macro", 0.625),
            ("f1_macro", 0.6190476190476191),
            ("balanced_accuracy", 0.625),
            ("matthews_corrcoef", 0.2581988897471611),
            ("rows", 8.0),
            ("rows_without_target", 0.0),
        ],
    );
}

#[test]
fn scores_of_three_classes_are_those_of_scikit_learn() {
    let rows = batch(vec![
        ("grade", integers(vec![1, 2, 3, 1, 2, 3, 1, 3, 2])),
        ("prediction", integers(vec![1, 2, 1, 1, 1, 3, 2, 3, 2])),
        (
            "probability_1",
            floats(vec![0.6, 0.2, 0.5, 0.7, 0.1, 0.1, 0.3, 0.2, 0.25]),
        ),
        (
            "probability_2",
            floats(vec![0.3, 0.5, 0.2, 0.2, 0.4, 0.1, 0.4, 0.2, 0.5]),
        ),
        (
            "probability_3",
            floats(vec![0.1, 0.3, 0.3, 0.1, 0.5, 0.8, 0.3, 0.6, 0.25]),
        ),
    ]);
    let json = r#"{ "target": "grade", "task": "classification" }"#;
    // (accuracy_score(t, q), precision_score(t, q, average="macro"), …,
    //  log_loss(t, p), roc_auc_score(t, p, multi_class="ovr"))
    assert_metrics(
        &score(json, rows).unwrap(),
        &[
            ("accuracy", 0.6666666666666666),
            ("precision_macro", 0.7222222222222222),
            ("recall_macro", 0.6666666666666666),
            ("f1_macro", 0.6793650793650793),
            ("balanced_accuracy", 0.6666666666666666),
            ("matthews_corrcoef", 0.5095246653650681),
            ("log_loss", 0.7013333827145379),
            ("roc_auc", 0.9351851851851852),
            ("average_precision", 0.8888888888888887),
            ("brier_score", 0.39944444444444444),
            ("expected_calibration_error", 0.21851851851851853),
            ("rows", 9.0),
            ("rows_without_target", 0.0),
        ],
    );
}

#[test]
fn the_confusion_matrix_is_a_table() {
    let outcome = score(TARGET, batch(late_or_not())).unwrap();
    let names: Vec<_> = outcome
        .figures
        .iter()
        .map(|figure| figure.name.as_str())
        .collect();
    assert_eq!(names, ["confusion_matrix", "classes"]);
    assert_eq!(outcome.figures[0].kind, "table");
    assert_eq!(
        outcome.figures[0].data,
        json!({
            "columns": ["target \\ prediction", "no", "yes"],
            "rows": [["no", 2, 2], ["yes", 1, 3]],
        })
    );
    assert_eq!(
        outcome.figures[1].data["rows"][1],
        json!(["yes", 0.6, 0.75, 2.0 / 3.0, 4])
    );
}

#[test]
fn booleans_are_classes_and_true_is_positive() {
    let truth = BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]);
    let rows = batch(vec![
        ("late", booleans(truth)),
        ("prediction", booleans(vec![true, false, false, false])),
    ]);
    let found = metrics(&score(TARGET, rows).unwrap());
    assert!(found.contains(&("recall".to_owned(), 0.5)));
    assert!(found.contains(&("rows_without_target".to_owned(), 1.0)));
}

#[test]
fn a_number_is_the_same_class_in_every_type() {
    let rows = batch(vec![
        ("late", integers(vec![0, 1, 1])),
        ("prediction", floats(vec![-0.0, 1.0, 0.0])),
        ("probability_0", floats(vec![0.9, 0.1, 0.6])),
        ("probability_1", floats(vec![0.1, 0.9, 0.4])),
    ]);
    let json = r#"{ "target": "late", "task": "classification", "positive": 1 }"#;
    let found = metrics(&score(json, rows).unwrap());
    assert!(found.contains(&("recall".to_owned(), 0.5)));
    assert!(found.contains(&("roc_auc".to_owned(), 1.0)));
}

#[test]
fn the_area_does_not_exist_where_one_class_occurs() {
    let rows = batch(vec![
        ("late", texts(["no", "no"])),
        ("prediction", texts(["no", "no"])),
        ("probability_no", floats(vec![0.9, 0.8])),
        ("probability_yes", floats(vec![0.1, 0.2])),
    ]);
    let found = metrics(&score(TARGET, rows).unwrap());
    assert!(found.iter().any(|(name, _)| name == "log_loss"));
    assert!(!found.iter().any(|(name, _)| name == "roc_auc"));
}

#[test]
fn a_dictionary_of_texts_holds_classes() {
    let keys = arrow_array::Int8Array::from(vec![0, 1, 0]);
    let dictionary = arrow_array::DictionaryArray::new(keys, texts(["no", "yes"]));
    let rows = batch(vec![
        ("late", std::sync::Arc::new(dictionary)),
        ("prediction", texts(["no", "yes", "yes"])),
    ]);
    let found = metrics(&score(TARGET, rows).unwrap());
    assert!(found.contains(&("precision".to_owned(), 0.5)));
}

#[test]
fn missing_probabilities_are_refused() {
    let mut columns = with_probabilities();
    let mut yes = vec![Some(0.5); 7];
    yes.push(None);
    columns[2].1 = floats(Float64Array::from(yes));
    let error = score(TARGET, batch(columns)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "model `model`: 1 of 8 rows hold a probability in a column `probability_…` that is \
         null, NaN or infinite"
    );
}
