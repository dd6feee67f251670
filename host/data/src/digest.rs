//! Digests of content, and the memory that spares reading a file again for them. What was hashed
//! is remembered under all that tells whether the file is still the same.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// Remembers digests of files from one run to the next.
///
/// A key names the file by its canonical path, size, times and inode, or a remote object by its
/// version, and what of it was hashed: as long as a key is equal, so is the digest. What is
/// remembered may also be a list of digests.
pub trait DigestMemory: Send + Sync {
    /// The digest that was remembered under a key.
    fn recall(&self, key: &str) -> Option<String>;

    /// Remembers a digest `sha256:<hex>`. To forget one later costs a reading and nothing else.
    fn remember(&self, key: &str, digest: &str);
}

/// A SHA-256 of what readers give one after the other.
#[derive(Default)]
pub(crate) struct Hashing(Sha256);

impl Hashing {
    pub(crate) fn read(&mut self, mut reader: impl Read) -> io::Result<()> {
        const BLOCK_BYTES: usize = 256 * 1024;
        let mut block = vec![0; BLOCK_BYTES];
        loop {
            match reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(read) => self.0.update(&block[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest as `sha256:<hex>`.
    pub(crate) fn finished(self) -> String {
        finished(self.0)
    }
}

/// A finished SHA-256 as `sha256:<hex>`.
pub(crate) fn finished(hasher: Sha256) -> String {
    format!("sha256:{:x}", hasher.finalize())
}
