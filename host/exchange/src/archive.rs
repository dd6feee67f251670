//! An archive that was checked as a whole: every file has the digest its name states, every
//! descriptor tells the truth, and the model has all its parts.

use std::collections::{BTreeMap, BTreeSet};

use mlhost_store::{Digest, Model};

use crate::{
    Result,
    digests::Digests,
    document::{
        Descriptor, Index, LAYOUT_VERSION, LayoutMarker, Manifest, SCHEMA_VERSION, annotation,
    },
    entries::Entries,
    error::{Problem, visible},
    layout::{self, place_of},
    media_type, referrer,
};

/// The longest name of a model in an archive that is kept.
const LONGEST_REFERENCE: usize = 255;

/// What a checked archive holds.
pub(crate) struct Archive {
    pub(crate) model: Model,
    /// The digest of the manifest.
    pub(crate) manifest: Digest,
    /// What the archive calls the model, such as `arr-delay:7`.
    pub(crate) reference: String,
    /// The bundles that may be signatures of the manifest.
    pub(crate) bundles: Vec<Digest>,
}

/// A manifest of an archive, with what the index says of it.
struct Named {
    descriptor: Descriptor,
    manifest: Manifest,
}

/// Checks everything that can be checked without a key.
pub(crate) fn check(entries: &Entries, digests: &Digests) -> Result<Archive> {
    check_marker(entries)?;
    for (file, digest) in digests {
        if layout::digest_of(file).is_some_and(|stated| stated != *digest) {
            return Err(entries.refuse(file, Problem::Digest(*digest)));
        }
    }
    let (named, referrers) = check_index(entries)?;
    let (digest, manifest) = (named.descriptor.digest, &named.manifest);
    check_manifest(entries, &named)?;
    let model = check_model(entries, &manifest.config)?;
    check_layers(entries, &digest, &model, &manifest.layers)?;
    for referrer in &referrers {
        check_referrer(entries, &digest, referrer)?;
    }
    check_references(entries, digests, referrers.iter().chain([&named]))?;
    let mut reference = visible(&reference(&named.descriptor, &model));
    reference.truncate(reference.floor_char_boundary(LONGEST_REFERENCE));
    let bundles = referrers.iter();
    let bundles = bundles.filter_map(|referrer| referrer::bundle_of(&referrer.manifest));
    Ok(Archive {
        model,
        manifest: digest,
        reference,
        bundles: bundles.collect(),
    })
}

/// What the archive calls the model. Of one that was in a registry that is the tag alone.
fn reference(named: &Descriptor, model: &Model) -> String {
    match named.annotations.get(&annotation("ref.name")) {
        Some(name) if name.contains(':') => name.clone(),
        Some(tag) => format!("{}:{tag}", model.name),
        None => model.name.clone(),
    }
}

fn check_marker(entries: &Entries) -> Result<()> {
    let marker: LayoutMarker = entries.document(layout::MARKER, "an image layout")?;
    let version = marker.image_layout_version;
    Problem::expect("layout version", &version, LAYOUT_VERSION)
        .map_err(|problem| entries.refuse(layout::MARKER, problem))
}

/// The one manifest there is, and those that say something of it.
fn check_index(entries: &Entries) -> Result<(Named, Vec<Named>)> {
    let refuse = |problem| entries.refuse(layout::INDEX, problem);
    let index: Index = entries.document(layout::INDEX, "an image index")?;
    check_schema(index.schema_version).map_err(refuse)?;
    let kind = index.media_type.as_deref().unwrap_or(media_type::INDEX);
    Problem::expect("media type", kind, media_type::INDEX).map_err(refuse)?;
    let named = index.manifests.into_iter().map(|descriptor| {
        check_descriptor(entries, &descriptor, media_type::MANIFEST)?;
        let file = place_of(&descriptor.digest);
        let manifest: Manifest = entries.document(&file, "the manifest of a model")?;
        let refuse = |problem| entries.refuse(&file, problem);
        check_schema(manifest.schema_version).map_err(refuse)?;
        Ok(Named {
            descriptor,
            manifest,
        })
    });
    let named: Vec<_> = named.collect::<Result<_>>()?;
    let (referrers, mut models): (Vec<_>, Vec<_>) = named
        .into_iter()
        .partition(|named| named.manifest.subject.is_some());
    match (models.pop(), models.len()) {
        (Some(model), 0) => Ok((model, referrers)),
        (Some(_), others) => Err(refuse(Problem::NotOne(others + 1))),
        (None, _) => Err(refuse(Problem::NotOne(0))),
    }
}

