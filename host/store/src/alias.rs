//! Aliases: movable names for versions, such as `champion`. Where an alias stands decides what
//! serves, so every move is kept, with who moved it and why.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;

use crate::name::check_alias;
use crate::time::Stamp;
use crate::{Error, Result, Selector, Store, VersionSelector, time, version};

/// One move of an alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AliasMove {
    /// The model.
    pub name: String,
    /// The alias.
    pub alias: String,
    /// The version it stood for before; nothing if it was new.
    pub from: Option<u32>,
    /// The version it stands for since.
    pub to: u32,
    /// When it was moved.
    #[serde(serialize_with = "time::serialize")]
    pub at: Timestamp,
    /// Who moved it.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Lets an alias stand for a version, and gives the version that it stood for before. If that
    /// is the same one, nothing has moved and nothing is written.
    ///
    /// # Errors
    ///
    /// `InvalidAlias`, `ReservedAlias`, `UnknownModel`, `UnknownVersion` and `Database`, all of
    /// [`Error`](crate::Error).
    pub fn set_alias(
        &self,
        name: &str,
        alias: &str,
        version: u32,
        by: &str,
        reason: &str,
    ) -> Result<Option<u32>> {
        check_alias(alias)?;
        self.database.write("set the alias", |transaction| {
            version::require_name(transaction, name)?;
            version::require(transaction, name, version)?;
            Ok(move_to(transaction, (name, alias), version, by, reason)?)
        })
    }

    /// Lets an alias stand for the version that it stood for before its last move, and gives the
    /// version that it leaves and the one that it goes to. It is a move like any other: to do it
    /// twice leads back to where it was.
    ///
    /// # Errors
    ///
    /// `InvalidAlias`, `ReservedAlias`, `UnknownModel`, `UnknownAlias`, `NoEarlierVersion` if it
    /// has moved only once, `UnknownVersion` if the version before was deleted, and `Database`,
    /// all of [`Error`](crate::Error).
    pub fn roll_back(&self, name: &str, alias: &str, by: &str, reason: &str) -> Result<(u32, u32)> {
        check_alias(alias)?;
        self.database.write("roll the alias back", |transaction| {
            let (name, alias) = (name.to_owned(), alias.to_owned());
            version::require_name(transaction, &name)?;
            let selector = Selector {
                name: name.clone(),
                version: VersionSelector::Alias(alias.clone()),
            };
            let left = version::selected(transaction, &selector)?;
            let sql = "SELECT from_version FROM alias_moves WHERE name = ?1 AND alias = ?2 \
                       ORDER BY id DESC LIMIT 1";
            let before: Option<u32> = transaction
                .query_row(sql, [&name, &alias], |row| row.get(0))
                .optional()?
                .flatten();
            let Some(before) = before else {
                return Err(Error::NoEarlierVersion { name, alias }.into());
            };
            version::require(transaction, &name, before)?;
            move_to(transaction, (&name, &alias), before, by, reason)?;
            Ok((left, before))
        })
    }

    /// Every move of every alias of a model, the latest first.
    ///
    /// # Errors
    ///
    /// `UnknownModel` and `Database`, both of [`Error`](crate::Error).
    pub fn alias_history(&self, name: &str) -> Result<Vec<AliasMove>> {
        self.database
            .read("read the history of the aliases", |transaction| {
                version::require_name(transaction, name)?;
                let mut statement = transaction
                    .prepare("SELECT * FROM alias_moves WHERE name = ?1 ORDER BY id DESC")?;
                let moves = statement
                    .query_map([name], move_of_row)?
                    .collect::<Result<_, _>>()?;
                Ok(moves)
            })
    }
}

/// Lets an alias stand for a version that is known, and gives the one that it stood for before.
pub(crate) fn move_to(
    transaction: &Transaction<'_>,
    (name, alias): (&str, &str),
    version: u32,
    by: &str,
    reason: &str,
) -> rusqlite::Result<Option<u32>> {
    let from = version::aliases(transaction, name)?.remove(alias);
    if from == Some(version) {
        return Ok(from);
    }
    transaction.execute(
        "INSERT INTO aliases (name, alias, version) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version",
        params![name, alias, version],
    )?;
    transaction.execute(
        "INSERT INTO alias_moves \
         (name, alias, from_version, to_version, moved_at, moved_by, reason) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![name, alias, from, version, Stamp::now(), by, reason],
    )?;
    Ok(from)
}

fn move_of_row(row: &Row<'_>) -> rusqlite::Result<AliasMove> {
    Ok(AliasMove {
        name: row.get("name")?,
        alias: row.get("alias")?,
        from: row.get("from_version")?,
        to: row.get("to_version")?,
        at: row.get::<_, Stamp>("moved_at")?.0,
        by: row.get("moved_by")?,
        reason: row.get("reason")?,
    })
}
