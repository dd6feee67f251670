//! Runs a plan: from checked pipeline to registered model, and from model to
//! prediction.
//!
//! - [`Engine::check`] resolves the plugins, reads the schemas and rehearses the
//!   whole pipeline on the first rows, so that a wrong column name is found
//!   before the real work begins.
//! - [`Engine::run`] runs the steps, each as soon as its inputs are there, and
//!   keeps what came of them in the store.
//! - [`FittedModel`] is a model version, ready to predict.
//! - [`Engine::ab`] says which model of an experiment is the best on rows at hand.
//!
//! A step's transform is never materialised: a transformed dataset is its source
//! and the stages that rows pass on the way. What was computed once is kept in the
//! store's cache, and is not computed again while nothing that decides it changes.
//!
//! ```no_run
//! use std::{path::Path, sync::Arc};
//! use mlhost_engine::{Engine, NoObserver, RunOptions};
//! use mlhost_pipeline::{Source, parse};
//! use mlhost_store::Store;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let text = std::fs::read_to_string("pipeline.toml")?;
//! let pipeline = parse(Source::new("pipeline.toml", text), &[])?;
//! let engine = Engine::new(None)?;
//! let checked = engine.check(pipeline, Path::new("."))?;
//! let store = Arc::new(Store::open(".mlhost")?);
//! let report = engine.run(checked, store, Arc::new(NoObserver), RunOptions::default()).await?;
//! println!("{}", report.summary);
//! # Ok(())
//! # }
//! ```
//!
//! May use every floor below: `packages`, `store`, `sandbox`, `data`, `pipeline`.

#![forbid(unsafe_code)]

mod ab;
mod baseline;
mod check;
mod compare;
mod conditions;
mod course;
mod curves;
mod dataset;
mod decided;
mod drift;
mod error;
mod faults;
mod fold;
mod folds;
mod gate_check;
mod gate_record;
mod gates;
mod granted;
mod history;
mod interrupt;
mod key;
mod manifest;
mod model;
mod notify;
mod observer;
mod opened;
mod params;
mod patch_record;
mod permits;
mod predicting;
mod profile;
mod provenance;
mod read_ahead;
mod recall;
mod record;
mod reference_profile;
mod rehearsal;
mod results;
mod retrying;
mod reuse;
mod rivals;
mod row_counter;
mod run;
mod run_options;
mod schedule;
mod spool;
mod step_run;
mod steps;
mod supplies;
mod training;
mod trigger;
mod workshop;

pub use ab::{
    AbBootstrap, AbChallenger, AbContestant, AbError, AbReport, AbRequest, CHAMPION, Champion,
    Contender, ExperimentView, MetricOrigin, POWER, Verdict, experiment, experiments,
};
pub use check::{Checked, Unchecked};
pub use curves::Curve;
pub use dataset::ScoredTable;
pub use drift::drift;
pub use error::{Error, Result, with_causes};
pub use gate_record::{
    BootstrapRecord, ComparedWith, ComparisonRecord, GateRecord, number as compared_number,
};
pub use history::{
    Change, Difference, Explanation, FileChange, FilesChange, Lineage, MetricChange, PackageChange,
    PatchDiff, Reproduction, RunDiff, RunSide, StepExplanation, StepParams, Unfinished,
    ValueChange, VersionChange, Why, diff, explain, pipeline_changes, unfinished,
};
pub use interrupt::Interrupt;
pub use model::FittedModel;
pub use notify::NotificationRecord;
pub use observer::{NoObserver, Observer, RowsRead};
pub use patch_record::{PatchKind, PatchRecord};
pub use profile::profile;
pub use record::{
    AttemptRecord, FileRecord, InputRecord, PluginRecord, RegisteredModel, RunRecord, StateRecord,
    StepKey, StepRecord, StepStatus,
};
pub use retrying::{Clock, MachineClock};
pub use reuse::Reuse;
pub use run::{RunReport, Runner};
pub use run_options::RunOptions;
pub use schedule::{IterationOutcome, LoopOutcome};
pub use supplies::Supplies;
pub use trigger::TriggerRecord;

use std::path::PathBuf;

use mlhost_packages::{Packages, ReadSources};
use mlhost_sandbox::{Options, Sandbox};

/// The engine: a sandbox and the packages that run in it.
pub struct Engine {
    packages: Packages,
}

impl Engine {
    /// An engine that keeps compiled plugins in this folder, if any.
    ///
    /// # Errors
    /// When the sandbox cannot start on this machine.
    pub fn new(cache: Option<PathBuf>) -> Result<Self> {
        Self::with(Options {
            cache,
            ..Options::default()
        })
    }

    /// An engine whose sandbox is set up like this.
    ///
    /// # Errors
    /// When the sandbox cannot start on this machine.
    pub fn with(options: Options) -> Result<Self> {
        Ok(Self {
            packages: Packages::new(Sandbox::new(options)?),
        })
    }

    /// The same with registries, of which packages are kept in another folder.
    ///
    /// # Errors
    /// See [`Engine::with`].
    pub fn with_registries(
        options: Options,
        packages: Option<PathBuf>,
        read_sources: ReadSources,
    ) -> Result<Self> {
        let sandbox = Sandbox::new(options)?;
        Ok(Self {
            packages: Packages::with_registries(sandbox, packages, read_sources),
        })
    }

    /// The packages that pipelines can name.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }
}
