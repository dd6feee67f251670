//! What a hostile plugin must not leave behind: an instance that has trapped does no more work, and
//! a state whose plugin fails is in no store.

use std::{fs, path::Path};

use crate::{
    hostile::{self, ROWS},
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
    assert_refused(&scene);
}

#[test]
fn a_state_that_another_instance_refuses_to_merge_is_not_kept() {
    let scene = in_parts("poisoned-state");
    assert_refused(&scene);
}

#[test]
fn nothing_stays_of_the_parts_of_a_state_that_is_refused() {
    let scene = in_parts("none");
    scene.host("run pipeline.toml").expect_code(0);
    assert_eq!(parts_in_cache(&scene), 1, "both parts are the same");

    let scene = in_parts("poisoned-whole");
    assert_refused(&scene);
    assert_eq!(parts_in_cache(&scene), 0);
}

#[test]
fn the_state_of_an_only_part_is_kept_when_it_was_taken() {
    let scene = hostile::scene("none", 0, "");
    scene.host("run pipeline.toml").expect_code(0);
    assert_eq!(parts_in_cache(&scene), 1);
}

/// The run fails over the state, and leaves nothing of it.
fn assert_refused(scene: &Scene) {
    let ended = scene.host("run pipeline.toml").expect_code(1);
    let said = ended.stderr.contains("the state is poisoned");
    assert!(said, "{}", ended.stderr);
    assert_clean(scene);
}

/// A folder with the numbers twice, in two files.
fn in_parts(attack: &str) -> Scene {
    let scene = hostile::scene(attack, 1200, "");
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
    scene
}

/// How many states of parts the cache has: counts of all rows of a file, behind their checksums.
fn parts_in_cache(scene: &Scene) -> usize {
    let state = u64::from(ROWS).to_le_bytes();
    let files = files(&scene.path("store/cache"));
    let states = files
        .iter()
        .filter(|bytes| bytes.len() == 32 + state.len() && bytes.ends_with(&state));
    states.count()
}

/// The run has no state, and no file of the store holds one that is poisoned.
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
    let is_poisoned = |bytes: &Vec<u8>| bytes.windows(POISON.len()).any(|window| window == POISON);
    let found = files(&scene.path("store")).iter().any(is_poisoned);
    assert!(!found, "it is in the store");
}

/// The files in a folder, and in those in it.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).expect("it can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![fs::read(path).expect("it can be read")],
        })
        .collect()
}
