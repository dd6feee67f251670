//! What the records of runs tell: where a result came from, why a step ran, how two runs differ.

use std::{fmt::Write, fs};

use serde_json::Value;

use crate::support::{Ended, Scene, filters};

/// A tree on two files of numbers, judged on a third, and registered as `doubler`.
pub(crate) const PIPELINE: &str = r#"mlhost = 1
name = "numbers"
seed = 7

[params]
depth = 3

[data.train]
path = "data/part-*.csv"

[data.test]
path = "data/test.csv"

[steps.validate]
plugin = "validate"
input = "train"
with.row_count = { min = 10 }

[steps.preprocess]
plugin = "preprocess"
input = "validate"
with.target = "y"
with.encode = [{ columns = ["x", "day"], impute = "median", scale = "standard" }]

[steps.tree]
plugin = "tree"
input = "preprocess"
register = "doubler"
with = { target = "y", max_depth = "${params.depth}" }

[steps.evaluate]
plugin = "evaluate"
input = { model = "tree", data = "test" }
with.target = "y"
gate.r2 = { minimum = 0.5 }
"#;

/// A folder with the pipeline and its data.
pub(crate) fn scene() -> Scene {
    let scene = Scene::new();
    fs::create_dir(scene.path("data")).expect("a folder");
    for (file, first) in [("part-1", 0), ("part-2", 200), ("test", 400)] {
        write_data(&scene, file, first, 200);
    }
    scene.write("pipeline.toml", PIPELINE);
    scene
}

pub(crate) fn write_data(scene: &Scene, file: &str, first: u32, rows: u32) {
    let mut text = String::from("x,day,y\n");
    for row in first..first + rows {
        let _ = writeln!(
            text,
            "{}.5,{},{}",
            row % 83,
            row % 7,
            2 * (row % 83) + row % 5
        );
    }
    scene.write(&format!("data/{file}.csv"), &text);
}

/// Changes one row of a file.
pub(crate) fn change_a_row(scene: &Scene, file: &str) {
    let path = scene.path(&format!("data/{file}.csv"));
    let rows = fs::read_to_string(&path).expect("the data");
    let changed = rows.replacen("\n0.5,", "\n9.5,", 1);
    assert_ne!(rows, changed, "a row has changed");
    fs::write(path, changed).expect("the data can be written");
}

pub(crate) fn snapshot(scene: &Scene, name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, scene.plain(text));
    });
}

fn run(scene: &Scene, words: &str) -> Ended {
    scene
        .host(&format!("run pipeline.toml {words}"))
        .expect_code(0)
}

/// The steps that a run took from the cache.
fn cached(run: &Value) -> Vec<&str> {
    let steps = run["steps"].as_array().into_iter().flatten();
    let cached = steps.filter(|step| step["cached"] == true);
    cached.filter_map(|step| step["name"].as_str()).collect()
}

#[test]
fn a_cached_step_names_the_run_that_did_it() {
    let scene = scene();
    run(&scene, "");
    let second = run(&scene, "");
    snapshot(&scene, "cached", &second.stdout);
    let third = run(&scene, "--format json").json();
    assert_eq!(
        cached(&third),
        ["validate", "preprocess", "tree", "evaluate"]
    );
    for step in third["steps"].as_array().into_iter().flatten() {
        assert_eq!(step["cached_from"], 1, "{step}");
    }
    let explained = scene.host("runs explain 3").expect_code(0);
    snapshot(&scene, "explain-cached", &explained.stdout);
}

#[test]
fn a_step_is_run_again_on_request() {
    let scene = scene();
    run(&scene, "");
    let nothing = run(&scene, "--no-cache --format json").json();
    assert_eq!(cached(&nothing), [""; 0]);
    // What it did is in the cache all the same.
    let all = run(&scene, "--format json").json();
    assert_eq!(all["steps"][0]["cached_from"], 2, "{all}");

    let some = run(&scene, "--from preprocess --format json").json();
    assert_eq!(cached(&some), ["validate"]);
    let rows = &some["steps"][1]["rows"];
    assert_eq!(*rows, 400, "the parts are folded again as well");
    assert_eq!(some["models"][0]["new"], false);
    let mut explained = scene.host("runs explain 2 tree").expect_code(0).stdout;
    explained.push_str(&scene.host("runs explain 4").expect_code(0).stdout);
    snapshot(&scene, "explain-asked", &explained);

    let unknown = scene.host("run pipeline.toml --from trees").expect_code(2);
    snapshot(&scene, "from-unknown", &unknown.stderr);
    scene
        .host("run pipeline.toml --from tree --no-cache")
        .expect_code(2);
}

