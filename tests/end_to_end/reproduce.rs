//! `host reproduce`: a model comes out the same, or it is told what is not as it was.

use std::fs;

use crate::{
    history::{change_a_row, scene, snapshot},
    support::{Scene, finish},
};

fn registered() -> Scene {
    let scene = scene();
    scene
        .host("run pipeline.toml --param depth=2")
        .expect_code(0);
    scene
}

/// The model that was registered.
fn digest(scene: &Scene) -> String {
    let models = scene.json("models");
    models[0]["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn an_unchanged_model_comes_out_identical_from_anywhere() {
    let scene = registered();
    // Neither the pipeline nor other files in its folder matter.
    scene.write("pipeline.toml", "no pipeline");
    crate::history::write_data(&scene, "part-9", 900, 200);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut command = scene.command(["reproduce", "doubler@1"]);
    let child = command.current_dir(elsewhere.path()).spawn();
    let ended = finish(child.expect("the command starts")).expect_code(0);
    assert_eq!(
        ended.stdout,
        format!("doubler@1 came out identical: {}\n", digest(&scene))
    );
    // The store is as it was.
    assert_eq!(scene.json("runs").as_array().map(Vec::len), Some(1));
    let json = scene.json("reproduce doubler");
    assert_eq!(json["identical"], true, "{json}");
    assert_eq!(json["digest"], digest(&scene), "{json}");
}

#[test]
fn a_changed_row_and_a_missing_file_are_found() {
    let scene = registered();
    change_a_row(&scene, "part-1");
    let changed = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-changed", &changed.stdout);
    let json = scene.json("reproduce doubler");
    let difference = &json["differences"][0];
    assert_eq!(json["identical"], false, "{json}");
    assert_eq!(difference["difference"], "data-changed", "{json}");
    assert_eq!(difference["step"], "validate", "{json}");
    assert_ne!(difference["recorded"], difference["found"], "{json}");

    fs::remove_file(scene.path("data/test.csv")).expect("it can be removed");
    let missing = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-missing", &missing.stdout);
}

#[test]
fn data_that_was_moved_is_found_again() {
    let scene = registered();
    fs::rename(scene.path("data"), scene.path("archive")).expect("it can be moved");
    scene.host("reproduce doubler").expect_code(1);
    let words = "reproduce doubler --data train=archive/part-*.csv --data test=archive/test.csv";
    let ended = scene.host(words).expect_code(0);
    assert!(
        ended.stdout.contains("came out identical"),
        "{}",
        ended.stdout
    );

    let words = "reproduce doubler --data train=archive/part-1.csv --data test=archive/part-1.csv";
    let others = scene.host(words).expect_code(1);
    snapshot(&scene, "reproduce-other-files", &others.stdout);
    let unknown = scene
        .host("reproduce doubler --data tests=archive")
        .expect_code(2);
    snapshot(&scene, "reproduce-unknown-data", &unknown.stderr);
}

#[test]
fn a_component_that_is_gone_is_named() {
    let scene = registered();
    let record = scene.json("runs show 1");
    let digest = record["record"]["steps"][0]["plugin"]["digest"].as_str();
    let hex = digest
        .and_then(|digest| digest.strip_prefix("sha256:"))
        .expect("a digest");
    let blob = format!("store/blobs/sha256/{}/{}", &hex[..2], &hex[2..]);
    fs::remove_file(scene.path(&blob)).expect("the component of `validate` is a blob");
    let missing = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-no-component", &missing.stdout);
}
