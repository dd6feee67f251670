//! What is kept, and why: everything that can be reached from model versions, the history of
//! aliases, pinned runs, runs under way, and the latest runs of each pipeline.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use rusqlite::Transaction;
use serde::Serialize;

use crate::database::Abort;
use crate::run::run_of_row;
use crate::{
    Digest, Error, Retention, Run, RunId, RunOutcome, Store, document, experiment, piece,
    retention, time,
};

/// Why something is kept. The first reason that applies is the one that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A registered version needs it, or is the work of the run.
    ModelVersion,
    /// An alias once stood for a version that has been deleted since.
    AliasHistory,
    /// Somebody has pinned the run.
    PinnedRun,
    /// The run goes on.
    RunUnderWay,
    /// The run is one of the latest of its pipeline.
    LatestRun,
}

/// Who keeps something.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) reason: Reason,
    /// `arr-delay@1`, `run 7`.
    pub(crate) name: String,
}

/// How long ago the clock of a process may have been read at the time that a file is said to have.
const BLUR: Duration = Duration::from_secs(60);

/// All that is kept.
pub(crate) struct Reach {
    pub(crate) holders: Vec<Holder>,
    /// Blobs and documents, and the holder that is told for each.
    held: HashMap<Digest, usize>,
    /// The runs that are not kept, the latest first.
    pub(crate) dispensable_runs: Vec<RunId>,
    /// What was put later than this may be needed by somebody who has not said so yet.
    pub(crate) cutoff: SystemTime,
}

impl Reach {
    /// Finds all that is kept. `keep_runs` counts before what pipelines and `retention` say.
    pub(crate) fn of(
        store: &Store,
        transaction: &Transaction<'_>,
        retention: &Retention,
        keep_runs: Option<u32>,
        grace: Duration,
    ) -> Result<Self, Abort> {
        let now = SystemTime::now();
        let mut reach = Self {
            holders: Vec::new(),
            held: HashMap::new(),
            dispensable_runs: Vec::new(),
            cutoff: now.checked_sub(grace).unwrap_or(SystemTime::UNIX_EPOCH),
        };
        let runs = runs(transaction)?;
        let mut makers = HashMap::new();
        for row in versions(transaction)? {
            let holder = reach.holder(Reason::ModelVersion, row.to_string());
            reach.hold_model(store, row.digest, holder)?;
            if let Some(run) = row.run {
                makers.entry(run).or_insert(holder);
            }
        }
        // What a version was judged by stands in the record of the run that entered it.
        for (run, name, version) in experiment::runs(transaction)? {
            let holder = || reach.holder(Reason::ModelVersion, format!("{name}@{version}"));
            makers.entry(run).or_insert_with(holder);
        }
        for run in &runs {
            if let Some(holder) = makers.get(&run.id) {
                reach.hold_run(store, transaction, run, *holder)?;
            }
        }
        for row in versions_in_history(transaction)? {
            let holder = reach.holder(Reason::AliasHistory, row.to_string());
            reach.hold_model(store, row.digest, holder)?;
        }
        let reasons = reach.reasons(store, transaction, &runs, retention, keep_runs)?;
        let mut others: Vec<_> = runs.iter().zip(reasons).collect();
        others.retain(|(run, _)| !makers.contains_key(&run.id));
        others.sort_by_key(|(_, reason)| *reason);
        for (run, reason) in others {
            match reason {
                Some(reason) => {
                    let holder = reach.holder(reason, format!("run {}", run.id));
                    reach.hold_run(store, transaction, run, holder)?;
                }
                None => reach.dispensable_runs.push(run.id),
            }
        }
        Ok(reach)
    }

    /// Who keeps a blob or a document.
    pub(crate) fn holder_of(&self, digest: &Digest) -> Option<usize> {
        self.held.get(digest).copied()
    }

