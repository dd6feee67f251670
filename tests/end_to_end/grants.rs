//! What a step lets its plugin reach beside its rows: shown before anything runs, given where both
//! sides agree, refused by name where they do not, and told of whatever comes of it.

use std::fs;

use crate::{
    hostile::with_numbers,
    support::{Ended, Scene, filters, finish, step, test_plugin},
};

/// The environment of the commands has this word, in `MLHOST_TEST_WORD`.
const WORD: &str = "a word of the environment";

/// Numbers, a folder with a text, and a pipeline in which a plugin asks for something when it has
/// folded them; a tree on top of it is registered as `guess`. `allow` is what its step allows.
fn scene(ask: &str, allow: &str) -> Scene {
    let scene = with_numbers();
    for folder in ["words", "out"] {
        fs::create_dir(scene.path(folder)).expect("a folder");
    }
    scene.write("words/word.txt", "a word of the folder");
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "granted"

[data.numbers]
path = "numbers.csv"

[steps.ask]
plugin = "{}"
input = "numbers"
with = {{ attack = "ask", at = "state", ask = "{ask}" }}
{allow}

[steps.tree]
plugin = "tree"
input = "ask"
register = "guess"
with = {{ target = "y", max_depth = 2 }}
"#,
            test_plugin("test_hostile.wasm").display()
        ),
    );
    scene
}

/// Runs `host` with the word in its environment.
fn host(scene: &Scene, words: &str) -> Ended {
    let mut command = scene.command(words.split_whitespace());
    let child = command.env("MLHOST_TEST_WORD", WORD).spawn();
    finish(child.expect("the command starts"))
}

fn snapshot(scene: &Scene, name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, scene.plain(text));
    });
}

const EVERYTHING: &str = r#"
[steps.ask.allow]
dirs = [
    { path = "words", as = "/words" },
    { path = "out", as = "/out", mode = "write" },
]
env = ["MLHOST_TEST_WORD"]
network = ["api.example.com:443"]
clock = true
random = true
"#;

#[test]
fn grants_are_shown_before_anything_runs() {
    for (name, allow) in [
        ("grants-check", EVERYTHING),
        ("grants-check-some", "allow.env = [\"MLHOST_TEST_WORD\"]"),
        ("grants-check-none", ""),
    ] {
        let scene = scene("write:/out/word.txt", allow);
        let ended = host(&scene, "check pipeline.toml").expect_code(0);
        snapshot(&scene, name, &ended.stdout);
        assert!(!scene.path("out/word.txt").exists(), "it has run");
    }
    let scene = scene("files", EVERYTHING);
    let checked = scene.json("check pipeline.toml");
    let allows = checked["steps"][0]["allows"].as_array();
    assert_eq!(allows.map(Vec::len), Some(6), "{checked}");
}

#[test]
fn a_grant_that_the_package_does_not_want_is_refused() {
    let allow = "allow = { env = [\"HOME\", \"MLHOST_TEST_WORD\"] }";
    let scene = scene("environment", allow);
    for command in ["check", "run"] {
        let ended = host(&scene, &format!("{command} pipeline.toml")).expect_code(1);
        snapshot(&scene, "grants-not-wanted", &ended.stderr);
        assert!(!scene.path("store").exists(), "it has run");
    }
}

#[test]
fn a_want_that_the_pipeline_does_not_grant_is_refused() {
    for (ask, said) in [
        ("environment", "[] [] None false"),
        ("files", "[]"),
        ("time", "946684800.000000000 0"),
        ("post:https://api.example.com/", "ErrorCode"),
    ] {
        let scene = scene(ask, "");
        let ended = host(&scene, "run pipeline.toml").expect_code(0);
        assert!(ended.stderr.contains(said), "{ask}: {}", ended.stderr);
        assert!(!ended.stderr.contains(WORD), "{ask}: {}", ended.stderr);
        let record = &scene.json("runs show 1")["record"];
        assert!(step(record, "ask").get("granted").is_none(), "{record}");
    }
    let scene = scene("fail-after-post:https://api.example.com/", "");
    let ended = host(&scene, "run pipeline.toml").expect_code(1);
    let errors = ended.stderr.find("error: ").map(|at| &ended.stderr[at..]);
    snapshot(&scene, "grants-not-allowed", errors.unwrap_or_default());
}