#[test]
fn a_changed_parameter_is_the_cause_of_all_that_follows() {
    let scene = scene();
    run(&scene, "");
    run(&scene, "");
    let changed = run(&scene, "--param depth=2 --format json").json();
    assert_eq!(cached(&changed), ["validate", "preprocess"]);
    let explained = scene.host("runs explain 3").expect_code(0);
    snapshot(&scene, "explain-params", &explained.stdout);
    let json = scene.json("runs explain 3 evaluate");
    let step = &json["steps"][0];
    assert_eq!(step["why"], "changed", "{json}");
    assert_eq!(step["since"], 2, "{json}");
    let cause = &step["changes"][0];
    assert_eq!(
        (&cause["part"], &cause["step"]),
        (&"step".into(), &"tree".into()),
        "{json}"
    );
    assert_eq!(cause["changes"][0]["changes"][0]["after"], 2, "{json}");

    let diff = scene.host("runs diff 1 3").expect_code(0);
    snapshot(&scene, "diff-params", &diff.stdout);
    let diff = scene.json("runs diff 1 3");
    assert_eq!(diff["params"][0]["at"], "depth", "{diff}");
    let metrics = diff["metrics"].as_array().expect("metrics");
    let r2 = metrics
        .iter()
        .find(|metric| metric["name"] == "r2")
        .expect("r2");
    let number = |key: &str| r2[key].as_f64().expect("a number");
    assert!((number("after") - number("before") - number("difference")).abs() < 1e-12);
    assert!(number("difference") < 0.0, "{r2}");
}

#[test]
fn changed_files_are_named() {
    let scene = scene();
    run(&scene, "");
    change_a_row(&scene, "part-1");
    fs::remove_file(scene.path("data/part-2.csv")).expect("it can be removed");
    write_data(&scene, "part-3", 600, 200);
    let text = PIPELINE.replace("name = \"numbers\"", "name = \"numbers\"\n# a comment");
    scene.write(
        "pipeline.toml",
        &text.replace("[data.test]", "[data.test]\nwhere = [[\"x\", \">\", 3]]"),
    );
    run(&scene, "");
    let explained = scene.host("runs explain 2").expect_code(0);
    snapshot(&scene, "explain-data", &explained.stdout);
    let diff = scene.host("runs diff 1 2").expect_code(0);
    snapshot(&scene, "diff-data", &diff.stdout);
}

#[test]
fn a_deleted_cache_and_an_unknown_step_are_told() {
    let scene = scene();
    run(&scene, "");
    fs::remove_dir_all(scene.path("store/cache")).expect("the cache may be deleted");
    run(&scene, "");
    let explained = scene.host("runs explain 2 tree").expect_code(0);
    snapshot(&scene, "explain-forgotten", &explained.stdout);
    let first = scene.host("runs explain 1 validate").expect_code(0);
    snapshot(&scene, "explain-first", &first.stdout);
    let unknown = scene.host("runs explain 1 forest").expect_code(2);
    snapshot(&scene, "explain-unknown", &unknown.stderr);
}

#[test]
fn a_run_is_shown_with_what_was_asked_of_it() {
    let scene = scene();
    run(&scene, "--param depth=2 --no-cache");
    let shown = scene.host("runs show 1").expect_code(0);
    snapshot(&scene, "show", &shown.stdout);
    let json = scene.json("runs show 1");
    assert_eq!(json["record"]["given"]["depth"], "2", "{json}");
    assert_eq!(
        json["record"]["steps"][3]["outcome"]["verdict"], "passed",
        "{json}"
    );
}
