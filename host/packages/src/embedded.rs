//! The standard packages, inside the executable.

use std::sync::LazyLock;

use mlhost_sandbox::Package;

use crate::{Error, Result};

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
}

/// Every standard package, by name. The components are looked at once.
pub(crate) fn list() -> &'static [Listed] {
    static LISTED: LazyLock<Vec<Listed>> = LazyLock::new(listed);
    &LISTED
}

fn listed() -> Vec<Listed> {
    let listed = |component: &&'static [u8]| {
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
        }
    };
    COMPONENTS.iter().map(listed).collect()
}

/// The standard package of this name, in this version if one is named.
pub(crate) fn find(namespace: &str, name: &str, version: Option<&str>) -> Result<&'static Listed> {
    let name = format!("{namespace}:{name}");
    let all = list();
    let Some(package) = all.iter().find(|package| package.name == name) else {
        return Err(Error::UnknownPackage {
            hint: unknown_hint(&name, all),
            name,
        });
    };
    match version {
        Some(version) if version != package.version => Err(Error::UnknownVersion {
            name,
            version: version.to_owned(),
            available: package.version.clone(),
        }),
        _ => Ok(package),
    }
}

fn unknown_hint(name: &str, all: &[Listed]) -> String {
    if all.is_empty() {
        return "this host was built without the standard packages: run `cargo xtask plugins`, \
                then build it again"
            .to_owned();
    }
    let nearest = all
        .iter()
        .min_by_key(|other| strsim::damerau_levenshtein(name, &other.name));
    match nearest.filter(|other| strsim::damerau_levenshtein(name, &other.name) <= 3) {
        Some(other) => format!("did you mean `{}`?", other.name),
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
