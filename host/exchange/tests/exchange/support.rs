//! A model in a store, its archive, and archives that are like it but for one thing.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use mlhost_exchange::{Imported, Incoming, PublicKey, Result, SigningKey, export};
use mlhost_store::{Digest, Store, StoredModel};
use serde_json::Value;
use tempfile::TempDir;

use crate::fixture::Fixture;

/// A store with one model, and a folder for its archives.
pub(crate) struct Scene {
    pub(crate) fixture: Fixture,
    folder: TempDir,
    name: &'static str,
}

/// The files of an archive, in any order.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of("arr-delay")
    }

    /// The same with a model of another name.
    pub(crate) fn of(name: &'static str) -> Self {
        let fixture = Fixture::new();
        fixture.register(name, 1);
        let folder = tempfile::tempdir().unwrap();
        Self {
            fixture,
            folder,
            name,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn stored(&self) -> StoredModel {
        let selector = self.name.parse().unwrap();
        self.fixture.store.model(&selector).unwrap()
    }

    /// Exports the model under this name.
    pub(crate) fn export(&self, name: &str, key: Option<&SigningKey>) -> PathBuf {
        let path = self.path(name);
        export(&self.fixture.store, &self.stored(), &path, key).unwrap();
        path
    }

    /// The files of an archive of the model.
    pub(crate) fn files(&self) -> Files {
        read_tar(&self.export("model.tar", None))
    }

    /// Writes files as a tar archive.
    pub(crate) fn pack(&self, files: &Files) -> PathBuf {
        let path = self.path("packed.tar");
        let mut builder = tar::Builder::new(File::create(&path).unwrap());
        for (file, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder
                .append_data(&mut header, file, content.as_slice())
                .unwrap();
        }
        builder.finish().unwrap();
        path
    }

    /// The message and the hint of an error, without the folder's own name.
    pub(crate) fn rendered(&self, error: &mlhost_exchange::Error) -> String {
        let hint = error.hint().map(|hint| format!("\n\nhint: {hint}"));
        let folder = self.folder.path().display().to_string();
        format!("{error}{}", hint.unwrap_or_default()).replace(&folder, "[folder]")
    }
}

/// An empty store.
pub(crate) fn empty_store() -> Fixture {
    Fixture::new()
}

/// Imports into a store, with the signature of a key if there is one.
pub(crate) fn import(store: &Store, path: &Path, key: Option<&PublicKey>) -> Result<Imported> {
    Incoming::check(path, key)?.import(store, None, mlhost_store::ImportAliases::default())
}

/// Imports into a store without looking at a signature.
pub(crate) fn plain_import(store: &Store, path: &Path) -> Result<Imported> {
    import(store, path, None)
}

/// How many blobs there are in a store.
pub(crate) fn blobs(fixture: &Fixture) -> usize {
    let folders = std::fs::read_dir(fixture.path().join("blobs/sha256")).unwrap();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
    files.count()
}

pub(crate) fn read_tar(path: &Path) -> Files {
    let mut archive = tar::Archive::new(File::open(path).unwrap());
    let mut files = Files::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    files
}

pub(crate) fn place(digest: &str) -> String {
    digest.replace("sha256:", "blobs/sha256/")
}

pub(crate) fn json(files: &Files, file: &str) -> Value {
    serde_json::from_slice(&files[file]).unwrap()
}

/// The place of the manifest.
pub(crate) fn manifest_place(files: &Files) -> String {
    place(
        json(files, "index.json")["manifests"][0]["digest"]
            .as_str()
            .unwrap(),
    )
}

/// Changes the index.
pub(crate) fn edit_index(files: &mut Files, edit: impl FnOnce(&mut Value)) {
    let mut index = json(files, "index.json");
    edit(&mut index);
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
}

/// Changes the manifest, and lets the index point at what it has become.
pub(crate) fn edit_manifest(files: &mut Files, edit: impl FnOnce(&mut Value)) {
    let old = manifest_place(files);
    let mut manifest = json(files, &old);
    edit(&mut manifest);
    files.remove(&old);
    let (digest, size) = put(files, manifest.to_string().into_bytes());
    edit_index(files, |index| {
        index["manifests"][0]["digest"] = digest.into();
        index["manifests"][0]["size"] = size.into();
    });
}

/// Changes `model.json`, and lets the manifest point at what it has become.
pub(crate) fn edit_model(files: &mut Files, edit: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let manifest = json(files, &manifest_place(files));
    let old = place(manifest["config"]["digest"].as_str().unwrap());
    let model = edit(files.remove(&old).unwrap());
    let (digest, size) = put(files, model);
    edit_manifest(files, |manifest| {
        manifest["config"]["digest"] = digest.into();
        manifest["config"]["size"] = size.into();
    });
}

/// Adds a blob.
pub(crate) fn put(files: &mut Files, content: Vec<u8>) -> (String, usize) {
    let (digest, size) = (Digest::of(&content).to_string(), content.len());
    files.insert(place(&digest), content);
    (digest, size)
}

pub(crate) fn key_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/exchange/keys")
        .join(name)
}

pub(crate) fn signer() -> SigningKey {
    SigningKey::read(&key_file("signer.pem")).unwrap()
}

pub(crate) fn public_key(name: &str) -> PublicKey {
    PublicKey::read(&key_file(name)).unwrap()
}
