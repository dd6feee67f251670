//! Experiments: the versions that compete for one target, of one model name or of several. A version
//! enters when a run of a pipeline that names the experiment registers it; its identity has nothing
//! to do with that.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use serde::Serialize;

use crate::time::Stamp;
use crate::{Digest, Error, Result, RunId, Store, time, version};

/// The versions that compete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Experiment {
    /// The name.
    pub name: String,
    /// The versions, sorted by name and number.
    pub entries: Vec<ExperimentEntry>,
}

/// A version in an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExperimentEntry {
    /// The name of the model.
    pub model: String,
    /// The version.
    pub version: u32,
    /// The identity of the model.
    pub digest: Digest,
    /// The aliases that stand for the version.
    pub aliases: Vec<String>,
    /// The run that entered it last.
    pub run: RunId,
    /// When it was entered first.
    #[serde(serialize_with = "time::serialize")]
    pub entered_at: Timestamp,
}

/// `arr-delay@7`
impl std::fmt::Display for ExperimentEntry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}@{}", self.model, self.version)
    }
}

impl Store {
    /// Every experiment that has a version, sorted by name.
    ///
    /// # Errors
    ///
    /// `Database` of [`Error`].
    pub fn experiments(&self) -> Result<Vec<Experiment>> {
        self.database.read("list the experiments", |transaction| {
            let names = names(transaction)?.into_iter();
            let experiments = names.map(|name| {
                Ok(Experiment {
                    entries: entries(transaction, &name)?,
                    name,
                })
            });
            experiments.collect()
        })
    }

    /// The experiment of this name.
    ///
    /// # Errors
    ///
    /// `UnknownExperiment` and `Database`, both of [`Error`].
    pub fn experiment(&self, name: &str) -> Result<Experiment> {
        self.database.read("find the experiment", |transaction| {
            let entries = entries(transaction, name)?;
            let name = name.to_owned();
            if entries.is_empty() {
                let known = names(transaction)?;
                return Err(Error::UnknownExperiment { name, known }.into());
            }
            Ok(Experiment { name, entries })
        })
    }
}

/// Enters a version that a run has registered.
pub(crate) fn enter(
    transaction: &Transaction<'_>,
    experiment: &str,
    (name, version): (&str, u32),
    run: RunId,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO experiment_versions (experiment, name, version, run, entered_at) \
         VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (experiment, name, version) DO UPDATE SET run = excluded.run",
        params![experiment, name, version, run, Stamp::now()],
    )?;
    Ok(())
}

/// The runs that have entered versions, each with one of those.
pub(crate) fn runs(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<(RunId, String, u32)>> {
    transaction
        .prepare("SELECT run, name, version FROM experiment_versions ORDER BY name, version")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

fn names(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT DISTINCT experiment FROM experiment_versions ORDER BY experiment";
    version::column(transaction, sql, [])
}

fn entries(
    transaction: &Transaction<'_>,
    experiment: &str,
) -> rusqlite::Result<Vec<ExperimentEntry>> {
    let sql = "SELECT entry.*, registered.digest FROM experiment_versions AS entry \
               JOIN model_versions AS registered USING (name, version) \
               WHERE experiment = ?1 ORDER BY name, version";
    let mut entries = transaction
        .prepare(sql)?
        .query_map([experiment], entry_of_row)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for entry in &mut entries {
        entry.aliases = version::aliases_of(transaction, &entry.model, entry.version)?;
    }
    Ok(entries)
}

fn entry_of_row(row: &Row<'_>) -> rusqlite::Result<ExperimentEntry> {
    Ok(ExperimentEntry {
        model: row.get("name")?,
        version: row.get("version")?,
        digest: row.get("digest")?,
        aliases: Vec::new(),
        run: row.get("run")?,
        entered_at: row.get::<_, Stamp>("entered_at")?.0,
    })
}
