//! Writes a version as an archive. The order of its files, and everything in them, follows from
//! the version alone.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use mlhost_store::{Digest, Model, Store, StoredModel};
use serde::Serialize;

use crate::{
    Error, Result, SigningKey, archive, bundle,
    digests::Digests,
    document::{
        Annotations, Descriptor, Index, LAYOUT_VERSION, LayoutMarker, Manifest, SCHEMA_VERSION,
        annotation, to_json,
    },
    layout::{self, place_of},
    media_type, referrer, statement, tarball,
};

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// What the archive calls the model: `NAME:VERSION`.
    pub reference: String,
    /// The identity of the model.
    pub digest: Digest,
    /// The digest of the manifest, by which registries know it.
    pub manifest: Digest,
    /// How many files were written.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The digest of the public key of the signature, if there is one.
    pub signed_by: Option<Digest>,
    /// The archive.
    pub output: PathBuf,
}

/// The content of a file of an archive.
enum Content {
    Text(Vec<u8>),
    Blob(Digest),
}

/// A file of an archive: where it lies, and what it holds.
type Part = (String, Content);

/// Writes a version to a tar file, if the path ends with `.tar`, or to a new or empty folder. With
/// a key, the archive is signed.
///
/// # Errors
///
/// [`Error::NotEmpty`], [`Error::Compressed`] and [`Error::Io`] for the output, and what the store
/// says of missing or damaged blobs.
pub fn export(
    store: &Store,
    stored: &StoredModel,
    output: &Path,
    key: Option<&SigningKey>,
) -> Result<Exported> {
    let reference = format!("{}:{}", stored.name, stored.version);
    let (mut parts, manifest) = parts(store, stored, &reference, key)?;
    if let Some(key) = key {
        let digests: Digests = parts
            .iter()
            .map(|(file, content)| (file.clone(), content.digest()))
            .collect();
        let text = bundle::sign(key, &statement::text(&reference, &digests)?)?;
        parts.push((layout::SIGNATURE.to_owned(), Content::Text(text)));
    }
    let bytes = match output.extension().and_then(|extension| extension.to_str()) {
        Some("tar") => write_tar(store, &parts, output)?,
        Some("gz" | "tgz" | "zst" | "xz" | "bz2") => {
            let path = output.to_owned();
            return Err(Error::Compressed { path });
        }
        _ => write_folder(store, &parts, output)?,
    };
    Ok(Exported {
        reference,
        digest: stored.digest,
        manifest,
        files: parts.len(),
        bytes,
        signed_by: key
            .map(|key| key.public())
            .transpose()?
            .map(|key| key.fingerprint()),
        output: output.to_owned(),
    })
}

/// The files of an archive but for the signature of all of them, and the digest of its manifest. With
/// a key, the manifest is signed.
fn parts(
    store: &Store,
    stored: &StoredModel,
    reference: &str,
    key: Option<&SigningKey>,
) -> Result<(Vec<Part>, Digest)> {
    let model = stored.model.to_json()?;
    let config = Descriptor::new(media_type::CONFIG, stored.digest, model.len() as u64);
    let layers = layers(store, &stored.model)?;
    let blobs = layers.iter().map(|layer| layer.digest);
    let mut blobs: BTreeMap<_, _> = blobs
        .map(|digest| (digest, Content::Blob(digest)))
        .collect();
    let manifest = to_json(&Manifest {
        schema_version: SCHEMA_VERSION,
        media_type: media_type::MANIFEST.to_owned(),
        artifact_type: media_type::MODEL.to_owned(),
        config,
        layers,
        subject: None,
        annotations: annotations(&stored.model),
    })?;
    let (digest, size) = (Digest::of(&manifest), manifest.len() as u64);
    let mut named = Descriptor::new(media_type::MANIFEST, digest, size)
        .annotated("ref.name", reference)
        .annotated("version", stored.version.to_string());
    named.artifact_type = Some(media_type::MODEL.to_owned());
    let mut manifests = vec![named];
    if let Some(key) = key {
        let signature = referrer::sign(key, &manifests[0])?;
        manifests.push(signature.named);
        let texts = signature.blobs.into_iter();
        blobs.extend(texts.map(|(digest, text)| (digest, Content::Text(text))));
    }
    let index = to_json(&Index::of(manifests))?;
    let marker = to_json(&LayoutMarker {
        image_layout_version: LAYOUT_VERSION.to_owned(),
    })?;
    blobs.insert(stored.digest, Content::Text(model));
    blobs.insert(digest, Content::Text(manifest));
    let mut parts = vec![
        (layout::MARKER.to_owned(), Content::Text(marker)),
        (layout::INDEX.to_owned(), Content::Text(index)),
    ];
    parts.extend(
        blobs
            .into_iter()
            .map(|(digest, content)| (place_of(&digest), content)),
    );
    Ok((parts, digest))
}

