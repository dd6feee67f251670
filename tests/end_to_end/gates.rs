//! Gates that compare with a version: a model is registered, and becomes the champion, when it is
//! better than the champion on the same rows, and surely so.

use std::fmt::Write;

use mlhost_store::{AliasMove, Store};
use serde_json::{Value, json};

use crate::support::{Ended, Scene, example};

/// A tree of a depth that a run is told, with these gates.
pub(crate) fn pipeline(gates: &str) -> String {
    format!(
        r#"mlhost = 1
name = "prices"
seed = 5

[params]
max_depth = 2

[data.train]
path = "train.csv"

[data.test]
path = "test.csv"

[steps.tree]
plugin = "tree"
input = "train"
register = {{ name = "price", alias = "champion" }}

[steps.tree.with]
target = "price"
max_depth = "${{params.max_depth}}"

[steps.evaluate]
plugin = "evaluate"
input = {{ model = "tree", data = "test" }}

[steps.evaluate.with]
target = "price"

[steps.evaluate.gate]
{gates}
"#
    )
}

pub(crate) const BETTER: &str = r#"r2 = { better_than = "champion", by = 0.005, confidence = 0.95 }
mae = { better_than = "mean" }"#;

/// Rows whose price goes up and down with their area, and has noise of its own.
pub(crate) fn rows(count: u32, first: u32) -> String {
    let mut csv = "area,age,price\n".to_owned();
    for row in first..first + count {
        let (area, age) = (f64::from(row * 37 % 101), row * 53 % 29);
        let noise = f64::from(row * 7919 % 61) / 10.0;
        let price = 50.0 * (area / 16.0).sin() - f64::from(age) + noise;
        writeln!(csv, "{area},{age},{price:.3}").expect("a line");
    }
    csv
}

pub(crate) fn scene(gates: &str) -> Scene {
    let scene = Scene::new();
    scene.write("pipeline.toml", &pipeline(gates));
    scene.write("train.csv", &rows(900, 0));
    scene.write("test.csv", &rows(400, 5000));
    scene
}

pub(crate) fn run(scene: &Scene, max_depth: u32) -> Ended {
    scene.host(&format!(
        "run pipeline.toml --param max_depth={max_depth} --format json"
    ))
}

/// The record of a run that was refused, and why it was.
pub(crate) fn refused(scene: &Scene, max_depth: u32) -> (Value, String) {
    let ended = run(scene, max_depth).expect_code(1);
    let documents = serde_json::Deserializer::from_str(&ended.stdout).into_iter::<Value>();
    let documents: Vec<_> = documents.map(|document| document.expect("JSON")).collect();
    let [run, errors] = documents.as_slice() else {
        panic!("a record and an error in {}", ended.stdout);
    };
    let message = errors["errors"][0]["message"].as_str();
    (run.clone(), message.expect("a message").to_owned())
}

/// The gates of the step `evaluate`.
pub(crate) fn gates(run: &Value) -> &Value {
    let mut steps = run["steps"].as_array().expect("steps").iter();
    let step = steps.find(|step| step["name"] == "evaluate");
    &step.expect("a step `evaluate`")["gates"]
}

pub(crate) fn champion(scene: &Scene) -> Value {
    scene.json("models show price@champion")["version"].clone()
}

pub(crate) fn history(scene: &Scene) -> Vec<AliasMove> {
    let store = Store::open(scene.path("store")).expect("the store opens");
    store.alias_history("price").expect("a history")
}

#[test]
fn the_better_model_becomes_the_champion_and_the_worse_is_refused() {
    let scene = scene(BETTER);
    let first = run(&scene, 3).expect_code(0).json();
    assert_eq!(
        gates(&first)[0]["comparison"]["with"],
        json!({ "kind": "nothing", "model": "price", "alias": "champion" })
    );
    assert_eq!(
        gates(&first)[0]["comparison"]["summary"],
        "there is no price@champion yet"
    );
    assert_eq!(champion(&scene), 1);

    let (worse, message) = refused(&scene, 1);
    assert!(
        message.contains("worse by") && message.contains("of price@1"),
        "{message}"
    );
    let refused = gates(&worse)[0].clone();
    assert_eq!(refused["passed"], false);
    assert_eq!(refused["comparison"]["bootstrap"]["probability"], 0.0);
    assert_eq!(champion(&scene), 1);
    assert_eq!(scene.json("models show price")["version"], 1);

    let better = run(&scene, 6).expect_code(0).json();
    let won = &gates(&better)[0];
    assert_eq!(won["comparison"]["with"]["version"], 1);
    assert_eq!(won["comparison"]["rows"], 400);
    // The champion's number is that of its own run: the rows are the same.
    assert_eq!(won["comparison"]["value"], gates(&first)[0]["value"]);
    let bootstrap = &won["comparison"]["bootstrap"];
    assert_eq!(bootstrap["resamples"], 1000);
    assert_eq!(bootstrap["seed"], 5);
    let number = |value: &Value| value.as_f64().expect("a number");
    let difference = number(&won["value"]) - number(&won["comparison"]["value"]);
    let interval = number(&bootstrap["lower"])..number(&bootstrap["upper"]);
    assert!(
        interval.contains(&difference),
        "{difference} in {interval:?}"
    );
    assert_eq!(better["models"][0]["before"], 1);
    assert_eq!(champion(&scene), 2);

    let moves = history(&scene);
    assert_eq!(moves.len(), 2);
    assert_eq!((moves[0].from, moves[0].to), (Some(1), 2));
    assert_eq!(moves[0].by, format!("run {}", better["run"]));
    assert!(
        moves[0].reason.contains("better than champion by 0.005")
            && moves[0].reason.contains("of price@1 on the same 400 rows"),
        "{}",
        moves[0].reason
    );
}

