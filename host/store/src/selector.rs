//! How a user names a model: `arr-delay` for the latest version, `arr-delay@7` for one version,
//! `arr-delay@champion` for the version that an alias names.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::name::{LATEST, check_alias, check_model_name};

/// A model and which version of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selector {
    /// The name of the model.
    pub name: String,
    /// Which version.
    pub version: VersionSelector,
}

/// Which version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VersionSelector {
    /// The one registered last: no suffix, or `@latest`.
    Latest,
    /// The one with this number: `@7`.
    Number(u32),
    /// The one this alias names: `@champion`.
    Alias(String),
}

impl FromStr for Selector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, version) = match text.split_once('@') {
            None => (text, VersionSelector::Latest),
            Some((name, suffix)) => (name, suffix.parse()?),
        };
        check_model_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            version,
        })
    }
}

impl FromStr for VersionSelector {
    type Err = Error;

    /// Reads what stands behind the `@`.
    fn from_str(suffix: &str) -> Result<Self, Error> {
        if suffix == LATEST {
            return Ok(Self::Latest);
        }
        if suffix.starts_with(|first: char| first.is_ascii_digit()) {
            return match suffix.parse() {
                Ok(number) if number > 0 => Ok(Self::Number(number)),
                _ => Err(Error::InvalidVersion {
                    version: suffix.to_owned(),
                }),
            };
        }
        check_alias(suffix)?;
        Ok(Self::Alias(suffix.to_owned()))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match &self.version {
            VersionSelector::Latest => self.name.clone(),
            VersionSelector::Number(number) => format!("{}@{number}", self.name),
            VersionSelector::Alias(alias) => format!("{}@{alias}", self.name),
        };
        formatter.pad(&text)
    }
}
