//! A pipeline that runs when something starts it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::eprintln;
use jiff::Timestamp;
use mlhost_pipeline::{Overrides, Pipeline, Triggers};
use serde_json::{Map, Value};

use super::files::{Files, Folder};
use super::settling::Settling;
use crate::arguments::OverrideArguments;
use crate::commands::{overrides, read_pipeline};
use crate::error::Failure;

/// A pipeline as it was when it was read last.
pub(in crate::commands) struct Scheduled<'a> {
    pub(super) path: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) name: String,
    pub(super) params: Map<String, Value>,
    /// What starts it, as it was when the process began.
    pub(in crate::commands) triggers: Triggers,
    overrides: &'a OverrideArguments,
    files: Files,
    /// Of its files, if it is watched.
    settling: Option<Settling>,
}

impl<'a> Scheduled<'a> {
    /// Reads it for the first time.
    ///
    /// # Errors
    /// When that cannot be.
    pub(in crate::commands) fn read(
        path: &Path,
        overrides: &'a OverrideArguments,
    ) -> Result<(Self, Pipeline), Failure> {
        let mut scheduled = Self {
            path: path.to_owned(),
            folder: PathBuf::new(),
            name: String::new(),
            params: Map::new(),
            triggers: Triggers::default(),
            overrides,
            files: Files::default(),
            settling: None,
        };
        let (pipeline, _) = scheduled.read_again()?;
        scheduled.triggers = pipeline.triggers.clone();
        Ok((scheduled, pipeline))
    }

    /// Reads it as it is now, for a run. What changes from now on is a change after the run.
    pub(super) fn read_for_run(&mut self) -> Result<(Pipeline, Overrides), Failure> {
        let before = self.files.snapshot();
        let read = self.read_again();
        if let Some(settling) = &mut self.settling {
            settling.restart(self.files.snapshot().or_as_in(before));
        }
        read
    }

    fn read_again(&mut self) -> Result<(Pipeline, Overrides), Failure> {
        let overrides = overrides(self.overrides)?;
        let (pipeline, folder) = read_pipeline(&self.path, &overrides)?;
        let mut read = vec![self.path.clone()];
        read.extend(self.overrides.patches.iter().cloned());
        self.files = Files::of(&pipeline, &folder, read);
        self.name.clone_from(&pipeline.name);
        self.params.clone_from(&pipeline.params);
        self.folder = folder;
        Ok((pipeline, overrides))
    }

    /// Watches its files from now on.
    pub(super) fn watch(&mut self, quiet: Duration) {
        self.settling = Some(Settling::new(quiet, self.files.snapshot()));
        for name in &self.files.remote {
            eprintln!(
                "`{name}` of `{}` is remote data, and not watched",
                self.name
            );
        }
    }

    /// When to look at its files, if there is a reason to.
    pub(super) fn look_at(&self) -> Option<Timestamp> {
        self.settling.as_ref()?.look_at()
    }

    /// Something has happened, perhaps to one of its files.
    pub(super) fn noticed(&mut self, now: Timestamp) {
        if let Some(settling) = &mut self.settling {
            settling.noticed(now);
        }
    }

    /// The files that have changed, by the names that a person knows them by, if it is time to look.
    pub(super) fn changed(&mut self, now: Timestamp) -> Vec<String> {
        let Some(settling) = &mut self.settling else {
            return Vec::new();
        };
        if settling.look_at().is_none_or(|look_at| look_at > now) {
            return Vec::new();
        }
        let changed = settling.looked(self.files.snapshot(), now);
        changed.iter().map(|path| self.files.name(path)).collect()
    }

    /// The folders to watch.
    pub(super) fn folders(&self) -> Vec<Folder> {
        match self.settling {
            Some(_) => self.files.folders(),
            None => Vec::new(),
        }
    }
}
