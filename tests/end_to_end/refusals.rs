//! Runs that go no further because the data or the model is not good enough.

use crate::support::{Scene, filters};

/// Rows with a target that depends on one column; `bad` are lines of their own.
fn scene(bad: &str, gate: &str) -> Scene {
    let scene = Scene::new();
    let rows: String = (0..200)
        .map(|row| format!("{row},{},{}\n", row % 7, 2 * row))
        .collect();
    scene.write("table.csv", &format!("x,day,y\n{rows}{bad}"));
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "refused"

[data.table]
path = "table.csv"

[steps.validate]
plugin = "validate"
input = "table"

[steps.validate.with.columns]
day = {{ not_null = true, between = {{ min = 0, max = 6 }} }}

[steps.tree]
plugin = "tree"
input = "validate"
register = "doubler"

[steps.tree.with]
target = "y"
max_depth = 2

[steps.evaluate]
plugin = "evaluate"
input = {{ model = "tree", data = "table" }}

[steps.evaluate.with]
target = "y"

[steps.evaluate.gate]
{gate}
"#
        ),
    );
    scene
}

/// The run is refused, leaves a record, and registers nothing.
fn refused(scene: &Scene) -> String {
    let ended = scene.host("run pipeline.toml").expect_code(1);
    let runs = scene.json("runs");
    assert_eq!(runs[0]["outcome"], "refused", "{runs}");
    assert_eq!(scene.json("models").as_array().map(Vec::len), Some(0));
    format!("{}----\n{}", ended.stdout, ended.stderr)
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_violated_check_names_rows() {
    let scene = scene("7,9,14\n8,,16\n9,-3,18\n", "r2 = { minimum = 0.5 }");
    snapshot("violated-check", &refused(&scene));
}

#[test]
fn a_failed_gate_names_metric_and_bound() {
    let scene = scene("", "rmse = { maximum = 0.25 }");
    snapshot("failed-gate", &refused(&scene));
    let runs = scene.host("runs").expect_code(0);
    snapshot("failed-gate-runs", &runs.stdout);
    let models = scene.host("models").expect_code(0);
    snapshot("no-models", &models.stdout);
}

#[test]
fn the_same_pipeline_passes_where_all_is_well() {
    let scene = scene("", "r2 = { minimum = 0.5 }");
    let ended = scene.host("run pipeline.toml").expect_code(0);
    snapshot("passed", &ended.stdout);
    let models = scene.json("models");
    assert_eq!(models[0]["name"], "doubler", "{models}");
}
