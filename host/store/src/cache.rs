//! Results that can be computed again, kept under the digest of everything that decides them. This
//! folder may be deleted at any time, even while a run goes on: nothing that is registered needs
//! it. So it is written without waiting for the disk, and each entry carries its own checksum: one
//! that a crash or somebody's editor has damaged is as good as none. The time of an entry's file
//! says when it was used last, to the day.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cap_std::fs::{Dir, OpenOptions};
use cap_tempfile::TempFile;

use crate::shards::{self, Entry, place};
use crate::{Digest, Error, Result};

/// How old the time of an entry may be when it is used without being written anew.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

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
        let folder = shards::subfolder(store, "cache").map_err(Error::io("open", &path))?;
        let (folder, _) = folder;
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
        if Digest::of(&value).bytes() != entry.as_slice() {
            return Ok(None);
        }
        // An entry that cannot be marked only goes the sooner.
        let _ = self.mark_as_used(key);
        Ok(Some(value))
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

    /// Takes the value under this key away, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when it is there and stays.
    pub fn forget(&self, key: &Digest) -> Result<()> {
        match self.folder.remove_file(place(key)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io("delete", self.path.join(place(key)))(error)),
        }
    }

    /// Every file in the folders of the cache.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        shards::entries(&self.folder).map_err(Error::io("list", &self.path))
    }

    /// Takes a file of [`Cache::entries`] away.
    pub(crate) fn remove(&self, entry: &Entry) -> Result<()> {
        shards::remove(&self.folder, &entry.place)
            .map_err(Error::io("delete", self.path.join(&entry.place)))
    }

    fn mark_as_used(&self, key: &Digest) -> io::Result<()> {
        let options = OpenOptions::new().write(true).clone();
        let file = self.folder.open_with(place(key), &options)?.into_std();
        let now = SystemTime::now();
        if file.metadata()?.modified()? + DAY < now {
            file.set_modified(now)?;
        }
        Ok(())
    }

    fn write(&self, key: &Digest, value: &[u8]) -> io::Result<()> {
        let hex = key.hex();
        let (shard, _) = shards::subfolder(&self.folder, &hex[..2])?;
        let mut file = TempFile::new(&shard)?;
        file.write_all(&Digest::of(value).bytes())?;
        file.write_all(value)?;
        file.replace(&hex[2..])
    }
}
