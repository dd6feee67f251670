//! A store in a folder of its own, and a small model to put into it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mlhost_store::{
    ChainStep, Column, DataFingerprint, Digest, DocumentKind, FileFingerprint, FormatVersion,
    Metric, Model, ReferenceProfile, RunId, Signature, Store,
};
use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

/// A store that is gone at the end of the test.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    folder: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store")).unwrap();
        Self { store, folder }
    }

    /// The store's folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The file of a blob.
    pub(crate) fn file_of(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.path()
            .join("blobs/sha256")
            .join(&hex[..2])
            .join(&hex[2..])
    }

    /// Makes a file look as if nobody had put it since yesterday.
    pub(crate) fn make_old(&self, file: &Path) {
        make_old_by(file, 1);
    }

    /// Makes a file look as if nobody had put it for two months.
    pub(crate) fn make_very_old(&self, file: &Path) {
        make_old_by(file, 60);
    }

    /// Makes every blob and document look as if nobody had put it since yesterday.
    pub(crate) fn make_all_old(&self) {
        for digest in self.blobs() {
            self.make_old(&self.file_of(&digest));
        }
        let database = Connection::open(self.path().join("store.db")).unwrap();
        let sql = "UPDATE documents SET kept_at = '2026-01-31T12:00:00.000Z'";
        database.execute(sql, []).unwrap();
    }

    /// The digests of all blobs, by their files.
    pub(crate) fn blobs(&self) -> Vec<Digest> {
        let names = |folder: &Path| -> Vec<PathBuf> {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().path()).collect()
        };
        let shards = names(&self.path().join("blobs/sha256"));
        let files = shards.iter().flat_map(|shard| names(shard));
        let digest = |file: PathBuf| {
            let mut parts = file.iter().rev().map(|part| part.to_str().unwrap());
            let (rest, shard) = (parts.next().unwrap(), parts.next().unwrap());
            format!("sha256:{shard}{rest}").parse().unwrap()
        };
        files.map(digest).collect()
    }

    /// The number of rows in a table.
    pub(crate) fn count(&self, table: &str) -> usize {
        let database = Connection::open(self.path().join("store.db")).unwrap();
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        count.try_into().unwrap()
    }

    /// The message and the hint of an error, with the folder's own name taken out.
    pub(crate) fn rendered(&self, error: &mlhost_store::Error) -> String {
        let hint = error
            .hint()
            .map(|hint| format!("\n\nhint: {hint}"))
            .unwrap_or_default();
        format!("{error}{hint}").replace(&self.folder.path().display().to_string(), "[folder]")
    }

    pub(crate) fn begin_run(&self) -> RunId {
        begin_run(&self.store)
    }

    /// A model whose parts are in the store.
    pub(crate) fn model(&self, name: &str, seed: u64) -> Model {
        for part in PARTS {
            self.store.blobs().put(part).unwrap();
        }
        model(name, seed)
    }

    /// Registers that model, and gives its version.
    pub(crate) fn register(&self, name: &str, seed: u64) -> u32 {
        let model = self.model(name, seed);
        self.store
            .register(&model, self.begin_run())
            .unwrap()
            .version
    }
}

fn make_old_by(file: &Path, days: u64) {
    let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_modified(then).unwrap();
}

pub(crate) fn begin_run(store: &Store) -> RunId {
    let text = store.blobs().put(b"mlhost = 1").unwrap();
    store.begin_run("flights", &text).unwrap()
}

const COMPONENT: &[u8] = b"the component of the tree";
const STATE: &[u8] = b"what the tree has learnt";
const DRIFT_COMPONENT: &[u8] = b"the component of drift";
const PROFILE: &[u8] = b"how the training data is distributed";
const PARTS: [&[u8]; 4] = [COMPONENT, STATE, DRIFT_COMPONENT, PROFILE];

/// A small model with something in every field.
pub(crate) fn model(name: &str, seed: u64) -> Model {
    Model {
        format: FormatVersion,
        kind: DocumentKind::Model,
        name: name.to_owned(),
        target: Some("arr_delay".to_owned()),
        signature: Signature {
            inputs: vec![column("dep_delay")],
            outputs: vec![column("prediction")],
        },
        chain: vec![ChainStep {
            step: "tree".to_owned(),
            package: "mlhost:tree".to_owned(),
            version: "0.1.0".to_owned(),
            component: Digest::of(COMPONENT),
            params: json!({ "max_depth": 12, "criterion": "squared_error" }),
            state: Digest::of(STATE),
            granted: vec![],
        }],
        metrics: vec![Metric {
            step: "evaluate".to_owned(),
            name: "r2".to_owned(),
            value: 0.842,
            labels: BTreeMap::from([("output".to_owned(), "arr_delay".to_owned())]),
        }],
        data: vec![DataFingerprint {
            name: "train".to_owned(),
            files: vec![FileFingerprint {
                name: "flights.parquet".to_owned(),
                digest: Digest::of(b"the flights, which are not in the store"),
                rows: Some(160_678),
            }],
            selection: None,
            schema: vec![column("dep_delay"), column("arr_delay")],
        }],
        reference: Some(ReferenceProfile {
            package: "mlhost:drift".to_owned(),
            version: "0.1.0".to_owned(),
            component: Digest::of(DRIFT_COMPONENT),
            params: json!({}),
            state: Digest::of(PROFILE),
            predictions: vec![],
        }),
        contract: "0.1.0".to_owned(),
        host: "0.1.0".to_owned(),
        seed,
    }
}

pub(crate) fn column(name: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind: "double".to_owned(),
        arrow: "Float64".to_owned(),
        required: true,
    }
}
