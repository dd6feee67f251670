//! The rows of model versions: how one is found, and how one is added. All of it happens inside a
//! transaction of the caller.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension as _, Params, Row, Transaction, params};
use serde::Serialize;

use crate::database::Abort;
use crate::time::Stamp;
use crate::{Digest, Error, Import, Result, RunId, Selector, VersionSelector, import, label, time};

/// One version of a model, without the model itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelVersion {
    /// The name.
    pub name: String,
    /// The version.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// When it was registered.
    #[serde(serialize_with = "time::serialize")]
    pub created_at: Timestamp,
    /// The run that registered it first; none if it was imported.
    pub run: Option<RunId>,
    /// How it was imported, if it was.
    pub imported: Option<Import>,
    /// The aliases that stand for this version.
    pub aliases: Vec<String>,
    /// What it is tagged with.
    pub tags: BTreeMap<String, String>,
    /// What somebody has said of it.
    pub description: Option<String>,
}

/// The names that have a version, sorted.
pub(crate) fn names(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    column(
        transaction,
        "SELECT DISTINCT name FROM model_versions ORDER BY name",
        [],
    )
}

/// Refuses a name that has no version.
pub(crate) fn require_name(transaction: &Transaction<'_>, name: &str) -> Result<(), Abort> {
    let known = names(transaction)?;
    if known.iter().any(|known| known == name) {
        Ok(())
    } else {
        Err(Error::UnknownModel {
            name: name.to_owned(),
            known,
        }
        .into())
    }
}

/// This version of a name that is known; refused if there is none.
pub(crate) fn require(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
) -> Result<ModelVersion, Abort> {
    let sql = "SELECT * FROM model_versions WHERE name = ?1 AND version = ?2";
    let row = transaction
        .query_row(sql, params![name, version], of_row)
        .optional()?;
    match row {
        Some(found) => Ok(complete(transaction, found)?),
        None => {
            let sql = "SELECT version FROM model_versions WHERE name = ?1 ORDER BY version";
            let known = column(transaction, sql, [name])?;
            Err(Error::UnknownVersion {
                name: name.to_owned(),
                version,
                known,
            }
            .into())
        }
    }
}

/// The number of the version that is selected; refused if the alias is unknown.
pub(crate) fn selected(transaction: &Transaction<'_>, selector: &Selector) -> Result<u32, Abort> {
    let name = &selector.name;
    match &selector.version {
        VersionSelector::Number(number) => Ok(*number),
        VersionSelector::Latest => Ok(latest(transaction, name)?),
        VersionSelector::Alias(alias) => {
            let mut known = aliases(transaction, name)?;
            known.remove(alias).ok_or_else(|| {
                let (name, alias) = (name.clone(), alias.clone());
                Error::UnknownAlias {
                    name,
                    alias,
                    known: known.into_keys().collect(),
                }
                .into()
            })
        }
    }
}

/// The latest version of a name that is known.
pub(crate) fn latest(transaction: &Transaction<'_>, name: &str) -> rusqlite::Result<u32> {
    let sql = "SELECT max(version) FROM model_versions WHERE name = ?1";
    transaction.query_row(sql, [name], |row| row.get(0))
}

/// Every version of a name, the latest first.
pub(crate) fn all(
    transaction: &Transaction<'_>,
    name: &str,
) -> rusqlite::Result<Vec<ModelVersion>> {
    let sql = "SELECT * FROM model_versions WHERE name = ?1 ORDER BY version DESC";
    let mut statement = transaction.prepare(sql)?;
    let rows = statement.query_map([name], of_row)?;
    rows.map(|row| complete(transaction, row?)).collect()
}

/// The aliases of a name, and the versions they stand for.
pub(crate) fn aliases(
    transaction: &Transaction<'_>,
    name: &str,
) -> rusqlite::Result<BTreeMap<String, u32>> {
    transaction
        .prepare("SELECT alias, version FROM aliases WHERE name = ?1")?
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The aliases that stand for a version.
pub(crate) fn aliases_of(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT alias FROM aliases WHERE name = ?1 AND version = ?2 ORDER BY alias";
    column(transaction, sql, params![name, version])
}

/// The version that a name has given to this model.
pub(crate) fn with_digest(
    transaction: &Transaction<'_>,
    name: &str,
    digest: Digest,
) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT version FROM model_versions WHERE name = ?1 AND digest = ?2";
    transaction
        .query_row(sql, params![name, digest], |row| row.get(0))
        .optional()
}

/// Adds the next version of a name, made by a run or by none.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    name: &str,
    digest: Digest,
    run: Option<RunId>,
) -> rusqlite::Result<u32> {
    let version = transaction.query_row(
        "INSERT INTO models (name, last_version) VALUES (?1, 1) \
         ON CONFLICT (name) DO UPDATE SET last_version = last_version + 1 \
         RETURNING last_version",
        [name],
        |row| row.get(0),
    )?;
    transaction.execute(
        "INSERT INTO model_versions (name, version, digest, run, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, version, digest, run, Stamp::now()],
    )?;
    Ok(version)
}

/// Everything but what is in tables of its own: aliases, tags, and how it was imported.
fn of_row(row: &Row<'_>) -> rusqlite::Result<ModelVersion> {
    Ok(ModelVersion {
        name: row.get("name")?,
        version: row.get("version")?,
        digest: row.get("digest")?,
        created_at: row.get::<_, Stamp>("created_at")?.0,
        run: row.get("run")?,
        imported: None,
        aliases: Vec::new(),
        tags: BTreeMap::new(),
        description: row.get("description")?,
    })
}

fn complete(
    transaction: &Transaction<'_>,
    mut version: ModelVersion,
) -> rusqlite::Result<ModelVersion> {
    version.aliases = aliases_of(transaction, &version.name, version.version)?;
    version.tags = label::tags(transaction, &version.name, version.version)?;
    version.imported = import::of_version(transaction, &version.name, version.version)?;
    Ok(version)
}

/// The only column of a query's rows.
pub(crate) fn column<T: FromSql>(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: impl Params,
) -> rusqlite::Result<Vec<T>> {
    transaction
        .prepare(sql)?
        .query_map(parameters, |row| row.get(0))?
        .collect()
}
