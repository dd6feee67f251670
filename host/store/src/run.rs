//! Runs: one row when a run begins, completed when it ends. What a run read, ran, wrote and
//! decided is a JSON record kept as a document; the row has what a list of runs shows.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::database::Abort;
use crate::time::Stamp;
use crate::{
    Digest, Error, Outcome, Result, RunOutcome, Store, canonical_json, document, piece, time,
};

/// The number of a run. Runs count up from 1, and a number is never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(i64);

/// The row of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The name of its pipeline.
    pub pipeline: String,
    /// The blob with the text of its pipeline.
    pub pipeline_digest: Digest,
    /// When it began, in milliseconds.
    #[serde(serialize_with = "time::serialize")]
    pub started_at: Timestamp,
    /// When it ended, in milliseconds.
    #[serde(serialize_with = "time::serialize_option")]
    pub finished_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// How it ended, in one line for the reader.
    pub summary: Option<String>,
    /// The digest of its record as it is kept.
    pub record_digest: Option<Digest>,
    /// Whether it stays until somebody says otherwise.
    pub pinned: bool,
    /// The id of the process that it runs or ran in.
    pub host_pid: u32,
}

/// A run with its record: all that is known of a run that has ended, and what is known beforehand
/// of one that has not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredRun {
    /// The row.
    #[serde(flatten)]
    pub run: Run,
    /// The record.
    pub record: Option<Value>,
}

impl Store {
    /// Writes down that a run begins, in this process and now, and gives it its number.
    ///
    /// # Errors
    ///
    /// [`Error::MissingBlob`] if the text of the pipeline has not been put into the store;
    /// [`Error::Database`].
    pub fn begin_run(&self, pipeline: &str, pipeline_text: &Digest) -> Result<RunId> {
        // Until the run is known, so that the text cannot go in between.
        let held = self.blobs().lock().together()?;
        if !self.blobs().keep_under(&held, pipeline_text)? {
            return Err(self.blobs().missing(pipeline_text));
        }
        let mut begun = None;
        let written = self.database.write("begin a run", |transaction| {
            transaction.execute(
                "INSERT INTO runs (pipeline, pipeline_digest, started_at, host_pid, outcome) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    pipeline,
                    pipeline_text,
                    Stamp::now(),
                    std::process::id(),
                    RunOutcome::Running
                ],
            )?;
            let id = RunId(transaction.last_insert_rowid());
            self.alive.begin(id)?;
            begun = Some(id);
            Ok(id)
        });
        if let (Err(_), Some(id)) = (&written, begun) {
            // The number is given again.
            self.alive.end(id);
        }
        written
    }

    /// Keeps what is known of a run at its beginning, for the case that it never comes to its end:
    /// [`Store::finish_run`] puts the record of the whole run in its place.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`], [`Error::RunEnded`], the errors of [`canonical_json`], and
    /// [`Error::Database`].
    pub fn describe_run(&self, id: RunId, record: &Value) -> Result<()> {
        let record = canonical_json(record)?;
        self.database.write("describe the run", |transaction| {
            require_unfinished(transaction, id)?;
            let record = document::put(transaction, &record)?;
            let sql = "UPDATE runs SET record_digest = ?2 WHERE id = ?1";
            transaction.execute(sql, params![id, record])?;
            Ok(())
        })
    }

    /// Writes down how a run ended. The summary is made one line; the record is kept as
    /// canonical JSON.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`], [`Error::RunEnded`] if it has ended before, the errors of
    /// [`canonical_json`], and [`Error::Database`].
    pub fn finish_run(
        &self,
        id: RunId,
        outcome: Outcome,
        summary: &str,
        record: &Value,
    ) -> Result<()> {
        let record = canonical_json(record)?;
        let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
        self.database.write("end the run", |transaction| {
            require_unfinished(transaction, id)?;
            let record = document::put(transaction, &record)?;
            transaction.execute(
                "UPDATE runs SET outcome = ?2, finished_at = ?3, summary = ?4, record_digest = ?5 \
                 WHERE id = ?1",
                params![
                    id,
                    RunOutcome::Ended(outcome),
                    Stamp::now(),
                    summary,
                    record
                ],
            )?;
            Ok(())
        })?;
        self.alive.end(id);
        Ok(())
    }

    /// The latest runs, the latest first, no more than `limit`.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    pub fn runs(&self, limit: u32) -> Result<Vec<Run>> {
        let runs = self.database.read("list the runs", |transaction| {
            let mut statement =
                transaction.prepare("SELECT * FROM runs ORDER BY id DESC LIMIT ?1")?;
            let runs = statement.query_map([limit], run_of_row)?;
            Ok(runs.collect::<Result<Vec<_>, _>>()?)
        })?;
        runs.into_iter().map(|run| self.as_it_is(run)).collect()
    }

    /// The latest runs of a pipeline, the latest first, no more than `limit`; those before a run,
    /// if one is named.
    ///
    /// # Errors
    ///
    /// [`Error::Database`].
    pub fn runs_of(&self, pipeline: &str, before: Option<RunId>, limit: u32) -> Result<Vec<Run>> {
        let runs = self.database.read("list the runs", |transaction| {
            let sql = "SELECT * FROM runs WHERE pipeline = ?1 AND (?2 IS NULL OR id < ?2) \
                       ORDER BY id DESC LIMIT ?3";
            let mut statement = transaction.prepare(sql)?;
            let runs = statement.query_map(params![pipeline, before, limit], run_of_row)?;
            Ok(runs.collect::<Result<Vec<_>, _>>()?)
        })?;
        runs.into_iter().map(|run| self.as_it_is(run)).collect()
    }

    /// A run with its record.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`], [`Error::DamagedDocument`], [`Error::InvalidDocument`],
    /// [`Error::Database`], and the errors of [`Blobs::get`](crate::Blobs::get) for the record of
    /// an older store.
    pub fn run(&self, id: RunId) -> Result<StoredRun> {
        let run = self.as_it_is(self.row(id)?)?;
        let record = self.whole_record(&run)?.map(|whole| whole.record);
        Ok(StoredRun { run, record })
    }

    /// The blobs that a run needs: the text of its pipeline, and all that its record refers to, as
    /// far as it is in the store. States and components are among it.
    ///
    /// # Errors
    ///
    /// Those of [`Store::run`] but [`Error::UnknownRun`], and [`Error::Io`].
    pub fn blobs_of_run(&self, run: &Run) -> Result<Vec<Digest>> {
        let mut needed = vec![run.pipeline_digest];
        for digest in self.whole_record(run)?.map_or(vec![], |whole| whole.named) {
            if self.blobs().contains(&digest)? {
                needed.push(digest);
            }
        }
        Ok(needed)
    }

    fn row(&self, id: RunId) -> Result<Run> {
        let read = |transaction: &Transaction<'_>| require_run(transaction, id);
        self.database.read("read the run", read)
    }

    /// The run with what the database cannot know of its outcome.
    fn as_it_is(&self, run: Run) -> Result<Run> {
        if run.outcome != RunOutcome::Running || self.alive.is(run.id) {
            return Ok(run);
        }
        // It may have ended since its row was read.
        let mut run = self.row(run.id)?;
        if run.outcome == RunOutcome::Running {
            run.outcome = RunOutcome::Died;
            self.alive.forget(run.id);
        }
        Ok(run)
    }

    fn whole_record(&self, run: &Run) -> Result<Option<piece::Whole>> {
        let Some(digest) = run.record_digest else {
            return Ok(None);
        };
        self.database
            .read("read the record of the run", |transaction| {
                let fetch = |digest| document::get(transaction, self.blobs(), digest);
                piece::whole(digest, &fetch).map(Some)
            })
    }
}

