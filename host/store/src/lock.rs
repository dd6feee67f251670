//! The lock between those who write content and the one who takes it away. Writers hold it
//! together, for as long as one blob or one registration takes; the collector holds it alone, so
//! that no blob can go between the moment in which somebody finds it there and the moment in which
//! it is marked as just used, or registered.

use std::fs::File;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions};

use crate::{Error, Result};

const LOCK: &str = "blobs.lock";

/// The lock of the content of a store.
#[derive(Debug)]
pub(crate) struct ContentLock {
    store: Dir,
    /// The file, for messages only.
    path: PathBuf,
}

/// The lock is held as long as this lives, or until the process is gone.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

impl ContentLock {
    pub(crate) fn new(store: Dir, store_path: &Path) -> Self {
        Self {
            store,
            path: store_path.join(LOCK),
        }
    }

    /// Waits until nobody takes content away.
    pub(crate) fn together(&self) -> Result<Held> {
        self.lock(File::lock_shared)
    }

    /// Waits until nobody writes content.
    pub(crate) fn alone(&self) -> Result<Held> {
        self.lock(File::lock)
    }

    /// Each holder opens the file for itself: a lock belongs to what was opened, so that threads
    /// who share it would end each other's lock.
    fn lock(&self, how: impl Fn(&File) -> std::io::Result<()>) -> Result<Held> {
        let options = OpenOptions::new().write(true).create(true).clone();
        let file = self.store.open_with(LOCK, &options);
        let locked = file.map(cap_std::fs::File::into_std).and_then(|file| {
            how(&file)?;
            Ok(Held { _file: file })
        });
        locked.map_err(Error::io("lock", &self.path))
    }
}
