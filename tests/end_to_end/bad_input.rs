//! What tests with bad input share: a pipeline that validates, trains and registers, and a look at
//! what a run that could not do so leaves behind.

use std::{fs, path::Path};

use mlhost_data::{Scan, Table, column_names};
use mlhost_pipeline::CsvOptions;

use crate::support::{Ended, Scene, filters};

/// A scene with a pipeline over the columns `x` and `y` of this data; `options` are further lines
/// of the data.
pub(crate) fn scene(path: &str, options: &str) -> Scene {
    let scene = Scene::new();
    scene.write("pipeline.toml", &pipeline(path, options));
    scene
}

/// The text of that pipeline.
pub(crate) fn pipeline(path: &str, options: &str) -> String {
    format!(
        r#"mlhost = 1
name = "bad-input"

[data.table]
path = "{path}"
{options}

[steps.validate]
plugin = "validate"
input = "table"
with.row_count = {{ min = 1 }}

[steps.line]
plugin = "linear"
input = "validate"
register = "line"
with.target = "y"
"#
    )
}

/// So many rows of numbers, without a header.
pub(crate) fn rows(number: usize) -> String {
    (0..number)
        .map(|row| format!("{row}.5,{}.25\n", 2 * row))
        .collect()
}

/// Writes numbers as Parquet, and gives the bytes. Behind 131,072 rows a second row group begins.
pub(crate) fn parquet(scene: &Scene, name: &str, number: usize) -> Vec<u8> {
    let csv = scene.write("numbers.csv", &format!("x,y\n{}", rows(number)));
    let path = scene.path(name);
    convert(&csv, &path);
    fs::remove_file(csv).expect("the file can be deleted");
    fs::read(path).expect("the file can be read")
}

/// Writes a table in the format of another extension.
pub(crate) fn convert(from: &Path, to: &Path) {
    let format = |path: &Path| mlhost_data::format_of(path).expect("a format");
    let pattern = from.display().to_string();
    let options = CsvOptions::for_path(&pattern);
    let table = mlhost_data::open(&pattern, Path::new("/"), format(from), &options);
    let table = std::sync::Arc::new(table.expect("the table opens"));
    let schema = table.schema();
    let rows = Scan::new(table, &column_names(&schema)).expect("the table can be read");
    mlhost_data::write(to, format(to), &schema, rows).expect("the table can be written");
}

/// Runs the pipeline, which ends with exit code 1; what it says, and whether that was before the
/// run or in it.
#[track_caller]
pub(crate) fn refusal(scene: &Scene) -> String {
    let ended = scene.host("run pipeline.toml").expect_code(1);
    told(scene, &ended)
}

/// The error of a run that could not end well, behind a word on when it was found. The store has a
/// failed run at most.
#[track_caller]
pub(crate) fn told(scene: &Scene, ended: &Ended) -> String {
    let when = match scene.path("store").exists() {
        false => "before the run",
        true => {
            assert_no_result(&scene.json("runs"), &scene.json("models"));
            assert_no_traces(&scene.path("store"));
            "in the run"
        }
    };
    format!("{when}\n{}", error(scene, &ended.stderr))
}

/// What standard error says from the error on.
pub(crate) fn error(scene: &Scene, stderr: &str) -> String {
    let start = stderr.find("error: ").unwrap_or_default();
    let text = scene.plain(&stderr[start..]);
    assert!(!text.contains('\u{1b}'), "{text:?}");
    text
}

/// One run that has failed, and no model.
#[track_caller]
pub(crate) fn assert_no_result(runs: &serde_json::Value, models: &serde_json::Value) {
    let outcomes: Vec<_> = runs.as_array().into_iter().flatten().collect();
    assert_eq!(outcomes.len(), 1, "{runs}");
    assert_eq!(outcomes[0]["outcome"], "failed", "{runs}");
    assert!(outcomes[0]["finished_at"].is_string(), "{runs}");
    assert_eq!(models.as_array().map(Vec::len), Some(0), "{models}");
}

/// No file of a store is half written: each blob has the name of a whole one, and there is no spool.
#[track_caller]
fn assert_no_traces(store: &Path) {
    const KNOWN: [&str; 6] = [
        "README",
        "blobs.lock",
        "store.db",
        "store.db-shm",
        "store.db-wal",
        "store.lock",
    ];
    let mut folders = vec![store.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the store can be listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_digest = name.len() == 62 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_digest || KNOWN.contains(&&*name), "{}", path.display());
        }
    }
}

pub(crate) fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