    /// Why each run is kept for its own sake, if it is; they come with the latest first. While
    /// one is under way, nothing goes that was put since it began.
    fn reasons(
        &mut self,
        store: &Store,
        transaction: &Transaction<'_>,
        runs: &[Run],
        retention: &Retention,
        keep_runs: Option<u32>,
    ) -> Result<Vec<Option<Reason>>, Abort> {
        // How many runs of a pipeline have been seen, and how many are kept.
        let mut pipelines: HashMap<&str, (u32, u32)> = HashMap::new();
        let mut reasons = Vec::with_capacity(runs.len());
        for run in runs {
            let goes_on = run.outcome == RunOutcome::Running && store.alive.is(run.id);
            if goes_on {
                let begun = time::system(run.started_at).checked_sub(BLUR);
                self.cutoff = self.cutoff.min(begun.unwrap_or(SystemTime::UNIX_EPOCH));
            }
            if !pipelines.contains_key(run.pipeline.as_str()) {
                let said = retention::wanted(transaction, &run.pipeline)?;
                let wanted = keep_runs.or(said).unwrap_or(retention.keep_runs);
                pipelines.insert(&run.pipeline, (0, wanted));
            }
            let is_late = pipelines
                .get_mut(run.pipeline.as_str())
                .is_some_and(|(seen, wanted)| {
                    *seen += 1;
                    seen <= wanted
                });
            reasons.push(if run.pinned {
                Some(Reason::PinnedRun)
            } else if goes_on {
                Some(Reason::RunUnderWay)
            } else {
                is_late.then_some(Reason::LatestRun)
            });
        }
        Ok(reasons)
    }

    fn holder(&mut self, reason: Reason, name: String) -> usize {
        self.holders.push(Holder { reason, name });
        self.holders.len() - 1
    }

    fn hold(&mut self, digest: Digest, holder: usize) {
        self.held.entry(digest).or_insert(holder);
    }

    fn hold_model(&mut self, store: &Store, model: Digest, holder: usize) -> Result<(), Abort> {
        let json = store.blobs().get(&model)?;
        let document = serde_json::from_slice(&json).map_err(|source| Error::InvalidDocument {
            digest: model,
            expected: "a model",
            source,
        })?;
        let mut parts = vec![model];
        piece::digests(&document, &mut parts);
        parts.into_iter().for_each(|part| self.hold(part, holder));
        Ok(())
    }

    fn hold_run(
        &mut self,
        store: &Store,
        transaction: &Transaction<'_>,
        run: &Run,
        holder: usize,
    ) -> Result<(), Abort> {
        self.hold(run.pipeline_digest, holder);
        if let Some(record) = run.record_digest {
            let fetch = |digest| document::get(transaction, store.blobs(), digest);
            let whole = piece::whole(record, &fetch)?;
            let parts = whole.documents.into_iter().chain(whole.named);
            parts.for_each(|part| self.hold(part, holder));
        }
        Ok(())
    }
}

/// All runs, the latest first.
pub(crate) fn runs(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<Run>> {
    transaction
        .prepare("SELECT * FROM runs ORDER BY id DESC")?
        .query_map([], run_of_row)?
        .collect()
}

/// A version that is or was registered.
pub(crate) struct VersionRow {
    name: String,
    version: u32,
    pub(crate) digest: Digest,
    run: Option<RunId>,
}

impl std::fmt::Display for VersionRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}@{}", self.name, self.version)
    }
}

/// Every registered version.
pub(crate) fn versions(transaction: &Transaction<'_>) -> rusqlite::Result<Vec<VersionRow>> {
    let sql = "SELECT name, version, digest, run FROM model_versions ORDER BY name, version";
    rows(transaction, sql)
}

/// The versions that were deleted, and that the history of an alias tells of.
pub(crate) fn versions_in_history(
    transaction: &Transaction<'_>,
) -> rusqlite::Result<Vec<VersionRow>> {
    let sql = "SELECT name, version, digest, NULL FROM deleted_versions AS deleted WHERE EXISTS (\
                   SELECT * FROM alias_moves WHERE alias_moves.name = deleted.name \
                   AND deleted.version IN (from_version, to_version)\
               ) ORDER BY name, version";
    rows(transaction, sql)
}

fn rows(transaction: &Transaction<'_>, sql: &str) -> rusqlite::Result<Vec<VersionRow>> {
    let row = |row: &rusqlite::Row<'_>| {
        Ok(VersionRow {
            name: row.get(0)?,
            version: row.get(1)?,
            digest: row.get(2)?,
            run: row.get(3)?,
        })
    };
    transaction.prepare(sql)?.query_map([], row)?.collect()
}