fn check_manifest(entries: &Entries, named: &Named) -> Result<()> {
    let file = place_of(&named.descriptor.digest);
    let refuse = |problem| entries.refuse(&file, problem);
    let manifest = &named.manifest;
    for (what, found, expected) in [
        ("media type", &manifest.media_type, media_type::MANIFEST),
        ("artifact type", &manifest.artifact_type, media_type::MODEL),
    ] {
        Problem::expect(what, found, expected).map_err(refuse)?;
    }
    Ok(())
}

/// A manifest that says something of the model is about this one, and all that it names is there.
/// What it is does not matter: nothing of it gets into a store.
fn check_referrer(entries: &Entries, model: &Digest, referrer: &Named) -> Result<()> {
    let manifest = &referrer.manifest;
    let subject = manifest.subject.as_ref().map(|subject| subject.digest);
    if subject != Some(*model) {
        let file = place_of(&referrer.descriptor.digest);
        return Err(entries.refuse(&file, Problem::Unreferenced));
    }
    for blob in manifest.layers.iter().chain([&manifest.config]) {
        check_descriptor(entries, blob, &blob.media_type)?;
    }
    Ok(())
}

fn check_model(entries: &Entries, config: &Descriptor) -> Result<Model> {
    check_descriptor(entries, config, media_type::CONFIG)?;
    let file = place_of(&config.digest);
    let refuse = |reason: String| entries.refuse(&file, Problem::document("a model", reason));
    let text = entries.text(&file)?;
    let model = Model::from_json(&text).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        refuse(cause.unwrap_or_else(|| error.to_string()))
    })?;
    // The store keeps the canonical text: of any other one, the digest would change on the way.
    if model.to_json()? != text {
        return Err(refuse("it is not canonical JSON".to_owned()));
    }
    Ok(model)
}

fn check_schema(version: u32) -> Result<(), Problem> {
    match version {
        SCHEMA_VERSION => Ok(()),
        other => {
            let reason = format!("it has schema version {other}, not {SCHEMA_VERSION}");
            Err(Problem::document("an OCI document", reason))
        }
    }
}

/// Every part of the model is a layer of the right type, and nothing else is.
fn check_layers(
    entries: &Entries,
    manifest: &Digest,
    model: &Model,
    layers: &[Descriptor],
) -> Result<()> {
    let parts = parts(model);
    let listed: BTreeSet<_> = layers.iter().map(|layer| layer.digest).collect();
    for part in model.parts() {
        if !listed.contains(&part.digest) {
            let (role, digest) = (visible(&part.role), part.digest);
            let problem = Problem::Unlisted { role, digest };
            return Err(entries.refuse(&place_of(manifest), problem));
        }
    }
    for layer in layers {
        let Some(media_type) = parts.get(&layer.digest) else {
            return Err(entries.refuse(&place_of(&layer.digest), Problem::Unreferenced));
        };
        check_descriptor(entries, layer, media_type)?;
    }
    Ok(())
}

/// No blob is there that nothing points at.
fn check_references<'a>(
    entries: &Entries,
    digests: &Digests,
    manifests: impl Iterator<Item = &'a Named>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    for Named {
        descriptor,
        manifest,
    } in manifests
    {
        known.extend(manifest.layers.iter().map(|layer| layer.digest));
        known.extend([descriptor.digest, manifest.config.digest]);
    }
    for file in digests.keys() {
        if layout::digest_of(file).is_some_and(|digest| !known.contains(&digest)) {
            return Err(entries.refuse(file, Problem::Unreferenced));
        }
    }
    Ok(())
}

/// What a descriptor points at is there, as large as it says, and of this type.
fn check_descriptor(entries: &Entries, descriptor: &Descriptor, media_type: &str) -> Result<()> {
    let file = place_of(&descriptor.digest);
    let found = entries.size(&file)?;
    Problem::expect("media type", &descriptor.media_type, media_type)
        .map_err(|problem| entries.refuse(&file, problem))?;
    if found != descriptor.size {
        let stated = descriptor.size;
        return Err(entries.refuse(&file, Problem::Size { found, stated }));
    }
    Ok(())
}

/// The blobs that a model needs, with their media types. What serves as both is a component.
pub(crate) fn parts(model: &Model) -> BTreeMap<Digest, &'static str> {
    let reference = model.reference.iter();
    let states = reference.clone().map(|reference| reference.state);
    let states = model.chain.iter().map(|step| step.state).chain(states);
    let components = reference.map(|reference| reference.component);
    let components = model
        .chain
        .iter()
        .map(|step| step.component)
        .chain(components);
    let mut parts: BTreeMap<_, _> = states.map(|digest| (digest, media_type::STATE)).collect();
    parts.extend(components.map(|digest| (digest, media_type::COMPONENT)));
    parts
}
