//! How a text file is compressed. Formats that compress inside themselves, such as Parquet, have
//! none of this.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::format::extension;
use crate::location::without_query;

/// How a CSV or JSON-lines file is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames.
    Zstd,
}

impl Compression {
    /// The names that `compression = "…"` takes.
    pub const NAMES: [&str; 3] = ["none", "gzip", "zstd"];

    /// The compression with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::None, Self::Gzip, Self::Zstd];
        all.into_iter()
            .find(|compression| compression.name() == name)
    }

    /// The compression that the ending of a path stands for, whatever its case.
    ///
    /// ```
    /// use mlhost_pipeline::Compression;
    ///
    /// assert_eq!(Compression::of_path("flights.csv.gz"), Compression::Gzip);
    /// assert_eq!(Compression::of_path("flights.csv"), Compression::None);
    /// ```
    pub fn of_path(path: &str) -> Self {
        match extension(path).as_deref() {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::None,
        }
    }

    /// The name that `compression = "…"` takes.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A path without the ending that says how it is compressed.
pub(crate) fn inner_path(path: &str) -> &str {
    let path = without_query(path);
    match Compression::of_path(path) {
        Compression::None => path,
        _ => path.rsplit_once('.').map_or(path, |(inner, _)| inner),
    }
}
