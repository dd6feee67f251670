//! The SQLite file with the records: one connection, used for one transaction at a time. Reading
//! transactions see one state of the database; writing ones take the lock at their start, so that
//! what they have read still holds when they write.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

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
        let failed = |source| Error::database("open the database", &path, source);
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
        schema::migrate(&mut connection, &path).map_err(refused)?;
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

    /// What SQLite finds wrong with the file, each in a line.
    pub(crate) fn problems(&self) -> Result<Vec<String>> {
        self.read("check the database", |transaction| {
            let mut statement = transaction.prepare("PRAGMA integrity_check")?;
            let lines = statement.query_map([], |row| row.get(0))?;
            let lines = lines.collect::<Result<Vec<String>, _>>()?;
            Ok(lines.into_iter().filter(|line| line != "ok").collect())
        })
    }

    /// Gives the space of rows that were deleted back to the disk, if that is more than the space
    /// of those that are left. Where somebody else is at work, it is left to the next time.
    pub(crate) fn compact(&self) -> Result<()> {
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let pages = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let compacted = pages("page_count")
            .and_then(|all| Ok((all, pages("freelist_count")?)))
            .and_then(|(all, free)| match free * 2 > all {
                true => connection.execute_batch("VACUUM"),
                false => Ok(()),
            });
        match compacted {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            outcome => outcome
                .map_err(|source| Error::database("compact the database", &self.path, source)),
        }
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
            Abort::Sql(source) => Error::database(task, &self.path, source),
            Abort::Refused(error) => error,
        })
    }
}

/// Readers do not wait for writers, and references between tables hold.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "foreign_keys", true)
}
