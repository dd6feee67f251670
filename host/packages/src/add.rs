//! Packages that a pipeline gets, and newer versions of those that it has.

use mlhost_pipeline::PluginReference;
use mlhost_sandbox::Limits;
use serde::Serialize;

use crate::{
    Error, Found, PackageName, Packages, Pins, PublicKey, Result,
    reference::Wanted,
    resolve::{Resolved, Search},
};

/// Where a package is to come from that is added.
#[derive(Default)]
pub struct Adding<'a> {
    /// The registry, where not that of its namespace is meant.
    pub registry: Option<&'a str>,
    /// The key that must have signed it.
    pub key: Option<&'a PublicKey>,
}

/// A package that was added.
#[derive(Clone, Serialize)]
pub struct Added {
    /// `namespace:name`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// The registry that it came from; nothing, if it was on this machine.
    pub registry: Option<String>,
    /// The file of the key that has signed it, where one was asked for.
    pub signed_by: Option<String>,
    /// What it is.
    #[serde(skip)]
    pub found: Found,
}

impl Packages {
    /// Pins the newest version that a reference allows, or the one that is pinned already.
    ///
    /// # Errors
    /// [`Error::NoPackage`] for the path of a file, and whatever keeps the package from being found
    /// or pinned.
    pub fn add(
        &self,
        plugin: &PluginReference,
        adding: &Adding<'_>,
        pins: &mut Pins,
    ) -> Result<Added> {
        let wanted = Wanted::of(plugin).ok_or_else(|| Error::NoPackage {
            path: plugin.to_string(),
        })?;
        let resolved = if adding.registry.is_none() && adding.key.is_none() {
            self.resolve(&wanted, pins)?
        } else {
            self.add_from(&wanted, adding, pins)?
        };
        let found = self.load_resolved(&resolved, &Limits::default())?;
        Ok(Added {
            name: resolved.release.name.to_string(),
            version: resolved.release.version.to_string(),
            digest: resolved.digest,
            registry: resolved.registry,
            signed_by: resolved.signed_by,
            found,
        })
    }

    /// The same from a stated registry, or signed by a stated key: so it is fetched anew.
    fn add_from(&self, wanted: &Wanted, adding: &Adding<'_>, pins: &mut Pins) -> Result<Resolved> {
        let Adding { registry, key } = *adding;
        if pins.access.offline {
            return Err(Error::Offline {
                what: wanted.to_string(),
            });
        }
        if let Some((release, digest)) = pins.lock.find(wanted) {
            let source = match registry {
                Some(name) => self.sources()?.named(name)?,
                None => self.source_of(wanted)?,
            };
            return self.fetch(release, Some(digest), source, key);
        }
        if !pins.may_grow(false) {
            return Err(Error::NotLocked {
                wanted: wanted.to_string(),
                path: pins.path().map(ToOwned::to_owned),
            });
        }
        // A key is asked for what comes from a registry, never for what is inside the host.
        let source = match registry {
            Some(name) => name,
            None => &self.source_of(wanted)?.name,
        };
        let search = Search {
            registry: Some(source),
            key,
        };
        let resolved = self.newest(wanted, &search, false)?;
        pins.pin(resolved.release.clone(), &resolved.digest, false);
        Ok(resolved)
    }

    /// Pins the newest versions that these references allow, and lets go of others: of one package,
    /// or of all.
    ///
    /// # Errors
    /// Whatever keeps a package from being found.
    pub fn update(
        &self,
        plugins: &[PluginReference],
        only: Option<&PackageName>,
        pins: &mut Pins,
    ) -> Result<()> {
        let wanted: Vec<_> = plugins.iter().filter_map(Wanted::of).collect();
        let (moving, staying): (Vec<_>, Vec<_>) = wanted
            .into_iter()
            .partition(|wanted| only.is_none_or(|only| wanted.name == *only));
        match only {
            Some(only) => pins.lock.forget(only),
            None => pins.lock = crate::Lock::default(),
        }
        for wanted in moving {
            let resolved = self.newest(&wanted, &Search::default(), pins.access.offline)?;
            let Resolved {
                release,
                digest,
                is_of_host,
                ..
            } = resolved;
            pins.pin(release, &digest, is_of_host);
        }
        // The others keep what they have, and get what they lack.
        for wanted in staying {
            self.resolve(&wanted, pins)?;
        }
        Ok(())
    }
}
