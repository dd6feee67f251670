//! Where a file of a table is, and what tells whether it is still the same. A file that has changed
//! since the table was opened is not read: half a table of old rows and half of new ones would be a
//! result that nobody can make again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::digest::{DigestMemory, Hashing};
use crate::stamp::Stamp;
use crate::{Error, Result};

/// A file, as it was when the table was opened.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    stamp: Stamp,
    memory: Option<Arc<dyn DigestMemory>>,
}

impl Place {
    /// Takes note of a file as it is now.
    pub(crate) fn new(path: PathBuf, memory: Option<Arc<dyn DigestMemory>>) -> Result<Arc<Self>> {
        let file = File::open(&path).map_err(Error::io(&path))?;
        let metadata = file.metadata().map_err(Error::io(&path))?;
        Ok(Arc::new(Self {
            path,
            stamp: Stamp::new(&metadata),
            memory,
        }))
    }

    /// The size in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.stamp.bytes
    }

    /// Opens the file, provided that it has not changed.
    pub(crate) fn open(&self) -> Result<File> {
        let file = File::open(&self.path).map_err(|error| self.lost(error))?;
        let metadata = file.metadata().map_err(|error| self.lost(error))?;
        self.compare(&Stamp::new(&metadata))?;
        Ok(file)
    }

    /// Opens a range of the file.
    pub(crate) fn open_range(&self, range: &Range<u64>) -> Result<impl Read + Send + use<>> {
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(range.start))
            .map_err(Error::io(&self.path))?;
        Ok(file.take(range.end - range.start))
    }

    /// Fails if the file has changed.
    pub(crate) fn check(&self) -> Result<()> {
        let metadata = std::fs::metadata(&self.path).map_err(|error| self.lost(error))?;
        self.compare(&Stamp::new(&metadata))
    }

    /// Why a file that was there cannot be reached any more.
    fn lost(&self, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::NotFound => Error::Gone {
                path: self.path.clone(),
            },
            _ => Error::io(&self.path)(error),
        }
    }

    fn compare(&self, now: &Stamp) -> Result<()> {
        match self.stamp.is_same(now) {
            true => Ok(()),
            false => Err(Error::Changed {
                path: self.path.clone(),
            }),
        }
    }

    /// The digest of the whole file.
    pub(crate) fn digest(&self) -> Result<String> {
        self.digest_of("whole", std::slice::from_ref(&(0..self.bytes())))
    }

    /// The digest of some ranges one after the other. `what` is what they are of this file, and
    /// determines them.
    pub(crate) fn digest_of(&self, what: &str, ranges: &[Range<u64>]) -> Result<String> {
        self.check()?;
        let memory = self.memory.as_deref();
        let memory = memory.and_then(|memory| Some((memory, self.key(what)?)));
        let recalled = memory.as_ref().and_then(|(memory, key)| memory.recall(key));
        if let Some(digest) = recalled {
            return Ok(digest);
        }
        let mut hashing = Hashing::default();
        for range in ranges {
            let reader = self.open_range(range)?;
            hashing.read(reader).map_err(Error::io(&self.path))?;
        }
        let digest = hashing.finished();
        self.check()?;
        if let Some((memory, key)) = memory {
            memory.remember(&key, &digest);
        }
        Ok(digest)
    }

    fn key(&self, what: &str) -> Option<String> {
        Some(format!("{what} of {}", self.stamp.key(&self.path)?))
    }
}
