//! What a hostile plugin has the host print, keep and show: nothing of it is obeyed by a terminal,
//! and nothing of it is changed where a program reads it.

use std::fmt::Write;

use crate::{
    hostile::with_numbers,
    support::{Ended, Scene, filters, hostile_of_kind},
};

/// A folder with numbers, and a pipeline with a hostile validator, which attacks after more rows
/// than a rehearsal reads.
fn scene(attack: &str) -> Scene {
    let scene = with_numbers();
    std::fs::write(scene.path("hostile.wasm"), hostile_of_kind("validator"))
        .expect("it can be written");
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "hostile"

[data.numbers]
path = "numbers.csv"

[steps.attack]
plugin = "hostile.wasm"
input = "numbers"
with = {{ attack = "{attack}", after_rows = 1200 }}
"#
        ),
    );
    scene
}

fn run(scene: &Scene, code: i32) -> Ended {
    let ended = scene.host("run pipeline.toml").expect_code(code);
    for text in [&ended.stdout, &ended.stderr] {
        let is_obeyed = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(is_obeyed), "{text:?}");
    }
    ended
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// What a run prints, and then what is shown of it: as text and as JSON.
fn told(attack: &str, code: i32) {
    let scene = scene(attack);
    let ended = run(&scene, code);
    let mut told = format!("--- run\n{}{}", ended.stdout, ended.stderr);
    let shown = scene.host("runs show 1").expect_code(0);
    assert!(!shown.stdout.contains('\u{1b}'), "{:?}", shown.stdout);
    let _ = writeln!(told, "--- runs show 1\n{}", shown.stdout);
    let outcome = &scene.json("runs show 1")["record"]["steps"][0]["outcome"];
    let _ = writeln!(told, "--- runs show 1 --format json\n{outcome:#}");
    snapshot(attack, &scene.plain(&told));
}

#[test]
fn what_a_terminal_obeys_is_not_printed() {
    told("odd-words", 1);
}

#[test]
fn what_a_browser_runs_is_kept_as_text() {
    told("markup-in-findings", 1);
}

#[test]
fn a_page_shows_what_a_browser_would_run() {
    let scene = scene("markup-in-findings");
    scene.host("run pipeline.toml").expect_code(1);
    let page = scene.host("report --format html").expect_code(0).stdout;
    assert!(page.contains("&lt;script"), "nothing to show in {page}");
    for run in ["<script", "<img", "onerror=\"", "javascript:"] {
        assert!(!page.contains(run), "{run} in {page}");
    }
    let markdown = scene.host("report").expect_code(0).stdout;
    assert!(!markdown.contains("<script"), "{markdown}");
}

#[test]
fn a_path_in_the_name_of_a_figure_is_a_name() {
    told("figure-paths", 0);
}

#[test]
fn numbers_that_are_none_are_told_as_such() {
    told("odd-numbers", 0);
}
