//! A/B tests: the user names an experiment, and champion and challengers are compared on the same
//! rows. Differences, intervals, verdicts, and the rows that would decide.

use std::fs;

use serde_json::Value;

use crate::{
    gates::rows,
    support::{Scene, example, filters},
};

/// A tree of a depth that a run is told, registered as a run is told, in the experiment `prices`.
pub(crate) const PIPELINE: &str = r#"mlhost = 1
name = "prices"
experiment = "prices"
seed = 5

[params]
max_depth = 2
model = "price"
target = "price"

[data.train]
path = "train.csv"

[data.test]
path = "test.csv"

[steps.tree]
plugin = "tree"
input = "train"
register = "${params.model}"
with = { target = "${params.target}", max_depth = "${params.max_depth}" }

[steps.evaluate]
plugin = "evaluate"
input = { model = "tree", data = "test" }
with.target = "${params.target}"
gate.mae = { maximum = 1000.0 }
"#;

pub(crate) fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("pipeline.toml", PIPELINE);
    scene.write("train.csv", &rows(900, 0));
    scene.write("test.csv", &rows(400, 5000));
    scene.write("new.csv", &rows(300, 9000));
    scene
}

/// Registers a version: of a depth, under a name.
pub(crate) fn train(scene: &Scene, max_depth: u32, model: &str) -> Value {
    let words = format!("run pipeline.toml --param max_depth={max_depth} --param model={model}");
    let ended = scene.host(&format!("{words} --format json"));
    ended.expect_code(0).json()
}

pub(crate) fn alias(scene: &Scene, model: &str, alias: &str) {
    let words = format!("models alias {model} {alias}");
    scene.host(&words).expect_code(0);
}

