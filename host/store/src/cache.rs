//! Results that can be computed again, kept under the digest of everything that decides them. This
//! folder may be deleted at any time, even while a run goes on: nothing that is registered needs
//! it. So it is written without waiting for the disk, and each entry carries its own checksum: one
//! that a crash or somebody's editor has damaged is as good as none.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;
use cap_tempfile::TempFile;

use crate::blobs::place;
use crate::{Digest, Error, Result};

/// What stands before the value of an entry: the SHA-256 of the value.
const CHECKSUM_BYTES: usize = 32;

/// Results by the digest of what decided them. Safe to use from many threads and processes at
/// once.
#[derive(Debug)]
pub struct Cache {
    folder: Dir,
    /// The same as a path, for messages only.
    path: PathBuf,
}

impl Cache {
    /// Opens the folder `cache` inside a store's folder, and makes it if needed.
    pub(crate) fn open(store: &Dir, store_path: &Path) -> Result<Self> {
        let path = store_path.join("cache");
        let folder = subfolder(store, "cache").map_err(Error::io("open", &path))?;
        Ok(Self { folder, path })
    }

    /// The value that was kept under this key; none if there is no such entry, or a damaged one.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when an entry is there and cannot be read.
    pub fn get(&self, key: &Digest) -> Result<Option<Vec<u8>>> {
        let mut entry = match self.folder.read(place(key)) {
            Ok(entry) => entry,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", self.path.join(place(key)))(error)),
        };
        if entry.len() < CHECKSUM_BYTES {
            return Ok(None);
        }
        let value = entry.split_off(CHECKSUM_BYTES);
        Ok((Digest::of(&value).bytes() == entry.as_slice()).then_some(value))
    }

    /// Keeps a value under this key, in place of any other.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it cannot be written.
    pub fn put(&self, key: &Digest, value: &[u8]) -> Result<()> {
        self.write(key, value)
            .map_err(Error::io("write", self.path.join(place(key))))
    }

    fn write(&self, key: &Digest, value: &[u8]) -> io::Result<()> {
        let hex = key.hex();
        let shard = subfolder(&self.folder, &hex[..2])?;
        let mut file = TempFile::new(&shard)?;
        file.write_all(&Digest::of(value).bytes())?;
        file.write_all(value)?;
        file.replace(&hex[2..])
    }
}

fn subfolder(parent: &Dir, name: &str) -> io::Result<Dir> {
    match parent.create_dir(name) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    parent.open_dir(name)
}
