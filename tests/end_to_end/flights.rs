//! The flights example as it stands: a good run, its repetition, and predictions
//! elsewhere with nothing but the store.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::{Scene, example, metric, step};

/// What scikit-learn reaches with the same columns, encodings and depth.
const SCIKIT_LEARN_R2: f64 = 0.842_27;

fn run(scene: &Scene) -> Value {
    let pipeline = example("flights").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let ended = scene.host_with(["run", &pipeline, "--format", "json"]);
    ended.expect_code(0).json()
}

#[test]
fn a_run_registers_a_good_model_and_a_second_run_the_same() {
    let scene = Scene::new();
    let first = run(&scene);
    assert_eq!(first["outcome"], "done");
    let model = &first["models"][0];
    assert_eq!(model["name"], "arr-delay");
    assert_eq!(model["new"], true);

    let r2 = metric(step(&first, "evaluate"), "r2", None);
    assert!((r2 - SCIKIT_LEARN_R2).abs() < 1e-4, "r2 {r2}");
    assert_eq!(
        drifted(step(&first, "drift")),
        BTreeSet::from(["dewp", "pressure", "temp", "wind_gust", "wind_speed"])
    );

    let second = run(&scene);
    let again = &second["models"][0];
    assert_eq!(again["digest"], model["digest"]);
    assert_eq!(again["version"], 1);
    assert_eq!(again["new"], false);
    assert_eq!(scene.json("models").as_array().map(Vec::len), Some(1));
    assert_eq!(scene.json("runs").as_array().map(Vec::len), Some(2));
    predictions_elsewhere_are_those_that_were_evaluated(&scene, step(&first, "evaluate"));
}

#[test]
fn the_importance_of_every_column_is_told() {
    let scene = Scene::new();
    let pipeline = example("flights").join("importance.toml");
    let pipeline = pipeline.display().to_string();
    let ended = scene.host_with(["run", &pipeline, "--format", "json"]);
    let run = ended.expect_code(0).json();
    let step = step(&run, "importance");
    let of = |column| metric(step, "importance", Some(("column", column)));
    // The delay at departure is nearly all that there is to know.
    assert!(of("dep_delay") > 1.0, "{}", of("dep_delay"));
    for column in ["hour", "carrier", "visib"] {
        assert!(of(column).abs() < 0.05, "{column} {}", of(column));
    }
}

/// The columns of which a finding has not passed.
fn drifted(step: &Value) -> BTreeSet<&str> {
    let findings = step["outcome"]["findings"].as_array().expect("findings");
    let open = findings.iter().filter(|finding| finding["passed"] == false);
    open.filter_map(|finding| finding["column"].as_str())
        .collect()
}

/// Predicts twice in other folders, with a copy of the store alone.
fn predictions_elsewhere_are_those_that_were_evaluated(scene: &Scene, evaluated: &Value) {
    let july = example("flights").join("data/flights_m07.parquet");
    let july = july.display().to_string();
    let predict = |file: &str| {
        let elsewhere = Scene::new();
        copy(&scene.path("store"), &elsewhere.path("store"));
        let words = ["predict", "arr-delay@1", &july, "-o", file];
        elsewhere.host_with(words).expect_code(0);
        fs::read(elsewhere.path(file)).expect("the predictions")
    };
    assert!(predict("july.parquet") == predict("july.parquet"));

    let table = String::from_utf8(predict("july.csv")).expect("CSV is text");
    let scores = Scores::of(&table, "arr_delay");
    for (name, value) in [
        ("r2", scores.r2),
        ("rmse", scores.rmse),
        ("mae", scores.mae),
    ] {
        let expected = metric(evaluated, name, None);
        assert!(
            (value - expected).abs() <= 1e-12 * expected.abs(),
            "{name}: {value} from the file, {expected} from the run"
        );
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the store can be listed") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// The numbers of an evaluation, from a table with targets and predictions.
struct Scores {
    r2: f64,
    rmse: f64,
    mae: f64,
}

impl Scores {
    fn of(table: &str, target: &str) -> Self {
        let pairs = pairs(table, target);
        let count = pairs.len() as f64;
        let mean = pairs.iter().map(|(truth, _)| truth).sum::<f64>() / count;
        let squares = |term: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
            pairs.iter().map(|pair| term(pair).powi(2)).sum()
        };
        let residual = squares(&|(truth, prediction)| truth - prediction);
        let total = squares(&|(truth, _)| truth - mean);
        let absolute = pairs
            .iter()
            .map(|(truth, prediction)| (truth - prediction).abs());
        Self {
            r2: 1.0 - residual / total,
            rmse: (residual / count).sqrt(),
            mae: absolute.sum::<f64>() / count,
        }
    }
}

/// Target and prediction of each row that has a target.
fn pairs(table: &str, target: &str) -> Vec<(f64, f64)> {
    let mut lines = table.lines();
    let header: Vec<_> = lines.next().expect("a header").split(',').collect();
    let place = |name: &str| {
        let place = header.iter().position(|column| *column == name);
        place.unwrap_or_else(|| panic!("no column `{name}` in {header:?}"))
    };
    let (truth, prediction) = (place(target), place("prediction"));
    let cells = lines.map(|line| line.split(',').collect::<Vec<_>>());
    cells
        .filter(|cells| !cells[truth].is_empty())
        .map(|cells| {
            let number = |place: usize| cells[place].parse().expect("a number");
            (number(truth), number(prediction))
        })
        .collect()
}
