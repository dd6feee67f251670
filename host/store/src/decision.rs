//! Decisions: what the gates of the runs that registered a version said of it. They are kept beside
//! the version, and not in it: the identity of a model has nothing to do with its rivals.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde_json::Value;

use crate::time::Stamp;
use crate::{RunId, time};

/// What the gates of a run decided on a version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    /// The run.
    pub run: RunId,
    /// When.
    #[serde(serialize_with = "time::serialize")]
    pub at: Timestamp,
    /// Each gate with what it demands, what was compared, and the outcome.
    pub gates: Value,
}

/// Keeps what the gates of a run decided, unless the decision before it was the same.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    (name, version): (&str, u32),
    run: RunId,
    gates: &Value,
) -> rusqlite::Result<()> {
    let gates = gates.to_string();
    let sql = "SELECT gates FROM decisions WHERE name = ?1 AND version = ?2 \
               ORDER BY id DESC LIMIT 1";
    let before: Option<String> = transaction
        .query_row(sql, params![name, version], |row| row.get(0))
        .optional()?;
    if before.is_some_and(|before| before == gates) {
        return Ok(());
    }
    transaction.execute(
        "INSERT INTO decisions (name, version, run, decided_at, gates) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, version, run, Stamp::now(), gates],
    )?;
    Ok(())
}

/// Every decision on a version, the latest first.
pub(crate) fn all(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
) -> rusqlite::Result<Vec<Decision>> {
    let sql = "SELECT run, decided_at, gates FROM decisions \
               WHERE name = ?1 AND version = ?2 ORDER BY id DESC";
    let mut statement = transaction.prepare(sql)?;
    let rows = statement.query_map(params![name, version], |row| {
        Ok(Decision {
            run: row.get("run")?,
            at: row.get::<_, Stamp>("decided_at")?.0,
            // Nothing but JSON is put there; whoever has changed it gets to see the text.
            gates: row
                .get::<_, String>("gates")
                .map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)))?,
        })
    })?;
    rows.collect()
}
