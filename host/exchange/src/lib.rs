//! Models that leave a store and enter another: archives, signatures, and model cards.
//!
//! An archive is an [OCI image layout](https://github.com/opencontainers/image-spec), as a folder
//! or as one tar file, so that the tools for container registries can carry it:
//!
//! | file | media type | what it is |
//! |---|---|---|
//! | `oci-layout` | | the version of the layout, `1.0.0` |
//! | `index.json` | `application/vnd.oci.image.index.v1+json` | the one manifest, and its name `NAME:VERSION` |
//! | a blob | `application/vnd.oci.image.manifest.v1+json` | the manifest, of the type `application/vnd.mlhost.model.v1` |
//! | a blob | `application/vnd.mlhost.model.config.v1+json` | the manifest's config: `model.json`, whose digest is the model's identity |
//! | blobs | `application/wasm` | its layers: the components |
//! | blobs | `application/vnd.mlhost.state.v1` | its layers: what the steps have fitted, as their plugins wrote it |
//! | `model.sig` | `application/vnd.dev.sigstore.bundle.v0.3+json` | the signature of all other files, if there is one |
//!
//! The same version gives the same bytes, and the manifest depends on the model alone: not on the
//! store, its version there, or the time.
//!
//! The signature is laid out as OpenSSF model signing has it: a Sigstore bundle with a DSSE
//! envelope, in which an in-toto statement of the type `https://model_signing/signature/v1.0`
//! lists the digest of each file. It is made with an Ed25519 key.
//!
//! What is read is believed in nothing: a file that is not part of the layout, has another digest
//! or size than is stated, is of the wrong type, or is missing, refuses the whole archive before
//! anything of it gets into the store.
//!
//! May use the store, and nothing else of the host.

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
mod statement;
mod tarball;

pub use card::{Facts, card};
pub use error::{Difference, Error, Problem, Result};
pub use export::{Exported, export};
pub use import::{Imported, Incoming};
pub use key::{PublicKey, SigningKey};
