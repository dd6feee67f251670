//! Where packages come from, and are published to.

pub(crate) mod directory;
pub(crate) mod embedded;

use bytes::Bytes;
use mlhost_pipeline::RegistryPlace;
use semver::Version;

use crate::{
    Error, Release, Result,
    configuration::Source,
    reference::PackageName,
    signature::{Signed, SigningKey},
};

/// One registry. What it gives may be anything: callers check names, versions and digests.
pub(crate) trait Registry {
    /// The versions of a package, in any order; none, if there is no such package.
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>>;

    /// The component of a version; nothing, if there is no such version.
    fn fetch(&self, release: &Release) -> Result<Option<Fetched>>;

    /// Adds a version that is not there, and its signature.
    fn publish(&self, new: &Publication<'_>) -> Result<()>;
}

/// What a registry gave.
pub(crate) struct Fetched {
    pub(crate) component: Bytes,
    /// Those of this very component.
    pub(crate) signatures: Vec<Signed>,
}

/// What is to be published.
pub(crate) struct Publication<'a> {
    pub(crate) release: &'a Release,
    pub(crate) component: &'a Bytes,
    pub(crate) key: Option<&'a SigningKey>,
}

/// The registry at this place.
///
/// # Errors
/// [`Error::NoNetwork`] if this host was built without a client for it.
pub(crate) fn open(source: &Source) -> Result<Box<dyn Registry + '_>> {
    match &source.place {
        RegistryPlace::Directory(root) => Ok(Box::new(directory::Directory::new(
            &source.name,
            source.folder.join(root),
        ))),
        RegistryPlace::Oci { .. } => Err(Error::NoNetwork {
            registry: source.name.clone(),
        }),
    }
}
