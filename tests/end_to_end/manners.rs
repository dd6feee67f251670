//! How the command behaves among others: help, usage, pipes and colours.

use std::process::Stdio;

use crate::support::{Scene, finish};

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn help_says_what_there_is() {
    let scene = Scene::new();
    for (name, words) in [
        ("help", "--help"),
        ("help-run", "run --help"),
        ("help-graph", "graph --help"),
        ("help-watch", "watch --help"),
        ("help-schedule", "schedule --help"),
        ("help-reproduce", "reproduce --help"),
        ("help-predict", "predict --help"),
        ("help-ab", "ab --help"),
        ("help-experiments", "experiments --help"),
        ("help-models", "models --help"),
        ("help-models-export", "models export --help"),
        ("help-models-import", "models import --help"),
        ("help-runs", "runs --help"),
        ("help-runs-explain", "runs explain --help"),
        ("help-runs-diff", "runs diff --help"),
        ("help-store", "store --help"),
        ("help-store-gc", "store gc --help"),
        ("help-models-alias", "models alias --help"),
        ("help-plugin", "plugin --help"),
    ] {
        let mut command = scene.command(words.split_whitespace());
        // The variable's value would be part of the text.
        let child = command.env_remove("MLHOST_STORE").spawn();
        let ended = finish(child.expect("the command starts")).expect_code(0);
        snapshot(name, &ended.stdout);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let scene = Scene::new();
    for (name, words) in [
        ("usage-unknown-command", "rum pipeline.toml"),
        ("usage-no-command", ""),
        ("usage-no-pipeline", "run"),
        ("usage-param", "run pipeline.toml --param depth"),
        ("usage-selector", "predict Some/Thing table.csv -o out.csv"),
        ("usage-no-such-pipeline", "run nowhere.toml"),
        ("usage-no-store", "models"),
    ] {
        let ended = scene.host(words).expect_code(2);
        assert!(ended.stdout.is_empty(), "{}", ended.stdout);
        if !words.is_empty() {
            snapshot(name, &scene.plain(&ended.stderr));
        }
    }
}

#[test]
fn errors_are_json_on_request() {
    let scene = Scene::new();
    let ended = scene.host("models --format json").expect_code(2);
    assert!(ended.json()["errors"][0]["message"].is_string());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let scene = Scene::new();
    for words in [
        "plugin list",
        "plugin inspect tree",
        "plugin list --format json",
        "--help",
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = scene.command(words.split_whitespace());
        let child = command.stdout(Stdio::from(writer)).spawn();
        let ended = finish(child.expect("the command starts")).expect_code(0);
        assert!(ended.stderr.is_empty(), "{words}: {}", ended.stderr);
    }
}

#[test]
fn colours_stay_out_of_pipes() {
    let scene = Scene::new();
    scene.write("pipeline.toml", "mlhost = 1\nname = \"x\"\nnmae = 2\n");
    for words in ["check pipeline.toml", "run pipeline.toml", "models", "rum"] {
        let ended = scene.host(words);
        assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    }
    let colourful = |no_color: bool| {
        let mut command = scene.command(["check", "pipeline.toml"]);
        command.env("CLICOLOR_FORCE", "1");
        if no_color {
            command.env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
        }
        let ended = finish(command.spawn().expect("the command starts"));
        ended.stderr.contains('\u{1b}')
    };
    assert!(colourful(false));
    assert!(!colourful(true));
}
