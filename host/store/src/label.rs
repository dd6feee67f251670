//! What people say of versions: tags, a description, and that one is no longer wanted. None of it
//! is part of the model, whose digest stays what it is.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use crate::name::check_tag;
use crate::time::Stamp;
use crate::{Error, Result, Store, version};

impl Store {
    /// Tags a version, where a key that it has already gets the new value, and takes the tags with
    /// some keys away: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidTag`], [`Error::UnknownModel`], [`Error::UnknownVersion`],
    /// [`Error::UnknownTag`] for a key to take away that the version lacks, and
    /// [`Error::Database`].
    pub fn set_tags(
        &self,
        name: &str,
        version: u32,
        tags: &BTreeMap<String, String>,
        removed: &[String],
    ) -> Result<()> {
        tags.keys().try_for_each(|key| check_tag(key))?;
        self.database.write("tag the version", |transaction| {
            version::require_name(transaction, name)?;
            let found = version::require(transaction, name, version)?;
            let sql = "DELETE FROM version_tags WHERE name = ?1 AND version = ?2 AND key = ?3";
            let mut remove = transaction.prepare(sql)?;
            for key in removed {
                if remove.execute(params![name, version, key])? == 0 {
                    let unknown = Error::UnknownTag {
                        name: name.to_owned(),
                        version,
                        key: key.clone(),
                        known: found.tags.into_keys().collect(),
                    };
                    return Err(unknown.into());
                }
            }
            let sql = "INSERT INTO version_tags (name, version, key, value) \
                       VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (name, version, key) DO UPDATE SET value = excluded.value";
            let mut add = transaction.prepare(sql)?;
            for (key, value) in tags {
                add.execute(params![name, version, key, value])?;
            }
            Ok(())
        })
    }

    /// Says what a version is, in place of what was said before; an empty text takes it back.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`], [`Error::UnknownVersion`] and [`Error::Database`].
    pub fn describe_version(&self, name: &str, version: u32, text: &str) -> Result<()> {
        let text = Some(text.trim()).filter(|text| !text.is_empty());
        self.database.write("describe the version", |transaction| {
            version::require_name(transaction, name)?;
            version::require(transaction, name, version)?;
            let sql = "UPDATE model_versions SET description = ?3 \
                       WHERE name = ?1 AND version = ?2";
            transaction.execute(sql, params![name, version, text])?;
            Ok(())
        })
    }

    /// Deletes a version. Its number is not given again. What it was made of stays until it is
    /// collected, and longer if the history of an alias tells of it.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownModel`], [`Error::UnknownVersion`], [`Error::VersionInUse`] while an alias
    /// stands for it, and [`Error::Database`].
    pub fn delete_version(&self, name: &str, version: u32, by: &str) -> Result<()> {
        self.database.write("delete the version", |transaction| {
            version::require_name(transaction, name)?;
            let found = version::require(transaction, name, version)?;
            if !found.aliases.is_empty() {
                let in_use = Error::VersionInUse {
                    name: name.to_owned(),
                    version,
                    aliases: found.aliases,
                };
                return Err(in_use.into());
            }
            transaction.execute(
                "INSERT INTO deleted_versions (name, version, digest, deleted_at, deleted_by) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![name, version, found.digest, Stamp::now(), by],
            )?;
            let sql = "DELETE FROM model_versions WHERE name = ?1 AND version = ?2";
            transaction.execute(sql, params![name, version])?;
            Ok(())
        })
    }
}

/// What a version is tagged with.
pub(crate) fn tags(
    transaction: &Transaction<'_>,
    name: &str,
    version: u32,
) -> rusqlite::Result<BTreeMap<String, String>> {
    transaction
        .prepare("SELECT key, value FROM version_tags WHERE name = ?1 AND version = ?2")?
        .query_map(params![name, version], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
