//! Runs the steps of a checked pipeline, each as soon as its needs are met.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    thread,
    time::Instant,
};

use mlhost_data::FileTable;
use mlhost_pipeline::{Kind, Pipeline, PlannedStep, Selection};
use mlhost_sandbox::{CONTRACT, CancelToken, WASMTIME};
use mlhost_store::{Outcome, RunId, Store};
use tokio::task::JoinSet;

use crate::{
    Checked, Engine, Error, FileRecord, Observer, Result, RunRecord, StepRecord, manifest,
    results::Results,
    row_counter::RowCounter,
    step_run::{Stopped, run_steps},
    with_causes,
    workshop::{Manner, Workshop},
};

/// How a run is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How many threads may compute at once, over all steps.
    pub jobs: usize,
    /// How many bytes the plugins of all steps may hold together, with the batches on their way
    /// to them; `None` for as many as the limits of the single steps allow.
    pub memory: Option<u64>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: available_jobs(),
            memory: None,
        }
    }
}

/// As many threads as the machine has cores for this process.
pub(crate) fn available_jobs() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// What came of a run. It is in the store as well.
pub struct RunReport {
    /// Its number.
    pub id: RunId,
    /// How it ended.
    pub outcome: Outcome,
    /// The same in one line.
    pub summary: String,
    /// What it did.
    pub record: RunRecord,
    /// Why it failed, when it did.
    pub error: Option<Error>,
}

/// A run that is set up, and can be cancelled while it runs.
pub struct Runner<'a> {
    engine: &'a Engine,
    workshop: Arc<Workshop>,
    files: HashMap<String, Arc<FileTable>>,
    store: Arc<Store>,
    observer: Arc<RowCounter>,
}

impl Engine {
    /// Runs a checked pipeline and keeps what came of it.
    ///
    /// # Errors
    /// When the store fails. A step that fails is no error of this function: the
    /// report says what happened.
    pub async fn run(
        &self,
        checked: Checked,
        store: Arc<Store>,
        observer: Arc<dyn Observer>,
        options: RunOptions,
    ) -> Result<RunReport> {
        self.runner(checked, store, observer, options).run().await
    }

    /// Sets a run up without starting it.
    pub fn runner(
        &self,
        checked: Checked,
        store: Arc<Store>,
        observer: Arc<dyn Observer>,
        options: RunOptions,
    ) -> Runner<'_> {
        let observer = Arc::new(RowCounter::new(observer));
        let opened = checked.tables.iter();
        let tables = opened.clone().flat_map(|(name, data)| data.tables(name));
        let files = opened.map(|(name, data)| (name.clone(), data.files.clone()));
        let files = files.collect();
        let workshop = Workshop::new(
            checked.pipeline,
            checked.plan,
            checked.plugins,
            tables.collect(),
            Manner {
                observer: observer.clone(),
                jobs: options.jobs,
                memory: options.memory,
                results: Results::of(store.clone()),
            },
        );
        let workshop = Arc::new(workshop);
        Runner {
            engine: self,
            workshop,
            files,
            store,
            observer,
        }
    }
}

impl Runner<'_> {
    /// Ends the run early from elsewhere.
    pub fn cancel_token(&self) -> CancelToken {
        self.workshop.cancel.clone()
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// See [`Engine::run`].
    pub async fn run(self) -> Result<RunReport> {
        let started = Instant::now();
        let pipeline = &self.workshop.pipeline;
        let text = self
            .store
            .blobs()
            .put(pipeline.source().text().as_bytes())?;
        let id = self.store.begin_run(&pipeline.name, &text)?;
        self.store
            .set_retention(&pipeline.name, pipeline.keep_runs)?;
        let fingerprints = tokio::task::spawn_blocking({
            let files = self.files.clone();
            move || fingerprints(&files)
        });
        let (steps, mut stopped) = self.run_steps().await;
        let data = fingerprints
            .await
            .unwrap_or_else(|error| Err(Error::Thread(error.to_string())))
            .unwrap_or_else(|error| {
                stopped.get_or_insert(Stopped::Failed(Box::new(error)));
                BTreeMap::new()
            });

        let mut record = RunRecord {
            pipeline: pipeline.name.clone(),
            params: pipeline.params.clone().into(),
            seed: pipeline.seed,
            versions: versions(),
            data,
            selections: selections(pipeline),
            steps,
            models: vec![],
            seconds: 0.0,
        };
        if stopped.is_none() {
            // It may fold a reference profile, which takes its time.
            let register =
                || manifest::register(self.engine, &self.workshop, &record, &self.store, id);
            match tokio::task::block_in_place(register) {
                Ok(models) => record.models = models,
                Err(error) => stopped = Some(Stopped::Failed(Box::new(error))),
            }
        }
        record.seconds = started.elapsed().as_secs_f64();
        let (outcome, summary, error) = conclude(&record, stopped);
        let kept = record.to_kept(&self.store)?;
        self.store.finish_run(id, outcome, &summary, &kept)?;
        Ok(RunReport {
            id,
            outcome,
            summary,
            record,
            error,
        })
    }

    /// Starts every step when its needs are met, until all are done or one stops
    /// the run.
    async fn run_steps(&self) -> (Vec<StepRecord>, Option<Stopped>) {
        let mut waiting: Vec<_> = self.workshop.plan.steps.clone();
        let mut done: HashSet<String> = HashSet::new();
        let mut records = Vec::new();
        let mut stopped = None;
        let mut running = JoinSet::new();
        loop {
            if stopped.is_none() {
                let met = |step: &PlannedStep| step.needs.iter().all(|need| done.contains(need));
                let (ready, rest) = waiting.into_iter().partition(met);
                waiting = rest;
                for steps in together(&self.workshop, ready) {
                    let (workshop, store) = (self.workshop.clone(), self.store.clone());
                    let observer = self.observer.clone();
                    running.spawn_blocking(move || {
                        let steps: Vec<_> = steps.iter().map(String::as_str).collect();
                        run_steps(&workshop, &store, &observer, &steps)
                    });
                }
            }
            let Some(ended) = running.join_next().await else {
                break;
            };
            let ended = match ended {
                Ok(ended) => ended,
                Err(error) => {
                    self.workshop.cancel.cancel();
                    stopped
                        .get_or_insert(Stopped::Failed(Box::new(Error::Thread(error.to_string()))));
                    continue;
                }
            };
            for (record, result) in ended {
                self.observer.step_finished(&record);
                match result {
                    Ok(()) => {
                        done.insert(record.name.clone());
                    }
                    Err(reason) => {
                        self.workshop.cancel.cancel();
                        stopped.get_or_insert(reason);
                    }
                }
                records.push(record);
            }
        }
        if stopped.is_none() && self.workshop.cancel.is_cancelled() {
            stopped = Some(Stopped::Failed(Box::new(Error::Cancelled)));
        }
        (records, stopped)
    }
}

