//! Content under its digest: `blobs/sha256/ab/cdef…`. A blob is written once, whole and durably,
//! before its digest is given out, and is checked whenever it is read; it is never changed.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;
use cap_tempfile::TempFile;

use crate::{Digest, Error, Result};

/// The blobs of a store. Safe to use from many threads and processes at once.
#[derive(Debug)]
pub struct Blobs {
    /// `blobs/sha256`
    folder: Dir,
    /// The same as a path, for messages only.
    path: PathBuf,
}

impl Blobs {
    /// Opens the folders for the blobs inside a store's folder, and makes them if needed.
    pub(crate) fn open(store: &Dir, store_path: &Path) -> Result<Self> {
        let path = store_path.join("blobs").join("sha256");
        let folder = subfolder(store, "blobs")
            .and_then(|blobs| subfolder(&blobs, "sha256"))
            .map_err(Error::io("open", &path))?;
        Ok(Self { folder, path })
    }

    /// Keeps these bytes and gives their digest. What is there already is not written again.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when they cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        // A file of another length has been damaged since, and is replaced.
        if self.size(&digest)? != Some(bytes.len() as u64) {
            self.write(&digest, bytes)
                .map_err(Error::io("write", self.path_of(&digest)))?;
        }
        Ok(digest)
    }

    /// The bytes with this digest, checked.
    ///
    /// # Errors
    ///
    /// [`Error::MissingBlob`], [`Error::DamagedBlob`] or [`Error::Io`].
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>> {
        let bytes = match self.folder.read(place(digest)) {
            Ok(bytes) => bytes,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return Err(self.missing(digest));
            }
            Err(source) => return Err(Error::io("read", self.path_of(digest))(source)),
        };
        let found = Digest::of(&bytes);
        if found != *digest {
            return Err(Error::DamagedBlob {
                digest: *digest,
                path: self.path_of(digest),
                found,
            });
        }
        Ok(bytes)
    }

    /// Whether there is a blob with this digest. Its content is not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when that cannot be found out.
    pub fn contains(&self, digest: &Digest) -> Result<bool> {
        Ok(self.size(digest)?.is_some())
    }

    /// The number of bytes in the blob with this digest. Its content is not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::MissingBlob`] or [`Error::Io`].
    pub fn len(&self, digest: &Digest) -> Result<u64> {
        self.size(digest)?.ok_or_else(|| self.missing(digest))
    }

    fn size(&self, digest: &Digest) -> Result<Option<u64>> {
        match self.folder.metadata(place(digest)) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::io("look at", self.path_of(digest))(source)),
        }
    }

    /// Writes under a temporary name and renames when all is on the disk, so that whoever sees
    /// the file sees the whole of it, even after a crash.
    fn write(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let hex = digest.hex();
        let shard = subfolder(&self.folder, &hex[..2])?;
        let mut file = TempFile::new(&shard)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.replace(&hex[2..])?;
        sync(&shard)
    }

    fn path_of(&self, digest: &Digest) -> PathBuf {
        self.path.join(place(digest))
    }

    fn missing(&self, digest: &Digest) -> Error {
        Error::MissingBlob {
            digest: *digest,
            path: self.path_of(digest),
        }
    }
}

/// Two levels, so that no folder gets too many entries.
pub(crate) fn place(digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    Path::new(&hex[..2]).join(&hex[2..])
}

/// Opens a folder inside another one; if it has to be made, it outlives a crash from here on.
fn subfolder(parent: &Dir, name: &str) -> io::Result<Dir> {
    match parent.create_dir(name) {
        Ok(()) => sync(parent)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    parent.open_dir(name)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync(folder: &Dir) -> io::Result<()> {
    // A `Dir` may be open for looking names up only, which cannot be synced.
    folder.open(".")?.sync_all()
}

/// Makes the names in a folder durable: elsewhere the file system sees to it.
#[cfg(not(unix))]
fn sync(_folder: &Dir) -> io::Result<()> {
    Ok(())
}
