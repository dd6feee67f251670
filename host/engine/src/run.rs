//! Runs the steps of a checked pipeline, each as soon as its needs are met.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Instant,
};

use mlhost_data::FileTable;
use mlhost_packages::Found;
use mlhost_pipeline::{Kind, PlannedStep};
use mlhost_sandbox::CancelToken;
use mlhost_store::{Outcome, RunId, Store};
use tokio::task::JoinSet;

use crate::{
    Checked, Engine, Error, Observer, Result, RunRecord, StepRecord, StepStatus, manifest,
    provenance::{self, Fingerprints},
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
    /// The overrides of parameters with which the pipeline was read, for the record.
    pub given: BTreeMap<String, String>,
    /// The run that this one picks up, for the record.
    pub resumes: Option<RunId>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: available_jobs(),
            memory: None,
            given: BTreeMap::new(),
            resumes: None,
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
    base: PathBuf,
    profiler: Option<Found>,
    /// What is known beforehand.
    beginning: RunRecord,
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
        let Checked {
            pipeline,
            base,
            reuse,
            ..
        } = &checked;
        let beginning = provenance::beginning(pipeline, base, reuse, &options);
        let results = Results::of(store.clone(), reuse);
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
                results,
                again: checked.again,
            },
        );
        let workshop = Arc::new(workshop);
        Runner {
            engine: self,
            workshop,
            files,
            store,
            observer,
            base: checked.base,
            profiler: checked.profiler,
            beginning,
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
        let room_for_the_end = self.store.reserve()?;
        let id = self.store.begin_run(&pipeline.name, &text)?;
        self.store
            .set_retention(&pipeline.name, pipeline.keep_runs)?;
        self.store
            .describe_run(id, &self.beginning.to_kept(&self.store)?)?;
        self.workshop.results.begin(id);
        let fingerprints = tokio::task::spawn_blocking({
            let (files, base) = (self.files.clone(), self.base.clone());
            move || provenance::fingerprints(&files, &base)
        });
        let plan = &self.workshop.plan;
        let rivals = self
            .keep_components()
            .and_then(|()| self.engine.rivals(&self.store, pipeline, plan));
        let (mut steps, mut stopped) = match rivals {
            Ok(rivals) => {
                self.workshop.set_rivals(rivals);
                self.run_steps().await
            }
            Err(error) => (vec![], Some(Stopped::Failed(Box::new(error)))),
        };
        let place = |step: &StepRecord| {
            plan.steps
                .iter()
                .position(|planned| planned.name == step.name)
        };
        steps.sort_by_key(place);
        let Fingerprints { data, pieces } = fingerprints
            .await
            .unwrap_or_else(|error| Err(Error::Thread(error.to_string())))
            .unwrap_or_else(|error| {
                stopped.get_or_insert(Stopped::Failed(Box::new(error)));
                Fingerprints::default()
            });

        let mut record = RunRecord {
            data,
            pieces,
            steps,
            ..self.beginning.clone()
        };
        if stopped.is_none() {
            // It may fold a reference profile, which takes its time.
            let register = || {
                let profiler = self.profiler.as_ref();
                let (workshop, store) = (&self.workshop, &self.store);
                manifest::register(self.engine, workshop, &record, store, id, profiler)
            };
            match tokio::task::block_in_place(register) {
                Ok(models) => record.models = models,
                // Somebody else has a new champion, with which nothing was compared.
                Err(Error::Store(error @ mlhost_store::Error::AliasMoved { .. })) => {
                    let hint = error.hint().unwrap_or_default();
                    stopped = Some(Stopped::Refused(format!("{error}; {hint}")));
                }
                Err(error) => stopped = Some(Stopped::Failed(Box::new(error))),
            }
        }
        record.seconds = started.elapsed().as_secs_f64();
        let (outcome, summary, error) = conclude(&record, self.workshop.plan.steps.len(), stopped);
        drop(room_for_the_end);
        self.store
            .finish_run(id, outcome, &summary, &record.to_kept(&self.store)?)?;
        Ok(RunReport {
            id,
            outcome,
            summary,
            record,
            error,
        })
    }

    /// Keeps the component of every step, so that the run can be made again.
    fn keep_components(&self) -> Result<()> {
        for found in self.workshop.plugins.values() {
            if !self.store.blobs().keep(&found.plugin.digest().parse()?)? {
                self.store.blobs().put(&found.component)?;
            }
        }
        Ok(())
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

/// How a run of this many steps ended, in a word, a line, and an error.
fn conclude(
    record: &RunRecord,
    steps_in_all: usize,
    stopped: Option<Stopped>,
) -> (Outcome, String, Option<Error>) {
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
        Some(Stopped::Failed(error)) if error.is_cancellation() => {
            let steps = record.steps.iter();
            let done = steps.filter(|step| step.status == StepStatus::Done).count();
            let summary = format!("cancelled when {done} of {steps_in_all} steps were done");
            (Outcome::Cancelled, summary, Some(*error))
        }
        Some(Stopped::Failed(error)) => {
            let outcome = match error.as_ref() {
                Error::Store(error) if error.is_full() => Outcome::Failed,
                Error::Store(_) | Error::Thread(_) | Error::Digest(_) | Error::Record(_) => {
                    Outcome::Error
                }
                _ => Outcome::Failed,
            };
            (outcome, with_causes(error.as_ref()), Some(*error))
        }
    }
}
