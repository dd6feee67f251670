//! Makes a component of a core module, and writes it only when it differs from what is there, so
//! that a build which embeds the file has no reason to run again.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use wasm_metadata::{
    AddMetadata, AddMetadataField, Authors, Description, Homepage, Licenses, Revision, Source,
    Version,
};
use wit_component::ComponentEncoder;

use crate::{Error, Result};

/// What a component says about its package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// `namespace:name`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One line.
    pub description: Option<String>,
    /// SPDX expression.
    pub licenses: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// A URL of the source.
    pub source: Option<String>,
    /// A URL of a page about it.
    pub homepage: Option<String>,
    /// Which state of the source it was made from.
    pub revision: Option<String>,
}

/// The component of a core module that carries its WIT world in custom sections. Name, version,
/// description, licence and authors of the package go into the component's metadata; what a
/// linker or a binding generator left for each other is dropped by the encoder.
///
/// # Errors
/// When the module imports what its world does not, or lacks what its world exports.
pub fn encode(module: &[u8], metadata: &Metadata) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| Error::Encode(format!("{error:#}")))?;
    describe(&component, metadata)
}

/// A component with what its metadata sections are to say. What others have left in them stays
/// where this has nothing to say.
///
/// # Errors
/// When the licences are no SPDX expression, the source is no URL, or these bytes are no component.
pub fn describe(component: &[u8], metadata: &Metadata) -> Result<Vec<u8>> {
    let mut add = AddMetadata::default();
    add.name = AddMetadataField::Set(metadata.name.clone());
    add.version = AddMetadataField::Set(Version::new(metadata.version.clone()));
    if let Some(description) = &metadata.description {
        add.description = AddMetadataField::Set(Description::new(description.clone()));
    }
    if let Some(licenses) = &metadata.licenses {
        let known = Licenses::new(licenses);
        let known = known.map_err(|error| {
            let reason = error.root_cause();
            Error::Metadata(format!(
                "the licences `{licenses}` are no SPDX expression: {reason}"
            ))
        });
        add.licenses = AddMetadataField::Set(known?);
    }
    if let Some(source) = &metadata.source {
        let url = Source::new(source)
            .map_err(|error| Error::Metadata(format!("the source `{source}` is no URL: {error}")));
        add.source = AddMetadataField::Set(url?);
    }
    if let Some(homepage) = &metadata.homepage {
        let url = Homepage::new(homepage).map_err(|error| {
            Error::Metadata(format!("the homepage `{homepage}` is no URL: {error}"))
        });
        add.homepage = AddMetadataField::Set(url?);
    }
    if let Some(revision) = &metadata.revision {
        add.revision = AddMetadataField::Set(Revision::new(revision.clone()));
    }
    if !metadata.authors.is_empty() {
        add.authors = AddMetadataField::Set(Authors::new(metadata.authors.join(", ")));
    }
    // What is set is written beside what is there, unless that is cleared first.
    let cleared = clearing(&add).to_wasm(component);
    cleared
        .and_then(|component| add.to_wasm(&component))
        .map_err(|error| Error::Metadata(format!("the metadata cannot be written: {error:#}")))
}

/// Clears the sections that are to be set.
fn clearing(add: &AddMetadata) -> AddMetadata {
    fn cleared<T: Clone + Debug>(field: &AddMetadataField<T>) -> AddMetadataField<T> {
        match field {
            AddMetadataField::Keep => AddMetadataField::Keep,
            AddMetadataField::Clear | AddMetadataField::Set(_) => AddMetadataField::Clear,
        }
    }
    let mut clear = AddMetadata::default();
    clear.version = cleared(&add.version);
    clear.description = cleared(&add.description);
    clear.licenses = cleared(&add.licenses);
    clear.source = cleared(&add.source);
    clear.homepage = cleared(&add.homepage);
    clear.revision = cleared(&add.revision);
    clear.authors = cleared(&add.authors);
    clear
}

/// The component of a module, as [`encode`] makes it, or of one that is there, as [`describe`] does.
///
/// # Errors
/// Theirs.
pub fn component_of(made: &[u8], metadata: &Metadata) -> Result<Vec<u8>> {
    match is_component(made) {
        true => describe(made, metadata),
        false => encode(made, metadata),
    }
}

/// Whether these bytes begin as a component does, and not as a core module or as anything else.
pub fn is_component(bytes: &[u8]) -> bool {
    // "\0asm", version 0x0d, layer 1: see the component model's binary format.
    bytes.starts_with(b"\0asm\x0d\0\x01\0")
}

/// SHA-256 in lower-case hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Writes a file as a whole or not at all, and leaves one that holds these bytes as it is.
///
/// # Errors
/// When the file cannot be written; the text names it.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    replace(path, bytes).map_err(|source| Error::Write {
        path: path.to_path_buf(),
        source,
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    // Created as any other file, not as a private one, which is what `tempfile` does by itself.
    let mut file = tempfile::Builder::new().make_in(directory, |path| File::create_new(path))?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_metadata::Payload;

    const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";

    fn metadata() -> Metadata {
        Metadata {
            name: "mlhost:validate".into(),
            version: "0.1.0".into(),
            description: Some("Checks rows".into()),
            licenses: Some("Apache-2.0 OR MIT".into()),
            ..Metadata::default()
        }
    }

    #[test]
    fn a_component_says_what_it_is() {
        let component = encode(EMPTY_MODULE, &metadata()).unwrap();
        assert!(is_component(&component) && !is_component(EMPTY_MODULE));
        let payload = Payload::from_binary(&component).unwrap();
        assert!(matches!(payload, Payload::Component { .. }));
        let metadata = payload.metadata();
        assert_eq!(metadata.name.as_deref(), Some("mlhost:validate"));
        assert_eq!(metadata.version.as_ref().unwrap().to_string(), "0.1.0");
        assert_eq!(
            metadata.description.as_ref().unwrap().to_string(),
            "Checks rows"
        );
        assert_eq!(
            metadata.licenses.as_ref().unwrap().to_string(),
            "Apache-2.0 OR MIT"
        );
        assert!(metadata.authors.is_none());
    }

    #[test]
    fn what_is_a_component_stays_one() {
        let component = component_of(EMPTY_MODULE, &metadata()).unwrap();
        assert_eq!(component_of(&component, &metadata()).unwrap(), component);
    }

    #[test]
    fn a_licence_is_an_spdx_expression() {
        let metadata = Metadata {
            licenses: Some("free as in beer".into()),
            ..metadata()
        };
        let error = encode(EMPTY_MODULE, &metadata).unwrap_err().to_string();
        assert!(
            error.starts_with("the licences `free as in beer` are no SPDX expression"),
            "{error}"
        );
    }

    #[test]
    fn a_source_is_a_url() {
        let metadata = Metadata {
            source: Some("here".into()),
            ..metadata()
        };
        let error = encode(EMPTY_MODULE, &metadata).unwrap_err().to_string();
        assert!(error.starts_with("the source `here` is no URL"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn equal_bytes_leave_the_file_alone() {
        use std::os::unix::fs::MetadataExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/file.wasm");
        let inode = |path: &Path| fs::metadata(path).unwrap().ino();
        write_if_changed(&path, b"one").unwrap();
        let first = File::open(&path).unwrap();
        write_if_changed(&path, b"one").unwrap();
        assert_eq!(inode(&path), first.metadata().unwrap().ino());
        write_if_changed(&path, b"two").unwrap();
        assert_ne!(inode(&path), first.metadata().unwrap().ino());
        assert_eq!(fs::read(&path).unwrap(), b"two");
    }
}
