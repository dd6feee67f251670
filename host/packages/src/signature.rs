//! Signatures of packages, in the forms of cosign: Ed25519 or ECDSA on P-256 with SHA-256, keys in
//! PEM. In a folder the component itself is signed, as `cosign sign-blob` does; in an OCI registry
//! a text that names the digest of its manifest, as `cosign sign` does.

use std::{fs, path::Path};

use ed25519_dalek::pkcs8::{
    self, ObjectIdentifier,
    spki::{
        AlgorithmIdentifier, SubjectPublicKeyInfoRef,
        der::{Document, SecretDocument, asn1::AnyRef},
    },
};
use mlhost_exchange as ed25519;
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, UnparsedPublicKey,
    },
};

use crate::{Error, Result};

/// `id-Ed25519`, RFC 8410.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// `id-ecPublicKey` with the curve `secp256r1`, RFC 5480.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// A key to sign with.
pub struct SigningKey(Private);

enum Private {
    Ed25519(ed25519::SigningKey),
    P256(EcdsaKeyPair),
}

/// A key to check signatures with.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The file that it was read from.
    file: String,
    key: Public,
}

#[derive(Clone, Debug)]
enum Public {
    Ed25519(ed25519::PublicKey),
    /// A point, as SEC 1 writes it.
    P256(Vec<u8>),
}

impl SigningKey {
    /// Reads a private key (PKCS #8, without a password).
    ///
    /// # Errors
    /// [`Error::Read`], and [`Error::Key`] for a file that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read(path)?;
        let wrong = |reason: String| Error::Key {
            path: path.to_owned(),
            expected: "a private key in PEM (PKCS #8, Ed25519 or P-256), without a password",
            reason,
            hint: "`openssl genpkey -algorithm ed25519 -out key.pem` makes one; \
                   one with a password cannot be used",
        };
        let (_, document) =
            SecretDocument::from_pem(&text).map_err(|error| wrong(error.to_string()))?;
        let info = document
            .decode_msg::<pkcs8::PrivateKeyInfo<'_>>()
            .map_err(|error| wrong(error.to_string()))?;
        if info.algorithm.oid == ED25519 {
            let key = ed25519::SigningKey::read(path);
            return Ok(Self(Private::Ed25519(
                key.map_err(|error| wrong(error.to_string()))?,
            )));
        }
        if !is_p256(&info.algorithm) {
            return Err(wrong(format!(
                "it is of another kind ({})",
                info.algorithm.oid
            )));
        }
        let key = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            document.as_bytes(),
            &SystemRandom::new(),
        );
        key.map(|key| Self(Private::P256(key)))
            .map_err(|error| wrong(error.to_string()))
    }

    /// Signs a message.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] when the system has none, which P-256 needs.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.0 {
            Private::Ed25519(key) => Ok(key.sign(message).to_vec()),
            Private::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), message);
                let signature = signature.map_err(|_| Error::NoRandomness)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl PublicKey {
    /// Reads a public key (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// [`Error::Read`], and [`Error::Key`] for a file that is no such key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read(path)?;
        let wrong = |reason: String| Error::Key {
            path: path.to_owned(),
            expected: "a public key in PEM, Ed25519 or P-256",
            reason,
            hint: "`openssl pkey -in key.pem -pubout -out key.pub` writes the public key of a \
                   private one",
        };
        let (_, document) = Document::from_pem(&text).map_err(|error| wrong(error.to_string()))?;
        let info = document
            .decode_msg::<SubjectPublicKeyInfoRef<'_>>()
            .map_err(|error| wrong(error.to_string()))?;
        let key = if info.algorithm.oid == ED25519 {
            let key = ed25519::PublicKey::read(path);
            Public::Ed25519(key.map_err(|error| wrong(error.to_string()))?)
        } else if is_p256(&info.algorithm) {
            Public::P256(info.subject_public_key.raw_bytes().to_vec())
        } else {
            return Err(wrong(format!(
                "it is of another kind ({})",
                info.algorithm.oid
            )));
        };
        Ok(Self {
            file: path.display().to_string(),
            key,
        })
    }

    /// The file that it was read from.
    pub fn file(&self) -> &str {
        &self.file
    }

    fn verifies(&self, signed: &Signed) -> bool {
        let Signed { message, signature } = signed;
        match &self.key {
            Public::Ed25519(key) => key.verifies(message, signature),
            Public::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

fn is_p256(algorithm: &AlgorithmIdentifier<AnyRef<'_>>) -> bool {
    let curve = algorithm.parameters.as_ref();
    let curve = curve.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    algorithm.oid == EC && curve == Some(P256)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// A message with a signature of it. The message stands for the component that it came with: who
/// makes one has seen to that.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// The key among these with which one of the signatures was made.
pub(crate) fn signer<'a>(signatures: &[Signed], keys: &'a [PublicKey]) -> Option<&'a PublicKey> {
    keys.iter()
        .find(|key| signatures.iter().any(|signed| key.verifies(signed)))
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    use super::*;

    fn file(name: &str) -> std::path::PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        root.join("../exchange/tests/exchange/keys").join(name)
    }

    fn own(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/keys")
            .join(name)
    }

    /// `openssl dgst -sha256 -sign p256.pem` of the text `a message`.
    const BY_OPENSSL: &str = include_str!("../tests/keys/message.p256.sig");

    #[test]
    fn both_kinds_of_keys_sign_and_verify() {
        for (private, public) in [
            (file("signer.pem"), file("signer.pub")),
            (own("p256.pem"), own("p256.pub")),
        ] {
            let key = SigningKey::read(&private).unwrap();
            let message = b"a message".to_vec();
            let signature = key.sign(&message).unwrap();
            let right = Signed {
                message,
                signature: signature.clone(),
            };
            let wrong = Signed {
                message: b"another".to_vec(),
                signature,
            };
            let keys = [
                PublicKey::read(&file("other.pub")).unwrap(),
                PublicKey::read(&public).unwrap(),
            ];
            let found = signer(&[wrong.clone(), right], &keys).unwrap();
            assert_eq!(found.file(), public.display().to_string());
            assert!(signer(&[wrong], &keys).is_none());
        }
    }

    #[test]
    fn signatures_are_those_of_openssl() {
        let signed = Signed {
            message: b"a message".to_vec(),
            signature: BASE64_STANDARD.decode(BY_OPENSSL.trim()).unwrap(),
        };
        let key = PublicKey::read(&own("p256.pub")).unwrap();
        assert!(signer(&[signed], &[key]).is_some());
    }

    #[test]
    fn other_files_are_no_keys() {
        for name in [own("p256.pub"), own("message.p256.sig"), own("rsa.pem")] {
            let outcome = SigningKey::read(&name);
            assert!(matches!(outcome, Err(Error::Key { .. })), "{name:?}");
        }
        for name in [own("p256.pem"), own("rsa.pub")] {
            let outcome = PublicKey::read(&name);
            assert!(matches!(outcome, Err(Error::Key { .. })), "{name:?}");
        }
    }
}
