//! A copy of an object in a temporary file, hashed on the way. The file has no name, so that it is
//! gone with the process however that ends, and any number of readers read it at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use super::object::{Location, Object};
use super::version::Version;
use crate::remote_error::RemoteError;
use crate::{Error, Result, digest};

pub(crate) struct Copy {
    file: Arc<File>,
    bytes: u64,
    digest: String,
    key: Option<String>,
}

impl Copy {
    /// Fetches an object, in the version that is expected if one is.
    pub(super) async fn fetch(location: Location, expected: Option<&Version>) -> Result<Self> {
        let failed = |error| location.error(&error);
        let options = expected.map(Version::condition).unwrap_or_default();
        let found = location.store.get_opts(&location.key, options).await;
        let found = found.map_err(failed)?;
        let version = Version::new(&found.meta);
        if expected.is_some_and(|expected| *expected != version) {
            let path = location.url.clone();
            return Err(Error::Changed { path });
        }
        let mut writing = Writing::new(&location)?;
        let mut blocks = found.into_stream();
        while let Some(block) = blocks.try_next().await.map_err(failed)? {
            writing.write(&block)?;
        }
        writing.finish(&version)
    }

    /// Keeps the whole content of an object.
    pub(super) fn of(object: &Object, content: &[u8]) -> Result<Self> {
        let mut writing = Writing::new(&object.location)?;
        writing.write(content)?;
        writing.finish(&object.version)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn key(&self) -> Option<String> {
        self.key.clone()
    }

    pub(super) fn reader(&self) -> CopyReader {
        CopyReader {
            file: self.file.clone(),
            bytes: self.bytes,
            position: 0,
        }
    }
}

/// A copy that is being made.
struct Writing<'a> {
    location: &'a Location,
    file: File,
    bytes: u64,
    hasher: Sha256,
}

impl<'a> Writing<'a> {
    fn new(location: &'a Location) -> Result<Self> {
        let file = tempfile::tempfile().map_err(|error| not_kept(location, error))?;
        Ok(Self {
            location,
            file,
            bytes: 0,
            hasher: Sha256::new(),
        })
    }

    fn write(&mut self, block: &[u8]) -> Result<()> {
        let written = self.file.write_all(block);
        written.map_err(|error| not_kept(self.location, error))?;
        self.hasher.update(block);
        self.bytes += block.len() as u64;
        Ok(())
    }

    fn finish(self, version: &Version) -> Result<Copy> {
        let Location { url, scheme, .. } = self.location;
        if self.bytes != version.bytes {
            let reason = format!("{} of {} bytes came", self.bytes, version.bytes);
            return Err(Error::remote(
                url.clone(),
                *scheme,
                RemoteError::CutOff { reason },
            ));
        }
        Ok(Copy {
            file: Arc::new(self.file),
            bytes: self.bytes,
            digest: digest::finished(self.hasher),
            key: version.key(&self.location.address),
        })
    }
}

fn not_kept(location: &Location, source: io::Error) -> Error {
    Error::NotKept {
        path: location.url.clone(),
        folder: std::env::temp_dir(),
        source,
    }
}

/// Reads a copy, at a position of its own.
#[derive(Clone)]
pub(crate) struct CopyReader {
    file: Arc<File>,
    bytes: u64,
    position: u64,
}

impl CopyReader {
    pub(crate) fn size(&self) -> u64 {
        self.bytes
    }
}

impl Read for CopyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for CopyReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = super::ranged::target(to, self.position, self.bytes)?;
        Ok(self.position)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}
