//! Where a version came from that no run of this store has made: the archive it was imported
//! from, when, and whose signature was checked.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;

use crate::name::{check_alias, check_model_name};
use crate::time::Stamp;
use crate::{Digest, Model, Registered, Result, Store, alias, time, version};

/// The archive that a model comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportSource {
    /// The archive as the user named it.
    pub source: String,
    /// The name and version that the model has in the archive, such as `arr-delay:7`.
    pub reference: String,
    /// The digest of the archive's manifest.
    pub manifest: Digest,
    /// The digest of the public key whose signature was checked, if one was.
    pub signed_by: Option<Digest>,
}

/// How a version came into the store that no run has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// When it was imported.
    #[serde(serialize_with = "time::serialize")]
    pub at: Timestamp,
    /// From where.
    #[serde(flatten)]
    pub from: ImportSource,
}

/// The aliases that are moved to a version at the moment in which it is imported.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportAliases<'a> {
    /// The aliases.
    pub aliases: &'a [String],
    /// Who moves them.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

impl Store {
    /// Registers a model that comes from elsewhere, under this name, which need not be its own.
    /// The blobs it points at have to be in the store already. A model that the name has already
    /// keeps its version, and what is known of how it came. The aliases are moved to the version,
    /// all at once or nothing at all.
    ///
    /// # Errors
    ///
    /// `InvalidModelName`, `InvalidAlias`, `ReservedAlias`, `MissingPart`, the errors of
    /// [`canonical_json`](crate::canonical_json), `Io` and `Database`, all of
    /// [`Error`](crate::Error).
    pub fn import(
        &self,
        name: &str,
        model: &Model,
        source: &ImportSource,
        moved: ImportAliases<'_>,
    ) -> Result<Registered> {
        check_model_name(name)?;
        moved
            .aliases
            .iter()
            .try_for_each(|alias| check_alias(alias))?;
        // Until the version is known, so that none of its parts can go in between.
        let held = self.blobs().lock().together()?;
        self.require_parts(model, &held)?;
        let digest = self.blobs().put_under(&held, &model.to_json()?)?;
        self.database.write("import the model", |transaction| {
            let known = version::with_digest(transaction, name, digest)?;
            let version = match known {
                Some(version) => version,
                None => {
                    let version = version::insert(transaction, name, digest, None)?;
                    insert(transaction, name, version, source)?;
                    version
                }
            };
            for alias in moved.aliases {
                let alias = (name, alias.as_str());
                alias::move_to(transaction, alias, version, moved.by, moved.reason)?;
            }
            Ok(Registered {
                version,
                digest,
                new: known.is_none(),
                before: None,
            })
        })
    }
}

/// How a version was imported, if it was.
pub(crate) fn of_version(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
) -> rusqlite::Result<Option<Import>> {
    let sql = "SELECT * FROM imports WHERE name = ?1 AND version = ?2";
    transaction
        .query_row(sql, params![name, version], of_row)
        .optional()
}

fn insert(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
    source: &ImportSource,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO imports \
         (name, version, imported_at, source, reference, manifest, signed_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            name,
            version,
            Stamp::now(),
            source.source,
            source.reference,
            source.manifest,
            source.signed_by
        ],
    )?;
    Ok(())
}

fn of_row(row: &Row<'_>) -> rusqlite::Result<Import> {
    Ok(Import {
        at: row.get::<_, Stamp>("imported_at")?.0,
        from: ImportSource {
            source: row.get("source")?,
            reference: row.get("reference")?,
            manifest: row.get("manifest")?,
            signed_by: row.get("signed_by")?,
        },
    })
}
