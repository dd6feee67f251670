//! Models that leave a store and enter another: archives, signatures, and model cards.
//!
//! An archive is an [OCI image layout](https://github.com/opencontainers/image-spec), as a folder
//! or as one tar file, so that the tools for container registries can carry it:
//!
//! | file | media type | what it is |
//! |---|---|---|
//! | `oci-layout` | | the version of the layout, `1.0.0` |
//! | `index.json` | `application/vnd.oci.image.index.v1+json` | the manifest, and its name `NAME:VERSION`; of a signed model also that of the signature |
//! | a blob | `application/vnd.oci.image.manifest.v1+json` | the manifest, of the type `application/vnd.mlhost.model.v1` |
//! | a blob | `application/vnd.mlhost.model.config.v1+json` | the manifest's config: `model.json`, whose digest is the model's identity |
//! | blobs | `application/wasm` | its layers: the components |
//! | blobs | `application/vnd.mlhost.state.v1` | its layers: what the steps have fitted, as their plugins wrote it |
//! | a blob | `application/vnd.oci.image.manifest.v1+json` | the manifest of the signature, whose `subject` is the manifest of the model |
//! | a blob | `application/vnd.dev.sigstore.bundle.v0.3+json` | its layer: the signature of the manifest |
//! | `model.sig` | `application/vnd.dev.sigstore.bundle.v0.3+json` | the signature of all other files |
//!
//! The same version gives the same bytes, and the manifest depends on the model alone: not on the
//! store, its version there, or the time.
//!
//! A signed archive is signed twice, each time as a Sigstore bundle with a DSSE envelope around an
//! in-toto statement, with an Ed25519 key. In `model.sig` a statement of the type
//! `https://model_signing/signature/v1.0` lists the digest of each file, as OpenSSF model signing has
//! it. Registries keep no such file, but manifests that refer to others: the other statement, of
//! the type `https://sigstore.dev/cosign/sign/v1`, names the digest of the manifest, from which
//! those of all parts of the model follow.
//!
//! What is read is believed in nothing: a file that is not part of the layout, has another digest
//! or size than is stated, is of the wrong type, or is missing, refuses the whole archive before
//! anything of it gets into the store.
//!
//! May use the store, and nothing else of the host.

#![forbid(unsafe_code)]

mod archive;
mod bundle;
mod card;
mod digests;
mod document;
mod entries;
mod error;
mod export;
mod folder;
mod import;
mod key;
mod layout;
mod media_type;
mod referrer;
mod statement;
mod tarball;

pub use card::{Facts, card};
pub use error::{Difference, Error, Problem, Result};
pub use export::{Exported, export};
pub use import::{Imported, Incoming};
pub use key::{PublicKey, SigningKey};
