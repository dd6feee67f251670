//! From a reference to a component: what the lock pins, else what this host has inside, else what
//! the registry of its namespace has.

use bytes::Bytes;
use mlhost_sandbox::digest;

use crate::{
    Error, Packages, Pins, PublicKey, Release, Result,
    configuration::Source,
    reference::Wanted,
    registry::{self, embedded},
    trust::{self, Trust},
};

/// A component, and where it came from.
pub(crate) struct Resolved {
    pub(crate) release: Release,
    pub(crate) digest: String,
    pub(crate) component: Bytes,
    /// Whether it is inside this executable.
    pub(crate) is_of_host: bool,
    /// The registry that it came from this time.
    pub(crate) registry: Option<String>,
    /// The file of the key that has signed it.
    pub(crate) signed_by: Option<String>,
}

/// Where to look for what is not pinned.
#[derive(Default)]
pub(crate) struct Search<'a> {
    /// The registry, where not that of the namespace is meant.
    pub(crate) registry: Option<&'a str>,
    pub(crate) key: Option<&'a PublicKey>,
}

impl Packages {
    /// The component that a reference means, which is pinned from now on.
    ///
    /// # Errors
    /// Whatever keeps it from being found, from being what it should be, or from being pinned.
    pub(crate) fn resolve(&self, wanted: &Wanted, pins: &mut Pins) -> Result<Resolved> {
        if let Some((release, digest)) = pins.lock.find(wanted) {
            return self.pinned(&release.clone(), digest, pins.access.offline);
        }
        let is_of_host = embedded::find(wanted).is_some();
        if !pins.may_grow(is_of_host) {
            return Err(Error::NotLocked {
                wanted: wanted.to_string(),
                path: pins.path().map(ToOwned::to_owned),
            });
        }
        let resolved = self.newest(wanted, &Search::default(), pins.access.offline)?;
        let release = resolved.release.clone();
        pins.pin(release, &resolved.digest, resolved.is_of_host);
        Ok(resolved)
    }

    /// The newest version that will do.
    ///
    /// # Errors
    /// See [`Packages::resolve`].
    pub(crate) fn newest(
        &self,
        wanted: &Wanted,
        search: &Search<'_>,
        offline: bool,
    ) -> Result<Resolved> {
        if search.registry.is_none()
            && let Some(own) = embedded::find(wanted).and_then(|own| own.resolved())
        {
            return Ok(own);
        }
        if offline {
            return self.newest_at_hand(wanted);
        }
        let source = match search.registry {
            Some(name) => self.sources()?.named(name)?,
            None => self.source_of(wanted)?,
        };
        let registry = registry::open(source)?;
        let versions = registry.versions(&wanted.name)?;
        let Some(version) = wanted.newest(&versions) else {
            let mut available = versions;
            available.sort();
            return Err(Error::NoVersion {
                wanted: wanted.to_string(),
                registry: source.name.clone(),
                available: available.iter().map(ToString::to_string).collect(),
            });
        };
        let release = Release {
            name: wanted.name.clone(),
            version: version.clone(),
        };
        self.fetch(&release, None, source, search.key)
    }

    /// The newest version in the cache that will do.
    fn newest_at_hand(&self, wanted: &Wanted) -> Result<Resolved> {
        let cached = self.cache.versions(&wanted.name);
        let fitting = wanted.newest(cached.iter().map(|(version, _)| version));
        let found = cached.iter().find(|(version, _)| Some(version) == fitting);
        let not_at_hand = |what: String| Error::Offline { what };
        let Some((version, digests)) = found else {
            return Err(not_at_hand(wanted.to_string()));
        };
        let release = Release {
            name: wanted.name.clone(),
            version: version.clone(),
        };
        let [digest] = digests.as_slice() else {
            return Err(not_at_hand(format!("one {release} alone")));
        };
        match self.cache.get(&release, digest)? {
            Some(component) => Ok(Resolved {
                release,
                digest: digest.clone(),
                component,
                is_of_host: false,
                registry: None,
                signed_by: None,
            }),
            None => Err(not_at_hand(release.to_string())),
        }
    }

    /// The component with this very digest.
    fn pinned(&self, release: &Release, digest: &str, offline: bool) -> Result<Resolved> {
        let own = embedded::find(&Wanted::exactly(
            release.name.clone(),
            release.version.clone(),
        ));
        if let Some(own) = own
            && own.digest() == digest
            && let Some(own) = own.resolved()
        {
            return Ok(own);
        }
        if let Some(component) = self.cache.get(release, digest)? {
            return Ok(Resolved {
                release: release.clone(),
                digest: digest.to_owned(),
                component,
                is_of_host: false,
                registry: None,
                signed_by: None,
            });
        }
        let any = Wanted {
            name: release.name.clone(),
            version: None,
        };
        let other_host = || {
            let own = own.or_else(|| embedded::find(&any))?;
            Some(Error::OtherHost {
                release: Box::new(release.clone()),
                digest: digest.to_owned(),
                own: format!("{}@{} ({})", own.name, own.version, own.digest()),
            })
        };
        let source = match self.sources()?.of(&release.name) {
            Some(source) if !offline => source,
            Some(_) => {
                return Err(Error::Offline {
                    what: release.to_string(),
                });
            }
            None => return Err(other_host().unwrap_or_else(|| embedded::unknown(&any))),
        };
        match self.fetch(release, Some(digest), source, None) {
            Err(error @ Error::NoVersion { .. }) => Err(other_host().unwrap_or(error)),
            outcome => outcome,
        }
    }

    /// A version from a registry, checked and kept on this machine.
    pub(crate) fn fetch(
        &self,
        release: &Release,
        pinned: Option<&str>,
        source: &Source,
        key: Option<&PublicKey>,
    ) -> Result<Resolved> {
        let fetched = registry::open(source)?.fetch(release)?;
        let fetched = fetched.ok_or_else(|| Error::NoVersion {
            wanted: release.to_string(),
            registry: source.name.clone(),
            available: vec![],
        })?;
        let found = digest(&fetched.component);
        if let Some(pinned) = pinned
            && pinned != found
        {
            return Err(Error::WrongDigest {
                release: Box::new(release.clone()),
                registry: source.name.clone(),
                pinned: pinned.to_owned(),
                found,
            });
        }
        let (_, signed_by) = trust::check(&fetched, release, source, &Trust { key })?;
        self.cache.put(release, &found, &fetched.component)?;
        Ok(Resolved {
            release: release.clone(),
            digest: found,
            component: fetched.component,
            is_of_host: false,
            registry: Some(source.name.clone()),
            signed_by,
        })
    }

    /// The registry of a package.
    pub(crate) fn source_of(&self, wanted: &Wanted) -> Result<&Source> {
        let source = self.sources()?.of(&wanted.name);
        source.ok_or_else(|| embedded::unknown(wanted))
    }
}
