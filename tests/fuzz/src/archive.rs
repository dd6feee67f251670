//! Files from elsewhere: packages and archives of models.

use std::{fs, sync::LazyLock};

use mlhost_exchange::Incoming;
use mlhost_sandbox::{Options, Package, Sandbox};

/// One for all inputs of a process, as for all packages of a run.
pub(crate) static SANDBOX: LazyLock<Option<Sandbox>> =
    LazyLock::new(|| Sandbox::new(Options::default()).ok());

/// Loading more than this takes long, and finds nothing else.
const LARGEST: usize = 64 << 10;

/// The bytes are a component file.
pub fn package(bytes: &[u8]) {
    drop(Package::of(bytes));
    let Some(sandbox) = SANDBOX.as_ref().filter(|_| bytes.len() <= LARGEST) else {
        return;
    };
    if let Err(error) = sandbox.load(bytes) {
        drop((error.to_string(), error.hint()));
    }
}

/// The bytes are the archive of a model, as a tar file.
pub fn model_archive(bytes: &[u8]) {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let path = folder.path().join("model.tar");
    if fs::write(&path, bytes).is_err() {
        return;
    }
    if let Err(error) = Incoming::check(&path, None) {
        drop((error.to_string(), error.hint()));
    }
}
