//! A component as an OCI artifact, in the layout of the CNCF's TAG Runtime
//! (<https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>): one layer, and a config
//! that says what it imports and exports. `wkg`, `oras` and the container runtimes read it.

use std::collections::BTreeMap;

use bytes::Bytes;
use oci_client::{
    annotations,
    client::{Config, ImageLayer},
    manifest::{IMAGE_CONFIG_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageManifest},
};
use serde_json::json;

use super::Publication;

/// The media type of a component.
pub(crate) const COMPONENT: &str = "application/wasm";
/// The media type of what describes it.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// The media type of a manifest.
pub(crate) const MANIFEST: &str = OCI_IMAGE_MEDIA_TYPE;

/// The media type of the text that is signed.
pub(crate) const SIGNED_TEXT: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation with the signature in base64.
pub(crate) const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// What is pushed. Its digest is that of the bytes here, whatever a registry says.
pub(crate) struct Image {
    /// The layer and the config, each with its digest.
    pub(crate) blobs: [(String, Bytes); 2],
    pub(crate) manifest: Bytes,
    /// `sha256:<hex>` of the manifest.
    pub(crate) digest: String,
}

impl Image {
    fn new(
        layer: ImageLayer,
        config: Config,
        annotations: Option<BTreeMap<String, String>>,
    ) -> Self {
        let layers = [layer];
        let mut manifest = OciImageManifest::build(&layers, &config, annotations);
        manifest.media_type = Some(MANIFEST.to_owned());
        let [layer] = layers;
        let blobs = [
            (layer.sha256_digest(), layer.data),
            (manifest.config.digest.clone(), config.data),
        ];
        let manifest = Bytes::from(json!(manifest).to_string());
        Self {
            blobs,
            digest: mlhost_sandbox::digest(&manifest),
            manifest,
        }
    }

    /// A component.
    pub(crate) fn of(new: &Publication<'_>) -> Self {
        let metadata = new.metadata;
        let title = format!("{}.wasm", new.release.name.name);
        let layer = ImageLayer::new(
            new.component.clone(),
            COMPONENT.to_owned(),
            Some([(title_key(), title)].into()),
        );
        let config = json!({
            "created": jiff::Timestamp::now().to_string(),
            "author": metadata.package.authors,
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [metadata.digest],
            "component": {
                "exports": metadata.exports,
                "imports": metadata.imports,
                "target": null,
            },
        });
        let config = Config::new(config.to_string().into_bytes(), CONFIG.to_owned(), None);
        Self::new(layer, config, Some(annotations_of(new)))
    }

    /// A signed text and its signature.
    pub(crate) fn of_signature(text: Vec<u8>, signature: String) -> Self {
        let annotations = [(SIGNATURE.to_owned(), signature)];
        let layer = ImageLayer::new(text, SIGNED_TEXT.to_owned(), Some(annotations.into()));
        let config = json!({
            "architecture": "",
            "os": "",
            "config": {},
            "rootfs": { "type": "layers", "diff_ids": [layer.sha256_digest()] },
        });
        let config = Config::new(
            config.to_string().into_bytes(),
            IMAGE_CONFIG_MEDIA_TYPE.to_owned(),
            None,
        );
        Self::new(layer, config, None)
    }
}

fn title_key() -> String {
    annotations::ORG_OPENCONTAINERS_IMAGE_TITLE.to_owned()
}

/// What the metadata says, under the names that registries show.
fn annotations_of(new: &Publication<'_>) -> BTreeMap<String, String> {
    let package = &new.metadata.package;
    let name = Some(new.release.name.to_string());
    let version = Some(new.release.version.to_string());
    let said = [
        (annotations::ORG_OPENCONTAINERS_IMAGE_TITLE, &name),
        (annotations::ORG_OPENCONTAINERS_IMAGE_VERSION, &version),
        (
            annotations::ORG_OPENCONTAINERS_IMAGE_DESCRIPTION,
            &package.description,
        ),
        (
            annotations::ORG_OPENCONTAINERS_IMAGE_AUTHORS,
            &package.authors,
        ),
        (
            annotations::ORG_OPENCONTAINERS_IMAGE_LICENSES,
            &package.licenses,
        ),
        (
            annotations::ORG_OPENCONTAINERS_IMAGE_SOURCE,
            &package.source,
        ),
        (annotations::ORG_OPENCONTAINERS_IMAGE_URL, &package.homepage),
        (
            annotations::ORG_OPENCONTAINERS_IMAGE_REVISION,
            &package.revision,
        ),
    ];
    let said = said
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value.clone()?)));
    said.collect()
}