/// Components and states, each once, in the order in which rows pass them.
fn layers(store: &Store, model: &Model) -> Result<Vec<Descriptor>> {
    let titles = titles(model);
    let mut types = archive::parts(model);
    let mut layers = Vec::new();
    for part in model.parts() {
        // What was taken before is a layer already.
        let Some(media_type) = types.remove(&part.digest) else {
            continue;
        };
        let size = store.blobs().len(&part.digest)?;
        let mut layer = Descriptor::new(media_type, part.digest, size);
        if let Some(title) = titles.get(&part.digest) {
            layer = layer.annotated("title", title);
        }
        layers.push(layer);
    }
    Ok(layers)
}

/// The names of layers as files, for tools that unpack them. A name that could be a path is none.
fn titles(model: &Model) -> BTreeMap<Digest, String> {
    let chain = model.chain.iter();
    let chain = chain.map(|step| (step.step.as_str(), step.component, step.state));
    let reference = model.reference.iter();
    let reference = reference.map(|profile| ("reference", profile.component, profile.state));
    let mut titles = BTreeMap::new();
    for (name, component, state) in chain.chain(reference) {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        if !name.is_empty() && name.chars().all(is_plain) {
            titles.entry(state).or_insert(format!("{name}.state"));
            titles.entry(component).or_insert(format!("{name}.wasm"));
        }
    }
    titles
}

/// What the manifest says of itself, of the model alone.
fn annotations(model: &Model) -> Annotations {
    let steps: Vec<_> = model.chain.iter().map(|step| step.step.as_str()).collect();
    let predicts = model
        .target
        .as_ref()
        .map(|target| format!("predicts {target}: "));
    let description = format!("{}{}", predicts.unwrap_or_default(), steps.join(", "));
    Annotations::from([
        (annotation("title"), model.name.clone()),
        (annotation("description"), description),
    ])
}

impl Content {
    fn digest(&self) -> Digest {
        match self {
            Self::Text(text) => Digest::of(text),
            Self::Blob(digest) => *digest,
        }
    }

    /// The bytes; those of the store are checked.
    fn bytes(&self, store: &Store) -> Result<std::borrow::Cow<'_, [u8]>> {
        Ok(match self {
            Self::Text(text) => text.into(),
            Self::Blob(digest) => store.blobs().get(digest)?.into(),
        })
    }
}

/// Writes all files into a tar file, which is there as a whole or not at all.
fn write_tar(store: &Store, parts: &[Part], output: &Path) -> Result<u64> {
    let failed = |task| move |error| Error::io(task, output)(error);
    let temporary = temporary_file(output).map_err(failed("write"))?;
    let mut builder = tar::Builder::new(io::BufWriter::new(temporary));
    for (file, content) in parts {
        let bytes = content.bytes(store)?;
        tarball::append(&mut builder, file, &bytes).map_err(failed("write"))?;
    }
    let writer = builder.into_inner().map_err(failed("write"))?;
    let temporary = writer
        .into_inner()
        .map_err(|error| failed("write")(error.into_error()))?;
    temporary.as_file().sync_all().map_err(failed("write"))?;
    let size = temporary
        .as_file()
        .metadata()
        .map_err(failed("write"))?
        .len();
    let persisted = temporary.persist(output);
    persisted.map_err(|error| failed("write")(error.error))?;
    Ok(size)
}

/// Writes all files into a folder that has none.
fn write_folder(store: &Store, parts: &[Part], output: &Path) -> Result<u64> {
    fs::create_dir_all(output).map_err(Error::io("make the folder", output))?;
    let mut entries = fs::read_dir(output).map_err(Error::io("read the folder", output))?;
    if entries.next().is_some() {
        let path = output.to_owned();
        return Err(Error::NotEmpty { path });
    }
    let blobs = output.join("blobs").join("sha256");
    fs::create_dir_all(&blobs).map_err(Error::io("make the folder", blobs))?;
    let mut size = 0;
    for (file, content) in parts {
        let (path, bytes) = (output.join(file), content.bytes(store)?);
        size += bytes.len() as u64;
        fs::write(&path, bytes).map_err(Error::io("write", path))?;
    }
    Ok(size)
}

fn temporary_file(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mlhost-").suffix(".partial");
    // The output is an ordinary file in the end, as readable as the user's mask has it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