/// Groups steps that are ready: those that fold rows of the same raw data start together, and
/// share its scan. A step with a time limit of its own does not wait for others.
fn together(workshop: &Workshop, ready: Vec<PlannedStep>) -> Vec<Vec<String>> {
    let mut groups: Vec<(HashSet<String>, Vec<String>)> = Vec::new();
    for step in ready {
        let alone = step.work.kind() == Kind::Trainer
            || workshop.pipeline.steps[&step.name].timeout.is_some();
        let mut roots = HashSet::new();
        if !alone {
            let datasets = step.work.datasets();
            let names = datasets.iter().filter_map(|dataset| workshop.root(dataset));
            roots.extend(names.map(str::to_owned));
        }
        let mut names = vec![step.name];
        // Groups that have a table in common with this step become one with it.
        groups.retain_mut(|(others, members)| {
            let apart = others.is_disjoint(&roots);
            if !apart {
                roots.extend(others.drain());
                let later = std::mem::replace(&mut names, std::mem::take(members));
                names.extend(later);
            }
            apart
        });
        groups.push((roots, names));
    }
    groups.into_iter().map(|(_, names)| names).collect()
}

fn conclude(record: &RunRecord, stopped: Option<Stopped>) -> (Outcome, String, Option<Error>) {
    match stopped {
        None => {
            let models: Vec<_> = record
                .models
                .iter()
                .map(|model| format!("{}@{}", model.name, model.version))
                .collect();
            let registered = match models.is_empty() {
                true => String::new(),
                false => format!(", model {}", models.join(", ")),
            };
            (
                Outcome::Done,
                format!("{} steps done{registered}", record.steps.len()),
                None,
            )
        }
        Some(Stopped::Refused(reason)) => (Outcome::Refused, reason, None),
        Some(Stopped::Failed(error)) => {
            let outcome = match error.as_ref() {
                Error::Store(_) | Error::Thread(_) | Error::Digest(_) | Error::Record(_) => {
                    Outcome::Error
                }
                _ => Outcome::Failed,
            };
            (outcome, with_causes(error.as_ref()), Some(*error))
        }
    }
}

/// The selections that leave something out.
fn selections(pipeline: &Pipeline) -> BTreeMap<String, Selection> {
    let data = pipeline.data.values();
    data.filter(|data| !data.selection.is_everything())
        .map(|data| (data.name.clone(), data.selection.clone()))
        .collect()
}

fn fingerprints(
    files: &HashMap<String, Arc<FileTable>>,
) -> Result<BTreeMap<String, Vec<FileRecord>>> {
    let record = |file: &mlhost_data::DataFile| -> Result<FileRecord> {
        Ok(FileRecord {
            path: file.path().display().to_string(),
            digest: file.fingerprint()?.to_owned(),
            rows: file.rows(),
            bytes: file.bytes(),
        })
    };
    let records =
        |table: &Arc<FileTable>| table.files().iter().map(record).collect::<Result<Vec<_>>>();
    files
        .iter()
        .map(|(name, table)| Ok((name.clone(), records(table)?)))
        .collect()
}

fn versions() -> BTreeMap<String, String> {
    let versions = [
        ("host", env!("CARGO_PKG_VERSION")),
        ("contract", CONTRACT),
        ("wasmtime", WASMTIME),
    ];
    versions
        .into_iter()
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}
