//! Ed25519 keys in PEM, as `openssl genpkey -algorithm ed25519` writes them.

use std::{fs, path::Path};

use ed25519_dalek::{
    Signature, Signer as _,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePublicKey as _},
};
use mlhost_store::Digest;

use crate::{Error, Result};

/// A key to sign with.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// A key to check signatures with.
#[derive(Debug, Clone)]
pub struct PublicKey {
    key: ed25519_dalek::VerifyingKey,
    fingerprint: Digest,
}

impl SigningKey {
    /// Reads a private key (PKCS #8, not encrypted).
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::Key`] for a file that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::io("read the key", path))?;
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(&text);
        let key = key.map_err(|error| Error::Key {
            path: path.to_owned(),
            expected: "an Ed25519 private key in PEM (PKCS #8), without a password",
            reason: error.to_string(),
            hint: "`openssl genpkey -algorithm ed25519 -out key.pem` makes one",
        })?;
        Ok(Self(key))
    }

    /// The key that checks what this one signs.
    ///
    /// # Errors
    ///
    /// [`Error::Key`] when it has no form in PEM.
    pub fn public(&self) -> Result<PublicKey> {
        PublicKey::new(self.0.verifying_key(), Path::new("key"))
    }

    /// The signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl PublicKey {
    /// Reads a public key (SubjectPublicKeyInfo).
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::Key`] for a file that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::io("read the key", path))?;
        let key = ed25519_dalek::VerifyingKey::from_public_key_pem(&text);
        let key = key.map_err(|error| invalid(path, error))?;
        Self::new(key, path)
    }

    fn new(key: ed25519_dalek::VerifyingKey, path: &Path) -> Result<Self> {
        let pem = key.to_public_key_pem(ed25519_dalek::pkcs8::spki::der::pem::LineEnding::LF);
        let pem = pem.map_err(|error| invalid(path, error))?;
        Ok(Self {
            key,
            fingerprint: Digest::of(pem.as_bytes()),
        })
    }

    /// What names the key: the digest of its text in PEM.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// Whether this is a signature of the message with this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

fn invalid(path: &Path, error: ed25519_dalek::pkcs8::spki::Error) -> Error {
    Error::Key {
        path: path.to_owned(),
        expected: "an Ed25519 public key in PEM",
        reason: error.to_string(),
        hint: "`openssl pkey -in key.pem -pubout -out key.pub` writes the public key of a private one",
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    use super::*;

    fn file(name: &str) -> std::path::PathBuf {
        let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/keys");
        keys.join(name)
    }

    /// `openssl pkeyutl -sign -inkey signer.pem -rawin` of the text `a message`.
    const BY_OPENSSL: &str = "Y1FBoTiowGMz7/S65seBp0hA+mKw8yl/5BfpS0gdnJ71NzJiWyL4xRInqhaZtjRI\
                              LJuphXCdArjcIyrqiy/+Bw==";

    #[test]
    fn signatures_are_those_of_openssl() {
        let key = SigningKey::read(&file("signer.pem")).unwrap();
        let signature = key.sign(b"a message");
        assert_eq!(BASE64_STANDARD.encode(signature), BY_OPENSSL);
        let public = PublicKey::read(&file("signer.pub")).unwrap();
        assert!(public.verifies(b"a message", &signature));
        assert!(!public.verifies(b"another", &signature));
        assert!(!public.verifies(b"a message", &signature[1..]));
        let other = PublicKey::read(&file("other.pub")).unwrap();
        assert!(!other.verifies(b"a message", &signature));
    }

    #[test]
    fn a_key_is_named_by_its_file() {
        let public = PublicKey::read(&file("signer.pub")).unwrap();
        let text = std::fs::read(file("signer.pub")).unwrap();
        assert_eq!(public.fingerprint(), Digest::of(&text));
        let signer = SigningKey::read(&file("signer.pem")).unwrap();
        assert_eq!(signer.public().unwrap().fingerprint(), public.fingerprint());
    }

    #[test]
    fn other_files_are_no_keys() {
        for name in ["signer.pem", "p256.pub"] {
            let outcome = PublicKey::read(&file(name));
            assert!(matches!(outcome, Err(Error::Key { .. })), "{name}");
        }
        let outcome = SigningKey::read(&file("signer.pub"));
        assert!(matches!(outcome, Err(Error::Key { .. })));
    }
}
