//! Runs that did not come to their end, and are picked up.

use std::{
    fs,
    io::{BufRead, BufReader},
};

use crate::{
    history::{PIPELINE, snapshot},
    support::{Scene, test_plugin},
};

/// The numbers, and after them a step that never ends once it has seen more rows than a rehearsal
/// reads, or not before its time limit.
fn endless(timeout: &str) -> Scene {
    let scene = crate::history::scene();
    crate::history::write_data(&scene, "part-1", 0, 1500);
    let plugin = test_plugin("test_hostile.wasm");
    let hang = format!(
        "\n[steps.hang]\nplugin = \"{}\"\ninput = \"train\"\nafter = [\"evaluate\"]\n\
         timeout = \"{timeout}\"\nwith = {{ attack = \"endless-loop\", after_rows = 1200 }}\n",
        plugin.display()
    );
    scene.write("pipeline.toml", &format!("{PIPELINE}{hang}"));
    scene
}

#[test]
fn what_was_complete_is_not_done_again() {
    let scene = endless("1s");
    scene
        .host("run pipeline.toml --param depth=2")
        .expect_code(1);
    // What never ends is taken out, and the run goes on with the parameters that it had.
    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    scene.write("pipeline.toml", &text.replace("endless-loop", "none"));
    let resumed = scene.host("run --resume").expect_code(0);
    let said = resumed
        .stderr
        .lines()
        .take_while(|line| !line.contains(" rows "));
    snapshot(&scene, "resumed", &said.collect::<Vec<_>>().join("\n"));
    let record = &scene.json("runs show 2")["record"];
    assert_eq!(record["resumes"], 1, "{record}");
    assert_eq!(record["params"]["depth"], 2, "{record}");
    let steps = record["steps"].as_array().expect("steps");
    let fresh = steps.iter().filter(|step| step["cached"] == false);
    let fresh: Vec<_> = fresh.map(|step| &step["name"]).collect();
    assert_eq!(fresh, ["hang"]);
    let explained = scene.host("runs explain 2 hang").expect_code(0);
    snapshot(&scene, "resumed-explained", &explained.stdout);
}

#[test]
fn a_run_that_was_killed_is_picked_up() {
    let scene = endless("60s");
    let child = scene
        .command(["run", "pipeline.toml", "--param", "depth=2"])
        .spawn();
    let mut child = child.expect("the command starts");
    let lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("evaluate     done")));
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");

    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    scene.write("pipeline.toml", &text.replace("endless-loop", "none"));
    let resumed = scene.host("run pipeline.toml --resume").expect_code(0);
    let said = "resuming run 1 (died): 4 of 5 steps are complete: \
                `validate`, `preprocess`, `tree`, `evaluate`\n  with depth=2\n";
    assert!(resumed.stderr.starts_with(said), "{}", resumed.stderr);
    let record = &scene.json("runs show 2")["record"];
    assert_eq!(record["params"]["depth"], 2, "{record}");
    assert_eq!(record["steps"][2]["cached_from"], 1, "{record}");
}

#[test]
fn a_step_that_did_not_finish_is_begun_again() {
    let scene = endless("1s");
    scene.host("run pipeline.toml").expect_code(1);
    scene.host("run pipeline.toml --resume=1").expect_code(1);
    let explained = scene.host("runs explain 2").expect_code(0);
    snapshot(&scene, "explain-unfinished", &explained.stdout);
}

#[test]
fn what_cannot_be_resumed_is_refused() {
    let scene = crate::history::scene();
    let mut said = String::new();
    said.push_str(
        &scene
            .host("run pipeline.toml --resume")
            .expect_code(2)
            .stderr,
    );
    scene.host("run pipeline.toml").expect_code(0);
    scene.write("other.toml", &PIPELINE.replace("\"numbers\"", "\"others\""));
    for words in [
        "run --resume",
        "run pipeline.toml --resume=1",
        "run pipeline.toml --resume=9",
        "run other.toml --resume",
    ] {
        said.push_str(&scene.host(words).expect_code(2).stderr);
    }
    scene.write(
        "other.toml",
        &PIPELINE
            .replace("\"numbers\"", "\"others\"")
            .replace("0.5", "2.5"),
    );
    scene.host("run other.toml").expect_code(1);
    said.push_str(
        &scene
            .host("run pipeline.toml --resume=2")
            .expect_code(2)
            .stderr,
    );
    snapshot(&scene, "not-resumable", &said);
}
