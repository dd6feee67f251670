//! What `host store verify` finds, what a damaged store is told to whoever reads it, and several
//! processes at one store.

use std::{
    fs,
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{Scene, filters, finish};

pub(crate) const PIPELINE: &str = r#"mlhost = 1
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
pub(crate) fn scene() -> Scene {
    let scene = Scene::new();
    let rows = (0..200).map(|row| format!("{},{}\n", row % 17, (row * 7) % 23));
    scene.write("table.csv", &format!("x,y\n{}", rows.collect::<String>()));
    scene.write("pipeline.toml", PIPELINE);
    scene
}

pub(crate) fn run(scene: &Scene, depth: u32) -> Value {
    let words = format!("run pipeline.toml --param depth={depth} --format json");
    scene.host(&words).expect_code(0).json()
}

pub(crate) fn snapshot(scene: &Scene, name: &str, text: &str) {
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
