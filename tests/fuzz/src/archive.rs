//! Files from elsewhere: packages and archives of models.

use std::{fs, sync::LazyLock};

use jiff::Timestamp;
use mlhost_exchange::{Facts, Incoming, PublicKey, SigningKey, card};
use mlhost_packages::Metadata;
use mlhost_sandbox::{Options, Package, Sandbox, Wants};
use mlhost_store::{Digest, Model, StoredModel};

use crate::documents::{Archive, keys};

/// One for all inputs of a process, as for all packages of a run.
pub(crate) static SANDBOX: LazyLock<Option<Sandbox>> =
    LazyLock::new(|| Sandbox::new(Options::default()).ok());

static KEYS: LazyLock<Option<(SigningKey, PublicKey)>> = LazyLock::new(keys);

/// Loading more than this takes long, and finds nothing else.
const LARGEST: usize = 64 << 10;

/// The bytes are a component file.
pub fn package(bytes: &[u8]) {
    drop(Package::of(bytes));
    if let Ok(metadata) = Metadata::read(bytes) {
        drop(metadata.check_contract());
    }
    if let Ok(wants) = Wants::of(bytes) {
        drop(wants.in_words());
    }
    let Some(sandbox) = SANDBOX.as_ref().filter(|_| bytes.len() <= LARGEST) else {
        return;
    };
    if let Err(error) = sandbox.load(bytes) {
        drop((error.to_string(), error.hint()));
    }
}

/// The bytes are the archive of a model: a tar file or, where they begin with `{`, the documents that
/// one is made of.
pub fn model_archive(bytes: &[u8]) {
    if !bytes.starts_with(b"{") {
        check(bytes, None);
        return;
    }
    let Some((tar, archive, public)) = made(bytes) else {
        return;
    };
    check(&tar, None);
    check(&tar, Some(public));
    for (_, content) in &archive.files {
        if let Ok(model) = Model::from_json(content) {
            describe(model);
        }
    }
}

/// The tar file of these documents, the files in it, and the key that they are signed with.
pub(crate) fn made(bytes: &[u8]) -> Option<(Vec<u8>, Archive, &'static PublicKey)> {
    let (key, public) = KEYS.as_ref()?;
    let archive = Archive::of(bytes, key);
    Some((archive.tar().ok()?, archive, public))
}

/// Checks a tar file, and whether it is signed with a key.
pub(crate) fn check(tar: &[u8], key: Option<&PublicKey>) -> bool {
    let Ok(folder) = tempfile::tempdir() else {
        return false;
    };
    let path = folder.path().join("model.tar");
    if fs::write(&path, tar).is_err() {
        return false;
    }
    match Incoming::check(&path, key) {
        Ok(_) => true,
        Err(error) => {
            drop((error.to_string(), error.hint()));
            false
        }
    }
}

/// Writes the card of a model, as if it had been registered.
fn describe(model: Model) {
    let stored = StoredModel {
        name: model.name.clone(),
        version: 1,
        digest: Digest::of(b""),
        created_at: Timestamp::UNIX_EPOCH,
        run: None,
        imported: None,
        aliases: vec![],
        decisions: vec![],
        tags: [].into(),
        description: None,
        model,
    };
    drop(card(&Facts {
        stored: &stored,
        description: None,
        tags: &[].into(),
        record: None,
    }));
}
