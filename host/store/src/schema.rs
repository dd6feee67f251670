//! The tables of the database and how they came to be: numbered steps, each the SQL that leads
//! from one version to the next. A step is never edited once it has been released.

use rusqlite::{Connection, TransactionBehavior};

/// The step at index `n` leads from version `n` to version `n + 1`.
const STEPS: &[&str] = &[include_str!("schema/1.sql"), include_str!("schema/5.sql")];

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

/// Brings a database to the current version, in one transaction: it has all the steps or none.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Refusal> {
    migrate_through(connection, STEPS)
}

fn migrate_through(connection: &mut Connection, steps: &[&str]) -> Result<(), Refusal> {
    if steps_to_do(connection, steps)?.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Once more, as another process may have taken them in the meantime.
    for step in steps_to_do(&transaction, steps)? {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    Ok(transaction.commit()?)
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
        migrate_through(&mut connection, &[FIRST]).unwrap();
        assert!(colour(&connection).is_err());
        migrate_through(&mut connection, &[FIRST, SECOND]).unwrap();
        assert_eq!(colour(&connection).unwrap(), "red");
        assert_eq!(version(&connection).unwrap(), 2);
        migrate_through(&mut connection, &[FIRST, SECOND]).unwrap();
    }

    #[test]
    fn a_failing_step_undoes_the_steps_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_through(&mut connection, &[FIRST]).unwrap();
        let outcome = migrate_through(&mut connection, &[FIRST, SECOND, "no SQL"]);
        assert!(matches!(outcome, Err(Refusal::Sql(_))));
        assert_eq!(version(&connection).unwrap(), 1);
        assert!(colour(&connection).is_err());
    }

    #[test]
    fn a_newer_database_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_through(&mut connection, &[FIRST, SECOND]).unwrap();
        let outcome = migrate_through(&mut connection, &[FIRST]);
        assert!(matches!(
            outcome,
            Err(Refusal::Newer {
                found: 2,
                supported: 1
            })
        ));
    }
}
