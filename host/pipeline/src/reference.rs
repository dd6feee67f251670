//! How a step names its plugin: a package with an optional version, or the file of a component.

use std::fmt;
use std::str::FromStr;

use semver::Version;
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
    /// A package: `mlhost:validate@0.1.0`, `mlhost:validate` or `validate`.
    Package {
        /// The namespace, [`DEFAULT_NAMESPACE`] when the text has none.
        namespace: String,
        /// The name inside the namespace.
        name: String,
        /// An exact version, such as `0.1.0`; without one the newest is meant.
        version: Option<String>,
    },
    /// The path of a component: a text with a `/` or with `.wasm` at its end.
    File(String),
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
    if let Some(version) = version {
        Version::parse(version).map_err(|error| format!("its version `{version}`: {error}"))?;
    }
    Ok(PluginReference::Package {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version: version.map(str::to_owned),
    })
}

/// The rule of WIT for the words of a package: lower-case letters, digits and hyphens, a letter
/// first.
fn word(what: &str, text: &str) -> Result<(), String> {
    let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase());
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        Err(format!("its {what} is empty"))
    } else if starts_well && text.chars().all(fits) {
        Ok(())
    } else {
        Err(format!(
            "its {what} `{text}` is not lower-case letters, digits and '-' with a letter first"
        ))
    }
}
