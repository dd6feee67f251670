//! The tables of the database and how they came to be: numbered steps, each the SQL that leads
//! from one version to the next. A step is never edited once it has been released;
//! `schema/README.md` says what every table and column is.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::Progress;
use rusqlite::{Connection, MAIN_DB, OpenFlags, TransactionBehavior};

/// The step at index `n` leads from version `n` to version `n + 1`.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
];

/// Why a database was not brought to the current version.
#[derive(Debug)]
pub(crate) enum Refusal {
    Sql(rusqlite::Error),
    Newer { found: i64, supported: usize },
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// Refuses a database that has steps this release does not know.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), Refusal> {
    steps_to_do(connection, STEPS).map(drop)
}

/// Brings the database in this file to the current version, in one transaction: it has all the
/// steps or none. A copy of an older one is kept beside it, as `store.db.v1` for version 1.
pub(crate) fn migrate(connection: &mut Connection, file: &Path) -> Result<(), Refusal> {
    migrate_through(connection, STEPS, Some(file))
}

fn migrate_through(
    connection: &mut Connection,
    steps: &[&str],
    file: Option<&Path>,
) -> Result<(), Refusal> {
    if steps_to_do(connection, steps)?.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Once more, as another process may have taken them in the meantime.
    let to_do = steps_to_do(&transaction, steps)?;
    let taken = steps.len() - to_do.len();
    if let Some(file) = file.filter(|_| taken > 0 && !to_do.is_empty()) {
        // Nobody else can write while the transaction is open, and it has not written yet.
        back_up(file, taken)?;
    }
    for step in to_do {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    Ok(transaction.commit()?)
}

/// Copies the database in this file, of this version. A copy that is there already is left alone:
/// it is from before the first migration.
fn back_up(file: &Path, version: usize) -> rusqlite::Result<()> {
    let beside = |ending: String| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let copy = beside(format!(".v{version}"));
    if copy.exists() {
        return Ok(());
    }
    // Under another name until it is whole.
    let unfinished = beside(format!(".v{version}.part"));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let source = Connection::open_with_flags(file, flags)?;
    std::fs::remove_file(&unfinished)
        .or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })
        .map_err(failed)
        .and_then(|()| source.backup(MAIN_DB, &unfinished, None::<fn(Progress)>))
        .and_then(|()| std::fs::rename(&unfinished, &copy).map_err(failed))
}

fn failed(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

/// The steps that the database has not taken yet.
fn steps_to_do<'a>(
    connection: &Connection,
    steps: &'a [&'a str],
) -> Result<&'a [&'a str], Refusal> {
    let found = version(connection)?;
    let taken = usize::try_from(found).ok();
    taken
        .and_then(|taken| steps.get(taken..))
        .ok_or(Refusal::Newer {
            found,
            supported: steps.len(),
        })
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE thing (id INTEGER); INSERT INTO thing VALUES (7);";
    const SECOND: &str = "ALTER TABLE thing ADD COLUMN colour TEXT DEFAULT 'red';";

    fn colour(connection: &Connection) -> rusqlite::Result<String> {
        connection.query_row("SELECT colour FROM thing WHERE id = 7", [], |row| {
            row.get(0)
        })
    }

    #[test]
    fn an_older_database_gets_the_steps_it_lacks() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_through(&mut connection, &[FIRST], None).unwrap();
        assert!(colour(&connection).is_err());
        migrate_through(&mut connection, &[FIRST, SECOND], None).unwrap();
        assert_eq!(colour(&connection).unwrap(), "red");
        assert_eq!(version(&connection).unwrap(), 2);
        migrate_through(&mut connection, &[FIRST, SECOND], None).unwrap();
    }

    #[test]
    fn a_failing_step_undoes_the_steps_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_through(&mut connection, &[FIRST], None).unwrap();
        let outcome = migrate_through(&mut connection, &[FIRST, SECOND, "no SQL"], None);
        assert!(matches!(outcome, Err(Refusal::Sql(_))));
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(colour(&connection).is_err());
    }

    #[test]
    fn a_newer_database_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_through(&mut connection, &[FIRST, SECOND], None).unwrap();
        let outcome = migrate_through(&mut connection, &[FIRST], None);
        assert!(matches!(
            outcome,
            Err(Refusal::Newer {
                found: 2,
                supported: 1
            })
        ));
    }

    #[test]
    fn runs_and_what_refers_to_them_outlive_the_new_table() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .pragma_update(None, "foreign_keys", true)
            .unwrap();
        migrate_through(&mut connection, &STEPS[..1], None).unwrap();
        let run = "INSERT INTO runs (pipeline, pipeline_digest, started_at, host_pid, outcome) \
                   VALUES ('flights', 'x', 'y', 1, 'running');";
        let model = "INSERT INTO models VALUES ('arr-delay', 1); \
                     INSERT INTO model_versions VALUES ('arr-delay', 1, 'd', 1, 'y');";
        let script = format!("{run}{run}{run}{model} DELETE FROM runs WHERE id = 3;");
        connection.execute_batch(&script).unwrap();

        migrate_through(&mut connection, &STEPS[..2], None).unwrap();
        connection.execute_batch(run).unwrap();
        let count = |sql| {
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        assert_eq!(count("SELECT count(*) FROM runs WHERE id IN (1, 2, 4)"), 3);
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        let cancelled = "UPDATE runs SET outcome = 'cancelled', finished_at = 'z', summary = '', \
                         record_digest = 'r' WHERE id = 4";
        connection.execute(cancelled, []).unwrap();
        // What refers to a run still keeps it.
        assert!(
            connection
                .execute("DELETE FROM runs WHERE id = 1", [])
                .is_err()
        );
    }
}
