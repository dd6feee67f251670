//! The text that is signed for a manifest of an OCI registry: what the containers project calls simple
//! signing, and cosign writes and checks.

use serde_json::{Value, json};

/// What the text that cosign signs says of itself.
const SIMPLE_SIGNING: &str = "cosign container image signature";

/// The text that is signed for a manifest.
pub(crate) fn simple_signing(repository: &str, manifest: &str) -> Vec<u8> {
    let text = json!({
        "critical": {
            "identity": { "docker-reference": repository },
            "image": { "docker-manifest-digest": manifest },
            "type": SIMPLE_SIGNING,
        },
        "optional": null,
    });
    text.to_string().into_bytes()
}

/// Whether a text says that it stands for this manifest.
pub(crate) fn is_of_manifest(text: &[u8], manifest: &str) -> bool {
    let Ok(text) = serde_json::from_slice::<Value>(text) else {
        return false;
    };
    let critical = &text["critical"];
    critical["type"] == SIMPLE_SIGNING && critical["image"]["docker-manifest-digest"] == manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_one_manifest() {
        let text = simple_signing("localhost:5000/acme/clip", "sha256:1");
        assert!(is_of_manifest(&text, "sha256:1"));
        assert!(!is_of_manifest(&text, "sha256:2"));
        assert!(!is_of_manifest(b"{}", "sha256:1"));
        assert!(!is_of_manifest(b"text", "sha256:1"));
    }
}
