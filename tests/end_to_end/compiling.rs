//! Plugins that were made to take long to compile: their step fails within its limit, and nothing goes
//! on when the host has ended.

use std::{fs, path::PathBuf, thread, time::Duration};

use crate::{
    hostile::with_numbers,
    support::{Scene, filters},
};

#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
#[path = "../../host/sandbox/tests/hostile/monsters.rs"]
mod monsters;

/// A pipeline with a plugin that nobody has the time to compile.
fn scene(limits: &str) -> Scene {
    let scene = with_numbers();
    fs::write(scene.path("monster.wasm"), monsters::nested_loops()).expect("a file");
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "monster"

[data.numbers]
path = "numbers.csv"

[steps.attack]
plugin = "./monster.wasm"
input = "numbers"
{limits}
"#
        ),
    );
    scene
}

#[test]
fn a_plugin_that_takes_too_long_to_compile_fails_its_step() {
    let scene = scene("limits = { compile_time = \"1s\" }");
    let ended = scene.host("run pipeline.toml").expect_code(1);
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!("long-to-compile", scene.plain(&ended.stderr));
    });
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_compiled_for_a_host_that_was_killed() {
    let scene = scene("");
    let mut host = scene.command(["check", "pipeline.toml"]);
    let mut host = host.spawn().expect("it starts");
    await_processes(&scene, 2);
    host.kill().expect("it can be killed");
    host.wait().expect("it ends");
    await_processes(&scene, 0);
}

/// Waits until so many processes are at work in the folder of a scene.
fn await_processes(scene: &Scene, number: usize) {
    let folder = fs::canonicalize(scene.path(".")).expect("its folder");
    let works_there = |process: &PathBuf| {
        let there = fs::read_link(process.join("cwd"));
        there.is_ok_and(|there| there == folder)
    };
    for _ in 0..6000 {
        let processes = fs::read_dir("/proc").expect("processes");
        let processes = processes.filter_map(|process| Some(process.ok()?.path()));
        if processes.filter(works_there).count() == number {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("there are never {number} processes");
}
