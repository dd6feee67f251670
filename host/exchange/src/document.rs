//! The JSON documents of an image layout, as far as an archive of a model has them. The types of
//! the crate `oci-spec` keep annotations in hash maps, whose order changes from run to run, and
//! need a dozen derive macros.

use std::collections::BTreeMap;

use mlhost_store::{Digest, canonical_json};
use serde::{Deserialize, Serialize};

use crate::media_type;

/// The version of the layout that is written and read.
pub(crate) const LAYOUT_VERSION: &str = "1.0.0";
/// The version of the schema of an index and a manifest.
pub(crate) const SCHEMA_VERSION: u32 = 2;

pub(crate) type Annotations = BTreeMap<String, String>;

/// `oci-layout`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LayoutMarker {
    pub(crate) image_layout_version: String,
}

/// `index.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Index {
    pub(crate) schema_version: u32,
    /// Optional in the specification, and left out by some tools.
    pub(crate) media_type: Option<String>,
    pub(crate) manifests: Vec<Descriptor>,
}

/// A manifest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) schema_version: u32,
    pub(crate) media_type: String,
    pub(crate) artifact_type: String,
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
    /// The manifest that this one says something of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<Descriptor>,
    #[serde(default)]
    pub(crate) annotations: Annotations,
}

/// Names a blob.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: Annotations,
}

impl Descriptor {
    pub(crate) fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            artifact_type: None,
            annotations: Annotations::new(),
        }
    }

    /// With an annotation of the specification's own, `org.opencontainers.image.<key>`.
    pub(crate) fn annotated(mut self, key: &str, value: impl Into<String>) -> Self {
        self.annotations.insert(annotation(key), value.into());
        self
    }
}

impl Index {
    /// An index of these manifests.
    pub(crate) fn of(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            media_type: Some(media_type::INDEX.to_owned()),
            manifests,
        }
    }
}

/// The full name of an annotation that the specification defines.
pub(crate) fn annotation(key: &str) -> String {
    format!("org.opencontainers.image.{key}")
}

/// The one text of a document.
pub(crate) fn to_json(document: &impl Serialize) -> mlhost_store::Result<Vec<u8>> {
    let value =
        serde_json::to_value(document).map_err(|source| mlhost_store::Error::NotJson { source })?;
    canonical_json(&value)
}
