//! What a model predicts, wherever and on whatever table, is what its run has evaluated.

use std::{fs, sync::Arc};

use arrow::{
    array::{AsArray, Float64Array, RecordBatch},
    datatypes::Float64Type,
};
use mlhost_data::Table;
use mlhost_engine::{Error, FittedModel, RunReport};
use mlhost_sandbox::{Context, digest};
use mlhost_store::Outcome;

use crate::support::{PIPELINE, Scene, memory, open_model, rows, step};

fn run() -> (Scene, RunReport) {
    let scene = Scene::new();
    let report = scene.run(PIPELINE, 2);
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);
    (scene, report)
}

fn model(scene: &Scene) -> FittedModel {
    open_model(&scene.path("store"), "numbers@1")
}

/// The predictions for these rows.
fn predicted(model: &FittedModel, rows_in: RecordBatch) -> RecordBatch {
    let scored = model.predict(memory(rows_in)).unwrap();
    let names: Vec<_> = mlhost_data::column_names(scored.predicted());
    let all = rows(&scored);
    let indices: Vec<_> = names
        .iter()
        .map(|name| all.schema().index_of(name).unwrap())
        .collect();
    all.project(&indices).unwrap()
}

/// Folds a table with the evaluator of a run, part by part, as the run does.
pub(crate) fn evaluator_state(
    scene: &Scene,
    pipeline: &str,
    report: &RunReport,
    table: &dyn Table,
) -> Vec<u8> {
    let checked = scene.check(pipeline);
    let plugin = checked.plugin("evaluate").unwrap();
    let context = Context::new("evaluate");
    let params = step(report, "evaluate").params.to_string();
    let mut whole = plugin.folder(&context, &params, &table.schema()).unwrap();
    for part in 0..table.num_parts() {
        let mut folder = plugin.folder(&context, &params, &table.schema()).unwrap();
        let columns = folder.columns().to_vec();
        for batch in table.scan_part(part, &columns).unwrap() {
            folder.update(&batch.unwrap()).unwrap();
        }
        whole.merge(&folder.state().unwrap()).unwrap();
    }
    whole.state().unwrap()
}

#[test]
fn a_store_opened_anew_predicts_what_the_run_evaluated() {
    let (scene, report) = run();
    let scored = model(&scene)
        .predict(Arc::new(scene.table("test.csv")))
        .unwrap();
    let state = evaluator_state(&scene, PIPELINE, &report, &scored);
    assert_eq!(digest(&state), step(&report, "evaluate").states[0].digest);
}

#[test]
fn a_store_is_all_that_a_model_needs() {
    let (scene, _) = run();
    let test = rows(&scene.table("test.csv"));
    let here = predicted(&model(&scene), test.clone());

    let elsewhere = tempfile::tempdir().unwrap();
    fs::rename(scene.path("store"), elsewhere.path().join("moved")).unwrap();
    drop(scene);
    let moved = open_model(&elsewhere.path().join("moved"), "numbers@1");
    assert_eq!(predicted(&moved, test), here);
}

#[test]
fn the_target_makes_no_difference() {
    let (scene, _) = run();
    let model = model(&scene);
    let with = rows(&scene.table("test.csv"));
    let target = with.schema().index_of("y").unwrap();
    let others: Vec<_> = (0..with.num_columns())
        .filter(|index| *index != target)
        .collect();
    let without = with.project(&others).unwrap();
    let mut columns = with.columns().to_vec();
    columns[target] = Arc::new(Float64Array::from(vec![1e9; with.num_rows()]));
    let wrong = RecordBatch::try_new(with.schema(), columns).unwrap();

    let expected = predicted(&model, with);
    assert_eq!(predicted(&model, without), expected);
    assert_eq!(predicted(&model, wrong), expected);
    let predictions = expected.column(0).as_primitive::<Float64Type>();
    let first = predictions.value(0);
    assert!(
        predictions.iter().any(|value| value != Some(first)),
        "it says more than one thing"
    );
}

#[test]
fn the_signature_names_the_inputs_without_the_target() {
    let (scene, _) = run();
    let model = model(&scene);
    let stored = &model.stored().model;
    let names: Vec<_> = stored
        .signature
        .inputs
        .iter()
        .map(|column| &column.name)
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(stored.target.as_deref(), Some("y"));
    let chain: Vec<_> = stored.chain.iter().map(|link| &link.step).collect();
    assert_eq!(chain, ["preprocess", "tree"]);
}

#[test]
fn order_and_further_columns_make_no_difference() {
    let (scene, _) = run();
    let model = model(&scene);
    let test = rows(&scene.table("test.csv"));
    let reversed: Vec<_> = (0..test.num_columns()).rev().collect();
    let expected = predicted(&model, test.clone());
    assert_eq!(
        predicted(&model, test.project(&reversed).unwrap()),
        expected
    );
    let mut wider = vec![("more".to_owned(), test.column(0).clone())];
    wider.extend(
        mlhost_data::column_names(&test.schema())
            .into_iter()
            .zip(test.columns().to_vec()),
    );
    let wider = RecordBatch::try_from_iter(wider).unwrap();
    assert_eq!(predicted(&model, wider), expected);
}

#[test]
fn rows_are_predicted_one_by_one_as_together() {
    let (scene, _) = run();
    let model = model(&scene);
    let test = rows(&scene.table("test.csv")).slice(0, 20);
    let together = predicted(&model, test.clone());
    for row in 0..test.num_rows() {
        assert_eq!(
            predicted(&model, test.slice(row, 1)),
            together.slice(row, 1)
        );
    }
    assert_eq!(predicted(&model, test.slice(0, 0)).num_rows(), 0);
}

#[test]
fn a_column_that_is_missing_is_named() {
    let (scene, _) = run();
    let test = rows(&scene.table("test.csv")).project(&[1, 3]).unwrap();
    let Err(error) = model(&scene).predict(memory(test)) else {
        panic!("it predicts");
    };
    assert!(matches!(error, Error::NotApplicable { .. }));
    assert_eq!(
        error.to_string(),
        "model `numbers@1` cannot be applied to this data: it lacks columns `a`, `c`"
    );
    assert!(error.hint().unwrap().contains("host models show numbers@1"));
}

#[test]
fn a_table_that_has_a_column_of_the_predictions_name() {
    let (scene, _) = run();
    let model = model(&scene);
    let scored = rows(&model.predict(Arc::new(scene.table("test.csv"))).unwrap());
    let Err(error) = model.predict(memory(scored)) else {
        panic!("it predicts");
    };
    assert!(
        error
            .to_string()
            .ends_with("it predicts a column `prediction`, which the data has")
    );
}
