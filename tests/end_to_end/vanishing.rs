//! Files that are replaced or deleted while a run reads them. The run is made to wait in the middle
//! of its first batch: its plugin says more than the pipe of standard error holds, and nobody reads
//! that until the file has changed.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::ChildStderr,
};

use crate::{
    bad_input::{parquet, rows, snapshot, told},
    support::{Ended, Scene, finish, test_plugin},
};

/// Several batches, so that there is something left to read.
const ROWS: usize = 30_000;

/// A scene with numbers in a file of this ending, and a step that talks behind the rows of the
/// rehearsal. Its name is long, as it stands in front of each of its thousand lines.
fn scene(ending: &str) -> Scene {
    let scene = Scene::new();
    match ending {
        "csv" => drop(scene.write("table.csv", &format!("x,y\n{}", rows(ROWS)))),
        _ => drop(parquet(&scene, &format!("table.{ending}"), ROWS)),
    }
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "vanishing"

[data.table]
path = "table.{ending}"

[steps.{talkative}]
plugin = "{plugin}"
input = "table"
with = {{ attack = "much-talk", after_rows = 1200 }}

[steps.line]
plugin = "linear"
input = "table"
register = "line"
with.target = "y"
"#,
            talkative = talkative(),
            plugin = test_plugin("test_hostile.wasm").display(),
        ),
    );
    scene
}

pub(crate) fn talkative() -> String {
    "talk".repeat(75)
}

/// Runs the pipeline, and changes something while it reads. One step works at a time, so that no
/// other notices first.
pub(crate) fn run_and(scene: &Scene, change: impl FnOnce()) -> Ended {
    let child = scene
        .command(["run", "pipeline.toml", "--jobs", "1"])
        .spawn();
    let mut child = child.expect("the command starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = first_words(&mut stderr);
    change();
    let rest = std::thread::spawn(move || {
        let mut rest = String::new();
        stderr
            .read_to_string(&mut rest)
            .expect("the rest can be read");
        rest
    });
    let ended = finish(child);
    said.push_str(&rest.join().expect("the reader ends"));
    assert!(said.len() > 200_000, "the pipe may not have been full");
    Ended {
        stderr: said,
        ..ended
    }
}

/// Waits until the plugin says something.
fn first_words(stderr: &mut BufReader<ChildStderr>) -> String {
    let mut said = String::new();
    while !said.contains(&talkative()) {
        let read = stderr
            .read_line(&mut said)
            .expect("standard error can be read");
        assert!(read > 0, "the run has ended: {said}");
    }
    said
}

#[test]
fn a_file_that_is_replaced_during_the_run() {
    for ending in ["csv", "parquet"] {
        let scene = scene(ending);
        let file = scene.path(&format!("table.{ending}"));
        let ended = run_and(&scene, || {
            let other = scene.path(&format!("other.{ending}"));
            fs::copy(&file, &other).expect("the file can be copied");
            fs::rename(&other, &file).expect("the file can be replaced");
        });
        snapshot(
            &format!("replaced-{ending}"),
            &told(&scene, &ended.expect_code(1)),
        );
    }
}

#[test]
fn a_file_that_is_written_to_during_the_run() {
    for ending in ["csv", "parquet"] {
        let scene = scene(ending);
        let file = scene.path(&format!("table.{ending}"));
        let ended = run_and(&scene, || {
            fs::write(&file, "x,y\n1,2\n").expect("it can be written")
        });
        snapshot(
            &format!("written-to-{ending}"),
            &told(&scene, &ended.expect_code(1)),
        );
    }
}

#[test]
fn a_file_that_is_deleted_during_the_run() {
    for ending in ["csv", "parquet"] {
        let scene = scene(ending);
        let file = scene.path(&format!("table.{ending}"));
        let ended = run_and(&scene, || {
            fs::remove_file(&file).expect("it can be deleted")
        });
        snapshot(
            &format!("deleted-{ending}"),
            &told(&scene, &ended.expect_code(1)),
        );
    }
}

#[test]
fn a_file_that_stays_is_no_error() {
    let scene = scene("csv");
    run_and(&scene, || ()).expect_code(0);
    assert_eq!(scene.json("models")[0]["name"], "line");
}
