//! Takes a model out of an archive into a store. Everything is checked first, then the parts are
//! kept, and last the version is registered, which makes it visible.

use std::path::Path;

use mlhost_store::{Digest, ImportAliases, ImportSource, Store};
use serde::Serialize;

use crate::{
    PublicKey, Result,
    archive::{self, Archive},
    bundle,
    digests::{self, Digests},
    entries::Entries,
    error::Problem,
    layout::{self, place_of},
    referrer, statement,
};

/// An archive whose model may be imported: everything in it was checked.
pub struct Incoming {
    entries: Entries,
    archive: Archive,
    from: ImportSource,
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

impl Incoming {
    /// Checks an archive, a tar file or a folder: all of it, and that it was signed with the key
    /// if there is one. The signature is that of all files; where there is none, as in what comes
    /// from a registry, that of the manifest. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`](crate::Error::Refused) for an archive that is not in order, or not
    /// signed with the key; [`Error::Io`](crate::Error::Io).
    pub fn check(path: &Path, key: Option<&PublicKey>) -> Result<Self> {
        let entries = Entries::open(path)?;
        let digests = digests::of(&entries)?;
        let is_signed = entries.contains(layout::SIGNATURE);
        if let Some(key) = key.filter(|_| is_signed) {
            verify(&entries, &digests, key)?;
        }
        let archive = archive::check(&entries, &digests)?;
        if let Some(key) = key.filter(|_| !is_signed) {
            referrer::verify(&entries, &archive.bundles, &archive.manifest, key)?;
        }
        let from = ImportSource {
            source: path.display().to_string(),
            reference: archive.reference.clone(),
            manifest: archive.manifest,
            signed_by: key.map(PublicKey::fingerprint),
        };
        Ok(Self {
            entries,
            archive,
            from,
        })
    }

    /// Where the archive is.
    pub fn source(&self) -> &str {
        &self.from.source
    }

    /// Takes the model into a store, under this name or its own, and moves aliases to it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`](crate::Error::Refused) when the archive has changed in the meantime;
    /// otherwise what the store says.
    pub fn import(
        self,
        store: &Store,
        name: Option<&str>,
        moved: ImportAliases<'_>,
    ) -> Result<Imported> {
        let model = &self.archive.model;
        for digest in archive::parts(model).into_keys() {
            let file = place_of(&digest);
            let bytes = self.entries.read(&file)?;
            let found = Digest::of(&bytes);
            if found != digest {
                return Err(self.entries.refuse(&file, Problem::Digest(found)));
            }
            store.blobs().put(&bytes)?;
        }
        let name = name.unwrap_or(&model.name).to_owned();
        let registered = store.import(&name, model, &self.from, moved)?;
        Ok(Imported {
            name,
            version: registered.version,
            digest: registered.digest,
            new: registered.new,
            signed: self.entries.contains(layout::SIGNATURE) || !self.archive.bundles.is_empty(),
            from: self.from,
        })
    }
}

/// Refuses an archive whose files are not those that were signed with the key.
fn verify(entries: &Entries, digests: &Digests, key: &PublicKey) -> Result<()> {
    let text = entries.text(layout::SIGNATURE)?;
    let signed = bundle::verify(key, &text).and_then(|payload| statement::read(&payload));
    let signed = signed.map_err(|problem| entries.refuse(layout::SIGNATURE, problem))?;
    let difference = digests::difference(&digests::signed(digests), &signed);
    match difference.is_empty() {
        true => Ok(()),
        false => Err(entries.refuse_all(Problem::Differs(difference))),
    }
}
