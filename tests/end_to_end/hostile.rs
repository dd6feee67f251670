//! Plugins that attack the host. Each attack is made twice: at once, which the
//! rehearsal before a run finds, and only after the rows of the rehearsal, in the
//! run itself. Either way the command ends with exit code 1 and a message that
//! names package, version, step and cause, and the store is as good as before.

use std::{fmt::Write, fs};

use crate::support::{Ended, Scene, filters, test_plugin};

/// More rows than a rehearsal reads.
pub(crate) const ROWS: u32 = 1500;

/// Attacks at once, and after more rows than a rehearsal reads.
const WHEN: [u32; 2] = [0, 1200];

/// A folder with more rows of numbers than a rehearsal reads.
pub(crate) fn with_numbers() -> Scene {
    let scene = Scene::new();
    let mut numbers = String::from("x,y\n");
    for row in 0..ROWS {
        let _ = writeln!(numbers, "{row}.5,{}.25", row * 2);
    }
    scene.write("numbers.csv", &numbers);
    scene
}

/// A folder with numbers, and a pipeline that runs the hostile plugin on them.
/// `limits` are further lines of its step.
pub(crate) fn scene(attack: &str, after_rows: u32, limits: &str) -> Scene {
    let scene = with_numbers();
    let plugin = test_plugin("test_hostile.wasm");
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "hostile"

[data.numbers]
path = "numbers.csv"

[steps.attack]
plugin = "{}"
input = "numbers"
{limits}

[steps.attack.with]
attack = "{attack}"
after_rows = {after_rows}

[steps.count]
plugin = "mlhost:validate"
input = "attack"

[steps.count.with]
row_count = {{ min = 1 }}
"#,
            plugin.display()
        ),
    );
    scene
}

/// The message, and proof that the host is well.
fn message(scene: &Scene) -> String {
    let ended = scene.host("run pipeline.toml").expect_code(1);
    assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    assert_well(scene, &ended);
    let errors = ended.stderr.find("error: ").map(|at| &ended.stderr[at..]);
    scene.plain(errors.unwrap_or(&ended.stderr))
}

/// The store opens, a run that began has ended, and another one can follow.
fn assert_well(scene: &Scene, ended: &Ended) {
    if !scene.path("store").exists() {
        // The rehearsal has found it: there was no run.
        assert!(ended.stdout.is_empty(), "{}", ended.stdout);
        return;
    }
    let runs = scene.json("runs");
    let outcomes: Vec<_> = runs.as_array().into_iter().flatten().collect();
    assert_eq!(outcomes.len(), 1, "{runs}");
    assert_eq!(outcomes[0]["outcome"], "failed", "{runs}");
    let models = scene.json("models");
    assert_eq!(models.as_array().map(Vec::len), Some(0), "{models}");
}

/// What both attacks say, under the attack's name.
fn check(attack: &str, limits: &str) {
    let mut messages = String::new();
    for after_rows in WHEN {
        let scene = scene(attack, after_rows, limits);
        let when = if after_rows == 0 { "at once" } else { "later" };
        let _ = writeln!(messages, "--- {when}\n{}", message(&scene));
    }
    snapshot(attack, &messages);
}

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

macro_rules! attacks {
    ($($test:ident: $attack:literal),+ $(,)?) => {$(
        #[test]
        fn $test() {
            check($attack, "");
        }
    )+};
}

attacks! {
    panic_in_update: "panic-in-update",
    index_out_of_bounds: "index-out-of-bounds",
    stack_overflow: "stack-overflow",
    frame_overflow: "frame-overflow",
    endless_memory: "endless-memory",
    emit_in_update: "emit-in-update",
    unknown_error_kind: "unknown-error-kind",
    escape_codes: "escape-codes",
    bad_pointer: "bad-pointer",
    huge_state: "huge-state",
    unknown_format: "unknown-format",
    deep_nesting: "deep-nesting",
    missing_children: "missing-children",
    nul_in_format: "nul-in-format",
    column_twice: "column-twice",
    huge_width: "huge-width",
    many_fields: "many-fields",
    panic_in_apply: "panic-in-apply",
    offsets_outside: "offsets-outside",
    offsets_descend: "offsets-descend",
    offsets_negative: "offsets-negative",
    invalid_utf8: "invalid-utf8",
    values_too_short: "values-too-short",
    buffer_outside: "buffer-outside",
    buffer_behind_all: "buffer-behind-all",
    buffer_nowhere: "buffer-nowhere",
    wrong_null_count: "wrong-null-count",
    validity_too_short: "validity-too-short",
    too_many_buffers: "too-many-buffers",
    too_few_buffers: "too-few-buffers",
    too_many_arrays: "too-many-arrays",
    too_few_arrays: "too-few-arrays",
    wrong_num_rows: "wrong-num-rows",
    wrong_length: "wrong-length",
    other_type: "other-type",
    dropped_rows: "dropped-rows",
    huge_batch: "huge-batch",
    repeated_buffer: "repeated-buffer",
    endless_emit: "endless-emit",
    endless_empty_emit: "endless-empty-emit",
    rows_at_the_end: "rows-at-the-end",
}

