//! Reads everything again: what is damaged, what is missing, and what does not belong there.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use rusqlite::Transaction;
use serde::Serialize;
use serde_json::Value;

use crate::database::Abort;
use crate::{Digest, Error, Model, Result, Store, document, piece, reach};

/// What was found when everything was read again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// How many blobs and documents were read.
    pub checked: u64,
    /// How many bytes that were.
    pub bytes: u64,
    /// What is not what was put there.
    pub damaged: Vec<Damaged>,
    /// What is needed and not there.
    pub missing: Vec<Missing>,
    /// What SQLite finds wrong with the database.
    pub database: Vec<String>,
    /// Files that a process has left when it was killed while it wrote them. They do no harm.
    pub temporary_files: Vec<PathBuf>,
}

/// A blob or a document that cannot be read as what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damaged {
    /// Which.
    pub digest: Digest,
    /// Its file; none if it is in the database.
    pub path: Option<PathBuf>,
    /// What is wrong.
    pub problem: String,
    /// Who needs it: versions, and runs.
    pub needed_by: Vec<String>,
}

/// A blob or a document that is needed and not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Which.
    pub digest: Digest,
    /// Who needs it: versions, and runs.
    pub needed_by: Vec<String>,
}

impl Verification {
    /// Whether all that was put is there, as it was.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.missing.is_empty() && self.database.is_empty()
    }
}

impl Store {
    /// Reads every blob and every document again, and looks for all that versions and runs need.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the folders cannot be listed, and [`Error::Database`]. What is damaged is
    /// no error, but what is looked for.
    pub fn verify(&self) -> Result<Verification> {
        let _held = self.blobs().lock().together()?;
        let mut found = Verification {
            database: self.database.problems()?,
            ..Verification::default()
        };
        let mut sound = HashSet::new();
        let mut damaged = BTreeMap::new();
        for entry in self.blobs().entries()? {
            let Some(digest) = entry.digest else {
                let path = self.blobs().path_of_entry(&entry);
                found.temporary_files.push(path);
                continue;
            };
            found.checked += 1;
            found.bytes += entry.bytes;
            match self.blobs().verify(&digest) {
                Ok(()) => _ = sound.insert(digest),
                Err(error) => {
                    let path = Some(self.blobs().path_of(&digest));
                    damaged.insert(digest, (path, problem(&error)));
                }
            }
        }
        let needs = self
            .database
            .read("look for what is needed", |transaction| {
                for (digest, content) in documents(transaction)? {
                    found.checked += 1;
                    found.bytes += content.len() as u64;
                    match document::open(digest, &content) {
                        Ok(_) => _ = sound.insert(digest),
                        Err(error) => _ = damaged.insert(digest, (None, problem(&error))),
                    }
                }
                self.needs(transaction)
            })?;
        found.damaged = damaged
            .iter()
            .map(|(digest, (path, problem))| Damaged {
                digest: *digest,
                path: path.clone(),
                problem: problem.clone(),
                needed_by: needs.get(digest).cloned().unwrap_or_default(),
            })
            .collect();
        found.missing = needs
            .into_iter()
            .filter(|(digest, _)| !sound.contains(digest) && !damaged.contains_key(digest))
            .map(|(digest, needed_by)| Missing { digest, needed_by })
            .collect();
        Ok(found)
    }

    /// Who cannot do without which blobs and documents. What a document that cannot be read needs
    /// is not known.
    fn needs(&self, transaction: &Transaction<'_>) -> Result<BTreeMap<Digest, Vec<String>>, Abort> {
        let mut needs: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
        let mut add = |digest: Digest, who: &str| {
            let known = needs.entry(digest).or_default();
            if known.last().is_none_or(|last| last != who) {
                known.push(who.to_owned());
            }
        };
        let versions = reach::versions(transaction)?.into_iter();
        for row in versions.chain(reach::versions_in_history(transaction)?) {
            let who = row.to_string();
            add(row.digest, &who);
            let json = self.blobs().get(&row.digest);
            if let Ok(model) = json.and_then(|json| Model::from_json(&json)) {
                let parts = model.parts().into_iter();
                parts.for_each(|part| add(part.digest, &who));
            }
        }
        for run in reach::runs(transaction)? {
            let who = format!("run {}", run.id);
            add(run.pipeline_digest, &who);
            let Some(record) = run.record_digest else {
                continue;
            };
            add(record, &who);
            let fetch = |digest| document::get(transaction, self.blobs(), digest);
            match piece::whole(record, &fetch) {
                Ok(whole) => {
                    let mut needed = whole.documents;
                    states(&whole.record, false, &mut needed);
                    needed.into_iter().for_each(|digest| add(digest, &who));
                }
                Err(Abort::Refused(
                    Error::MissingBlob { digest, .. } | Error::DamagedDocument { digest },
                )) => add(digest, &who),
                Err(Abort::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(needs)
    }
}

/// The digests in a record that are those of states: all below a key `states`.
fn states(value: &Value, is_state: bool, found: &mut Vec<Digest>) {
    match value {
        Value::String(text) if is_state => found.extend(text.parse::<Digest>()),
        Value::Array(items) => items.iter().for_each(|item| states(item, is_state, found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, field)| states(field, is_state || key == "states", found)),
        _ => {}
    }
}

fn documents(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<(Digest, Vec<u8>)>> {
    transaction
        .prepare("SELECT digest, content FROM documents ORDER BY digest")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// What is wrong, without what is told beside it.
fn problem(error: &Error) -> String {
    match error {
        Error::DamagedBlob { found, .. } => format!("its content has the digest {found}"),
        Error::Io { source, .. } => source.to_string(),
        Error::DamagedDocument { .. } => "its content has another digest".to_owned(),
        other => other.to_string(),
    }
}