/// Refuses a run that has ended.
fn require_unfinished(transaction: &Transaction<'_>, id: RunId) -> Result<(), Abort> {
    match require_run(transaction, id)?.outcome {
        RunOutcome::Running => Ok(()),
        outcome => Err(Error::RunEnded { id, outcome }.into()),
    }
}

/// The run with this id, or the error that says there is none.
pub(crate) fn require_run(transaction: &Transaction<'_>, id: RunId) -> Result<Run, Abort> {
    let run = transaction
        .query_row("SELECT * FROM runs WHERE id = ?1", [id], run_of_row)
        .optional()?;
    match run {
        Some(run) => Ok(run),
        None => {
            let latest = transaction.query_row("SELECT max(id) FROM runs", [], |row| row.get(0))?;
            Err(Error::UnknownRun { id, latest }.into())
        }
    }
}

pub(crate) fn run_of_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: row.get("id")?,
        pipeline: row.get("pipeline")?,
        pipeline_digest: row.get("pipeline_digest")?,
        started_at: row.get::<_, Stamp>("started_at")?.0,
        finished_at: row
            .get::<_, Option<Stamp>>("finished_at")?
            .map(|stamp| stamp.0),
        outcome: row.get("outcome")?,
        summary: row.get("summary")?,
        record_digest: row.get("record_digest")?,
        pinned: row.get::<_, Option<Stamp>>("pinned_at")?.is_some(),
        host_pid: row.get("host_pid")?,
    })
}

impl fmt::Display for RunId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for RunId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl ToSql for RunId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for RunId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}
