//! The `host` command as a user types it: a process in a store and a cache of its own.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use crate::process::{Usage, usage};

/// The binary, with a cache in which plugins are compiled once.
pub(crate) struct Host<'a> {
    binary: &'a Path,
    cache: TempDir,
}

impl<'a> Host<'a> {
    /// With an empty cache.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(crate) fn new(binary: &'a Path) -> Result<Self> {
        let cache = tempfile::tempdir()?;
        Ok(Self { binary, cache })
    }

    /// A `host run` of a pipeline in this store.
    pub(crate) fn run_in(&self, store: &Path, pipeline: &Path) -> Command {
        let mut command = Command::new(self.binary);
        command
            .arg("run")
            .arg(pipeline)
            .env("MLHOST_STORE", store)
            .env("MLHOST_CACHE", self.cache.path());
        command
    }

    /// Runs a pipeline in a new store.
    ///
    /// # Errors
    /// When the run fails.
    pub(crate) fn run(&self, pipeline: &Path, arguments: &[String]) -> Result<Usage> {
        let store = tempfile::tempdir()?;
        usage(self.run_in(store.path(), pipeline).args(arguments))
    }
}
