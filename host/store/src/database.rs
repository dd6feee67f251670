//! The SQLite file with the records: one connection, used for one transaction at a time. Reading
//! transactions see one state of the database; writing ones take the lock at their start, so that
//! what they have read still holds when they write.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::{Error, Result, schema};

/// How long to wait for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// The database of a store.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Mutex<Connection>,
    path: PathBuf,
}

/// Why a transaction is undone: SQLite failed, or the store has refused what was asked.
pub(crate) enum Abort {
    Sql(rusqlite::Error),
    Refused(Error),
}

impl From<rusqlite::Error> for Abort {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Abort {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl Database {
    /// Opens the database at an absolute path without symbolic links, makes it if it is not
    /// there, and brings it to the current schema. Callers see to it that only one process does
    /// so at a time.
    pub(crate) fn open(path: PathBuf, store: &Path) -> Result<Self> {
        let failed = |source| Error::Database {
            task: "open the database",
            path: path.clone(),
            source,
        };
        // No symbolic link: it could lead out of the store.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection = Connection::open_with_flags(&path, flags).map_err(failed)?;
        let refused = |refusal| match refusal {
            schema::Refusal::Sql(source) => failed(source),
            schema::Refusal::Newer { found, supported } => Error::NewerSchema {
                path: store.to_owned(),
                found,
                supported,
            },
        };
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        // Before anything is changed: a later release may keep its database in another way.
        schema::refuse_newer(&connection).map_err(refused)?;
        set_up(&connection).map_err(failed)?;
        schema::migrate(&mut connection).map_err(refused)?;
        Ok(Self {
            connection: Mutex::new(connection),
            path,
        })
    }

    /// Runs a transaction that only reads; `task` completes the sentence "could not …".
    pub(crate) fn read<T>(
        &self,
        task: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Abort>,
    ) -> Result<T> {
        self.transact(TransactionBehavior::Deferred, task, work)
    }

    /// Runs a transaction that writes; it is undone if `work` fails.
    pub(crate) fn write<T>(
        &self,
        task: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Abort>,
    ) -> Result<T> {
        self.transact(TransactionBehavior::Immediate, task, work)
    }

    fn transact<T>(
        &self,
        behavior: TransactionBehavior,
        task: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Abort>,
    ) -> Result<T> {
        // After a panic in `work` the transaction was undone, and the connection is as good as new.
        let mut connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let outcome = connection
            .transaction_with_behavior(behavior)
            .map_err(Abort::Sql)
            .and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
        outcome.map_err(|abort| match abort {
            Abort::Sql(source) => Error::Database {
                task,
                path: self.path.clone(),
                source,
            },
            Abort::Refused(error) => error,
        })
    }
}

/// Readers do not wait for writers, and references between tables hold.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "foreign_keys", true)
}
