//! What a hostile plugin must not leave behind: an instance that has trapped does no more work, and
//! a state whose plugin fails is in no store.

use std::{fs, path::Path};

use crate::{
    hostile,
    support::{Scene, step},
};

/// What a poisoned state ends with: the last bytes of a count of rows, and words that the plugin's
/// own component holds as well.
const POISON: &[u8] = b"\0\0\0\0\0\0a poisoned state";

#[test]
fn an_instance_that_has_trapped_is_not_used_again() {
    let retry = r#"retry = { limit = 3, policy = "always", delay = "1ms" }"#;
    let scene = hostile::scene("trap-and-return", 1200, retry);
    let ended = scene.host("run pipeline.toml").expect_code(1);
    // Whoever enters an instance for the second time is told so.
    let first = ended.stderr.matches("here for the first time").count();
    assert_eq!(first, 4, "{}", ended.stderr);
    assert!(!ended.stderr.contains("here before"), "{}", ended.stderr);
}

#[test]
fn a_state_that_its_plugin_refuses_is_not_kept() {
    let scene = hostile::scene("poisoned-state", 1200, "");
    let ended = scene.host("run pipeline.toml").expect_code(1);
    assert!(
        ended.stderr.contains("the state is poisoned"),
        "{}",
        ended.stderr
    );
    assert_clean(&scene);
}

#[test]
fn a_state_that_another_instance_refuses_to_merge_is_not_kept() {
    let scene = hostile::scene("poisoned-state", 1200, "");
    let numbers = fs::read_to_string(scene.path("numbers.csv")).expect("it can be read");
    fs::create_dir(scene.path("parts")).expect("a folder");
    for part in ["a.csv", "b.csv"] {
        scene.write(&format!("parts/{part}"), &numbers);
    }
    let pipeline = fs::read_to_string(scene.path("pipeline.toml")).expect("it can be read");
    scene.write(
        "pipeline.toml",
        &pipeline.replace("numbers.csv", "parts/*.csv"),
    );
    let ended = scene.host("run pipeline.toml").expect_code(1);
    assert!(
        ended.stderr.contains("the state is poisoned"),
        "{}",
        ended.stderr
    );
    assert_clean(&scene);
}

/// The run has no state, and no blob of the store holds one that is poisoned.
fn assert_clean(scene: &Scene) {
    let run = scene.json("runs show 1");
    assert_eq!(run["outcome"], "failed", "{run}");
    let run = &run["record"];
    assert_eq!(step(run, "attack")["status"], "failed", "{run}");
    assert_eq!(
        step(run, "attack")["states"],
        serde_json::json!([]),
        "{run}"
    );
    assert!(
        !holds_poison(&scene.path("store/blobs")),
        "it is in the store"
    );
}

fn holds_poison(path: &Path) -> bool {
    if path.is_dir() {
        let mut entries = fs::read_dir(path).expect("it can be read");
        return entries.any(|entry| holds_poison(&entry.expect("an entry").path()));
    }
    let bytes = fs::read(path).expect("it can be read");
    bytes.windows(POISON.len()).any(|window| window == POISON)
}
