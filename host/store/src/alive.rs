//! Which runs are under way. The process of a run holds a lock on a file of the run, in the folder
//! `running`: the operating system takes the lock away when the process ends in whatever way, so
//! that a run that is not over and whose file nobody has locked has died with its process. Process
//! ids would not tell: they are given again, after a restart of the machine above all.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap_std::fs::{Dir, OpenOptions};

use crate::{Error, Result, RunId};

/// The locks of the runs of a store.
#[derive(Debug)]
pub(crate) struct Alive {
    folder: Dir,
    /// The same as a path, for messages only.
    path: PathBuf,
    /// The locks that this process holds.
    held: Mutex<HashMap<RunId, File>>,
}

impl Alive {
    /// Opens the folder `running` inside a store's folder, and makes it if needed.
    pub(crate) fn open(store: &Dir, store_path: &Path) -> Result<Self> {
        let path = store_path.join("running");
        let folder = match store.create_dir("running") {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => store.open_dir("running"),
        };
        Ok(Self {
            folder: folder.map_err(Error::io("open", &path))?,
            path,
            held: Mutex::default(),
        })
    }

    /// Says that a run is under way until [`Alive::end`], or until this process is gone. To be
    /// called before anybody can know of the run.
    pub(crate) fn begin(&self, run: RunId) -> Result<()> {
        let name = run.to_string();
        let options = OpenOptions::new().write(true).create(true).clone();
        let file = self.folder.open_with(&name, &options);
        let locked = file.map(cap_std::fs::File::into_std).and_then(|file| {
            file.lock()?;
            Ok(file)
        });
        let file = locked.map_err(Error::io("lock", self.path.join(name)))?;
        self.held().insert(run, file);
        Ok(())
    }

    /// Says that a run is over. To be called once the database says so too.
    pub(crate) fn end(&self, run: RunId) {
        if self.held().remove(&run).is_some() {
            self.forget(run);
        }
    }

    /// Whether the process of a run that is not over still lives.
    pub(crate) fn is(&self, run: RunId) -> bool {
        match self.folder.open(run.to_string()) {
            // Where locks cannot be told, nobody is called dead.
            Ok(file) => file.into_std().try_lock_shared().is_err(),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Takes away the file of a run that is over. One that stays does no harm.
    pub(crate) fn forget(&self, run: RunId) {
        let _ = self.folder.remove_file(run.to_string());
    }

    fn held(&self) -> MutexGuard<'_, HashMap<RunId, File>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
