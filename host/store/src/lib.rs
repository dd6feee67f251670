//! Content-addressed blobs, and the records of runs and models, in one folder.
//!
//! A store keeps everything a model version is made of: components, fitted states and documents
//! as blobs under their SHA-256, and, in SQLite, which runs there were, which models are
//! registered under which names, and which version an alias such as `champion` stands for. It
//! knows nothing of Arrow, WebAssembly or pipelines, may use no other crate of the host, and opens
//! no file outside its folder. All calls are synchronous; a [`Store`] can be shared between
//! threads, and its folder between processes.
//!
//! ```
//! use mlhost_store::{Outcome, Store};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let store = Store::open(folder.path().join(".mlhost"))?;
//! let text = store.blobs().put(b"mlhost = 1")?;
//! let run = store.begin_run("flights", &text)?;
//! let state = store.blobs().put(b"what a step has fitted")?;
//! let record = serde_json::json!({ "states": [state] });
//! store.finish_run(run, Outcome::Done, "1 step, no model", &record)?;
//! assert_eq!(store.run(run)?.record, Some(record));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod alias;
mod alive;
mod blobs;
mod cache;
mod canonical;
mod collect;
mod comparison;
mod database;
mod decision;
mod digest;
mod document;
mod error;
mod experiment;
mod float;
mod import;
mod label;
mod lock;
mod model;
mod name;
mod outcome;
mod piece;
mod reach;
mod registry;
mod retention;
mod run;
mod schema;
mod selector;
mod shards;
mod store;
mod time;
mod usage;
mod value_change;
mod verify;
mod version;

pub use alias::AliasMove;
pub use blobs::Blobs;
pub use cache::Cache;
pub use canonical::canonical_json;
pub use collect::{Collected, Collection, GRACE, Tally};
pub use comparison::{Comparison, Measured, MetricPair, Pair, StepPair, StepSide};
pub use decision::Decision;
pub use digest::{Digest, InvalidDigest};
pub use error::{Error, Result};
pub use experiment::{Experiment, ExperimentEntry};
pub use import::{Import, ImportAliases, ImportSource};
pub use jiff::Timestamp;
pub use model::{
    ChainStep, Column, DataFingerprint, DocumentKind, FileFingerprint, FormatVersion, Metric,
    Model, Part, ReferenceProfile, Signature,
};
pub use outcome::{Outcome, RunOutcome};
pub use reach::Reason;
pub use registry::{ModelSummary, Promotion, Registered, Registration, StoredModel};
pub use retention::Retention;
pub use run::{Run, RunId, StoredRun};
pub use selector::{Selector, VersionSelector};
pub use store::Store;
pub use usage::{Content, Keeper, Space, Usage};
pub use value_change::{ValueChange, value_changes};
pub use verify::{Damaged, Missing, Verification};
pub use version::ModelVersion;
