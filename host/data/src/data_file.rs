//! One file of a table: where it is, how large it was when the table was opened, and the digest
//! of its content. A file that has changed since then is not read: half a table of old rows and
//! half of new ones would be a result that nobody can make again.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// One file of a table.
#[derive(Debug)]
pub struct DataFile {
    place: Arc<Place>,
    rows: Option<u64>,
    fingerprint: OnceLock<String>,
}

impl DataFile {
    pub(crate) fn new(place: Arc<Place>, rows: Option<u64>) -> Self {
        Self {
            place,
            rows,
            fingerprint: OnceLock::new(),
        }
    }

    /// The path; a relative one begins with the folder that the table was opened in.
    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// The size in bytes.
    pub fn bytes(&self) -> u64 {
        self.place.bytes
    }

    /// The number of rows, where the format tells it without a scan.
    pub fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// The SHA-256 of the content as `sha256:<hex>`, read at the first call and then remembered.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be read, [`Error::Changed`] if it is another by now.
    pub fn fingerprint(&self) -> Result<&str> {
        if let Some(fingerprint) = self.fingerprint.get() {
            return Ok(fingerprint);
        }
        let fingerprint = digest(self.place.open()?).map_err(Error::io(self.path()))?;
        Ok(self.fingerprint.get_or_init(|| fingerprint))
    }
}

/// Where a file is, and what tells whether it is still the same.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Place {
    /// Takes note of a file as it is now.
    pub(crate) fn new(path: PathBuf) -> Result<Arc<Self>> {
        let file = File::open(&path).map_err(Error::io(&path))?;
        let metadata = file.metadata().map_err(Error::io(&path))?;
        Ok(Arc::new(Self {
            path,
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        }))
    }

    /// Opens the file, provided that it has not changed.
    pub(crate) fn open(&self) -> Result<File> {
        let file = File::open(&self.path).map_err(Error::io(&self.path))?;
        let metadata = file.metadata().map_err(Error::io(&self.path))?;
        if metadata.len() != self.bytes || metadata.modified().ok() != self.modified {
            return Err(Error::Changed {
                path: self.path.clone(),
            });
        }
        Ok(file)
    }
}

fn digest(mut file: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(digest_text(hasher))
}

/// A finished SHA-256 as `sha256:<hex>`.
pub(crate) fn digest_text(hasher: Sha256) -> String {
    format!("sha256:{:x}", hasher.finalize())
}
