//! A component becomes a version of a package in a registry: one that is not there yet, and that
//! keeps what the versions before it have promised.

use std::path::Path;

use mlhost_pipeline::PluginReference;
use semver::Version;
use serde::Serialize;

use crate::{
    Error, Metadata, Packages, Release, Result, SigningKey, compatibility,
    metadata::is_compatible,
    registry::{self, Publication, Registry},
};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// `namespace:name`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// The registry.
    pub registry: String,
    /// The version that it is compatible with; nothing, if it had no promise to keep.
    pub compatible_with: Option<String>,
    /// Whether it was signed.
    pub signed: bool,
}

impl Packages {
    /// Publishes a component, which is a file relative to `base` or a package.
    ///
    /// # Errors
    /// [`Error::Nameless`], [`Error::Published`], [`Error::Breaks`], and whatever the registry has
    /// to say.
    pub fn publish(
        &self,
        plugin: &PluginReference,
        base: &Path,
        registry: &str,
        key: Option<&SigningKey>,
    ) -> Result<Published> {
        let source = self.sources()?.named(registry)?;
        let found = self.find(plugin, base)?;
        let metadata = Metadata::read(&found.component)?;
        let release = Release::of(&metadata)?;
        if !release.version.build.is_empty() {
            return Err(Error::BuildMetadata {
                release: Box::new(release.clone()),
            });
        }
        let opened = registry::open(source)?;
        let versions = opened.versions(&release.name)?;
        if versions.contains(&release.version) {
            return Err(Error::Published {
                release: Box::new(release),
                registry: registry.to_owned(),
            });
        }
        let before = predecessor(&release.version, &versions);
        if let Some(before) = before {
            let before = Release {
                name: release.name.clone(),
                version: before.clone(),
            };
            self.check_promises(opened.as_ref(), &before, &release, &found.plugin)?;
        }
        opened.publish(&Publication {
            release: &release,
            metadata: &metadata,
            component: &found.component,
            key,
        })?;
        Ok(Published {
            name: release.name.to_string(),
            version: release.version.to_string(),
            digest: metadata.digest,
            registry: registry.to_owned(),
            compatible_with: before.map(ToString::to_string),
            signed: key.is_some(),
        })
    }

    fn check_promises(
        &self,
        registry: &dyn Registry,
        before: &Release,
        release: &Release,
        plugin: &mlhost_sandbox::Plugin,
    ) -> Result<()> {
        let Some(fetched) = registry.fetch(before)? else {
            return Ok(());
        };
        // One that this host cannot load has promised nothing that it could judge.
        let broken = match self.load(fetched.component) {
            Ok(old) => compatibility::breaks(old.plugin.description(), plugin.description()),
            Err(Error::OtherContract { needed, .. }) => vec![format!(
                "it needed version {needed} of the contract with plugins, and needs {}",
                plugin.description().contract
            )],
            Err(error) => return Err(error),
        };
        match broken.is_empty() {
            true => Ok(()),
            false => Err(Error::Breaks {
                release: Box::new(release.clone()),
                before: before.version.clone(),
                broken,
            }),
        }
    }
}

/// The version whose promises a new one has to keep: the latest before it that it says it is
/// compatible with. Pre-releases promise nothing.
fn predecessor<'a>(version: &Version, published: &'a [Version]) -> Option<&'a Version> {
    let kept = published.iter().filter(|before| {
        before.pre.is_empty() && *before < version && is_compatible(before, version)
    });
    kept.max()
}

/// The least version that may break what this one has promised.
pub(crate) fn next_breaking(version: &Version) -> Version {
    match (version.major, version.minor) {
        (0, 0) => Version::new(0, 0, version.patch + 1),
        (0, minor) => Version::new(0, minor + 1, 0),
        (major, _) => Version::new(major + 1, 0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn promises_are_those_of_the_latest_compatible_version() {
        let texts = ["0.1.0", "0.2.0", "1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0"];
        let published: Vec<_> = texts.iter().map(|text| version(text)).collect();
        for (new, expected) in [
            ("0.1.1", Some("0.1.0")),
            ("0.2.1", Some("0.2.0")),
            ("0.3.0", None),
            ("1.0.1", Some("1.0.0")),
            ("1.2.0", Some("1.1.0")),
            ("2.0.1", Some("2.0.0")),
            ("3.0.0", None),
        ] {
            let found = predecessor(&version(new), &published).map(ToString::to_string);
            assert_eq!(found.as_deref(), expected, "{new}");
        }
    }

    #[test]
    fn what_breaks_takes_the_next_significant_number() {
        for (before, next) in [("1.4.2", "2.0.0"), ("0.4.2", "0.5.0"), ("0.0.2", "0.0.3")] {
            assert_eq!(next_breaking(&version(before)), version(next));
        }
    }
}
