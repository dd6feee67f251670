//! Seals on compiled components: whoever runs a file from the cache wants to know that this user's
//! host has written it.
//!
//! A seal is an HMAC-SHA-256 (RFC 2104) with a key that only the user can read. It covers the name of
//! the file, too, so that no file can take the place of another.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Bytes of a seal, which is at the end of a file.
const SEAL: usize = 32;

/// Bytes that SHA-256 takes in at once.
const BLOCK: usize = 64;

/// Bytes of the key.
const KEY: usize = 32;

/// What seals are made with.
pub(crate) struct Sealer([u8; KEY]);

impl Sealer {
    /// Takes the key from this file, which is made if it is not there.
    ///
    /// # Errors
    /// When it can be neither read nor made, and when somebody else may know it.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        match read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(path)?;
                read(path)
            }
            key => key,
        }
        .map(Self)
    }

    /// The bytes with their seal.
    pub(crate) fn seal(&self, name: &str, mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.extend_from_slice(&self.mac(name, &bytes));
        bytes
    }

    /// The bytes without their seal, if it is the right one.
    pub(crate) fn open(&self, name: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let length = sealed.len().checked_sub(SEAL)?;
        let seal = sealed.split_off(length);
        let own = self.mac(name, &sealed);
        // All of it, so that the time says nothing of how much is right.
        let differing = own
            .iter()
            .zip(&seal)
            .fold(0, |differing, (a, b)| differing | (a ^ b));
        (differing == 0).then_some(sealed)
    }

    fn mac(&self, name: &str, bytes: &[u8]) -> [u8; SEAL] {
        let inner = self
            .keyed(0x36)
            .chain_update((name.len() as u64).to_le_bytes())
            .chain_update(name)
            .chain_update(bytes);
        let outer = self.keyed(0x5c).chain_update(inner.finalize());
        outer.finalize().into()
    }

    /// A hash that begins with the key, which is as long as a block of the hash when it is padded.
    fn keyed(&self, padding: u8) -> Sha256 {
        let mut block = [padding; BLOCK];
        for (byte, key) in block.iter_mut().zip(self.0) {
            *byte ^= key;
        }
        Sha256::new_with_prefix(block)
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

    /// Test case 2 of RFC 4231, in the form that a seal has.
    #[test]
    fn a_seal_is_an_hmac() {
        let mut key = [0; KEY];
        key[..4].copy_from_slice(b"Jefe");
        let sealer = Sealer(key);
        let inner = sealer
            .keyed(0x36)
            .chain_update(b"what do ya want for nothing?");
        let outer = sealer.keyed(0x5c).chain_update(inner.finalize());
        assert_eq!(
            crate::compile::hex(&outer.finalize()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
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
