//! The file formats of tables, and how a CSV file is written.

use std::fmt;

use serde::Serialize;

use crate::compression::inner_path;
use crate::location::without_query;

/// The format of the files of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values, or with another delimiter.
    Csv,
    /// Arrow IPC, as a file or as a stream; Feather version 2 is the same.
    Arrow,
    /// One JSON object on each line.
    JsonLines,
}

impl Format {
    /// The names that `format = "…"` takes.
    pub const NAMES: [&str; 4] = ["parquet", "csv", "arrow", "json-lines"];

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Parquet, Self::Csv, Self::Arrow, Self::JsonLines];
        all.into_iter().find(|format| format.name() == name)
    }

    /// The format that the ending of a path or glob stands for, whatever its case.
    ///
    /// ```
    /// use mlhost_pipeline::Format;
    ///
    /// assert_eq!(Format::from_path("data/2013-*.PARQUET"), Some(Format::Parquet));
    /// assert_eq!(Format::from_path("flights.csv.gz"), Some(Format::Csv));
    /// assert_eq!(Format::from_path("https://example.com/flights.csv?raw=true"), Some(Format::Csv));
    /// assert_eq!(Format::from_path("data/flights"), None);
    /// ```
    pub fn from_path(path: &str) -> Option<Self> {
        let path = without_query(path);
        let inner = inner_path(path);
        let format = match extension(inner)?.as_str() {
            "parquet" => Self::Parquet,
            "csv" | "tsv" => Self::Csv,
            "arrow" | "feather" | "ipc" => Self::Arrow,
            "jsonl" | "ndjson" | "json" => Self::JsonLines,
            _ => return None,
        };
        // The other formats compress inside themselves: a compressed file of them is none.
        (inner == path || format.is_text()).then_some(format)
    }

    /// Whether it is text, of which types are inferred or stated, and which may be compressed.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::JsonLines)
    }

    /// The name that `format = "…"` takes.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How a CSV file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CsvOptions {
    /// The ASCII character between two fields.
    pub delimiter: u8,
    /// Whether the first line holds the names of the columns.
    pub header: bool,
    /// The texts that stand for a missing value.
    pub null_values: Vec<String>,
}

impl CsvOptions {
    /// The defaults for a path: a tab between fields in a `.tsv`, else a comma.
    pub fn for_path(path: &str) -> Self {
        let tabs = extension(inner_path(path)).as_deref() == Some("tsv");
        Self {
            delimiter: if tabs { b'\t' } else { b',' },
            ..Self::default()
        }
    }
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: b',',
            header: true,
            null_values: vec![String::new()],
        }
    }
}

/// What stands behind the last dot of a file's name, in lower case.
pub(crate) fn extension(path: &str) -> Option<String> {
    let file = without_query(path).rsplit(['/', '\\']).next()?;
    let (_, extension) = file.rsplit_once('.')?;
    Some(extension.to_ascii_lowercase())
}
