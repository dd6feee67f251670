//! Profiles, patch files and single values that are put over a pipeline: what runs, what is on record,
//! and that it can be done again.

use std::fs;

use serde_json::Value;

use crate::{
    history::{PIPELINE, snapshot},
    support::{Scene, test_plugin},
};

const PATCH: &str = "[steps.tree.with]\nmin_samples_leaf = 5\n\n\
                     [steps.again]\nplugin = \"evaluate\"\n\
                     input = { model = \"tree\", data = \"train\" }\nwith.target = \"y\"\n";

/// The pipeline with two profiles, and a patch beside it.
fn scene() -> Scene {
    let scene = crate::history::scene();
    let profiles = "\n[profiles.ci]\nparams.depth = 2\n\
                    [profiles.bare]\nremove = [\"steps.evaluate.gate\", \"steps.tree.register\"]\n";
    scene.write("pipeline.toml", &format!("{PIPELINE}{profiles}"));
    scene.write("nightly.toml", PATCH);
    scene
}

const ALL: &str = "--profile ci --patch nightly.toml --set steps.tree.with.min_samples_leaf=6";

fn run(scene: &Scene, words: &str) -> Value {
    let ended = scene.host(&format!("run pipeline.toml {words} --format json"));
    ended.expect_code(0).json()
}

/// The steps of a run that were done, and not taken from the cache.
fn done(run: &Value) -> Vec<&str> {
    let steps = run["steps"].as_array().into_iter().flatten();
    let done = steps.filter(|step| step["cached"] == false);
    done.filter_map(|step| step["name"].as_str()).collect()
}

#[test]
fn exactly_what_depends_on_a_patch_runs_again() {
    let scene = scene();
    let first = run(&scene, "");
    assert_eq!(done(&first), ["validate", "preprocess", "tree", "evaluate"]);
    let set = |words: &str| run(&scene, &format!("--set {words}"));

    let tree = set("steps.tree.with.max_depth=2");
    assert_eq!(done(&tree), ["tree", "evaluate"]);
    assert_eq!(tree["steps"][2]["params"]["max_depth"], 2, "{tree}");
    // The same by another way is the same.
    assert_eq!(done(&run(&scene, "--profile ci")), [""; 0]);
    assert_eq!(done(&set("params.depth=2")), [""; 0]);
    assert_eq!(done(&run(&scene, "")), [""; 0]);

    // A gate is judged anew from what is known, and names and limits decide no result.
    assert_eq!(done(&set("steps.evaluate.gate.r2.minimum=0.4")), [""; 0]);
    assert_eq!(done(&set("steps.tree.timeout=1h")), [""; 0]);

    let encoded = "steps.preprocess.with.encode=[{columns=[\"x\"],scale=\"standard\"}]";
    assert_eq!(done(&set(encoded)), ["preprocess", "tree", "evaluate"]);
    assert_eq!(
        done(&set("steps.validate.with.row_count.min=20")),
        ["validate"]
    );
    let test = "data.test.where=[[\"x\",\">\",3]]";
    assert_eq!(done(&set(test)), ["evaluate"]);
    let added = run(&scene, "--patch nightly.toml");
    assert_eq!(done(&added), ["tree", "evaluate", "again"]);
}

#[test]
fn what_was_patched_is_on_record() {
    let scene = scene();
    run(&scene, "");
    run(&scene, ALL);
    let shown = scene.host("runs show 2").expect_code(0);
    let said = shown
        .stdout
        .lines()
        .take_while(|line| !line.starts_with("read"));
    snapshot(&scene, "patched-show", &said.collect::<Vec<_>>().join("\n"));
    let patches = &scene.json("runs show 2")["record"]["patches"];
    assert_eq!(patches[0]["kind"], "profile", "{patches}");
    assert_eq!(patches[1]["text"], PATCH, "{patches}");
    let change = &patches[2]["changes"][0];
    assert_eq!(change["at"], "steps.tree.with.min_samples_leaf", "{change}");
    assert_eq!(
        (&change["before"], &change["after"]),
        (&5.into(), &6.into())
    );

    let diff = scene.host("runs diff 1 2").expect_code(0);
    let said = diff
        .stdout
        .lines()
        .take_while(|line| !line.starts_with("METRIC"));
    snapshot(&scene, "patched-diff", &said.collect::<Vec<_>>().join("\n"));
    run(&scene, ALL);
    let same = scene.json("runs diff 2 3");
    assert_eq!(same["patches"]["before"], Value::Array(vec![]), "{same}");
    assert_eq!(same["patches"]["after"], Value::Array(vec![]), "{same}");
    // A run without patches has nothing of them on record.
    assert_eq!(scene.json("runs show 1")["record"].get("patches"), None);
}

