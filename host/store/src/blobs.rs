//! Content under its digest: `blobs/sha256/ab/cdef…`. A blob is written once, whole and durably,
//! before its digest is given out, and is checked whenever it is read; it is never changed. The
//! time of its file says when it was put last, so that nobody takes away what is about to be used.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_std::fs::{Dir, OpenOptions};
use cap_tempfile::TempFile;

use crate::lock::{ContentLock, Held};
use crate::shards::{self, Entry, place};
use crate::{Digest, Error, Result};

/// The blobs of a store. Safe to use from many threads and processes at once.
#[derive(Debug)]
pub struct Blobs {
    /// `blobs/sha256`
    folder: Dir,
    /// The same as a path, for messages only.
    path: PathBuf,
    lock: ContentLock,
}

impl Blobs {
    /// Opens the folders for the blobs inside a store's folder, and makes them if needed.
    pub(crate) fn open(store: &Dir, store_path: &Path) -> Result<Self> {
        let path = store_path.join("blobs").join("sha256");
        let folder = subfolder(store, "blobs")
            .and_then(|blobs| subfolder(&blobs, "sha256"))
            .map_err(Error::io("open", &path))?;
        let store = store.try_clone().map_err(Error::io("open", store_path))?;
        Ok(Self {
            folder,
            path,
            lock: ContentLock::new(store, store_path),
        })
    }

    /// Keeps these bytes and gives their digest. What is there already, and as it was, is not
    /// written again; but it counts as put now, so that it is not taken away before somebody has
    /// registered it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when they cannot be written.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest> {
        let held = self.lock.together()?;
        self.put_under(&held, bytes)
    }

    /// Keeps these bytes for a caller who holds the lock already.
    pub(crate) fn put_under(&self, _held: &Held, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        // A file with other content has been damaged since, and is replaced.
        let kept = self
            .renew(&digest, Some(bytes))
            .and_then(|is_there| match is_there {
                true => Ok(()),
                false => self.write(&digest, bytes),
            });
        kept.map_err(Error::io("write", self.path_of(&digest)))?;
        Ok(digest)
    }

    /// Whether there is a blob with this digest, which then counts as put now. Its content is not
    /// looked at.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when that cannot be found out.
    pub fn keep(&self, digest: &Digest) -> Result<bool> {
        let held = self.lock.together()?;
        self.keep_under(&held, digest)
    }

    /// The same for a caller who holds the lock already.
    pub(crate) fn keep_under(&self, _held: &Held, digest: &Digest) -> Result<bool> {
        self.renew(digest, None)
            .map_err(Error::io("open", self.path_of(digest)))
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
        self.check(digest, Digest::of(&bytes))?;
        Ok(bytes)
    }

    /// Reads the blob with this digest in constant memory, and checks it.
    ///
    /// # Errors
    ///
    /// Those of [`Blobs::get`].
    pub(crate) fn verify(&self, digest: &Digest) -> Result<()> {
        let file = shards::existing(self.folder.open(place(digest)));
        let found = file.and_then(|file| file.map(Digest::of_reader).transpose());
        match found.map_err(Error::io("read", self.path_of(digest)))? {
            Some(found) => self.check(digest, found),
            None => Err(self.missing(digest)),
        }
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

    /// The lock that keeps content from being taken away.
    pub(crate) fn lock(&self) -> &ContentLock {
        &self.lock
    }

    /// Every file in the folders of the blobs.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        shards::entries(&self.folder).map_err(Error::io("list", &self.path))
    }

    /// Takes a file of [`Blobs::entries`] away, for a caller who holds the lock alone.
    pub(crate) fn remove(&self, _alone: &Held, entry: &Entry) -> Result<()> {
        shards::remove(&self.folder, &entry.place)
            .map_err(Error::io("delete", self.path.join(&entry.place)))
    }

    pub(crate) fn path_of(&self, digest: &Digest) -> PathBuf {
        self.path.join(place(digest))
    }

    /// The path of a file of [`Blobs::entries`].
    pub(crate) fn path_of_entry(&self, entry: &Entry) -> PathBuf {
        self.path.join(&entry.place)
    }

    pub(crate) fn missing(&self, digest: &Digest) -> Error {
        Error::MissingBlob {
            digest: *digest,
            path: self.path_of(digest),
        }
    }

    fn check(&self, digest: &Digest, found: Digest) -> Result<()> {
        if found == *digest {
            return Ok(());
        }
        Err(Error::DamagedBlob {
            digest: *digest,
            path: self.path_of(digest),
            found,
        })
    }

    fn size(&self, digest: &Digest) -> Result<Option<u64>> {
        let metadata = shards::existing(self.folder.metadata(place(digest)));
        let metadata = metadata.map_err(Error::io("look at", self.path_of(digest)))?;
        Ok(metadata.map(|metadata| metadata.len()))
    }

    /// Marks a blob as put now. False if it is not there, has other content than is `expected`, or
    /// cannot be marked.
    fn renew(&self, digest: &Digest, expected: Option<&[u8]>) -> io::Result<bool> {
        let options = OpenOptions::new().read(true).write(true).clone();
        let file = match self.folder.open_with(place(digest), &options) {
            Ok(file) => file.into_std(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            // Somebody else's file: one of our own takes its place, if we have the content.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && expected.is_some() => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        if let Some(expected) = expected
            && !holds(&file, expected)?
        {
            return Ok(false);
        }
        match file.set_modified(SystemTime::now()) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(expected.is_none()),
            outcome => outcome.map(|()| true),
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
}

/// Whether a file has exactly this content.
fn holds(mut file: &std::fs::File, expected: &[u8]) -> io::Result<bool> {
    /// Fits the caches of the processor.
    const CHUNK: usize = 64 * 1024;
    if file.metadata()?.len() != expected.len() as u64 {
        return Ok(false);
    }
    let mut buffer = vec![0; CHUNK.min(expected.len())];
    for chunk in expected.chunks(CHUNK) {
        let read = &mut buffer[..chunk.len()];
        file.read_exact(read)?;
        if read != chunk {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Opens a folder inside another one; if it has to be made, it outlives a crash from here on.
fn subfolder(parent: &Dir, name: &str) -> io::Result<Dir> {
    let (folder, made) = shards::subfolder(parent, name)?;
    if made {
        sync(parent)?;
    }
    Ok(folder)
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
