//! Where packages come from, and are published to.

#[cfg(feature = "remote")]
mod connection;
#[cfg(feature = "remote")]
mod credentials;
pub(crate) mod directory;
pub(crate) mod embedded;
#[cfg(feature = "remote")]
mod failure;
#[cfg(feature = "remote")]
mod image;
#[cfg(feature = "remote")]
mod oci;
#[cfg(feature = "remote")]
mod once;
#[cfg(feature = "remote")]
mod retry;
#[cfg(feature = "remote")]
mod signed_text;

use bytes::Bytes;
use semver::Version;

use crate::{
    Metadata, Release, Result,
    configuration::{Place, Source},
    reference::PackageName,
    signature::{Signed, SigningKey},
};

/// The most bytes of a component.
#[cfg(feature = "remote")]
pub(crate) const COMPONENT_BYTES: u64 = 256 << 20;

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
    #[cfg_attr(
        not(feature = "remote"),
        expect(dead_code, reason = "OCI registries tell of it beside the component")
    )]
    pub(crate) metadata: &'a Metadata,
    pub(crate) component: &'a Bytes,
    pub(crate) key: Option<&'a SigningKey>,
}

/// The registry at this place.
///
/// # Errors
/// `Error::NoNetwork` if this host was built without a client for it.
pub(crate) fn open(source: &Source) -> Result<Box<dyn Registry + '_>> {
    match &source.place {
        Place::Directory(root) => Ok(Box::new(directory::Directory::new(&source.name, root))),
        #[cfg(feature = "remote")]
        Place::Oci(place) => Ok(Box::new(oci::Oci::new(&source.name, place))),
        #[cfg(not(feature = "remote"))]
        Place::Oci(_) => Err(crate::Error::NoNetwork {
            registry: source.name.clone(),
        }),
    }
}
