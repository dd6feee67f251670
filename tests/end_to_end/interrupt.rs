//! Ctrl-C ends a run that would never end by itself, and leaves a record of it.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    hostile,
    support::{Scene, finish},
};

#[test]
fn a_second_ctrl_c_ends_a_run_and_leaves_a_record() {
    let scene = hostile::scene("endless-loop", 1200, "");
    let mut child = scene
        .command(["run", "pipeline.toml"])
        .spawn()
        .expect("the command starts");
    wait_for_a_run(&scene);
    // The first one waits for a step that never ends.
    let start = Instant::now();
    while child.try_wait().expect("it can be asked").is_none() {
        assert!(start.elapsed() < Duration::from_secs(60), "it goes on");
        let sent = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        sent.expect("`kill` starts");
        thread::sleep(Duration::from_millis(100));
    }

    let ended = finish(child).expect_code(130);
    assert!(
        ended.stderr.contains("run 1 was cancelled"),
        "{}",
        ended.stderr
    );
    let runs = scene.json("runs");
    assert_eq!(runs[0]["outcome"], "cancelled", "{runs}");
    assert!(runs[0]["finished_at"].is_string(), "{runs}");
    // The step has not failed: it was given up.
    let record = &scene.json("runs show 1")["record"];
    assert_eq!(record["steps"][0]["status"], "cancelled", "{record}");
    assert!(record["steps"][0]["error"].is_null(), "{record}");
    let shown = scene.host("runs show 1").expect_code(0).stdout;
    assert!(shown.contains("  cancelled, "), "{shown}");
}

#[test]
fn a_run_that_was_killed_is_not_called_running() {
    let scene = hostile::scene("endless-loop", 1200, "");
    let mut child = scene
        .command(["run", "pipeline.toml"])
        .spawn()
        .expect("the command starts");
    wait_for_a_run(&scene);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    let runs = scene.json("runs");
    assert_eq!(runs[0]["outcome"], "died", "{runs}");
    let explained = scene.host("runs explain 1").expect_code(2);
    assert!(
        explained
            .stderr
            .contains("run 1 has no record of its steps: it died before it could write one"),
        "{}",
        explained.stderr
    );
}

/// Waits until the store has a run that is under way.
pub(crate) fn wait_for_a_run(scene: &Scene) {
    let start = Instant::now();
    loop {
        let ended = scene.host("runs --format json");
        if ended.stdout.contains("\"running\"") {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no run has begun: {}{}; the folder holds {:?}",
            ended.stdout,
            ended.stderr,
            fs::read_dir(scene.path("")).map(Iterator::count)
        );
        thread::sleep(Duration::from_millis(20));
    }
}