#[test]
fn an_endless_loop_ends_with_the_time_limit() {
    check("endless-loop", "timeout = \"500ms\"");
}

#[test]
fn endless_talk_ends_with_the_time_limit() {
    check("endless-talk", "timeout = \"500ms\"");
}

#[test]
fn memory_ends_with_the_limit_of_the_step() {
    let scene = scene("endless-memory", 0, "memory = \"64MiB\"");
    snapshot("endless-memory-64-mib", &message(&scene));
}

#[test]
fn a_step_keeps_its_limits_when_another_step_reads_what_it_makes() {
    check("memory-in-apply", "memory = \"64MiB\"");
    check("loop-in-apply", "timeout = \"500ms\"");
}

#[test]
fn what_is_wrong_when_opened_is_found_by_the_check() {
    for attack in ["panic-in-open", "unknown-column"] {
        let scene = scene(attack, 0, "");
        let ended = scene.host("check pipeline.toml").expect_code(1);
        snapshot(attack, &scene.plain(&ended.stderr));
    }
}

#[test]
fn a_huge_message_is_cut() {
    for after_rows in WHEN {
        let text = message(&scene("huge-error-message", after_rows, ""));
        assert!(text.contains("plugin test:hostile@0.1.0 in step `attack`: xxx"));
        assert!(text.len() < 70_000, "{} bytes", text.len());
    }
}

#[test]
fn much_talk_is_cut_short() {
    for after_rows in WHEN {
        let scene = scene("much-talk", after_rows, "");
        let ended = scene.host("run pipeline.toml").expect_code(0);
        let heard = ended.stderr.lines().filter(|line| line.contains(" line "));
        assert_eq!(heard.count(), 1000);
    }
}

#[test]
fn of_all_limits_that_which_is_set_nearest_counts() {
    let heard = |[step, given, pipeline, configuration]: [Option<u32>; 4]| {
        let lines = |limit: u32| format!("log_lines = {limit}");
        let of_step = step.map(|limit| format!("limits = {{ {} }}", lines(limit)));
        let scene = scene("much-talk", 0, &of_step.unwrap_or_default());
        let of_all = |limit: u32| format!("\n[limits]\n{}\n", lines(limit));
        let text = fs::read_to_string(scene.path("pipeline.toml")).expect("it was written");
        scene.write(
            "pipeline.toml",
            &(text + &pipeline.map(of_all).unwrap_or_default()),
        );
        let configured = configuration.map(of_all).unwrap_or_default();
        let configuration = scene.write("config.toml", &configured);
        let mut words = vec!["run", "pipeline.toml"];
        let given = given.map(|limit| format!("log_lines={limit}"));
        words.extend(given.iter().flat_map(|limit| ["--limit", limit]));
        let mut command = scene.command(words);
        let ended = command.env("MLHOST_CONFIG", configuration).output();
        let told = String::from_utf8(ended.expect("it runs").stderr).expect("it is text");
        told.lines().filter(|line| line.contains(" line ")).count()
    };
    assert_eq!(heard([Some(2), Some(3), Some(4), Some(5)]), 2);
    assert_eq!(heard([None, Some(3), Some(4), Some(5)]), 3);
    assert_eq!(heard([None, None, Some(4), Some(5)]), 4);
    assert_eq!(heard([None, None, None, Some(5)]), 5);
}

#[test]
fn without_an_attack_all_is_well() {
    let scene = scene("none", 0, "");
    let ended = scene.host("run pipeline.toml").expect_code(0);
    snapshot("none", &scene.plain(&ended.stdout));
}
