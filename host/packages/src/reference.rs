//! Names of packages, and the choice of a version among several.

use std::fmt;

use mlhost_pipeline::{PluginReference, VersionRequirement};
use semver::Version;
use serde::{Serialize, Serializer};

use crate::{Error, Metadata, Result};

/// `namespace:name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName {
    /// Whose it is.
    pub namespace: String,
    /// What it is called there.
    pub name: String,
}

impl PackageName {
    /// The name in `namespace:name`; nothing for another text.
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, name) = text.split_once(':')?;
        match text.parse() {
            Ok(PluginReference::Package { version: None, .. }) => Some(Self {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            }),
            _ => None,
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.namespace, self.name)
    }
}

impl Serialize for PackageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The package that a reference names, with the versions that will do.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) name: PackageName,
    pub(crate) version: Option<VersionRequirement>,
}

impl Wanted {
    /// What a reference names; nothing, for the path of a file.
    pub(crate) fn of(reference: &PluginReference) -> Option<Self> {
        match reference {
            PluginReference::Package {
                namespace,
                name,
                version,
            } => Some(Self {
                name: PackageName {
                    namespace: namespace.clone(),
                    name: name.clone(),
                },
                version: version.clone(),
            }),
            PluginReference::File(_) => None,
        }
    }

    /// One version of a package.
    pub(crate) fn exactly(name: PackageName, version: Version) -> Self {
        Self {
            name,
            version: Some(VersionRequirement::Exact(version)),
        }
    }

    /// Whether this version will do. Where none is named, no pre-release is meant.
    pub(crate) fn takes(&self, version: &Version) -> bool {
        match &self.version {
            Some(requirement) => requirement.matches(version),
            None => version.pre.is_empty(),
        }
    }

    /// The newest version that will do.
    pub(crate) fn newest<'a>(
        &self,
        versions: impl IntoIterator<Item = &'a Version>,
    ) -> Option<&'a Version> {
        let fitting = versions.into_iter().filter(|version| self.takes(version));
        fitting.max()
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(formatter)?;
        match &self.version {
            Some(version) => write!(formatter, "@{version}"),
            None => Ok(()),
        }
    }
}

/// A version of a package: `acme:clip@1.2.0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    /// The package.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
}

impl Release {
    /// What a component says that it is.
    ///
    /// # Errors
    /// [`Error::Nameless`] if its metadata has no usable name or version.
    pub fn of(metadata: &Metadata) -> Result<Self> {
        let package = &metadata.package;
        let name = package.name.as_deref().and_then(PackageName::parse);
        let version = package.version.as_deref();
        let version = version.and_then(|version| Version::parse(version).ok());
        match (name, version) {
            (Some(name), Some(version)) => Ok(Self { name, version }),
            (None, _) => Err(Error::Nameless {
                what: "name, `namespace:name`",
                found: package.name.clone(),
            }),
            (_, None) => Err(Error::Nameless {
                what: "semantic version",
                found: package.version.clone(),
            }),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str) -> Wanted {
        Wanted::of(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_newest_version_that_will_do_is_chosen() {
        let versions: Vec<Version> = ["0.9.0", "1.2.0", "1.10.1", "2.0.0-rc.1"]
            .iter()
            .map(|version| version.parse().unwrap())
            .collect();
        for (text, expected) in [
            ("acme:clip", Some("1.10.1")),
            ("acme:clip@^1.2", Some("1.10.1")),
            ("acme:clip@1.2", Some("1.10.1")),
            ("acme:clip@1.2.0", Some("1.2.0")),
            ("acme:clip@~1.2", Some("1.2.0")),
            ("acme:clip@<1", Some("0.9.0")),
            ("acme:clip@2.0.0-rc.1", Some("2.0.0-rc.1")),
            ("acme:clip@^2", None),
        ] {
            let found = wanted(text).newest(&versions).map(ToString::to_string);
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn names_have_two_words() {
        assert_eq!(
            PackageName::parse("acme:clip").unwrap().to_string(),
            "acme:clip"
        );
        for text in ["clip", "acme:clip@1.0.0", "Acme:clip", "acme:", "./x.wasm"] {
            assert_eq!(PackageName::parse(text), None, "{text}");
        }
    }
}
