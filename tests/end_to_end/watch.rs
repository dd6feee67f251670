//! `host watch`: which changes make a run, and how it ends.

use std::fs;

use serde_json::{Value, json};

use crate::{
    history::{change_a_row, scene, write_data},
    hostile,
    support::{Scene, root},
    waiting::Waiting,
};

/// Starts to watch, and waits until the first run is over.
fn watch(scene: &Scene, words: &str) -> Waiting {
    let watch = Waiting::start(scene, &format!("watch pipeline.toml --format json {words}"));
    let first = watch.json();
    assert_eq!(first["run"], 1, "{first}");
    assert_eq!(first["trigger"], json!({"by": "watch", "changed": []}));
    watch.heard("waiting for changes");
    watch
}

/// The next run, and the files that it was for.
#[track_caller]
fn next(watch: &Waiting, changed: &[&str]) -> Value {
    let line = watch.json();
    assert_eq!(line["trigger"]["changed"], json!(changed), "{line}");
    watch.heard("waiting for changes");
    line
}

#[test]
fn every_change_of_data_or_pipeline_is_a_run() {
    let scene = scene();
    let watch = watch(&scene, "");

    change_a_row(&scene, "part-1");
    let changed = next(&watch, &["data/part-1.csv"]);
    assert_eq!(changed["run"], 2, "{changed}");
    assert_eq!(changed["outcome"], "done", "{changed}");

    // A glob gains a file, and loses it.
    write_data(&scene, "part-3", 600, 50);
    next(&watch, &["data/part-3.csv"]);
    fs::remove_file(scene.path("data/part-3.csv")).expect("the data");
    next(&watch, &["data/part-3.csv"]);

    // As editors write files: another one takes the place of the old.
    write_data(&scene, "test.csv~", 400, 100);
    let path = |name| scene.path(name);
    fs::rename(path("data/test.csv~.csv"), path("data/test.csv")).expect("the data");
    next(&watch, &["data/test.csv"]);

    let text = fs::read_to_string(path("pipeline.toml")).expect("the pipeline");
    scene.write("pipeline.toml", &text.replace("depth = 3", "depth = 4"));
    let deeper = next(&watch, &["pipeline.toml"]);
    assert_eq!(deeper["models"][0]["new"], true, "{deeper}");

    // A file beside them is none of its files.
    scene.write("data/notes.txt", "nothing");
    scene.write("pipeline.toml", &text.replace("[data.test]", "[data.tset]"));
    let broken = next(&watch, &["pipeline.toml"]);
    assert_eq!(broken["run"], Value::Null, "{broken}");
    assert_eq!(broken["outcome"], "refused", "{broken}");
    scene.write("pipeline.toml", &text);
    let mended = next(&watch, &["pipeline.toml"]);
    assert_eq!(mended["outcome"], "done", "{mended}");

    watch.signal("INT");
    let (code, said) = watch.end();
    assert_eq!(code, Some(130), "{said:?}");
    assert_eq!(said, ["stopped after 7 runs"]);
    let shown = scene.host("runs show 2").expect_code(0).stdout;
    assert!(
        shown.contains("started by watch, changed: data/part-1.csv"),
        "{shown}"
    );
}

#[test]
fn patches_and_plugins_that_are_files_are_watched() {
    let scene = scene();
    let plugin = root().join("target/plugins/mlhost_validate.wasm");
    let copied = || fs::copy(&plugin, scene.path("mine.wasm")).expect("the plugin is built");
    copied();
    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    let text = text.replace("plugin = \"validate\"", "plugin = \"./mine.wasm\"");
    scene.write("pipeline.toml", &text);
    scene.write("nightly.toml", "params.depth = 2\n");
    let watch = watch(&scene, "--patch nightly.toml");
    copied();
    next(&watch, &["mine.wasm"]);
    scene.write("nightly.toml", "params.depth = 4\n");
    let patched = next(&watch, &["nightly.toml"]);
    assert_eq!(patched["models"][0]["version"], 2, "{patched}");
    watch.signal("TERM");
    assert_eq!(watch.end().0, Some(143));
}

#[test]
fn ctrl_c_lets_a_run_end_and_twice_ends_it() {
    let scene = hostile::scene("endless-loop", 1200, "");
    let watch = Waiting::start(&scene, "watch pipeline.toml --format json");
    watch.heard("round and round");
    watch.signal("INT");
    watch.heard("stopping when the running steps have ended");
    assert_eq!(scene.json("runs")[0]["outcome"], "running");
    watch.signal("INT");
    let line = watch.json();
    assert_eq!(line["outcome"], "cancelled", "{line}");
    assert_eq!(watch.end().0, Some(130));
}

#[test]
fn a_run_whose_step_fails_is_no_end() {
    let scene = scene();
    let words = "watch pipeline.toml --set steps.evaluate.gate.r2.minimum=2";
    let watch = Waiting::start(&scene, words);
    let line = watch.line();
    assert!(
        line.starts_with("run 1 of `numbers`: refused in "),
        "{line}"
    );
    assert!(line.contains("(watch, at its beginning): "), "{line}");
    let said = watch.heard("waiting for changes");
    assert!(said.contains("error: run 1 was refused"), "{said}");
    change_a_row(&scene, "test");
    let line = watch.line();
    assert!(line.contains("(watch, changed: data/test.csv): "), "{line}");
    watch.signal("INT");
    assert_eq!(watch.end().0, Some(130));
}
