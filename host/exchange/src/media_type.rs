//! What the parts of an archive are called. A later format gets another name for what changes, so
//! that an older host refuses it instead of reading it wrongly.

/// The artifact type of a manifest that is a model.
pub(crate) const MODEL: &str = "application/vnd.mlhost.model.v1";
/// `model.json`.
pub(crate) const CONFIG: &str = "application/vnd.mlhost.model.config.v1+json";
/// A component.
pub(crate) const COMPONENT: &str = "application/wasm";
/// What a step has fitted: bytes that only its plugin understands.
pub(crate) const STATE: &str = "application/vnd.mlhost.state.v1";

pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The config of a manifest that needs none: `{}`.
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub(crate) const STATEMENT: &str = "application/vnd.in-toto+json";