#[test]
fn a_run_in_which_nothing_has_changed_is_cached_and_moves_nothing() {
    let scene = scene(BETTER);
    run(&scene, 3).expect_code(0);
    let first = run(&scene, 6).expect_code(0).json();
    let again = run(&scene, 6).expect_code(0).json();
    for step in again["steps"].as_array().expect("steps") {
        assert_eq!(step["cached"], true, "{}", step["name"]);
    }
    let gate = &gates(&again)[0];
    assert_eq!(gate["comparison"]["with"]["kind"], "same");
    assert_eq!(gate["comparison"]["summary"], "price@2 is this model");
    assert_eq!(again["models"][0]["new"], false);
    assert_eq!(again["models"][0]["digest"], first["models"][0]["digest"]);
    assert_eq!(history(&scene).len(), 2);
    // What is on the version is what was compared when it won, and that it is the champion now.
    let model = scene.json("models show price");
    let decisions = model["decisions"].as_array().expect("decisions");
    assert_eq!(decisions.len(), 2);
    let won = &decisions[1]["gates"];
    assert_eq!(won[0]["step"], "evaluate");
    assert_eq!(won[0]["comparison"], gates(&first)[0]["comparison"]);
    assert_eq!(won[1]["comparison"]["with"]["baseline"], "mean");
}

#[test]
fn the_champion_is_scored_again_on_the_rows_at_hand() {
    let scene = scene("r2 = { better_than = \"champion\" }");
    let first = run(&scene, 3).expect_code(0).json();
    let test = rows(150, 9000);
    scene.write("test.csv", &test);
    let second = run(&scene, 7).expect_code(0).json();
    let scored = gates(&second)[0]["comparison"]["value"]
        .as_f64()
        .expect("a value");
    assert_ne!(gates(&first)[0]["value"].as_f64(), Some(scored));

    // The same from its predictions, by hand.
    scene
        .host("predict price@1 test.csv -o out.csv")
        .expect_code(0);
    let out = std::fs::read_to_string(scene.path("out.csv")).expect("predictions");
    let column = |name: &str| -> Vec<f64> {
        let mut lines = out.lines();
        let mut names = lines.next().expect("a head").split(',');
        let place = names.position(|other| other == name).expect("the column");
        let cell = |line: &str| line.split(',').nth(place).expect("a cell").parse();
        lines.map(|line| cell(line).expect("a number")).collect()
    };
    let (truth, predicted) = (column("price"), column("prediction"));
    assert_eq!(truth.len(), 150);
    let mean = truth.iter().sum::<f64>() / 150.0;
    let variance: f64 = truth.iter().map(|price| (price - mean).powi(2)).sum();
    let pairs = truth.iter().zip(&predicted);
    let errors: f64 = pairs.map(|(price, other)| (price - other).powi(2)).sum();
    let expected = 1.0 - errors / variance;
    assert!((scored - expected).abs() < 1e-9, "{scored}, {expected}");
}

#[test]
fn a_lead_within_noise_is_no_lead() {
    let sure = "mae = { better_than = \"price@1\", confidence = 0.95 }";
    let scene = scene("mae = { maximum = 1000 }");
    scene.write("test.csv", &rows(30, 5000));
    run(&scene, 6).expect_code(0);
    // A little better on these 30 rows, by chance.
    scene.write(
        "pipeline.toml",
        &pipeline("mae = { better_than = \"price@1\" }"),
    );
    let by_chance = run(&scene, 7).expect_code(0).json();
    scene.write("pipeline.toml", &pipeline(sure));
    let (refused, message) = refused(&scene, 7);
    let gate = gates(&refused)[0].clone();
    assert_eq!(gate["value"], gates(&by_chance)[0]["value"]);
    let bootstrap = &gate["comparison"]["bootstrap"];
    let probability = bootstrap["probability"].as_f64().expect("a share");
    assert!((0.05..0.95).contains(&probability), "{probability}");
    // For an error, less is better: the interval of the difference holds zero.
    assert!(bootstrap["lower"].as_f64() < Some(0.0), "{bootstrap}");
    assert!(bootstrap["upper"].as_f64() > Some(0.0), "{bootstrap}");
    let end = "better in 89.3 % of 1000 resamples, and its gate wants it better in 95 % of them";
    assert!(message.ends_with(end), "{message}");
}

/// A better tree for the flights takes the champion's place, and what is said of it is the same on
/// any number of threads.
#[test]
fn a_comparison_of_flights_is_the_same_on_any_number_of_threads() {
    let compared = |jobs: u32| {
        let scene = Scene::new();
        let pipeline = example("flights").join("pipeline.toml");
        let pipeline = pipeline.display().to_string();
        let run = |max_depth: &str| {
            let depth = format!("max_depth={max_depth}");
            let jobs = jobs.to_string();
            let words = ["run", &pipeline, "--param", &depth, "--jobs", &jobs];
            let ended = scene.host_with(words.into_iter().chain(["--format", "json"]));
            ended.expect_code(0).json()
        };
        let first = run("3");
        let second = run("8");
        assert_eq!(second["models"][0]["alias"], "champion");
        assert_eq!(second["models"][0]["before"], 1);
        let gate = gates(&second)[0].clone();
        assert_eq!(gate["comparison"]["value"], gates(&first)[0]["value"]);
        assert_eq!(gate["comparison"]["bootstrap"]["probability"], 1.0);
        // Comparing reads the rows again, and that is not what the step reads.
        let mut steps = second["steps"].as_array().expect("steps").iter();
        let evaluate = steps.find(|step| step["name"] == "evaluate");
        assert_eq!(evaluate.expect("a step `evaluate`")["rows"], 29_425);
        gate
    };
    assert_eq!(compared(1), compared(3));
}
