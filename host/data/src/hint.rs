//! What can be done about an error, where something can.

use std::io;
use std::path::Path;

use mlhost_pipeline::{Format, printable};

use crate::{Difference, Error};

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoFile { near, .. } => return near.clone(),
            Self::Glob { .. } => {
                "`*` stands for any text and `?` for any character of a name, `**` for any folders; \
                 write `[*]` for a `*` in a name"
                    .to_owned()
            }
            Self::UnknownFormat { .. } => {
                "name a .parquet, .csv, .arrow or .jsonl file".to_owned()
            }
            Self::Io { path, source } => return io_hint(&path.display().to_string(), source),
            Self::Remote { scheme, source, .. } => return source.hint(*scheme),
            Self::Location(source) => source.hint(),
            Self::NotKept { .. } => {
                "make room there, or name another folder in the environment variable `TMPDIR`"
                    .to_owned()
            }
            Self::Changed { .. } => {
                "run it again, and let nothing write to the file meanwhile".to_owned()
            }
            Self::Gone { .. } => "run it again, and leave the file where it is meanwhile".to_owned(),
            Self::DanglingLink { path, .. } => {
                format!("`ls -l {}` shows the link: bring back the file, or delete the link", path.display())
            }
            Self::Empty { .. } => {
                "take the file out of the folder or glob, or write it again".to_owned()
            }
            Self::DuplicateColumn { .. } => "give each column a name of its own".to_owned(),
            Self::SchemaMismatch {
                difference,
                offending,
                ..
            } => match (difference.as_ref(), offending) {
                (Difference::Type { column, .. }, Some(_)) => format!(
                    "state the types of all columns under `schema`, with `{} = \"utf8\"` for one \
                     that fits all files",
                    printable(column)
                ),
                _ => "read files with other columns as a table of their own".to_owned(),
            },
            Self::OtherColumns { .. } => {
                "`schema` names all columns of the file, in their order".to_owned()
            }
            Self::UnstatedColumn { column, .. } => {
                format!("add `{}` with its type to `schema`", printable(column))
            }
            Self::Ragged { .. } => {
                "is `csv.delimiter` the one of the file, and is a text that holds it in quotes?"
                    .to_owned()
            }
            Self::NotUtf8 { .. } => {
                "save the file as UTF-8, for example with `iconv -f latin1 -t utf-8`".to_owned()
            }
            Self::InvalidValue { path, value, .. } => invalid_value_hint(path, value),
            Self::UnclosedQuote { .. } => {
                "close the quote; one within a quoted text is written twice: `\"\"`".to_owned()
            }
            Self::Spool { .. } => {
                "make room there, or set MLHOST_STORE to a folder on a larger disk".to_owned()
            }
            Self::Damaged { .. } => {
                "the file may be cut off, damaged, or of another format: fetch or write it again"
                    .to_owned()
            }
            _ => return None,
        })
    }
}

fn invalid_value_hint(path: &Path, value: &str) -> String {
    let text = "a column of any text is `utf8` under `schema`";
    match Format::from_path(&path.to_string_lossy()) {
        Some(Format::JsonLines) => format!("{text}; a missing value is `null`"),
        _ => {
            format!("if `{value}` stands for a missing value, add it to `csv.null_values`; {text}")
        }
    }
}

fn io_hint(path: &str, source: &io::Error) -> Option<String> {
    match source.kind() {
        io::ErrorKind::PermissionDenied => Some(format!("`ls -ld {path}` shows who may read it")),
        _ => None,
    }
}