fn snapshot(name: &str, text: &str) {
    let mut filters = filters();
    filters.push((r" +PER ROW", " PER ROW"));
    filters.push((r" +\d+(\.\d)? µs", " [time]"));
    filters.push((r"`\S*/(\w+\.parquet)`", "`$1`"));
    insta::with_settings!({ filters => filters, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

pub(crate) fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("no number: {value}"))
}

/// The models that were compared with the champion.
pub(crate) fn challengers(report: &Value) -> Vec<String> {
    let challengers = report["challengers"].as_array().expect("challengers");
    let name = |one: &Value| {
        format!(
            "{}@{}",
            one["model"].as_str().expect("a name"),
            one["version"]
        )
    };
    challengers.iter().map(name).collect()
}

#[test]
fn the_name_of_the_experiment_is_enough_for_the_flights() {
    let scene = Scene::new();
    let flights = example("flights");
    let file = |name: &str| flights.join(name).display().to_string();
    let (tree, linear) = (file("pipeline.toml"), file("linear.toml"));
    let (july, august) = (
        file("data/flights_m07.parquet"),
        file("data/flights_m08.parquet"),
    );
    let run = |words: &[&str]| {
        let words = ["run"].iter().chain(words).chain(&["--format", "json"]);
        scene.host_with(words.copied()).expect_code(0).json()
    };
    let first = run(&[&tree, "--param", "max_depth=8"]);
    assert_eq!(first["experiment"], "arr-delay");
    run(&[&linear]);

    let told = scene.host_with(["ab", "arr-delay", "--data", &august]);
    snapshot("flights", &told.expect_code(0).stdout);
    let ab = |data: &str| {
        let words = ["ab", "arr-delay", "--data", data, "--format", "json"];
        scene.host_with(words).expect_code(0).json()
    };
    // On the rows of the gate, the champion has the value that let it pass.
    let report = ab(&july);
    let mut steps = first["steps"].as_array().expect("steps").iter();
    let evaluate = steps.find(|step| step["name"] == "evaluate");
    let gate = &evaluate.expect("a step `evaluate`")["gates"][0];
    assert_eq!(report["champion"]["value"], gate["value"]);
    assert_eq!(
        (&report["metric"], &report["metric_from"]),
        (&"r2".into(), &"gate".into())
    );
    assert_eq!(report["rows"], 28_293);
    assert_eq!(report["rows_without_target"], 1132);

    let august = ab(&august);
    assert_eq!(challengers(&august), ["arr-delay-linear@1"]);
    assert_eq!(august["challengers"][0]["verdict"], "challenger-better");
    let needed = august["challengers"][0]["rows_to_decide"].as_u64();
    assert!(needed < august["rows"].as_u64(), "{august}");
    snapshot(
        "flights-list",
        &scene.host("experiments").expect_code(0).stdout,
    );
    let shown = scene.host("experiments show arr-delay").expect_code(0);
    snapshot("flights-show", &shown.stdout);
}

/// The predictions of a model for `new.csv`, and the truth.
fn predicted(scene: &Scene, model: &str) -> (Vec<f64>, Vec<f64>) {
    let words = format!("predict {model} new.csv -o out.csv");
    scene.host(&words).expect_code(0);
    let out = fs::read_to_string(scene.path("out.csv")).expect("predictions");
    let column = |name: &str| -> Vec<f64> {
        let mut lines = out.lines();
        let mut names = lines.next().expect("a head").split(',');
        let place = names.position(|other| other == name).expect("the column");
        let cell = |line: &str| line.split(',').nth(place).expect("a cell").parse();
        lines.map(|line| cell(line).expect("a number")).collect()
    };
    (column("prediction"), column("price"))
}

#[test]
fn the_numbers_are_those_of_the_predictions() {
    let scene = scene();
    train(&scene, 3, "price");
    train(&scene, 7, "price");
    alias(&scene, "price@1", "champion");
    let report = scene.json("ab prices --data new.csv");
    assert_eq!(report["metric"], "mae");
    assert_eq!(report["better"], "lower");
    assert_eq!(challengers(&report), ["price@2"]);
    let errors = |model| -> Vec<f64> {
        let (predicted, truth) = predicted(&scene, model);
        let pairs = predicted.iter().zip(&truth);
        pairs.map(|(one, other)| (one - other).abs()).collect()
    };
    let (champion, challenger) = (errors("price@1"), errors("price@2"));
    let rows = champion.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / rows;
    let differences: Vec<f64> = challenger
        .iter()
        .zip(&champion)
        .map(|(one, other)| one - other)
        .collect();
    let difference = mean(&differences);
    let squares: f64 = differences
        .iter()
        .map(|one| (one - difference).powi(2))
        .sum();
    let deviation = (squares / (rows - 1.0)).sqrt();
    let found = &report["challengers"][0];
    for (name, found, expected) in [
        ("champion", &report["champion"]["value"], mean(&champion)),
        ("challenger", &found["value"], mean(&challenger)),
        ("difference", &found["difference"], difference),
        (
            "standard error",
            &found["standard_error"],
            deviation / rows.sqrt(),
        ),
    ] {
        let found = number(found);
        assert!(
            (found - expected).abs() < 1e-9,
            "{name}: {found}, {expected}"
        );
    }
    // 1.9600 and 0.8416 are the quantiles of the normal distribution.
    let needed = ((1.959_964 + 0.841_621) * deviation / difference)
        .powi(2)
        .ceil();
    let told = number(&found["rows_to_decide"]);
    assert!((told - needed).abs() <= 1.0, "{told}, {needed}");
    // A lower error is better, and the interval does not hold zero.
    assert!(number(&found["upper"]) < 0.0, "{found}");
    assert_eq!(found["verdict"], "challenger-better");
    let turned = scene.json("ab prices --data new.csv --champion price@2 --challenger price@1");
    let turned = &turned["challengers"][0];
    assert_eq!(turned["verdict"], "champion-better");
    assert_eq!(number(&turned["difference"]), -number(&found["difference"]));
}

#[test]
fn a_difference_within_noise_is_undecided_and_names_the_rows_that_would_decide_it() {
    let scene = scene();
    train(&scene, 6, "price");
    train(&scene, 7, "price");
    alias(&scene, "price@1", "champion");
    let words = "ab prices --data few.csv";
    scene.write("few.csv", &rows(30, 5000));
    let told = scene.host(words).expect_code(0);
    snapshot("undecided", &told.stdout);
    let report = scene.json(words);
    let found = &report["challengers"][0];
    assert_eq!(found["verdict"], "undecided");
    assert!(
        number(&found["lower"]) < 0.0 && number(&found["upper"]) > 0.0,
        "{found}"
    );
    let needed = number(&found["rows_to_decide"]);
    assert!(needed > 30.0, "{found}");
    // The same again, to the last bit; another confidence has another interval.
    let again = scene.json(words);
    for key in ["value", "lower", "upper", "standard_error"] {
        assert_eq!(again["challengers"][0][key], found[key], "{key}");
    }
    let surer = scene.json(&format!("{words} --confidence 0.99"));
    let surer = &surer["challengers"][0];
    assert!(number(&surer["lower"]) < number(&found["lower"]), "{surer}");
    assert!(number(&surer["rows_to_decide"]) > needed, "{surer}");
}

#[test]
fn equal_models_are_undecided_for_ever() {
    let scene = scene();
    train(&scene, 4, "price");
    train(&scene, 4, "other");
    alias(&scene, "price@1", "champion");
    let report = scene.json("ab prices --data new.csv --metric r2");
    let found = &report["challengers"][0];
    assert_eq!(found["verdict"], "undecided");
    assert_eq!(
        (number(&found["difference"]), number(&found["lower"])),
        (0.0, 0.0)
    );
    assert_eq!(found["rows_to_decide"], Value::Null);
    let summary = found["summary"].as_str().expect("words");
    assert!(
        summary.ends_with("no number of rows decides a difference of 0"),
        "{summary}"
    );
}

#[test]
fn several_challengers_share_the_chance_of_being_wrong() {
    let scene = scene();
    for depth in [3, 1, 6, 7] {
        train(&scene, depth, "price");
    }
    train(&scene, 8, "other");
    train(&scene, 2, "other");
    alias(&scene, "price@1", "champion");
    // Without any other alias of `price`, its latest version is the challenger.
    let report = scene.json("ab prices --data new.csv");
    assert_eq!(challengers(&report), ["other@2", "price@4"]);
    alias(&scene, "price@2", "small");
    alias(&scene, "price@3", "challenger");
    alias(&scene, "other@1", "deep");
    let told = scene.host("ab prices --data new.csv").expect_code(0);
    snapshot("several", &told.stdout);
    let report = scene.json("ab prices --data new.csv");
    assert_eq!(challengers(&report), ["other@1", "price@2", "price@3"]);
    assert_eq!(report["bootstrap"]["resamples"], 3000);
    let alone = scene.json("ab prices --data new.csv --challenger price@small");
    assert_eq!(challengers(&alone), ["price@2"]);
    assert_eq!(alone["challengers"][0]["confidence"], 0.95);
    let among = &report["challengers"][1];
    assert!(number(&among["confidence"]) > 0.98, "{among}");
    let width = |one: &Value| number(&one["upper"]) - number(&one["lower"]);
    assert!(width(among) > width(&alone["challengers"][0]));
}
