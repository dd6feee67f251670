//! Where a file of a table is, and what tells whether it is still the same. A file that has changed
//! since the table was opened is not read: half a table of old rows and half of new ones would be a
//! result that nobody can make again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::digest::{DigestMemory, Hashing};
use crate::reader::{Failure, Reader};
#[cfg(feature = "remote")]
use crate::remote::Remote;
use crate::stamp::Stamp;
use crate::{Error, Result};

/// A file, as it was when the table was opened.
pub(crate) struct Place {
    /// The path, or the address of a remote file.
    pub(crate) path: PathBuf,
    content: Content,
    memory: Option<Arc<dyn DigestMemory>>,
    /// What was found of the file so far: also without a memory it is hashed once only.
    found: Mutex<HashMap<String, String>>,
}

enum Content {
    Local(Stamp),
    #[cfg(feature = "remote")]
    Remote(Remote),
}

impl Place {
    /// Takes note of a file as it is now.
    pub(crate) fn new(path: PathBuf, memory: Option<Arc<dyn DigestMemory>>) -> Result<Arc<Self>> {
        let file = File::open(&path).map_err(Error::io(&path))?;
        let metadata = file.metadata().map_err(Error::io(&path))?;
        Ok(Arc::new(Self {
            path,
            content: Content::Local(Stamp::new(&metadata)),
            memory,
            found: Mutex::default(),
        }))
    }

    /// A file that is somewhere else.
    #[cfg(feature = "remote")]
    pub(crate) fn remote(
        path: PathBuf,
        remote: Remote,
        memory: Option<Arc<dyn DigestMemory>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            path,
            content: Content::Remote(remote),
            memory,
            found: Mutex::default(),
        })
    }

    /// The size in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        match &self.content {
            Content::Local(stamp) => stamp.bytes,
            #[cfg(feature = "remote")]
            Content::Remote(remote) => remote.bytes(),
        }
    }

    /// Opens the file, provided that it has not changed.
    pub(crate) fn open(&self) -> Result<Reader> {
        match &self.content {
            Content::Local(stamp) => {
                let file = File::open(&self.path).map_err(|error| self.lost(error))?;
                let metadata = file.metadata().map_err(|error| self.lost(error))?;
                self.compare(stamp, &Stamp::new(&metadata))?;
                Ok(Reader::File(file))
            }
            #[cfg(feature = "remote")]
            Content::Remote(remote) => Ok(remote.open(Vec::new(), None)),
        }
    }

    /// Opens the file to read these ranges of it, in groups of ranges that are needed together.
    /// What cannot be fetched of a remote file is put into `failure`.
    pub(crate) fn open_ranges(
        &self,
        groups: Vec<Vec<Range<u64>>>,
        failure: &Failure,
    ) -> Result<Reader> {
        #[cfg(feature = "remote")]
        if let Content::Remote(remote) = &self.content {
            return Ok(remote.open(groups, Some(failure.clone())));
        }
        // A local file is read as it is asked for.
        let _ = (groups, failure);
        self.open()
    }

    /// Opens a range of the file.
    pub(crate) fn open_range(&self, range: &Range<u64>) -> Result<impl Read + Send + use<>> {
        let mut file = self.open()?;
        file.seek(SeekFrom::Start(range.start))
            .map_err(Error::io(&self.path))?;
        Ok(file.take(range.end - range.start))
    }

    /// Fails if the file has changed. What is read of a remote one is always of one version.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.content {
            Content::Local(stamp) => {
                let metadata = std::fs::metadata(&self.path).map_err(|error| self.lost(error))?;
                self.compare(stamp, &Stamp::new(&metadata))
            }
            #[cfg(feature = "remote")]
            Content::Remote(_) => Ok(()),
        }
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

    fn compare(&self, then: &Stamp, now: &Stamp) -> Result<()> {
        match then.is_same(now) {
            true => Ok(()),
            false => Err(Error::Changed {
                path: self.path.clone(),
            }),
        }
    }

    /// The digest of the whole file.
    pub(crate) fn digest(&self) -> Result<String> {
        #[cfg(feature = "remote")]
        if let Content::Remote(remote) = &self.content
            && let Some(digest) = remote.digest()
        {
            return Ok(digest.to_owned());
        }
        self.digest_of("whole", std::slice::from_ref(&(0..self.bytes())))
    }

    /// The digest of some ranges one after the other. `what` is what they are of this file, and
    /// determines them. A remote file that is not on this machine is not read for it if the server
    /// says which version it is: then it is the digest of that, and of the address.
    pub(crate) fn digest_of(&self, what: &str, ranges: &[Range<u64>]) -> Result<String> {
        self.check()?;
        if !self.is_hashed()
            && let Some(key) = self.key(what)
        {
            let mut hashing = Hashing::default();
            let read = hashing.read(key.as_bytes());
            read.map_err(Error::io(&self.path))?;
            return Ok(hashing.finished());
        }
        self.remembered(what, || {
            let mut hashing = Hashing::default();
            for range in ranges {
                let reader = self.open_range(range)?;
                hashing.read(reader).map_err(Error::io(&self.path))?;
            }
            Ok(hashing.finished())
        })
    }

    /// Whether digests are those of the content, and not those of a version of a remote file.
    pub(crate) fn is_hashed(&self) -> bool {
        match &self.content {
            Content::Local(_) => true,
            #[cfg(feature = "remote")]
            Content::Remote(remote) => remote.is_copied() || remote.key().is_none(),
        }
    }

    /// What follows from the content of the file, remembered where there is a memory. `what` says
    /// what that is.
    pub(crate) fn remembered(
        &self,
        what: &str,
        make: impl FnOnce() -> Result<String>,
    ) -> Result<String> {
        let Some(key) = self.key(what) else {
            let digest = make()?;
            self.check()?;
            return Ok(digest);
        };
        let found = self.found().get(&key).cloned();
        let memory = self.memory.as_deref();
        let recalled = found.or_else(|| memory?.recall(&key));
        if let Some(digest) = recalled {
            return Ok(digest);
        }
        let digest = make()?;
        self.check()?;
        if let Some(memory) = memory {
            memory.remember(&key, &digest);
        }
        self.found().insert(key, digest.clone());
        Ok(digest)
    }

    fn found(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text under which a digest of part of the file can be remembered.
    fn key(&self, what: &str) -> Option<String> {
        let key = match &self.content {
            Content::Local(stamp) => stamp.key(&self.path),
            #[cfg(feature = "remote")]
            Content::Remote(remote) => remote.key(),
        };
        Some(format!("{what} of {}", key?))
    }
}
