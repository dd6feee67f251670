//! The `host` command as a user types it: a process in a store and a cache of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process::{Usage, usage};
use crate::scratch;

/// The binary, with a cache in which plugins are compiled once.
pub(crate) struct Host<'a> {
    binary: &'a Path,
    cache: PathBuf,
}

impl<'a> Host<'a> {
    /// With an empty cache.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn new(binary: &'a Path) -> Result<Self> {
        let cache = scratch::folder()?;
        Ok(Self { binary, cache })
    }

    /// A `host run` of a pipeline in this store.
    pub(crate) fn run_in(&self, store: &Path, pipeline: &Path) -> Command {
        let mut command = Command::new(self.binary);
        command
            .arg("run")
            .arg(pipeline)
            .env("MLHOST_STORE", store)
            .env("MLHOST_CACHE", &self.cache);
        command
    }

    /// The record of a run in this store.
    ///
    /// # Errors
    /// When there is no such run.
    pub(crate) fn record_of(&self, store: &Path, run: u32) -> Result<Record> {
        let mut command = Command::new(self.binary);
        command
            .args(["runs", "show", "--format", "json"])
            .arg(run.to_string())
            .env("MLHOST_STORE", store);
        let output = command.output().context("could not start the host")?;
        ensure!(output.status.success(), "run {run} has no record");
        let shown: Shown = serde_json::from_slice(&output.stdout)?;
        Ok(shown.record)
    }

    /// Runs a pipeline in a new store.
    ///
    /// # Errors
    /// When the run fails.
    pub(crate) fn run(&self, pipeline: &Path, arguments: &[String]) -> Result<Usage> {
        usage(self.run_in(&scratch::folder()?, pipeline).args(arguments))
    }
}

/// How a run is shown.
#[derive(Deserialize)]
struct Shown {
    record: Record,
}

/// How long a run and its steps took.
#[derive(Deserialize)]
pub(crate) struct Record {
    seconds: f64,
    steps: Vec<StepRecord>,
}

#[derive(Deserialize)]
struct StepRecord {
    seconds: f64,
}

impl Record {
    /// What a run took besides its steps, of which there was one at a time.
    pub(crate) fn overhead_seconds(&self) -> f64 {
        let of_steps: f64 = self.steps.iter().map(|step| step.seconds).sum();
        self.seconds - of_steps
    }
}
