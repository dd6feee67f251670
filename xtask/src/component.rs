//! Makes a component of a core module, and writes it only when it differs from what is there, so
//! that a build which embeds the file has no reason to run again.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasm_metadata::{
    AddMetadata, AddMetadataField, Authors, Description, Homepage, Licenses, Revision, Source,
    Version,
};
use wit_component::ComponentEncoder;

use crate::workspace::Plugin;

/// The component of a core module that carries its WIT world in custom sections. What the manifest
/// says of the package goes into the component's metadata; what a linker or a binding generator left
/// for each other is dropped by the encoder.
///
/// # Errors
/// When the module imports what its world does not, or lacks what its world exports.
pub(crate) fn encode(module: &[u8], plugin: &Plugin) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)?
        .encode()?;
    metadata(plugin)?.to_wasm(&component)
}

fn metadata(plugin: &Plugin) -> Result<AddMetadata> {
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(plugin.package.clone());
    metadata.version = AddMetadataField::Set(Version::new(plugin.version.clone()));
    if let Some(description) = &plugin.description {
        metadata.description = AddMetadataField::Set(Description::new(description.clone()));
    }
    if let Some(license) = &plugin.license {
        metadata.licenses = AddMetadataField::Set(Licenses::new(license)?);
    }
    if !plugin.authors.is_empty() {
        metadata.authors = AddMetadataField::Set(Authors::new(plugin.authors.join(", ")));
    }
    if let Some(source) = &plugin.source {
        metadata.source = AddMetadataField::Set(Source::new(source)?);
    }
    if let Some(homepage) = &plugin.homepage {
        metadata.homepage = AddMetadataField::Set(Homepage::new(homepage)?);
    }
    if let Some(revision) = &plugin.revision {
        metadata.revision = AddMetadataField::Set(Revision::new(revision.clone()));
    }
    Ok(metadata)
}

/// What a component is made from, as one digest: the core module, what goes into the metadata,
/// and `encoder`, which stands for the program that does it.
pub(crate) fn key(module: &[u8], plugin: &Plugin, encoder: &str) -> String {
    digest(format!("{} {encoder} {plugin:?}", digest(module)).as_bytes())
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Writes a file as a whole or not at all, and leaves one that holds these bytes as it is.
///
/// # Errors
/// When the file cannot be written; the text names it.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    replace(path, bytes).with_context(|| format!("could not write {}", path.display()))
}

fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let directory = path.parent().context("the path has no directory")?;
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

    fn plugin() -> Plugin {
        Plugin {
            crate_name: "mlhost-validate".into(),
            manifest: "/w/Cargo.toml".into(),
            package: "mlhost:validate".into(),
            version: "0.1.0".into(),
            description: Some("Checks rows".into()),
            license: Some("Apache-2.0 OR MIT".into()),
            authors: vec!["One".into(), "Another".into()],
            source: Some("https://example.com/source".into()),
            homepage: Some("https://example.com/page".into()),
            revision: Some("0123abcd".into()),
            test: false,
        }
    }

    #[test]
    fn a_component_says_what_it_is() {
        let component = encode(EMPTY_MODULE, &plugin()).unwrap();
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
        let said = |text: Option<String>| text.unwrap_or_default();
        let authors = metadata.authors.as_ref().map(ToString::to_string);
        assert_eq!(said(authors), "One, Another");
        let source = metadata.source.as_ref().map(ToString::to_string);
        assert_eq!(said(source), "https://example.com/source");
        let homepage = metadata.homepage.as_ref().map(ToString::to_string);
        assert_eq!(said(homepage), "https://example.com/page");
        let revision = metadata.revision.as_ref().map(ToString::to_string);
        assert_eq!(said(revision), "0123abcd");
    }

    #[test]
    fn a_licence_is_an_spdx_expression() {
        let plugin = Plugin {
            license: Some("free as in beer".into()),
            ..plugin()
        };
        assert!(encode(EMPTY_MODULE, &plugin).is_err());
    }

    #[test]
    fn the_key_covers_everything_that_goes_in() {
        let base = key(EMPTY_MODULE, &plugin(), "1");
        assert_eq!(base, key(EMPTY_MODULE, &plugin(), "1"));
        assert_ne!(base, key(b"other", &plugin(), "1"));
        assert_ne!(base, key(EMPTY_MODULE, &plugin(), "2"));
        let renamed = Plugin {
            version: "0.2.0".into(),
            ..plugin()
        };
        assert_ne!(base, key(EMPTY_MODULE, &renamed, "1"));
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
