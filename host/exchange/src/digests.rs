//! The digest of every file of an archive: what is signed, and what is checked.

use std::collections::BTreeMap;

use mlhost_store::Digest;

use crate::{Difference, Result, entries::Entries, layout};

/// The digests of files, by name.
pub(crate) type Digests = BTreeMap<String, Digest>;

/// The digests of all files of an archive.
pub(crate) fn of(entries: &Entries) -> Result<Digests> {
    let names = entries.names();
    names
        .map(|file| Ok((file.to_owned(), entries.digest(file)?)))
        .collect()
}

/// The files that a signature is about: all but itself.
pub(crate) fn signed(digests: &Digests) -> Digests {
    let mut digests = digests.clone();
    digests.remove(layout::SIGNATURE);
    digests
}

/// How files differ from those that were signed.
pub(crate) fn difference(found: &Digests, signed: &Digests) -> Difference {
    let names = |files: &Digests, keep: &dyn Fn(&String, &Digest) -> bool| {
        let kept = files.iter().filter(|(file, digest)| keep(file, digest));
        kept.map(|(file, _)| file.clone()).collect()
    };
    Difference {
        added: names(found, &|file, _| !signed.contains_key(file)),
        changed: names(found, &|file, digest| {
            signed.get(file).is_some_and(|signed| signed != digest)
        }),
        missing: names(signed, &|file, _| !found.contains_key(file)),
    }
}
