//! Disks that fill while a run writes to them. The store is on a small file system of its own, which
//! is mounted for one shell only, so the rest of the machine sees nothing of it. Where that is not
//! permitted the tests say so and do nothing.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{
    bad_input::{assert_no_result, error, rows, snapshot},
    support::{Ended, Scene, finish},
};

/// What stands between the outputs of the commands of a script.
const MARK: &str = "-- next --\n";

/// The ways to a file system of one's own: as the administrator, and as a user who is one within.
const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];

/// The way that is permitted here.
fn way() -> Option<&'static [&'static str]> {
    let scene = Scene::new();
    let permitted = |way: &&&[&str]| {
        let mut command = Command::new("unshare");
        command.args(**way).args(["mount", "-t", "tmpfs", "tmpfs"]);
        command.arg(scene.path("")).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let way = WAYS.iter().find(permitted).copied();
    if way.is_none() {
        eprintln!("skipped: a file system cannot be mounted here with `unshare --mount`");
    }
    way
}

/// A pipeline whose trainer scans its rows more than once.
fn scene(number: usize) -> Scene {
    let scene = Scene::new();
    let numbers = rows(number);
    let lines = numbers.lines().enumerate();
    let lines = lines.map(|(row, line)| format!("{line},{}\n", ["yes", "no"][row / 3 % 2]));
    scene.write(
        "table.csv",
        &format!("x,y,late\n{}", lines.collect::<String>()),
    );
    scene.write(
        "pipeline.toml",
        r#"mlhost = 1
name = "full"

[data.table]
path = "table.csv"

[steps.logistic]
plugin = "linear"
input = "table"
register = "late"
with = { target = "late", task = "classification" }
"#,
    );
    scene
}

/// Runs the pipeline with a store on a disk of this size; what the run says, the runs and the models.
fn run(scene: &Scene, way: &[&str], size: &str) -> (Ended, Value, Value) {
    let script = format!(
        "mkdir store && mount -t tmpfs -o size={size} tmpfs store || exit 99\n\
         \"$HOST\" run pipeline.toml; code=$?\n\
         echo '{MARK}'; \"$HOST\" runs --format json 2>&1\n\
         echo '{MARK}'; \"$HOST\" models --format json 2>&1\n\
         exit $code\n",
        MARK = MARK.trim(),
    );
    let host = scene.command([]);
    let mut command = Command::new("unshare");
    command.args(way).args(["sh", "-c", &script]);
    command.env("HOST", host.get_program());
    for (name, value) in host.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .current_dir(scene.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = finish(command.spawn().expect("the shell starts"));
    let parts: Vec<&str> = ended.stdout.split(MARK).collect();
    let [_, runs, models] = parts[..] else {
        panic!("{}\n{}", ended.stdout, ended.stderr);
    };
    let json = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    let (runs, models) = (json(runs), json(models));
    (ended, runs, models)
}

#[test]
fn a_disk_that_fills_with_the_rows_for_another_pass() {
    let Some(way) = way() else { return };
    // Two columns of numbers and one of text: some 3 MB.
    let scene = scene(120_000);
    let (ended, runs, models) = run(&scene, way, "2m");
    let ended = ended.expect_code(1);
    assert_no_result(&runs, &models);
    snapshot("full-disk-spool", &error(&scene, &ended.stderr));
}

#[test]
fn a_disk_that_fills_with_a_blob() {
    let Some(way) = way() else { return };
    // The component of the model is larger than what is left.
    let scene = scene(100);
    let (ended, runs, models) = run(&scene, way, "1m");
    let ended = ended.expect_code(1);
    assert_no_result(&runs, &models);
    let told = error(&scene, &ended.stderr);
    insta::with_settings!({ filters => [(r"[0-9a-f]{2}/[0-9a-f]{62}", "[digest]")], omit_expression => true }, {
        insta::assert_snapshot!("full-disk-blob", told);
    });
}

#[test]
fn a_disk_without_room_for_a_store() {
    let Some(way) = way() else { return };
    let scene = scene(100);
    let (ended, ..) = run(&scene, way, "32k");
    let ended = ended.expect_code(1);
    snapshot("full-disk-store", &error(&scene, &ended.stderr));
}

#[test]
fn the_same_runs_end_well_on_a_larger_disk() {
    let Some(way) = way() else { return };
    let scene = scene(120_000);
    let (ended, _, models) = run(&scene, way, "64m");
    ended.expect_code(0);
    assert_eq!(models[0]["name"], "late", "{models}");
}
