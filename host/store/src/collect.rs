//! Takes away what nothing needs any more: old runs, the blobs and documents that only they needed,
//! and old entries of the cache. It may be done while other processes work with the store.

use std::time::{Duration, SystemTime};

use rusqlite::{Transaction, params};
use serde::Serialize;

use crate::database::Abort;
use crate::reach::Reach;
use crate::shards::Entry;
use crate::time::Stamp;
use crate::{Digest, Result, Retention, RunId, Store, time};

/// How old what nobody needs has to be, if nothing else is said: whoever has put it may be about to
/// register it.
pub const GRACE: Duration = Duration::from_secs(60 * 60);

/// What is to be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// What is kept.
    pub retention: Retention,
    /// How many of the latest runs of each pipeline, whatever pipelines and retention say.
    pub keep_runs: Option<u32>,
    /// How old what nobody needs has to be. Content of runs under way stays in any case.
    pub grace: Duration,
    /// Whether nothing is to be taken away, but only told.
    pub dry_run: bool,
}

impl Default for Collection {
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            keep_runs: None,
            grace: GRACE,
            dry_run: false,
        }
    }
}

/// How many there are of something, and how large they are together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }
}

/// What was taken away, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Whether nothing was taken away.
    pub dry_run: bool,
    /// The runs, in increasing order.
    pub runs: Vec<RunId>,
    /// Records of runs, and pieces of records.
    pub documents: Tally,
    /// Blobs.
    pub blobs: Tally,
    /// Entries of the cache.
    pub cache: Tally,
    /// Files that a process has left when it was killed while it wrote them.
    pub temporary_files: Tally,
}

impl Store {
    /// Takes away what cannot be reached from model versions, the history of aliases, pinned runs,
    /// runs under way and the latest runs of each pipeline, and what of the cache is too old or too
    /// much. Nothing goes that was put since the oldest run under way began, or later than the
    /// grace period says.
    ///
    /// # Errors
    ///
    /// [`Error::Io`](crate::Error::Io), [`Error::Database`](crate::Error::Database), and the errors
    /// of reading models and records: where it is not known what they need, nothing goes.
    pub fn collect(&self, collection: &Collection) -> Result<Collected> {
        let mut collected = Collected {
            dry_run: collection.dry_run,
            ..Collected::default()
        };
        // Nobody puts or registers content meanwhile.
        let held = match collection.dry_run {
            true => self.blobs().lock().together()?,
            false => self.blobs().lock().alone()?,
        };
        let task = "find what is no longer needed";
        // The rows go first: whoever is stopped in between leaves blobs that nobody needs.
        let reach = match collection.dry_run {
            true => self.database.read(task, |transaction| {
                self.collect_rows(transaction, collection, &mut collected)
            })?,
            false => self.database.write(task, |transaction| {
                self.collect_rows(transaction, collection, &mut collected)
            })?,
        };
        for entry in self.blobs().entries()? {
            let tally = match &entry.digest {
                // Those who write hold the lock: this one was left.
                None => &mut collected.temporary_files,
                Some(digest) if is_dispensable(&reach, digest, entry.modified) => {
                    &mut collected.blobs
                }
                Some(_) => continue,
            };
            tally.add(entry.bytes);
            if !collection.dry_run {
                self.blobs().remove(&held, &entry)?;
            }
        }
        drop(held);
        self.collect_cache(collection, &mut collected)?;
        if !collection.dry_run {
            for run in &collected.runs {
                self.alive.forget(*run);
            }
            self.database.compact()?;
        }
        Ok(collected)
    }

    /// The part of it that is in the database.
    fn collect_rows(
        &self,
        transaction: &Transaction<'_>,
        collection: &Collection,
        collected: &mut Collected,
    ) -> Result<Reach, Abort> {
        let Collection {
            retention,
            keep_runs,
            grace,
            ..
        } = collection;
        let reach = Reach::of(self, transaction, retention, *keep_runs, *grace)?;
        collected.runs = reach.dispensable_runs.iter().rev().copied().collect();
        let documents = documents(transaction)?;
        let documents = documents
            .into_iter()
            .filter(|(digest, _, kept_at)| is_dispensable(&reach, digest, *kept_at));
        for (digest, bytes, _) in documents {
            collected.documents.add(bytes);
            if !collection.dry_run {
                transaction.execute("DELETE FROM documents WHERE digest = ?1", [digest])?;
            }
        }
        if !collection.dry_run {
            let mut delete = transaction.prepare("DELETE FROM runs WHERE id = ?1")?;
            for run in &collected.runs {
                delete.execute(params![run])?;
            }
        }
        Ok(reach)
    }

    /// What was used last stays, as far as it is neither too old nor too much.
    fn collect_cache(&self, collection: &Collection, collected: &mut Collected) -> Result<()> {
        let retention = &collection.retention;
        let now = SystemTime::now();
        let is_older = |entry: &Entry, age| {
            now.duration_since(entry.modified)
                .is_ok_and(|old| old > age)
        };
        let mut entries = self.cache().entries()?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.modified));
        let mut kept_bytes = 0;
        for entry in entries {
            let tally = if entry.digest.is_none() {
                if !is_older(&entry, collection.grace) {
                    continue;
                }
                &mut collected.temporary_files
            } else {
                let fits = kept_bytes + entry.bytes <= retention.cache_bytes;
                if fits && !is_older(&entry, retention.cache_age) {
                    kept_bytes += entry.bytes;
                    continue;
                }
                &mut collected.cache
            };
            tally.add(entry.bytes);
            if !collection.dry_run {
                self.cache().remove(&entry)?;
            }
        }
        Ok(())
    }
}

/// Whether nobody keeps something, and nobody can be about to.
pub(crate) fn is_dispensable(reach: &Reach, digest: &Digest, kept_at: SystemTime) -> bool {
    reach.holder_of(digest).is_none() && kept_at < reach.cutoff
}

/// Every document with its size and the time at which it was put last.
pub(crate) fn documents(
    transaction: &Transaction<'_>,
) -> rusqlite::Result<Vec<(Digest, u64, SystemTime)>> {
    let row = |row: &rusqlite::Row<'_>| {
        let kept_at: Stamp = row.get(2)?;
        let bytes: i64 = row.get(1)?;
        let bytes = u64::try_from(bytes).unwrap_or_default();
        Ok((row.get(0)?, bytes, time::system(kept_at.0)))
    };
    transaction
        .prepare("SELECT digest, length(content), kept_at FROM documents")?
        .query_map([], row)?
        .collect()
}
