//! What one pipeline may use: its lock, and how far whoever runs it wants to go for what is not in
//! there.

use std::path::{Path, PathBuf};

use crate::{Lock, Release, Result, lock::LockChange};

/// How packages are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The lock must not change: a package that is not in it is an error.
    pub locked: bool,
    /// Registries are not asked: what is not on this machine is an error.
    pub offline: bool,
}

/// The lock of a pipeline, and what has become of it.
#[derive(Clone, Debug, Default)]
pub struct Pins {
    /// The file; none, if nothing is to be kept.
    path: Option<PathBuf>,
    /// What was in the file, if there was one.
    before: Option<Lock>,
    pub(crate) lock: Lock,
    /// Whether a package is pinned that does not come with the host.
    pub(crate) has_others: bool,
    pub(crate) access: Access,
}

impl Pins {
    /// Those of the pipeline in this file.
    ///
    /// # Errors
    /// When its lock cannot be read.
    pub fn of(pipeline: &Path, access: Access) -> Result<Self> {
        let path = Lock::path(pipeline);
        let before = Lock::read(&path)?;
        Ok(Self {
            path: Some(path),
            lock: before.clone().unwrap_or_default(),
            before,
            has_others: false,
            access,
        })
    }

    /// Those of a pipeline whose lock is to be made anew.
    pub fn anew(pipeline: &Path) -> Self {
        Self {
            path: Some(Lock::path(pipeline)),
            ..Self::default()
        }
    }

    /// None, for packages that no pipeline names.
    pub fn none(access: Access) -> Self {
        Self {
            access,
            ..Self::default()
        }
    }

    /// What is pinned.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// What is pinned, to be changed.
    pub fn lock_mut(&mut self) -> &mut Lock {
        &mut self.lock
    }

    /// The file, if there is to be one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether a package of this origin may be pinned.
    pub(crate) fn may_grow(&self, is_of_host: bool) -> bool {
        // A pipeline with nothing but what comes with the host needs no lock.
        !self.access.locked || (is_of_host && self.before.is_none())
    }

    pub(crate) fn pin(&mut self, release: Release, digest: &str, is_of_host: bool) {
        self.has_others |= !is_of_host;
        self.lock.insert(release, digest);
    }

    /// Writes the file where something has changed, and gives what. A pipeline with nothing but
    /// packages that come with the host has no lock, unless it has had one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<Vec<LockChange>> {
        if self.before.is_none() && !self.has_others {
            return Ok(vec![]);
        }
        self.save_always()
    }

    /// The same for a pipeline that is to have a lock in any case.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save_always(&self) -> Result<Vec<LockChange>> {
        let Some(path) = &self.path else {
            return Ok(vec![]);
        };
        let before = self.before.clone().unwrap_or_default();
        if self.before.as_ref() != Some(&self.lock) {
            self.lock.write(path)?;
        }
        Ok(before.changes(&self.lock))
    }
}
