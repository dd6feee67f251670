//! The standard packages, inside the executable.

use std::sync::LazyLock;

use bytes::Bytes;
use mlhost_sandbox::Package;
use semver::Version;

use crate::{
    Error, Release,
    reference::{PackageName, Wanted},
    resolve::Resolved,
};

include!(concat!(env!("OUT_DIR"), "/components.rs"));

/// A package that is at hand.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// `namespace:name`.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One line.
    pub description: String,
    /// The component.
    #[serde(skip)]
    pub component: &'static [u8],
    #[serde(skip)]
    digest: &'static str,
}

impl Listed {
    /// `sha256:<hex>` of the component's bytes.
    pub fn digest(&self) -> &str {
        self.digest
    }

    /// As what a reference means; the name and version of what was built here are such.
    pub(crate) fn resolved(&self) -> Option<Resolved> {
        Some(Resolved {
            release: Release {
                name: PackageName::parse(&self.name)?,
                version: Version::parse(&self.version).ok()?,
            },
            digest: self.digest().to_owned(),
            component: Bytes::from_static(self.component),
            is_of_host: true,
            registry: None,
            signed_by: None,
        })
    }
}

/// Every standard package, by name. The components are looked at once.
pub(crate) fn list() -> &'static [Listed] {
    static LISTED: LazyLock<Vec<Listed>> = LazyLock::new(listed);
    &LISTED
}

fn listed() -> Vec<Listed> {
    let listed = |&(digest, component): &(&'static str, &'static [u8])| {
        let Package {
            name,
            version,
            description,
            ..
        } = Package::of(component);
        Listed {
            name: name.unwrap_or_default(),
            version: version.unwrap_or_default(),
            description: description.unwrap_or_default(),
            component,
            digest,
        }
    };
    COMPONENTS.iter().map(listed).collect()
}

/// The standard package of this name, if its version will do. There is one version of each: a
/// reference without a version means it, a pre-release too.
pub(crate) fn find(wanted: &Wanted) -> Option<&'static Listed> {
    let package = named(&wanted.name)?;
    let fits = match &wanted.version {
        Some(requirement) => {
            Version::parse(&package.version).is_ok_and(|version| requirement.matches(&version))
        }
        None => true,
    };
    fits.then_some(package)
}

fn named(name: &PackageName) -> Option<&'static Listed> {
    let name = name.to_string();
    list().iter().find(|package| package.name == name)
}

/// Why a package that no registry has is none of these.
pub(crate) fn unknown(wanted: &Wanted) -> Error {
    match (named(&wanted.name), &wanted.version) {
        (Some(package), Some(version)) => Error::UnknownVersion {
            name: package.name.clone(),
            version: version.to_string(),
            available: package.version.clone(),
        },
        _ => Error::UnknownPackage {
            hint: unknown_hint(&wanted.name, list()),
            name: wanted.name.to_string(),
        },
    }
}

fn unknown_hint(name: &PackageName, all: &[Listed]) -> String {
    let namespace = &name.namespace;
    if all.is_empty() && namespace == mlhost_pipeline::DEFAULT_NAMESPACE {
        return "this host was built without the standard packages: run `cargo xtask plugins`, \
                then build it again"
            .to_owned();
    }
    let text = name.to_string();
    let nearest = all
        .iter()
        .min_by_key(|other| strsim::damerau_levenshtein(&text, &other.name));
    match nearest.filter(|other| strsim::damerau_levenshtein(&text, &other.name) <= 3) {
        Some(other) => format!("did you mean `{}`?", other.name),
        None if namespace != mlhost_pipeline::DEFAULT_NAMESPACE => format!(
            "no registry has packages of `{namespace}`: add one to `[registries]` of the \
             configuration, with `namespaces = [\"{namespace}\"]`"
        ),
        None => {
            let names: Vec<_> = all
                .iter()
                .map(|package| format!("`{}`", package.name))
                .collect();
            format!(
                "there are {}; a component file is named by its path",
                names.join(", ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn digests_are_those_of_the_components() {
        assert!(!super::list().is_empty(), "run `cargo xtask plugins` first");
        for listed in super::list() {
            assert_eq!(listed.digest(), mlhost_sandbox::digest(listed.component));
        }
    }
}
