//! The folders of what is measured, all of which are left until the program ends. A file system that
//! has just lost thousands of files takes its time for each new one: ext4 looks for an inode that has
//! not been in use for some seconds, which takes longer than many a step.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use tempfile::TempDir;

/// Holds all folders, and removes them in the end.
pub(crate) struct Scratch {
    _folder: TempDir,
}

impl Scratch {
    /// The one of this program.
    ///
    /// # Errors
    /// When there is no room for it, or there is one.
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let set = tempfile::env::override_temp_dir(folder.path());
        set.map_err(|other| anyhow!("there is one already: {}", other.display()))?;
        Ok(Self { _folder: folder })
    }
}

/// A new folder that stays.
///
/// # Errors
/// When there is no room for it.
pub(crate) fn folder() -> Result<PathBuf> {
    Ok(tempfile::tempdir()?.keep())
}
