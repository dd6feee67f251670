//! Drift of the flights by every method, against scipy and Evidently, and importances of the model
//! of the example, against scikit-learn: tests/reference holds their numbers.

use serde_json::Value;

use crate::support::{Scene, example, metric, step};

const DRIFT: &str = include_str!("../reference/drift/expected.json");
const IMPORTANCE: &str = include_str!("../reference/importance/expected.json");

/// The columns of numbers, and those of texts.
const NUMBERS: [&str; 19] = [
    "day",
    "dow",
    "hour",
    "sched_min",
    "dep_delay",
    "distance",
    "temp",
    "dewp",
    "humid",
    "wind_dir",
    "wind_speed",
    "wind_gust",
    "precip",
    "pressure",
    "visib",
    "plane_year",
    "engines",
    "seats",
    "arr_delay",
];
const TEXTS: [&str; 5] = ["carrier", "origin", "engine", "dest", "manufacturer"];

/// Each method with the name of its metric and that of its number in the reference.
const OF_ALL: [(&str, &str, &str); 5] = [
    ("psi", "psi", "psi"),
    ("jensen_shannon", "jensen_shannon", "jensen_shannon"),
    ("hellinger", "hellinger", "hellinger"),
    ("l_infinity", "l_infinity", "l_infinity"),
    ("chi_squared", "chi_squared_p_value", "chi_squared_p_value"),
];
const OF_NUMBERS: [(&str, &str, &str); 2] = [
    ("ks", "ks_p_value", "ks_p_value"),
    ("wasserstein", "wasserstein", "wasserstein_normed"),
];

pub(crate) fn data(file: &str) -> String {
    let path = example("flights").join("data").join(file);
    path.display().to_string()
}

/// A pipeline with a step for each method and month.
fn pipeline() -> String {
    let mut text = format!(
        "mlhost = 1\nname = \"drift\"\n[data.train]\npath = '{}'\n[data.m07]\npath = '{}'\n\
         [data.m08]\npath = '{}'\n",
        data("flights_train.parquet"),
        data("flights_m07.parquet"),
        data("flights_m08.parquet"),
    );
    let all: Vec<&str> = NUMBERS.into_iter().chain(TEXTS).collect();
    for month in ["m07", "m08"] {
        let methods = OF_ALL.map(|(method, ..)| (method, &all[..]));
        let of_numbers = OF_NUMBERS.map(|(method, ..)| (method, &NUMBERS[..]));
        for (method, columns) in methods.into_iter().chain(of_numbers) {
            text += &format!(
                "[steps.{method}_{month}]\nplugin = \"drift\"\n\
                 input = {{ reference = \"train\", current = \"{month}\" }}\n\
                 with = {{ method = \"{method}\", columns = {columns:?} }}\n"
            );
        }
    }
    text
}

#[test]
fn every_method_gives_what_scipy_and_evidently_do() {
    let scene = Scene::new();
    scene.write("pipeline.toml", &pipeline());
    let run = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();
    let expected: Value = serde_json::from_str(DRIFT).expect("JSON");
    let cases = expected["flights"].as_array().expect("a list");
    let mut compared = 0;
    for case in cases {
        let text = |key: &str| case[key].as_str().expect("a text");
        let (month, column) = (text("month"), text("column"));
        for (method, name, reference) in OF_ALL.into_iter().chain(OF_NUMBERS) {
            let Some(expected) = case[reference].as_f64() else {
                continue;
            };
            let step = step(&run, &format!("{method}_{month}"));
            let found = metric(step, name, Some(("column", column)));
            let what = format!("{reference} of {column} in {month}");
            close(&what, found, expected);
            if let Some(theirs) = case["evidently"][reference].as_f64() {
                close(&format!("Evidently's {what}"), found, theirs);
            }
            compared += 1;
        }
        let step = step(&run, &format!("psi_{month}"));
        if let Some(share) = case["new_category_share"].as_f64() {
            let found = metric(step, "new_category_share", Some(("column", column)));
            close(
                &format!("new categories of {column} in {month}"),
                found,
                share,
            );
        }
    }
    assert_eq!(cases.len(), 48);
    assert_eq!(compared, 2 * (24 * OF_ALL.len() + 19 * OF_NUMBERS.len()));
}

