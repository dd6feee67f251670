//! One run from its beginning to its end in the store: its record, its steps, its models, and how it
//! is told.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::Instant,
};

use mlhost_data::FileTable;
use mlhost_packages::Found;
use mlhost_pipeline::UrlGrant;
use mlhost_store::{Outcome, RunId, Store};

use crate::{
    Checked, Engine, Error, Interrupt, Observer, Result, RunOptions, RunRecord, StepRecord,
    StepStatus,
    course::Course,
    error::on_record,
    faults, manifest, notify, opened,
    provenance::{self, Fingerprints},
    results::Results,
    row_counter::RowCounter,
    step_run::Stopped,
    workshop::{Manner, Workshop},
};

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
    pub(crate) workshop: Arc<Workshop>,
    files: HashMap<String, Arc<FileTable>>,
    pub(crate) store: Arc<Store>,
    pub(crate) observer: Arc<RowCounter>,
    pub(crate) interrupt: Interrupt,
    base: PathBuf,
    profiler: Option<Found>,
    plain_profiles: bool,
    granted_urls: Vec<UrlGrant>,
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
        let tables = opened::tables(&checked.pipeline, &checked.tables);
        let opened = checked.tables.iter();
        let files = opened.map(|(name, data)| (name.clone(), data.files.clone()));
        let files = files.collect();
        let workshop = Workshop::new(
            checked.pipeline,
            checked.plan,
            checked.plugins,
            tables,
            Manner {
                grants: checked.grants,
                registered: checked.registered,
                observer: observer.clone(),
                jobs: options.jobs,
                memory: options.memory,
                results,
                again: checked.again,
                clock: options.clock,
                faults: faults::Planned::new(options.faults),
            },
        );
        let workshop = Arc::new(workshop);
        let interrupt = Interrupt::of([workshop.cancel.clone(), workshop.cancel_finally.clone()]);
        Runner {
            engine: self,
            workshop,
            files,
            store,
            observer,
            interrupt,
            base: checked.base,
            profiler: checked.profiler,
            plain_profiles: checked.plain_profiles,
            granted_urls: options.granted_urls,
            beginning,
        }
    }
}

impl Runner<'_> {
    /// Ends the run early from elsewhere.
    pub fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
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
        let course = match rivals {
            Ok(rivals) => {
                self.workshop.set_rivals(rivals);
                self.run_steps().await
            }
            Err(error) => Course {
                stopped: Some(Stopped::Failed(Box::new(error))),
                ..Course::default()
            },
        };
        let Course {
            records: mut steps,
            loops,
            mut stopped,
        } = course;
        steps.sort_by_key(|step| plan.position(&step.name));
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
            loops,
            ..self.beginning.clone()
        };
        if stopped.is_none() {
            // It may fold a reference profile, which takes its time.
            let register = || {
                let maker = manifest::Maker {
                    engine: self.engine,
                    workshop: &self.workshop,
                    record: &record,
                    store: &self.store,
                    profiler: self.profiler.as_ref(),
                    plain_profiles: self.plain_profiles,
                };
                maker.register(id)
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
        let ended = notify::Ended {
            pipeline,
            run: id,
            outcome,
            summary: &summary,
            record: &record,
            grants: &self.granted_urls,
            clock: self.workshop.clock.as_ref(),
            cancel: &self.workshop.cancel_finally,
            observer: self.observer.as_ref(),
        };
        record.notifications = tokio::task::block_in_place(|| ended.tell())?;
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
        let mut kept = HashSet::new();
        for found in self.workshop.plugins.values() {
            // The steps of a loop have the same one.
            if !kept.insert(found.plugin.digest()) {
                continue;
            }
            if !self.store.blobs().keep(&found.plugin.digest().parse()?)? {
                self.store.blobs().put(&found.component)?;
            }
        }
        Ok(())
    }
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
                format!("{}{registered}", counted(&record.steps)),
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
                Error::Store(_)
                | Error::Thread(_)
                | Error::Stuck { .. }
                | Error::Digest(_)
                | Error::Record(_) => Outcome::Error,
                _ => Outcome::Failed,
            };
            (outcome, on_record(error.as_ref()), Some(*error))
        }
    }
}

/// How many steps were done, and how many were not.
fn counted(steps: &[StepRecord]) -> String {
    let count = |status| steps.iter().filter(|step| step.status == status).count();
    let done = count(StepStatus::Done);
    let mut words = match done {
        1 => "1 step done".to_owned(),
        done => format!("{done} steps done"),
    };
    for status in [StepStatus::Refused, StepStatus::Failed, StepStatus::Skipped] {
        match count(status) {
            0 => {}
            number => words.push_str(&format!(", {number} {}", status.word())),
        }
    }
    words
}
