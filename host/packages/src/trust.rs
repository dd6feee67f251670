//! What is asked of a component that has come from a registry, before it is kept or used.

use crate::{
    Error, Metadata, PublicKey, Release, Result, configuration::Source, registry::Fetched,
    signature::signer,
};

/// Whose signatures count, besides what the registry's settings say.
#[derive(Default)]
pub(crate) struct Trust<'a> {
    /// A key that must have signed.
    pub(crate) key: Option<&'a PublicKey>,
}

/// Checks that a component is the one that was asked for, fit for this host, and signed if it must
/// be. Gives what it says of itself, and the file of the key that has signed it.
///
/// # Errors
/// [`Error::Misnamed`], [`Error::OtherContract`], [`Error::Unsigned`], and those of keys.
pub(crate) fn check(
    fetched: &Fetched,
    release: &Release,
    source: &Source,
    trust: &Trust<'_>,
) -> Result<(Metadata, Option<String>)> {
    let registry = || source.name.clone();
    let metadata = Metadata::read(&fetched.component)?;
    match Release::of(&metadata) {
        Ok(found) if found == *release => {}
        _ => {
            return Err(Error::Misnamed {
                release: Box::new(release.clone()),
                registry: registry(),
                found: metadata.label(),
            });
        }
    }
    metadata.check_contract()?;
    let keys: Vec<_> = match trust.key {
        Some(key) => vec![key.clone()],
        None => {
            let keys = source.keys.iter().map(|path| PublicKey::read(path));
            keys.collect::<Result<_>>()?
        }
    };
    let signed_by = signer(&fetched.signatures, &keys).map(|key| key.file().to_owned());
    let must_be_signed = source.require_signature || trust.key.is_some();
    // A signature by somebody who is not trusted, where somebody is, is worse than none.
    let is_by_others = !fetched.signatures.is_empty() && !keys.is_empty();
    if signed_by.is_none() && (must_be_signed || is_by_others) {
        return Err(Error::Unsigned {
            release: Box::new(release.clone()),
            registry: registry(),
            signatures: fetched.signatures.len(),
            keys: keys.iter().map(|key| key.file().to_owned()).collect(),
        });
    }
    Ok((metadata, signed_by))
}
