//! Takes a model out of an archive into a store. Everything is checked first, then the parts are
//! kept, and last the version is registered, which makes it visible.

use std::path::Path;

use mlhost_store::{Digest, ImportSource, Store};
use serde::Serialize;

use crate::{
    PublicKey, Result, archive, bundle,
    digests::{self, Digests},
    entries::Entries,
    error::Problem,
    layout::{self, place_of},
};

/// How an archive is imported.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// The name to register the model under, if not its own.
    pub name: Option<String>,
    /// The key that has to have signed it.
    pub key: Option<PublicKey>,
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// The name that the model is registered under.
    pub name: String,
    /// The version that it has here.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// Whether this call has made the version; otherwise it was there.
    pub new: bool,
    /// Whether the archive has a signature, checked or not.
    pub signed: bool,
    /// Where it comes from.
    #[serde(flatten)]
    pub from: ImportSource,
}

/// Imports the model of an archive, a tar file or a folder.
///
/// # Errors
///
/// [`Error::Refused`](crate::Error::Refused) for an archive that is not in order, or not signed
/// with the key; then nothing of it is in the store. Otherwise what the store says.
pub fn import(store: &Store, path: &Path, options: &ImportOptions) -> Result<Imported> {
    let entries = Entries::open(path)?;
    let digests = digests::of(&entries)?;
    if let Some(key) = &options.key {
        verify(&entries, &digests, key)?;
    }
    let archive = archive::check(&entries, &digests)?;
    for digest in archive::parts(&archive.model).into_keys() {
        let bytes = entries.read(&place_of(&digest))?;
        // Once more, as the archive may have changed since it was checked.
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(entries.refuse(&place_of(&digest), Problem::Digest(found)));
        }
        store.blobs().put(&bytes)?;
    }
    let name = options.name.as_ref().unwrap_or(&archive.model.name);
    let from = ImportSource {
        source: path.display().to_string(),
        reference: archive.reference,
        manifest: archive.manifest,
        signed_by: options.key.as_ref().map(PublicKey::fingerprint),
    };
    let registered = store.import(name, &archive.model, &from)?;
    Ok(Imported {
        name: name.clone(),
        version: registered.version,
        digest: archive.identity,
        new: registered.new,
        signed: entries.contains(layout::SIGNATURE),
        from,
    })
}

/// Refuses an archive whose files are not those that were signed with the key.
fn verify(entries: &Entries, digests: &Digests, key: &PublicKey) -> Result<()> {
    if !entries.contains(layout::SIGNATURE) {
        return Err(entries.refuse_all(Problem::Unsigned));
    }
    let text = entries.text(layout::SIGNATURE)?;
    let signed =
        bundle::verify(key, &text).map_err(|problem| entries.refuse(layout::SIGNATURE, problem))?;
    let difference = digests::difference(&digests::signed(digests), &signed);
    match difference.is_empty() {
        true => Ok(()),
        false => Err(entries.refuse_all(Problem::Differs(difference))),
    }
}
