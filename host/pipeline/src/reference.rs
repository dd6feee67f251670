//! How a step names its plugin: a package with the versions that will do, or the file of a component.

use std::fmt;
use std::str::FromStr;

use semver::{Version, VersionReq};
use serde::{Serialize, Serializer};

use crate::error::Error;

/// The namespace of packages that are named without one.
pub const DEFAULT_NAMESPACE: &str = "mlhost";

/// The plugin of a step.
///
/// ```
/// use mlhost_pipeline::PluginReference;
///
/// let reference: PluginReference = "tree".parse()?;
/// assert_eq!(reference.to_string(), "mlhost:tree");
/// assert!(matches!("./mine.wasm".parse()?, PluginReference::File(_)));
/// # Ok::<(), mlhost_pipeline::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PluginReference {
    /// A package: `mlhost:validate@0.1.0`, `acme:clip@^1.2`, `mlhost:validate` or `validate`.
    Package {
        /// The namespace, [`DEFAULT_NAMESPACE`] when the text has none.
        namespace: String,
        /// The name inside the namespace.
        name: String,
        /// The versions that will do; all of them where none is named.
        version: Option<VersionRequirement>,
    },
    /// The path of a component: a text with a `/` or with `.wasm` at its end.
    File(String),
}

/// Which versions of a package will do.
///
/// ```
/// use mlhost_pipeline::VersionRequirement;
///
/// let requirement: VersionRequirement = "^1.2".parse()?;
/// assert!(requirement.matches(&"1.3.0".parse()?));
/// assert!(!requirement.matches(&"2.0.0".parse()?));
/// let exact: VersionRequirement = "1.2.0".parse()?;
/// assert!(!exact.matches(&"1.3.0".parse()?));
/// # Ok::<(), semver::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VersionRequirement {
    /// This version alone: `1.2.3`.
    Exact(Version),
    /// All that a requirement allows, written as cargo writes it: `^1.2`, `1.2`, `~1.2.3`,
    /// `>=1.2, <1.5`, `*`.
    Matching(VersionReq),
}

impl VersionRequirement {
    /// Whether this version will do.
    pub fn matches(&self, version: &Version) -> bool {
        match self {
            Self::Exact(exact) => exact == version,
            Self::Matching(requirement) => requirement.matches(version),
        }
    }
}

impl fmt::Display for VersionRequirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) => version.fmt(formatter),
            Self::Matching(requirement) => requirement.fmt(formatter),
        }
    }
}

impl FromStr for VersionRequirement {
    type Err = semver::Error;

    fn from_str(text: &str) -> Result<Self, semver::Error> {
        let is_number = text.starts_with(|first: char| first.is_ascii_digit());
        match Version::parse(text) {
            Ok(version) => Ok(Self::Exact(version)),
            // All three parts are there, and one of them is wrong.
            Err(error) if is_number && text.matches('.').count() > 1 && !text.contains(',') => {
                Err(error)
            }
            Err(_) => VersionReq::parse(text).map(Self::Matching),
        }
    }
}

impl fmt::Display for PluginReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package {
                namespace,
                name,
                version,
            } => {
                write!(formatter, "{namespace}:{name}")?;
                version
                    .as_ref()
                    .map_or(Ok(()), |version| write!(formatter, "@{version}"))
            }
            Self::File(path) => formatter.write_str(path),
        }
    }
}

impl FromStr for PluginReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.contains('/') || text.ends_with(".wasm") {
            return Ok(Self::File(text.to_owned()));
        }
        package(text).map_err(|reason| Error::PackageReference {
            text: text.to_owned(),
            reason,
        })
    }
}

impl Serialize for PluginReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn package(text: &str) -> Result<PluginReference, String> {
    let (path, version) = match text.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (text, None),
    };
    let (namespace, name) = path.split_once(':').unwrap_or((DEFAULT_NAMESPACE, path));
    word("namespace", namespace)?;
    word("name", name)?;
    let version = version.map(|version| {
        let parsed = version.parse();
        parsed.map_err(|error| format!("its version `{version}`: {error}"))
    });
    Ok(PluginReference::Package {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: version.transpose()?,
    })
}

/// The rule of WIT for the words of a package: lower-case letters, digits and hyphens, a letter
/// first.
fn word(what: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        Err(format!("its {what} is empty"))
    } else if is_word(text) {
        Ok(())
    } else {
        Err(format!(
            "its {what} `{text}` is not lower-case letters, digits and '-' with a letter first"
        ))
    }
}

/// Whether a text follows that rule.
pub(crate) fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(fits)
}
