//! Seals on compiled components: whoever runs a file from the cache wants to know that this user's
//! host has written it.
//!
//! A seal is an HMAC-SHA-256 (RFC 2104) with a key that follows from the name of the file and from one
//! that only the user can read.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use ring::hmac;

/// Bytes of a seal, which is at the end of a file.
const SEAL: usize = 32;

/// Bytes of the key.
const KEY: usize = 32;

/// What seals are made with.
pub(crate) struct Sealer(hmac::Key);

impl Sealer {
    /// Takes the key from this file, which is made if it is not there.
    ///
    /// # Errors
    /// When it can be neither read nor made, and when somebody else may know it.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let key = match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(path)?;
                read(path)?
            }
            key => key?,
        };
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// The bytes with their seal.
    pub(crate) fn seal(&self, name: &str, mut bytes: Vec<u8>) -> Vec<u8> {
        let seal = hmac::sign(&self.of(name), &bytes);
        bytes.extend_from_slice(seal.as_ref());
        bytes
    }

    /// The bytes without their seal, if it is the right one.
    pub(crate) fn open(&self, name: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let length = sealed.len().checked_sub(SEAL)?;
        let seal = sealed.split_off(length);
        hmac::verify(&self.of(name), &sealed, &seal).ok()?;
        Some(sealed)
    }

    /// The key of one file, so that no other file can take its place.
    fn of(&self, name: &str) -> hmac::Key {
        let tag = hmac::sign(&self.0, name.as_bytes());
        hmac::Key::new(hmac::HMAC_SHA256, tag.as_ref())
    }
}

/// Where the key is if nobody says: beside what it seals.
pub(crate) fn beside(folder: &Path) -> PathBuf {
    folder.join("key")
}

fn read(path: &Path) -> io::Result<[u8; KEY]> {
    let file = File::open(path)?;
    refuse_shared(&file)?;
    let mut key = Vec::with_capacity(KEY + 1);
    file.take(KEY as u64 + 1).read_to_end(&mut key)?;
    <[u8; KEY]>::try_from(key).map_err(|_| {
        let reason = format!("a key has {KEY} bytes, and this file has not; delete it");
        io::Error::new(io::ErrorKind::InvalidData, reason)
    })
}

/// Writes a key under another name first: whoever else makes one at the same time gets the one that
/// is there then.
fn make(path: &Path) -> io::Result<()> {
    let mut key = [0; KEY];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

/// Creates the folder so that only its owner can write into it.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Refuses a key that another user has made or can read.
#[cfg(unix)]
fn refuse_shared(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata()?;
    let reason = match metadata.uid() == rustix::process::geteuid().as_raw() {
        false => "it belongs to another user",
        true if metadata.mode() & 0o077 != 0 => "others can read it or write to it",
        true => return Ok(()),
    };
    let reason = format!("{reason}, so that it proves nothing; delete it");
    Err(io::Error::new(io::ErrorKind::PermissionDenied, reason))
}

#[cfg(not(unix))]
fn refuse_shared(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_of_one_name_one_content_and_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::new(&folder.path().join("one")).unwrap();
        let sealed = sealer.seal("name", b"content".to_vec());
        assert_eq!(sealer.open("name", sealed.clone()).unwrap(), b"content");
        assert_eq!(sealer.open("other", sealed.clone()), None);
        let same = Sealer::new(&folder.path().join("one")).unwrap();
        assert_eq!(same.open("name", sealed.clone()).unwrap(), b"content");
        let other = Sealer::new(&folder.path().join("two")).unwrap();
        assert_eq!(other.open("name", sealed.clone()), None);
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(sealer.open("name", changed), None);
            assert_eq!(sealer.open("name", sealed[..position].to_vec()), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_know_is_no_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Sealer::new(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Sealer::new(&path).err().unwrap();
        assert_eq!(
            error.to_string(),
            "others can read it or write to it, so that it proves nothing; delete it"
        );
        fs::write(&path, b"short").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = Sealer::new(&path).err().unwrap();
        assert!(error.to_string().contains("32 bytes"), "{error}");
    }
}
