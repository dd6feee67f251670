//! A signature as a registry keeps it: a manifest of its own, which names that of the model as its
//! subject. Registries list it for whoever asks what refers to the model, and tools that copy a
//! model with its referrers take it along.

use mlhost_store::Digest;

use crate::{
    PublicKey, Result, SigningKey, bundle,
    document::{Annotations, Descriptor, Manifest, SCHEMA_VERSION, to_json},
    entries::Entries,
    error::Problem,
    layout::place_of,
    media_type, statement,
};

/// The content of an empty config.
const EMPTY: &[u8] = b"{}";

/// A signature: the descriptor of its own manifest, and the blobs that belong to it.
pub(crate) struct Signature {
    pub(crate) named: Descriptor,
    pub(crate) blobs: [(Digest, Vec<u8>); 3],
}

/// Signs the manifest of a model.
pub(crate) fn sign(key: &SigningKey, model: &Descriptor) -> Result<Signature> {
    let bundle = bundle::sign(key, &statement::of_manifest(&model.digest)?)?;
    let annotations = annotations();
    let blob = |media_type, content: &[u8]| {
        Descriptor::new(media_type, Digest::of(content), content.len() as u64)
    };
    let config = blob(media_type::EMPTY, EMPTY);
    let layer = blob(media_type::BUNDLE, &bundle);
    let (empty, bundle) = ((config.digest, EMPTY.to_vec()), (layer.digest, bundle));
    let manifest = to_json(&Manifest {
        schema_version: SCHEMA_VERSION,
        media_type: media_type::MANIFEST.to_owned(),
        artifact_type: media_type::BUNDLE.to_owned(),
        config,
        layers: vec![layer],
        subject: Some(Descriptor::new(&model.media_type, model.digest, model.size)),
        annotations: annotations.clone(),
    })?;
    let mut named = blob(media_type::MANIFEST, &manifest);
    named.artifact_type = Some(media_type::BUNDLE.to_owned());
    named.annotations = annotations;
    let blobs = [empty, bundle, (named.digest, manifest)];
    Ok(Signature { named, blobs })
}

/// What tells those who look for signatures that this is one, without reading it.
fn annotations() -> Annotations {
    let annotations = [
        ("content", "dsse-envelope"),
        ("predicateType", statement::SIGNED),
    ];
    let annotation = |(key, value): (&str, &str)| {
        let key = format!("dev.sigstore.bundle.{key}");
        (key, value.to_owned())
    };
    annotations.map(annotation).into()
}

/// The bundle in a manifest that refers to a model, if that is a signature.
pub(crate) fn bundle_of(manifest: &Manifest) -> Option<Digest> {
    match manifest.layers.as_slice() {
        [layer] if layer.media_type == media_type::BUNDLE => Some(layer.digest),
        _ => None,
    }
}

/// Refuses an archive in which none of these bundles is a signature of its manifest with this key.
pub(crate) fn verify(
    entries: &Entries,
    bundles: &[Digest],
    manifest: &Digest,
    key: &PublicKey,
) -> Result<()> {
    let mut refused = entries.refuse_all(Problem::Unsigned);
    for digest in bundles {
        let file = place_of(digest);
        let text = entries.text(&file)?;
        let signed = bundle::verify(key, &text).and_then(|payload| statement::manifest(&payload));
        match signed {
            Ok(signed) if signed == *manifest => return Ok(()),
            Ok(signed) => refused = entries.refuse(&file, Problem::OtherManifest(signed)),
            Err(problem) => refused = entries.refuse(&file, problem),
        }
    }
    Err(refused)
}