pub(crate) fn close(what: &str, found: f64, expected: f64) {
    let allowed = 1e-9 * expected.abs().max(1e-3);
    assert!(
        (found - expected).abs() <= allowed,
        "{what}: expected {expected:e}, found {found:e}"
    );
}

/// Permuted by other random numbers than scikit-learn's, the importances differ by chance: they may
/// be four standard errors of the difference apart, or 0.002.
#[test]
fn importances_are_those_of_scikit_learn_and_weigh_the_drift() {
    let scene = Scene::new();
    let flights = std::fs::read_to_string(example("flights").join("pipeline.toml"));
    let folder = example("flights").display().to_string();
    let flights = flights
        .expect("the example")
        .replace("data/", &format!("{folder}/data/"));
    let repeats = 3.0;
    let importance = "[steps.importance]\nplugin = \"importance\"\n\
        input = { model = \"tree\", data = \"july\" }\n\
        with = { target = \"arr_delay\", n_repeats = 3, columns = [\"dep_delay\", \"day\", \
        \"pressure\", \"carrier\", \"visib\"] }\n";
    scene.write("pipeline.toml", &format!("{flights}\n{importance}"));
    let run = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();
    let measured = step(&run, "importance");
    let expected: Value = serde_json::from_str(IMPORTANCE).expect("JSON");
    let number = |value: &Value| value.as_f64().expect("a number");
    let r2 = metric(measured, "score", None);
    assert!((r2 - metric(step(&run, "evaluate"), "r2", None)).abs() < 1e-12);
    assert!((r2 - number(&expected["r2"])).abs() < 1e-4);
    let theirs = number(&expected["n_repeats"]);
    for column in ["dep_delay", "day", "pressure", "carrier", "visib"] {
        let found = metric(measured, "importance", Some(("column", column)));
        let reference = &expected["permutation"][column];
        let (mean, deviation) = (number(&reference["mean"]), number(&reference["std"]));
        let error = deviation * (1.0 / repeats + 1.0 / theirs).sqrt();
        let allowed = (4.0 * error).max(0.002);
        assert!(
            (found - mean).abs() <= allowed,
            "{column}: found {found}, expected {mean} within {allowed}"
        );
    }

    // Encoded otherwise than scikit-learn's, in other places of the tree, and of `f64`: numbers of
    // columns that are a feature each are the same but for that.
    let tree = step(&run, "tree");
    for column in ["dep_delay", "distance", "day", "temp"] {
        let found = metric(tree, "impurity_importance", Some(("column", column)));
        let theirs = number(&expected["impurity"][column]);
        assert!((found - theirs).abs() < 1e-4, "{column}: {found}, {theirs}");
    }

    let drift = [
        "drift",
        "arr-delay",
        &data("flights_m08.parquet"),
        "--format",
        "json",
    ];
    let drift = scene.host_with(drift).json();
    let weighted = outcome_metric(&drift, "weighted_share_drifted");
    let importances = ["dep_delay", "day", "pressure", "carrier", "visib"].map(|column| {
        let value = metric(measured, "importance", Some(("column", column)));
        (column, value.max(0.0))
    });
    let total: f64 = importances.iter().map(|(_, weight)| weight).sum();
    let drifted = importances
        .iter()
        .filter(|(column, _)| *column == "pressure");
    let share = drifted.map(|(_, weight)| weight).sum::<f64>() / total;
    assert!((weighted - share).abs() < 1e-12, "{weighted}, {share}");
}

