//! How a pipeline names a version of a registered model: `arr-delay@champion`, `arr-delay@3` or
//! `arr-delay@latest`. Which version that is, is known to a store only.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::names;
use crate::source::Span;

/// A version of a registered model, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelVersion {
    /// The name that the model is registered under.
    pub name: String,
    /// What stands behind the `@`: an alias, a number, or `latest`.
    pub version: String,
}

/// A version of a registered model, and where it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredReference {
    /// The version, as it is written.
    pub version: ModelVersion,
    /// Where.
    pub span: Span,
}

impl ModelVersion {
    /// What a text names, if it can name a version: a name, an `@`, and an alias or a number.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (name, version) = text.split_once('@')?;
        let fits = names::is_name(name) && (is_alias(version) || is_number(version));
        fits.then(|| Self {
            name: name.to_owned(),
            version: version.to_owned(),
        })
    }
}

impl fmt::Display for ModelVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}", self.name, self.version)
    }
}

impl Serialize for ModelVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether a text can be an alias: lower-case letters, digits and '-', a letter first.
pub(crate) fn is_alias(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(fits)
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|number| number > 0) && !text.starts_with('+')
}
