//! What is kept that no model version needs: the latest runs of each pipeline, pinned runs, and a
//! cache of a certain age and size.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::run::require_run;
use crate::time::Stamp;
use crate::{Result, RunId, Store};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is kept besides model versions, the history of aliases, and pinned runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// How many of the latest runs of each pipeline that does not say itself.
    pub keep_runs: u32,
    /// For how long entries of the cache that nobody uses.
    pub cache_age: Duration,
    /// The most bytes in the cache; what was used last stays.
    pub cache_bytes: u64,
}

impl Default for Retention {
    /// 20 runs, 30 days, 10 GiB.
    fn default() -> Self {
        Self {
            keep_runs: 20,
            cache_age: 30 * DAY,
            cache_bytes: 10 << 30,
        }
    }
}

impl Store {
    /// Writes down how many of its latest runs a pipeline wants to be kept; nothing if it does not
    /// say.
    ///
    /// # Errors
    ///
    /// [`Error::Database`](crate::Error::Database).
    pub fn set_retention(&self, pipeline: &str, keep_runs: Option<u32>) -> Result<()> {
        let read = |transaction: &Transaction<'_>| Ok(wanted(transaction, pipeline)?);
        if self.database.read("read the retention", read)? == keep_runs {
            return Ok(());
        }
        self.database.write("keep the retention", |transaction| {
            match keep_runs {
                Some(keep_runs) => transaction.execute(
                    "INSERT INTO retention (pipeline, keep_runs) VALUES (?1, ?2) \
                     ON CONFLICT (pipeline) DO UPDATE SET keep_runs = excluded.keep_runs",
                    params![pipeline, keep_runs],
                )?,
                None => {
                    transaction.execute("DELETE FROM retention WHERE pipeline = ?1", [pipeline])?
                }
            };
            Ok(())
        })
    }

    /// Keeps a run until it is unpinned, however many come after it; says whether that is new.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`](crate::Error::UnknownRun) and
    /// [`Error::Database`](crate::Error::Database).
    pub fn pin_run(&self, id: RunId) -> Result<bool> {
        self.set_pin(id, Some(Stamp::now()))
    }

    /// Takes the pin from a run; says whether it had one.
    ///
    /// # Errors
    ///
    /// Those of [`Store::pin_run`].
    pub fn unpin_run(&self, id: RunId) -> Result<bool> {
        self.set_pin(id, None)
    }

    fn set_pin(&self, id: RunId, at: Option<Stamp>) -> Result<bool> {
        self.database.write("pin the run", |transaction| {
            if require_run(transaction, id)?.pinned == at.is_some() {
                return Ok(false);
            }
            let sql = "UPDATE runs SET pinned_at = ?2 WHERE id = ?1";
            transaction.execute(sql, params![id, at])?;
            Ok(true)
        })
    }
}

/// How many of its latest runs a pipeline wants to be kept, if it says.
pub(crate) fn wanted(
    transaction: &Transaction<'_>,
    pipeline: &str,
) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT keep_runs FROM retention WHERE pipeline = ?1";
    transaction
        .query_row(sql, [pipeline], |row| row.get(0))
        .optional()
}
