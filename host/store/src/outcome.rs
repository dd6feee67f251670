//! How runs end, and the words for it, which are the same in the database, in JSON and on the
//! terminal.

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step did its work, and every gate let it pass.
    Done,
    /// A step failed.
    Failed,
    /// A validation or a gate said no.
    Refused,
    /// Somebody ended it early.
    Cancelled,
    /// Something outside the pipeline broke: the host, the disk.
    Error,
}

/// What is known of how a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunOutcome {
    /// It goes on.
    Running,
    /// Its process ended before the run did: it was killed, or the machine stopped.
    Died,
    /// It ended.
    Ended(Outcome),
}

impl Outcome {
    /// The word for it, in the database, in JSON and on the terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        }
    }
}

impl RunOutcome {
    /// The word for it, in the database, in JSON and on the terminal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Died => "died",
            Self::Ended(outcome) => outcome.as_str(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl Serialize for RunOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The database does not know of runs that died: they are `running` there, and nobody holds their
/// lock.
impl ToSql for RunOutcome {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.as_str().to_sql()
    }
}

impl FromSql for RunOutcome {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        [
            Outcome::Done,
            Outcome::Failed,
            Outcome::Refused,
            Outcome::Cancelled,
            Outcome::Error,
        ]
        .map(Self::Ended)
        .into_iter()
        .chain([Self::Running])
        .find(|outcome| outcome.as_str() == word)
        .ok_or_else(|| FromSqlError::Other(format!("`{word}` is not an outcome").into()))
    }
}
