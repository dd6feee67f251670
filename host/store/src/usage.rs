//! What takes the space of a store, and why it is kept.

use std::collections::BTreeMap;
use std::io;

use cap_std::fs::Dir;
use rusqlite::Transaction;
use serde::Serialize;

use crate::collect::{documents, is_dispensable};
use crate::reach::{Reach, Reason};
use crate::{Collection, Digest, Error, Result, RunId, Store, Tally};

/// What takes space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Blobs and documents that are kept for this reason, and for none before it.
    Kept(Reason),
    /// Blobs and documents that nothing needs yet, put so lately that somebody may be about to.
    Recent,
    /// Blobs and documents that nothing needs: they can be collected.
    Unreachable,
    /// Files that a process has left when it was killed while it wrote them.
    TemporaryFiles,
    /// Results that can be computed again.
    Cache,
    /// The database, without the documents in it.
    Database,
    /// The databases of earlier schemas, kept when they were migrated.
    Backups,
    /// Everything else in the folder.
    Other,
}

/// One kind of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Space {
    /// What it is.
    pub content: Content,
    /// How much there is of it: files, and documents in the database.
    #[serde(flatten)]
    pub tally: Tally,
    /// Who keeps it, those with the most bytes first; what several need is told of the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept_by: Vec<Keeper>,
}

/// A version or a run that keeps something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Keeper {
    /// `arr-delay@1`, `run 7`.
    pub name: String,
    /// How much it keeps that no one before it does.
    #[serde(flatten)]
    pub tally: Tally,
}

/// All that is in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Each kind of content, if there is any.
    pub spaces: Vec<Space>,
    /// All together.
    pub total: Tally,
    /// The runs that would be collected, in increasing order.
    pub dispensable_runs: Vec<RunId>,
}

const REASONS: [Reason; 5] = [
    Reason::ModelVersion,
    Reason::AliasHistory,
    Reason::PinnedRun,
    Reason::RunUnderWay,
    Reason::LatestRun,
];

impl Store {
    /// What takes the space, and why it is kept, or what would be collected.
    ///
    /// # Errors
    ///
    /// Those of [`Store::collect`].
    pub fn usage(&self, collection: &Collection) -> Result<Usage> {
        let _held = self.blobs().lock().together()?;
        let look = |transaction: &Transaction<'_>| {
            let Collection {
                retention,
                keep_runs,
                grace,
                ..
            } = collection;
            let reach = Reach::of(self, transaction, retention, *keep_runs, *grace)?;
            Ok((reach, documents(transaction)?))
        };
        let (reach, documents) = self.database.read("look at what there is", look)?;
        let mut counter = Counter::new(&reach);
        let mut document_bytes = 0;
        for (digest, bytes, kept_at) in documents {
            counter.content(&digest, bytes, kept_at);
            document_bytes += bytes;
        }
        for entry in self.blobs().entries()? {
            match &entry.digest {
                Some(digest) => counter.content(digest, entry.bytes, entry.modified),
                None => counter.other(Content::TemporaryFiles, entry.bytes),
            }
        }
        for entry in self.cache().entries()? {
            counter.other(Content::Cache, entry.bytes);
        }
        self.rest(&mut counter, document_bytes)
            .map_err(Error::io("list", self.path()))?;
        Ok(counter.usage(&reach))
    }

    /// What is in the folder besides blobs and cache.
    fn rest(&self, counter: &mut Counter<'_>, document_bytes: u64) -> io::Result<()> {
        let mut database = Tally::default();
        for entry in self.folder().entries()? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            match name.as_str() {
                "blobs" | "cache" => {}
                "store.db" | "store.db-wal" | "store.db-shm" => {
                    database.add(entry.metadata()?.len());
                }
                _ if entry.file_type()?.is_dir() => count_folder(&entry.open_dir()?, counter)?,
                _ => {
                    let content = match name.starts_with("store.db.v") {
                        true => Content::Backups,
                        false => Content::Other,
                    };
                    counter.other(content, entry.metadata()?.len());
                }
            }
        }
        database.bytes = database.bytes.saturating_sub(document_bytes);
        counter.others.push((Content::Database, database));
        Ok(())
    }
}

fn count_folder(folder: &Dir, counter: &mut Counter<'_>) -> io::Result<()> {
    for entry in folder.entries()? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => count_folder(&entry.open_dir()?, counter)?,
            false => counter.other(Content::Other, entry.metadata()?.len()),
        }
    }
    Ok(())
}

/// Adds it all up.
struct Counter<'a> {
    reach: &'a Reach,
    /// By the position of the holder.
    held: Vec<Tally>,
    others: Vec<(Content, Tally)>,
}

impl<'a> Counter<'a> {
    fn new(reach: &'a Reach) -> Self {
        Self {
            held: vec![Tally::default(); reach.holders.len()],
            others: Vec::new(),
            reach,
        }
    }

    fn content(&mut self, digest: &Digest, bytes: u64, kept_at: std::time::SystemTime) {
        match self.reach.holder_of(digest) {
            Some(holder) => self.held[holder].add(bytes),
            None if is_dispensable(self.reach, digest, kept_at) => {
                self.other(Content::Unreachable, bytes);
            }
            None => self.other(Content::Recent, bytes),
        }
    }

    fn other(&mut self, content: Content, bytes: u64) {
        let place = self.others.iter().position(|(known, _)| *known == content);
        let place = place.unwrap_or_else(|| {
            self.others.push((content, Tally::default()));
            self.others.len() - 1
        });
        self.others[place].1.add(bytes);
    }

    fn usage(self, reach: &Reach) -> Usage {
        let kept = REASONS.iter().map(|reason| {
            let holders = reach.holders.iter().zip(&self.held);
            let mut keepers: BTreeMap<&String, Vec<Tally>> = BTreeMap::new();
            // A version holds its own parts, and those of what was decided on it.
            for (holder, tally) in
                holders.filter(|(holder, tally)| holder.reason == *reason && tally.count > 0)
            {
                keepers.entry(&holder.name).or_default().push(*tally);
            }
            let keepers = keepers.into_iter().map(|(name, tallies)| Keeper {
                name: name.clone(),
                tally: sum(tallies.into_iter()),
            });
            let mut kept_by: Vec<_> = keepers.collect();
            kept_by.sort_by_key(|keeper| std::cmp::Reverse(keeper.tally.bytes));
            Space {
                content: Content::Kept(*reason),
                tally: sum(kept_by.iter().map(|keeper| keeper.tally)),
                kept_by,
            }
        });
        let others = [
            Content::Recent,
            Content::Unreachable,
            Content::TemporaryFiles,
            Content::Cache,
            Content::Database,
            Content::Backups,
            Content::Other,
        ];
        let others = others.into_iter().map(|content| {
            let found = self.others.iter().filter(|(known, _)| *known == content);
            Space {
                content,
                tally: sum(found.map(|(_, tally)| *tally)),
                kept_by: Vec::new(),
            }
        });
        let spaces: Vec<_> = kept
            .chain(others)
            .filter(|space| space.tally.count > 0)
            .collect();
        Usage {
            total: sum(spaces.iter().map(|space| space.tally)),
            spaces,
            dispensable_runs: reach.dispensable_runs.iter().rev().copied().collect(),
        }
    }
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    tallies.fold(Tally::default(), |sum, tally| Tally {
        count: sum.count + tally.count,
        bytes: sum.bytes + tally.bytes,
    })
}