#[test]
fn a_patched_model_is_made_again_from_the_record_alone() {
    let scene = scene();
    run(&scene, "");
    let model = run(&scene, ALL)["models"][0].clone();
    assert_eq!(model["version"], 2, "{model}");
    // Neither the pipeline nor the patch need be there.
    scene.write("pipeline.toml", "no pipeline");
    scene.write("nightly.toml", "no patch");
    let json = scene.json("reproduce doubler@2");
    assert_eq!(json["identical"], true, "{json}");
    assert_eq!(json["digest"], model["digest"], "{json}");
}

#[test]
fn a_run_is_picked_up_with_its_patches() {
    let scene = scene();
    let hang = test_plugin("test_hostile.wasm");
    let broken = format!(
        "{PATCH}\n[steps.broken]\nplugin = \"{}\"\ninput = \"train\"\nafter = [\"again\"]\n\
         with = {{ attack = \"panic-in-update\", after_rows = 1200 }}\n",
        hang.display()
    );
    // Without the patch, the pipeline is not even whole.
    let data = "\n[data.test]\npath = \"data/test.csv\"\n";
    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    let text = text.replace("path = \"data/test.csv\"", "format = \"csv\"");
    scene.write("pipeline.toml", &text);
    scene.write("nightly.toml", &format!("{broken}{data}"));
    crate::history::write_data(&scene, "part-1", 0, 1500);
    let words = format!("run pipeline.toml {ALL}");
    scene.host(&words).expect_code(1);

    // A patch of the same name takes the place of the one on record; the others are taken over.
    // One of these changes nothing any more, which is not held against it.
    scene.write("pipeline.toml", &text.replace("depth = 3", "depth = 2"));
    scene.write("nightly.toml", &format!("{PATCH}{data}"));
    let words = "run pipeline.toml --resume --patch nightly.toml --set seed=8";
    let resumed = scene.host(words).expect_code(0);
    let said = resumed
        .stderr
        .lines()
        .take_while(|line| line.starts_with([' ', 'r']));
    let said: Vec<_> = said.filter(|line| !line.contains(" rows ")).collect();
    snapshot(&scene, "patched-resumed", &said.join("\n"));
    let record = &scene.json("runs show 2")["record"];
    let patches = record["patches"].as_array().expect("patches");
    let from: Vec<_> = patches.iter().map(|patch| &patch["from"]).collect();
    let expected = [
        "ci",
        "nightly.toml",
        "steps.tree.with.min_samples_leaf=6",
        "seed=8",
    ];
    assert_eq!(from, expected);
    assert_eq!(patches[0]["changes"], Value::Array(vec![]), "{record}");
    assert_eq!(record["steps"][2]["params"]["max_depth"], 2, "{record}");
    let json = scene.json("reproduce doubler@1");
    assert_eq!(json["identical"], true, "{json}");
}

#[test]
fn the_pipeline_that_would_run_is_shown() {
    let scene = scene();
    let shown = scene.host(&format!("show pipeline.toml {ALL} --param depth=4"));
    let shown = shown.expect_code(0);
    snapshot(&scene, "patched-pipeline", &shown.stdout);
    // It is the same pipeline as a file of its own.
    run(&scene, &format!("{ALL} --param depth=4"));
    scene.write("effective.toml", &shown.stdout);
    let effective = scene.host("run effective.toml --format json");
    assert_eq!(done(&effective.expect_code(0).json()), [""; 0]);
    let json = scene.json("show pipeline.toml --profile bare");
    assert_eq!(
        json["pipeline"]["steps"]["tree"].get("register"),
        None,
        "{json}"
    );
    assert_eq!(
        json["patches"][0]["changes"][1]["before"], "doubler",
        "{json}"
    );
    // A file that nothing is put over is shown without comments.
    let bare = scene.host("show pipeline.toml").expect_code(0).stdout;
    assert!(bare.starts_with("mlhost = 1\n"), "{bare}");
}

#[test]
fn checks_take_patches_and_a_patch_must_be_there() {
    let scene = scene();
    scene
        .host(&format!("check pipeline.toml {ALL}"))
        .expect_code(0);
    let checked = scene.json(&format!("check pipeline.toml {ALL}"));
    assert_eq!(
        checked["steps"].as_array().map(Vec::len),
        Some(5),
        "{checked}"
    );
    let mut said = String::new();
    for words in [
        "check pipeline.toml --patch none.toml",
        "check pipeline.toml --set steps.tree",
        "run pipeline.toml --set =3",
    ] {
        said.push_str(&scene.host(words).expect_code(2).stderr);
    }
    snapshot(&scene, "patches-not-there", &said);
    let errors = scene.host("check pipeline.toml --set steps.tree.timeout=10 --format json");
    let errors = errors.expect_code(1).json();
    let error = &errors["errors"][0];
    assert_eq!(error["file"], "--set steps.tree.timeout", "{errors}");
    assert_eq!(
        (&error["line"], &error["column"]),
        (&1.into(), &20.into()),
        "{errors}"
    );
}