#[test]
fn a_granted_step_reaches_what_it_is_granted_and_nothing_else() {
    for (ask, said) in [
        ("read:/words/word.txt", "Ok(\"a word of the folder\")"),
        (
            "environment",
            "[(\"MLHOST_TEST_WORD\", \"a word of the environment\")] [] None false",
        ),
        ("read:/words/../numbers.csv", "not-permitted"),
        ("write:/words/word.txt", "read-only"),
    ] {
        let scene = scene(ask, EVERYTHING);
        let ended = host(&scene, "run pipeline.toml").expect_code(0);
        assert!(ended.stderr.contains(said), "{ask}: {}", ended.stderr);
    }
    let scene = scene("write:/out/word.txt", EVERYTHING);
    // Paths are those of the pipeline, wherever the command is started.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let pipeline = scene.path("pipeline.toml").display().to_string();
    let mut command = scene.command(["run", &pipeline]);
    let child = command.current_dir(elsewhere.path()).spawn();
    finish(child.expect("the command starts")).expect_code(0);
    let written = fs::read_to_string(scene.path("out/word.txt")).expect("it was written");
    assert_eq!(written, "what was written");
}

#[test]
fn what_a_granted_step_has_made_is_marked() {
    let scene = scene("read:/words/word.txt", EVERYTHING);
    for _ in 0..2 {
        host(&scene, "run pipeline.toml").expect_code(0);
    }
    for (name, words) in [
        ("grants-runs-show", "runs show 2"),
        ("grants-runs-explain", "runs explain 2"),
    ] {
        let ended = host(&scene, words).expect_code(0);
        snapshot(&scene, name, &ended.stdout);
    }
    let model = host(&scene, "models show guess").expect_code(0);
    let marked =
        "step ask (irreproducible: it was granted to read the folder `words` as `/words`, ";
    assert!(model.stdout.contains(marked), "{}", model.stdout);
    let record = &scene.json("runs show 2")["record"];
    let asked = step(record, "ask");
    assert_eq!(asked["granted"].as_array().map(Vec::len), Some(6));
    assert_eq!(asked["cached"], false, "{asked}");
    assert!(asked["key"].is_null(), "{asked}");
}

#[test]
fn a_model_of_a_granted_step_is_made_again_while_the_world_is_as_it_was() {
    let scene = scene("read:/words/word.txt", EVERYTHING);
    host(&scene, "run pipeline.toml").expect_code(0);
    let same = host(&scene, "reproduce guess").expect_code(0);
    assert!(
        same.stdout.contains("came out identical"),
        "{}",
        same.stdout
    );

    scene.write("words/word.txt", "another word");
    let other = host(&scene, "reproduce guess").expect_code(1);
    snapshot(&scene, "grants-reproduce-other", &other.stdout);
    let json = scene.json("reproduce guess");
    assert_eq!(json["identical"], false, "{json}");
    assert_eq!(json["differences"][0]["difference"], "granted", "{json}");
    assert_eq!(json["differences"][0]["step"], "ask", "{json}");

    fs::remove_dir_all(scene.path("words")).expect("it can be removed");
    let gone = host(&scene, "reproduce guess");
    let text = format!("exit {:?}\n{}{}", gone.code, gone.stdout, gone.stderr);
    snapshot(&scene, "grants-reproduce-gone", &text);
}

#[test]
fn a_model_that_was_imported_is_granted_nothing() {
    let made = scene("read:/words/word.txt", EVERYTHING);
    host(&made, "run pipeline.toml").expect_code(0);
    host(&made, "models export guess -o guess.tar").expect_code(0);

    let theirs = with_numbers();
    fs::copy(made.path("guess.tar"), theirs.path("guess.tar")).expect("a copy");
    // What the maker's step has read is here as well, and stays unread.
    fs::create_dir(theirs.path("words")).expect("a folder");
    theirs.write("words/word.txt", "a word of the folder");
    host(&theirs, "models import guess.tar").expect_code(0);
    let lineage = host(&theirs, "models show guess").expect_code(0);
    assert!(
        lineage.stdout.contains("irreproducible: it was granted to"),
        "{}",
        lineage.stdout
    );
    let other = host(&theirs, "reproduce guess").expect_code(1);
    snapshot(&theirs, "grants-reproduce-imported", &other.stdout);
}
