//! Components, and tables for them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, StringArray},
    record_batch::RecordBatch,
};
use mlhost_sandbox::{Error, Failure, Options, Plugin, Sandbox};

/// Names of the standard packages, as their components' files have them.
pub(crate) const STANDARD: [&str; 6] = [
    "drift",
    "evaluate",
    "linear",
    "preprocess",
    "tree",
    "validate",
];

/// The file of the component that attacks the host.
const HOSTILE: &str = "test-plugins/test_hostile.wasm";

static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    let options = Options {
        cache: Some(compiled()),
        ..Options::default()
    };
    Sandbox::new(options).unwrap()
});

/// Where the tests of this program keep what was compiled.
pub(crate) fn compiled() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    folder.join(env!("CARGO_CRATE_NAME"))
}

/// The sandbox of all tests but those of the cache: what is compiled outlives them.
pub(crate) fn sandbox() -> &'static Sandbox {
    &SANDBOX
}

/// A standard package, compiled once for all tests.
pub(crate) fn standard(name: &str) -> Plugin {
    loaded(&format!("plugins/mlhost_{name}.wasm"))
}

/// The plugin that attacks the host in the way its parameter `attack` names.
pub(crate) fn hostile() -> Plugin {
    loaded(HOSTILE)
}

/// A plugin that is there for tests alone.
pub(crate) fn loaded_test(name: &str) -> Plugin {
    loaded(&format!("test-plugins/test_{name}.wasm"))
}

/// The component of the plugin that attacks the host.
pub(crate) fn hostile_bytes() -> Vec<u8> {
    bytes_of(HOSTILE)
}

/// An example of an SDK, `standardise` of `c` for one.
pub(crate) fn in_language(language: &str, example: &str) -> Plugin {
    loaded(&format!("languages/{language}_{example}.wasm"))
}

fn loaded(file: &str) -> Plugin {
    static LOADED: Mutex<BTreeMap<String, Plugin>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let load = || sandbox().load(&bytes_of(file)).unwrap();
    loaded.entry(file.to_owned()).or_insert_with(load).clone()
}

/// A standard package's component.
pub(crate) fn component(name: &str) -> Vec<u8> {
    bytes_of(&format!("plugins/mlhost_{name}.wasm"))
}

fn bytes_of(file: &str) -> Vec<u8> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let path = target.join(file);
    fs::read(&path).unwrap_or_else(|error| {
        let task = if file.starts_with("languages") {
            "languages"
        } else {
            "plugins"
        };
        panic!("{}: {error}: run `cargo xtask {task}`", path.display());
    })
}

/// Numbers with nulls and NaN, texts, a truth and a prediction: what every standard package finds
/// something in. The numbers are small and whole, so that their sums are exact in any order.
pub(crate) fn table(rows: i64) -> RecordBatch {
    let number = |row: i64| (row % 7 != 3).then_some(row % 11);
    let real = |row: i64| match row % 10 {
        0 => None,
        1 => Some(f64::NAN),
        _ => Some((row % 16) as f64),
    };
    let word = |row: i64| (row % 9 != 4).then(|| ["red", "green", "blue", ""][row as usize % 4]);
    let columns: [(&str, ArrayRef); 5] = [
        ("n", Arc::new(Int64Array::from_iter((0..rows).map(number)))),
        ("x", Arc::new(Float64Array::from_iter((0..rows).map(real)))),
        ("s", Arc::new(StringArray::from_iter((0..rows).map(word)))),
        (
            "y",
            Arc::new(Float64Array::from_iter_values(
                (0..rows).map(|row| (row % 4) as f64),
            )),
        ),
        (
            "prediction",
            Arc::new(Float64Array::from_iter_values(
                (0..rows).map(|row| (row % 8) as f64),
            )),
        ),
    ];
    let columns = columns.map(|(name, values)| (name, values, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

/// The rows in pieces of these lengths, as windows onto the whole.
pub(crate) fn pieces(whole: &RecordBatch, lengths: &[usize]) -> Vec<RecordBatch> {
    let mut start = 0;
    let piece = |length: &usize| {
        start += length;
        whole.slice(start - length, *length)
    };
    let pieces: Vec<_> = lengths.iter().map(piece).collect();
    assert_eq!(start, whole.num_rows(), "the pieces make up the whole");
    pieces
}

/// The columns of a batch that a plugin asked for.
pub(crate) fn project(batch: &RecordBatch, columns: &[String]) -> RecordBatch {
    let schema = batch.schema();
    let indices: Vec<_> = columns
        .iter()
        .map(|name| schema.index_of(name).unwrap())
        .collect();
    batch.project(&indices).unwrap()
}

/// How a plugin failed.
pub(crate) fn failure(error: Error) -> Failure {
    match error {
        Error::Plugin { failure, .. } => *failure,
        other => panic!("not a plugin's failure: {other}"),
    }
}
