//! A signature as a file: a Sigstore bundle with a DSSE envelope around a statement, and a hint at
//! the key that signed it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use mlhost_store::canonical_json;
use serde::Deserialize;
use serde_json::json;

use crate::{PublicKey, Result, SigningKey, error::Problem, media_type};

/// Signs a statement: the text of the bundle.
pub(crate) fn sign(key: &SigningKey, payload: &[u8]) -> Result<Vec<u8>> {
    let signature = key.sign(&to_be_signed(payload));
    let bundle = json!({
        "mediaType": media_type::BUNDLE,
        "verificationMaterial": { "publicKey": { "hint": key.public()?.fingerprint().hex() } },
        "dsseEnvelope": {
            "payload": BASE64_STANDARD.encode(payload),
            "payloadType": media_type::STATEMENT,
            "signatures": [{ "sig": BASE64_STANDARD.encode(signature), "keyid": "" }],
        },
    });
    Ok(canonical_json(&bundle)?)
}

/// Checks the signature of a bundle: the statement that was signed with this key.
pub(crate) fn verify(key: &PublicKey, text: &[u8]) -> Result<Vec<u8>, Problem> {
    let invalid = |reason: String| Problem::document("a bundle of Sigstore", reason);
    let bundle: Bundle =
        serde_json::from_slice(text).map_err(|error| invalid(error.to_string()))?;
    Problem::expect("media type", &bundle.media_type, media_type::BUNDLE)?;
    let envelope = bundle.dsse_envelope;
    Problem::expect(
        "payload type",
        &envelope.payload_type,
        media_type::STATEMENT,
    )?;
    let hint = bundle.verification_material.public_key.hint;
    if !hint.is_empty() && hint != key.fingerprint().hex() {
        return Err(Problem::OtherKey(format!(
            "sha256:{}",
            hint.escape_default()
        )));
    }
    let decode = |text: &str| {
        let bytes = BASE64_STANDARD.decode(text);
        bytes.map_err(|error| invalid(error.to_string()))
    };
    let payload = decode(&envelope.payload)?;
    let message = to_be_signed(&payload);
    for signature in &envelope.signatures {
        if key.verifies(&message, &decode(&signature.sig)?) {
            return Ok(payload);
        }
    }
    Err(Problem::BadSignature)
}

/// The pre-authentication encoding of DSSE: type and text, each after its length.
fn to_be_signed(payload: &[u8]) -> Vec<u8> {
    let kind = media_type::STATEMENT;
    let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    message.extend(payload);
    message
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    media_type: String,
    verification_material: VerificationMaterial,
    dsse_envelope: Envelope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerificationMaterial {
    public_key: KeyHint,
}

#[derive(Deserialize)]
struct KeyHint {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}
