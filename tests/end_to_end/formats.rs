//! The four formats of input, null values in CSV, and the penguins example, whose
//! tables are CSV with `NA`.

use std::fs;

use crate::{
    bad_input::convert,
    support::{Scene, example},
};

/// Trains and evaluates on a table in this file; `options` are further lines of
/// the data.
fn run(scene: &Scene, file: &str, options: &str) -> serde_json::Value {
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "formats"

[data.table]
path = "{file}"
{options}

[steps.preprocess]
plugin = "preprocess"
input = "table"

[steps.preprocess.with]
target = "y"

[[steps.preprocess.with.encode]]
columns = ["x"]
impute = "mean"

[[steps.preprocess.with.encode]]
columns = ["colour"]
as = "one_hot"
impute = "most_frequent"

[steps.linear]
plugin = "linear"
input = "preprocess"
register = "line"

[steps.linear.with]
target = "y"

[steps.evaluate]
plugin = "evaluate"
input = {{ model = "linear", data = "table" }}

[steps.evaluate.with]
target = "y"

[steps.evaluate.gate]
r2 = {{ minimum = 0.8 }}
"#
        ),
    );
    let ended = scene.host("run pipeline.toml --format json");
    ended.expect_code(0).json()
}

/// Rows of which every tenth lacks a value, written as `null`.
fn csv(null: &str) -> String {
    let rows = (0..100).map(|row| {
        let colour = ["red", "green", "blue"][row % 3];
        let x = match row % 10 {
            9 => null.to_owned(),
            _ => format!("{row}.5"),
        };
        format!("{x},{colour},{}.25\n", row * 3)
    });
    format!("x,colour,y\n{}", rows.collect::<String>())
}

#[test]
fn the_format_of_a_table_does_not_change_the_model() {
    let scene = Scene::new();
    scene.write("table.csv", &csv(""));
    let expected = run(&scene, "table.csv", "");
    for format in ["parquet", "arrow", "jsonl"] {
        let file = format!("table.{format}");
        convert(&scene.path("table.csv"), &scene.path(&file));
        let found = run(&scene, &file, "");
        assert_eq!(
            states(&found),
            states(&expected),
            "{format} teaches something else"
        );
    }
}

/// What the steps have learned.
fn states(run: &serde_json::Value) -> Vec<&serde_json::Value> {
    let steps = run["steps"].as_array().expect("steps");
    steps
        .iter()
        .filter(|step| step["name"] != "evaluate")
        .map(|step| &step["states"])
        .collect()
}

#[test]
fn null_values_are_those_that_the_pipeline_states() {
    let scene = Scene::new();
    scene.write("empty.csv", &csv(""));
    scene.write("words.csv", &csv("missing"));
    let expected = run(&scene, "empty.csv", "");
    let found = run(&scene, "words.csv", "csv = { null_values = [\"missing\"] }");
    assert_eq!(states(&found), states(&expected));
}

#[test]
fn a_word_that_is_no_number_is_named_with_its_place() {
    let scene = Scene::new();
    scene.write("table.csv", &csv("missing"));
    scene.write(
        "pipeline.toml",
        "mlhost = 1\nname = \"words\"\n\n[data.table]\npath = \"table.csv\"\n\n\
         [steps.tree]\nplugin = \"linear\"\ninput = \"table\"\n\n\
         [steps.tree.with]\ntarget = \"y\"\n",
    );
    let ended = scene.host("check pipeline.toml").expect_code(1);
    insta::assert_snapshot!(ended.stderr);
}

#[test]
fn penguins_are_told_apart() {
    let scene = Scene::new();
    let pipeline = example("penguins").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let ended = scene.host_with(["run", &pipeline, "--format", "json"]);
    let run = ended.expect_code(0).json();
    assert_eq!(run["outcome"], "done");
    let table = example("penguins").join("data/penguins_2009.csv");
    let table = table.display().to_string();
    for model in ["penguin-tree", "penguin-logistic"] {
        let words = ["predict", model, &table, "-o", "species.jsonl"];
        scene.host_with(words).expect_code(0);
        let rows = fs::read_to_string(scene.path("species.jsonl")).expect("predictions");
        let right = rows.lines().filter(|line| is_right(line)).count();
        assert!(
            right * 100 >= rows.lines().count() * 90,
            "{model}: {right} of {} are right",
            rows.lines().count()
        );
    }
}

fn is_right(line: &str) -> bool {
    let row: serde_json::Value = serde_json::from_str(line).expect("a JSON object");
    row["species"] == row["prediction"]
}