#[test]
fn importances_are_the_same_for_any_number_of_threads() {
    let scene = Scene::new();
    scene.write("train.csv", &crate::gates::rows(300, 0));
    scene.write("test.csv", &crate::gates::rows(200, 5000));
    let text = "mlhost = 1\nname = \"prices\"\nseed = 5\n[data.train]\npath = \"train.csv\"\n\
        [data.test]\npath = \"test.csv\"\n[steps.tree]\nplugin = \"tree\"\ninput = \"train\"\n\
        with = { target = \"price\", max_depth = 4 }\n[steps.importance]\n\
        plugin = \"importance\"\ninput = { model = \"tree\", data = \"test\" }\n\
        with = { target = \"price\" }\n";
    scene.write("pipeline.toml", text);
    let run = |jobs: &str| {
        let words = format!("run pipeline.toml --no-cache --jobs {jobs} --format json");
        let run = scene.host(&words).expect_code(0).json();
        step(&run, "importance")["outcome"].clone()
    };
    let one = run("1");
    assert_eq!(one, run("3"));
    assert!(
        one["metrics"]
            .as_array()
            .is_some_and(|metrics| metrics.len() > 2)
    );
}

#[test]
fn a_column_that_the_model_does_not_read_is_refused() {
    let scene = Scene::new();
    scene.write("train.csv", &crate::gates::rows(300, 0));
    let text = "mlhost = 1\nname = \"prices\"\n[data.train]\npath = \"train.csv\"\n[steps.tree]\n\
        plugin = \"tree\"\ninput = \"train\"\nwith = { target = \"price\" }\n[steps.importance]\n\
        plugin = \"importance\"\ninput = { model = \"tree\", data = \"train\" }\n\
        with = { target = \"price\", columns = [\"colour\"] }\n";
    scene.write("pipeline.toml", text);
    let ended = scene.host("check pipeline.toml").expect_code(1);
    let message = "it does not read the column `colour`, which is to be permuted";
    assert!(ended.stderr.contains(message), "{}", ended.stderr);
}

/// New rows are without what is to be predicted: that is no drift of it, whoever made the profile.
#[test]
fn rows_without_the_target_have_not_drifted_by_that() {
    let scene = Scene::new();
    scene.write("train.csv", &crate::gates::rows(300, 0));
    let serving: Vec<String> = crate::gates::rows(300, 0)
        .lines()
        .map(|line| {
            line.rsplit_once(',')
                .map_or(line, |(inputs, _)| inputs)
                .to_owned()
        })
        .collect();
    scene.write("serving.csv", &serving.join("\n"));
    let tree = "mlhost = 1\nname = \"prices\"\n[data.train]\npath = \"train.csv\"\n\
        [steps.tree]\nplugin = \"tree\"\ninput = \"train\"\nwith = { target = \"price\" }\n\
        register = \"prices\"\n";
    let step = "[steps.drift]\nplugin = \"drift\"\n\
        input = { reference = \"train\", current = \"train\" }\n";
    for text in [tree.to_owned(), format!("{tree}{step}")] {
        scene.write("pipeline.toml", &text);
        scene.host("run pipeline.toml").expect_code(0);
        let found = scene
            .host("drift prices serving.csv --format json")
            .expect_code(0)
            .json();
        assert_eq!(outcome_metric(&found, "columns_drifted"), 0.0, "{found}");
        let summary = found["summary"].as_str().expect("a summary");
        assert!(
            summary.contains("drift of the target `price` is unknown"),
            "{summary}"
        );
        let whole = scene
            .host("drift prices train.csv --format json")
            .expect_code(0)
            .json();
        assert_eq!(outcome_metric(&whole, "target_drift"), 1.0, "{whole}");
    }
}

pub(crate) fn outcome_metric(outcome: &Value, name: &str) -> f64 {
    let outcome = outcome.get("outcome").unwrap_or(outcome);
    let metrics = outcome["metrics"].as_array().expect("metrics");
    let found = metrics.iter().find(|metric| metric["name"] == name);
    let value = found.and_then(|metric| metric["value"].as_f64());
    value.unwrap_or_else(|| panic!("no metric {name} in {outcome}"))
}
