//! What takes space in a store, what goes and what stays, and how little a run adds.

use std::{fs, path::Path};

use crate::{
    store::{PIPELINE, run, scene, snapshot},
    support::{Scene, example, finish},
};

#[test]
fn old_runs_go_and_pinned_ones_stay() {
    let scene = scene();
    for depth in [2, 2, 3, 2] {
        run(&scene, depth);
    }
    let numbers = || {
        let runs = scene.json("runs");
        let runs = runs.as_array().expect("runs").iter();
        runs.map(|run| run["id"].as_u64().expect("a number"))
            .collect::<Vec<_>>()
    };
    scene.host("models delete y-tree@2").expect_code(0);
    let pinned = scene.host("runs pin 2").expect_code(0);
    let told = scene.host("store gc --keep-runs 1 --grace 0s --dry-run");
    snapshot(
        &scene,
        "gc-dry-run",
        &format!("{}{}", pinned.stdout, told.stdout),
    );
    assert_eq!(numbers(), [4, 3, 2, 1]);
    let collected = scene.json("store gc --keep-runs 1 --grace 0s");
    assert_eq!(collected["runs"], serde_json::json!([3]));
    assert!(
        collected["blobs"]["count"].as_u64() > Some(0),
        "{collected}"
    );
    // The first has registered the version that is left.
    assert_eq!(numbers(), [4, 2, 1]);
    let listed = scene.host("runs").expect_code(0);
    assert!(listed.stdout.contains("done, pinned"), "{}", listed.stdout);
    scene.host("store verify").expect_code(0);
    scene
        .host("predict y-tree table.csv -o out.csv")
        .expect_code(0);
    scene.host("runs unpin 2").expect_code(0);
    scene
        .host("store gc --keep-runs 0 --grace 0s")
        .expect_code(0);
    assert_eq!(numbers(), [1]);
    let nothing = scene
        .host("store gc --keep-runs 0 --grace 0s")
        .expect_code(0);
    assert_eq!(nothing.stdout, "there is nothing to delete\n");
}

#[test]
fn how_much_is_kept_is_said_by_the_pipeline_or_the_user() {
    let scene = scene();
    let count = || scene.json("runs").as_array().map(Vec::len);
    let configured = |text: &str| {
        scene.write("config.toml", text);
        let mut command = scene.command(["store", "gc", "--grace", "0s"]);
        let child = command
            .env("MLHOST_CONFIG", scene.path("config.toml"))
            .spawn();
        finish(child.expect("the command starts"))
    };
    for _ in 0..6 {
        run(&scene, 2);
    }
    configured("[retention]\nkeep_runs = 4\n").expect_code(0);
    // The first is that of the version.
    assert_eq!(count(), Some(5));
    let cache = scene.json("store du");
    assert!(cache.to_string().contains("cache"), "{cache}");
    configured("[retention]\nkeep_runs = 4\ncache_days = 0\n").expect_code(0);
    let cache = scene.json("store du");
    assert!(!cache.to_string().contains("cache"), "{cache}");

    let keeping = PIPELINE.replace("\n[params]", "\n[retention]\nkeep_runs = 2\n\n[params]");
    scene.write("pipeline.toml", &keeping);
    run(&scene, 2);
    configured("[retention]\nkeep_runs = 4\n").expect_code(0);
    assert_eq!(count(), Some(3));

    let wrong = configured("[retention]\nkeep_runs = \"all\"\ncache_bytes = \"10 GB\"\n");
    snapshot(&scene, "configuration", &wrong.expect_code(1).stderr);
    let mut command = scene.command(["store", "gc"]);
    let child = command
        .env("MLHOST_CONFIG", scene.path("absent.toml"))
        .spawn();
    let absent = finish(child.expect("the command starts")).expect_code(2);
    assert!(absent.stderr.contains("absent.toml"), "{}", absent.stderr);
}

#[test]
fn space_is_told_with_why_it_is_kept() {
    let scene = scene();
    run(&scene, 2);
    run(&scene, 3);
    scene.host("models delete y-tree@2").expect_code(0);
    scene.host("runs pin 2").expect_code(0);
    let told = scene.host("store du").expect_code(0).stdout;
    for word in [
        "model versions",
        "y-tree@1",
        "pinned runs",
        "run 2",
        "cache",
        "database",
        "all together",
    ] {
        assert!(told.contains(word), "no {word} in {told}");
    }
    let usage = scene.json("store du");
    let spaces = usage["spaces"].as_array().expect("spaces");
    let bytes = spaces
        .iter()
        .map(|space| space["bytes"].as_u64().expect("bytes"));
    assert_eq!(Some(bytes.sum()), usage["total"]["bytes"].as_u64());
}

/// All files of a store: what they hold, and what they take on the disk.
fn size(folder: &Path) -> (u64, u64) {
    let entries = fs::read_dir(folder).expect("a folder");
    let sizes = entries.map(|entry| {
        let entry = entry.expect("an entry");
        let metadata = entry.metadata().expect("it is there");
        match metadata.is_dir() {
            true => {
                let (bytes, taken) = size(&entry.path());
                (bytes, taken + on_disk(&metadata))
            }
            false => (metadata.len(), on_disk(&metadata)),
        }
    });
    sizes.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

#[cfg(unix)]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

/// What a run of the flights example leaves behind besides its states, and a hundred more of them.
#[test]
fn the_records_of_runs_are_small() {
    let scene = Scene::new();
    let pipeline = example("flights").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let run = || {
        let ended = scene.host_with(["run", &pipeline, "--format", "json"]);
        ended.expect_code(0).json()
    };
    run();
    let usage = scene.json("store du");
    let spaces = usage["spaces"].as_array().expect("spaces");
    let kept = spaces
        .iter()
        .find(|space| space["content"]["kept"] == "model-version");
    let kept = kept.and_then(|space| space["bytes"].as_u64());
    // All of it is of the one run. What is no blob is its record.
    let documents = kept.expect("bytes") - size(&scene.path("store/blobs")).0;
    let text = fs::metadata(&pipeline).expect("the pipeline").len();
    let record = text + documents;
    assert!(
        documents > 0 && record < 20_000,
        "{text} bytes of pipeline, {documents} of documents"
    );

    // What the second run keeps for the third.
    run();
    let before = size(&scene.path("store"));
    for _ in 0..100 {
        assert_eq!(run()["steps"][0]["cached"], true);
    }
    let after = size(&scene.path("store"));
    let (added, taken) = (after.0 - before.0, after.1.saturating_sub(before.1));
    assert!(
        added < 500_000 && taken < 500_000,
        "{added} bytes, {taken} on the disk"
    );
    assert_eq!(
        scene.json("runs --limit 1000").as_array().map(Vec::len),
        Some(102)
    );
}
