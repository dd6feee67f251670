//! `host store`, and what people do with versions: what takes space, what goes and what stays, what
//! is damaged, and who has moved what.

use std::{
    fs,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{Scene, example, filters, finish};

const PIPELINE: &str = r#"mlhost = 1
name = "numbers"

[params]
depth = 3

[data.train]
path = "table.csv"

[steps.validate]
plugin = "validate"
input = "train"
with.columns.x = { not_null = true }

[steps.tree]
plugin = "tree"
input = "validate"
register = "y-tree"
with = { target = "y", max_depth = "${params.depth}" }
"#;

/// A table, and a pipeline that learns it.
fn scene() -> Scene {
    let scene = Scene::new();
    let rows = (0..200).map(|row| format!("{},{}\n", row % 17, (row * 7) % 23));
    scene.write("table.csv", &format!("x,y\n{}", rows.collect::<String>()));
    scene.write("pipeline.toml", PIPELINE);
    scene
}

fn run(scene: &Scene, depth: u32) -> Value {
    let words = format!("run pipeline.toml --param depth={depth} --format json");
    scene.host(&words).expect_code(0).json()
}

fn snapshot(scene: &Scene, name: &str, text: &str) {
    let mut filters = filters();
    filters.extend([
        (r"sha256:[0-9a-f]{64}", "[digest]"),
        (r"\b[0-9a-f]{2}/[0-9a-f]{62}\b", "[blob]"),
        (r"\b[0-9a-f]{12}\b", "[short]"),
        (r"\b\d{4}-\d\d-\d\d \d\d:\d\d\b", "[date]"),
        // What is compressed takes a byte more or less from one run to the next.
        (r"\b\d+(\.\d)? ([KM]i)?B\b", "[size]"),
        // The width of a column is that of its longest.
        (r"(\S) {2,}", "$1  "),
    ]);
    insta::with_settings!({ filters => filters, omit_expression => true }, {
        insta::assert_snapshot!(name, scene.plain(text));
    });
}

/// The file of a blob.
fn blob(scene: &Scene, digest: &Value) -> PathBuf {
    let hex = digest
        .as_str()
        .and_then(|digest| digest.strip_prefix("sha256:"));
    let (shard, rest) = hex.expect("a digest").split_at(2);
    scene.path("store/blobs/sha256").join(shard).join(rest)
}

fn flip_a_byte(file: &Path) {
    let mut file = fs::File::options()
        .read(true)
        .write(true)
        .open(file)
        .expect("the file opens");
    let mut byte = [0];
    file.seek(SeekFrom::Start(10)).expect("it is longer");
    file.read_exact(&mut byte).expect("it is longer");
    file.seek(SeekFrom::Start(10)).expect("it is longer");
    file.write_all(&[byte[0] ^ 1]).expect("it can be written");
}

/// Who somebody is differs from machine to machine.
fn anonymous(text: &str) -> String {
    text.replace(&whoami::username().expect("somebody"), "[user]")
}

#[test]
fn a_flipped_byte_is_found_by_verify_and_by_the_run_that_reads_it() {
    let scene = scene();
    let first = run(&scene, 3);
    scene.host("store verify").expect_code(0);
    let state = blob(&scene, &first["steps"][1]["states"][0]["digest"]);
    flip_a_byte(&state);

    let verified = scene.host("store verify").expect_code(1);
    snapshot(&scene, "verify-damaged", &verified.stdout);
    assert!(verified.stderr.is_empty(), "{}", verified.stderr);
    let verified = scene
        .host("store verify --format json")
        .expect_code(1)
        .json();
    assert_eq!(verified["damaged"][0]["path"], state.display().to_string());
    // Who predicts with it is not given something else.
    let predicted = scene
        .host("predict y-tree table.csv -o out.csv")
        .expect_code(2);
    assert!(
        predicted.stderr.contains("is damaged"),
        "{}",
        predicted.stderr
    );

    let ended = scene.host("run pipeline.toml").expect_code(0);
    let said = ended.stderr.lines().find(|line| line.contains("damaged"));
    let said = said.unwrap_or_else(|| panic!("no word of it in {}", ended.stderr));
    assert!(said.contains("it is made again"), "{said}");
    scene.host("store verify").expect_code(0);
    scene
        .host("predict y-tree table.csv -o out.csv")
        .expect_code(0);
}

#[test]
fn a_missing_blob_is_found_with_who_needs_it() {
    let scene = scene();
    run(&scene, 3);
    let model = scene.json("models show y-tree");
    fs::remove_file(blob(&scene, &model["digest"])).expect("the model is there");
    let verified = scene.host("store verify").expect_code(1);
    snapshot(&scene, "verify-missing", &verified.stdout);
    // It is not known what the model needs, so nothing goes.
    scene.host("store gc").expect_code(2);
}

#[test]
fn two_runs_at_once_that_register_one_name_get_two_versions() {
    let scene = scene();
    let children: Vec<_> = (2..6)
        .map(|depth| {
            let depth = format!("depth={depth}");
            let words = [
                "run",
                "pipeline.toml",
                "--format",
                "json",
                "--param",
                &depth,
            ];
            scene.command(words).spawn().expect("the command starts")
        })
        .collect();
    let ended = children.into_iter().map(finish);
    let models: Vec<Value> = ended
        .map(|ended| ended.expect_code(0).json()["models"][0].clone())
        .collect();
    let mut versions: Vec<_> = models.iter().map(|model| &model["version"]).collect();
    versions.sort_by_key(|version| version.as_u64());
    assert_eq!(versions, [1, 2, 3, 4]);
    for model in models {
        let shown = scene.json(&format!("models show y-tree@{}", model["version"]));
        assert_eq!(shown["digest"], model["digest"]);
    }
    scene.host("store verify").expect_code(0);
}

#[test]
fn an_alias_moves_and_rolls_back_with_a_history() {
    let scene = scene();
    run(&scene, 2);
    run(&scene, 4);
    let mut said = String::new();
    for words in [
        vec![
            "models",
            "alias",
            "y-tree@1",
            "champion",
            "--reason",
            "the first",
        ],
        vec![
            "models",
            "alias",
            "y-tree",
            "champion",
            "--reason",
            "it is deeper",
        ],
        vec!["models", "alias", "y-tree@champion", "champion"],
        vec![
            "models", "rollback", "y-tree", "champion", "--reason", "too deep",
        ],
        vec!["models", "delete", "y-tree@1"],
        vec!["models", "delete", "y-tree"],
        vec!["models", "delete", "y-tree@2"],
        vec!["models", "rollback", "y-tree", "champion"],
        vec!["models", "rollback", "y-tree", "challenger"],
        vec!["models", "rollback", "y-tree@2", "champion"],
        vec!["models", "alias", "y-tree@9", "champion"],
        vec!["models", "history", "y-tree"],
    ] {
        let ended = scene.host_with(words.iter().copied());
        said.push_str(&format!(
            "$ host {}\n{}{}\n",
            words.join(" "),
            ended.stdout,
            ended.stderr
        ));
    }
    snapshot(&scene, "aliases", &anonymous(&said));
    let history = scene.json("models history y-tree");
    let moves: Vec<_> = history.as_array().expect("moves").iter().collect();
    assert_eq!(moves.len(), 3);
    assert_eq!((&moves[0]["from"], &moves[0]["to"]), (&2.into(), &1.into()));
    assert_eq!(moves[0]["by"], whoami::username().expect("somebody"));
    assert_eq!(moves[0]["reason"], "too deep");
    // Its number is not given again.
    run(&scene, 5);
    assert_eq!(scene.json("models")[0]["version"], 3);
}

#[test]
fn versions_are_tagged_and_described() {
    let scene = scene();
    run(&scene, 2);
    let mut said = String::new();
    for words in [
        vec!["models", "tag", "y-tree@1", "season=summer", "owner=ann"],
        vec![
            "models",
            "tag",
            "y-tree",
            "season=winter",
            "--remove",
            "owner",
        ],
        vec!["models", "tag", "y-tree", "--remove", "saeson"],
        vec!["models", "tag", "y-tree", "Season=summer"],
        vec!["models", "tag", "y-tree"],
        vec!["models", "describe", "y-tree", "Without the weather."],
        vec!["models"],
    ] {
        let ended = scene.host_with(words.iter().copied());
        said.push_str(&format!(
            "$ host {}\n{}{}\n",
            words.join(" "),
            ended.stdout,
            ended.stderr
        ));
    }
    let shown = scene.host("models show y-tree").expect_code(0);
    said.extend(shown.stdout.lines().take(6).map(|line| format!("{line}\n")));
    snapshot(&scene, "labels", &said);
}

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

#[test]
fn the_store_of_a_later_release_is_refused() {
    let scene = scene();
    run(&scene, 2);
    // The version of the schema, in the header of the file.
    let mut database = fs::File::options()
        .write(true)
        .open(scene.path("store/store.db"))
        .expect("the database opens");
    database.seek(SeekFrom::Start(60)).expect("it is longer");
    database
        .write_all(&99_u32.to_be_bytes())
        .expect("it can be written");
    drop(database);
    let ended = scene.host("models").expect_code(2);
    let said = ended
        .stderr
        .replace(&said_version(&ended.stderr), "version [current]");
    snapshot(&scene, "later-release", &said);
}

/// The last words with the version that this release reads.
fn said_version(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let place = line.rfind("version ").expect("it is said");
    line[place..].to_owned()
}
