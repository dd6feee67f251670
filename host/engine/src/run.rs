//! Runs the steps of a checked pipeline, each as soon as its needs are met.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use mlhost_data::FileTable;
use mlhost_packages::Found;
use mlhost_pipeline::{Faults, Kind, PlannedStep, UrlGrant};
use mlhost_sandbox::CancelToken;
use mlhost_store::{Outcome, RunId, Store};
use tokio::task::JoinSet;

use crate::{
    Checked, Clock, Engine, Error, LoopOutcome, MachineClock, Observer, Result, RunRecord,
    StepRecord, StepStatus, TriggerRecord,
    error::on_record,
    faults, manifest, notify, opened,
    provenance::{self, Fingerprints},
    results::Results,
    row_counter::RowCounter,
    schedule::{Consequence, Facts, Next, Schedule},
    step_run::{Stopped, judge, not_run, run_steps},
    workshop::{Manner, Workshop},
};

/// How a run is run.
#[derive(Clone)]
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
    /// What has started it where nobody did by hand, for the record.
    pub trigger: Option<TriggerRecord>,
    /// Where notifications may be sent.
    pub granted_urls: Vec<UrlGrant>,
    /// The clock by which failed steps wait for their next attempt.
    pub clock: Arc<dyn Clock>,
    /// What is to go wrong, because somebody wants to see what follows.
    pub faults: Faults,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: available_jobs(),
            memory: None,
            given: BTreeMap::new(),
            resumes: None,
            trigger: None,
            granted_urls: Vec::new(),
            clock: Arc::new(MachineClock),
            faults: Faults::new(),
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
    interrupt: Interrupt,
    base: PathBuf,
    profiler: Option<Found>,
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
        let interrupt = Interrupt {
            draining: Arc::default(),
            cancel: [workshop.cancel.clone(), workshop.cancel_finally.clone()],
        };
        Runner {
            engine: self,
            workshop,
            files,
            store,
            observer,
            interrupt,
            base: checked.base,
            profiler: checked.profiler,
            granted_urls: options.granted_urls,
            beginning,
        }
    }
}

/// Ends a run from elsewhere. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Interrupt {
    draining: Arc<AtomicBool>,
    cancel: [CancelToken; 2],
}

impl Interrupt {
    /// No further step starts, and those that run go on to their end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Ends everything at once.
    pub fn cancel(&self) {
        self.drain();
        self.cancel.iter().for_each(CancelToken::cancel);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
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
            ..
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

    /// Starts every step when its needs are met, until all are done or one stops
    /// the run.
    async fn run_steps(&self) -> Course {
        let workshop = &self.workshop;
        let mut schedule = Schedule::new(workshop.pipeline.clone(), &workshop.plan);
        let mut course = Course::default();
        let mut running = JoinSet::new();
        let deadline = workshop.pipeline.deadline;
        let deadline_passed = async {
            match deadline {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(deadline_passed);
        let mut is_late = false;
        loop {
            if self.interrupt.is_draining() && !course.drained {
                course.drained = true;
                schedule.stop();
            }
            let Following { starts, judgements } = self.follow(&mut schedule, &mut course);
            for (of, records) in judgements {
                let workshop = workshop.clone();
                running.spawn_blocking(move || Ended::Loop(of, judge(&workshop, records)));
            }
            for steps in together(workshop, starts) {
                let (workshop, store) = (workshop.clone(), self.store.clone());
                let observer = self.observer.clone();
                running.spawn_blocking(move || {
                    let steps: Vec<_> = steps.iter().map(String::as_str).collect();
                    Ended::Steps(run_steps(&workshop, &store, &observer, &steps))
                });
            }
            let ended = tokio::select! {
                ended = running.join_next() => ended,
                () = &mut deadline_passed, if !is_late => {
                    is_late = true;
                    let late = Error::Deadline(deadline.unwrap_or_default());
                    course.stop(Stopped::Failed(Box::new(late)));
                    schedule.stop();
                    workshop.cancel.cancel();
                    continue;
                }
            };
            match ended {
                None => break,
                Some(Err(error)) => {
                    workshop.cancel.cancel();
                    schedule.stop();
                    course.stop(Stopped::Failed(Box::new(Error::Thread(error.to_string()))));
                }
                Some(Ok(Ended::Steps(ended))) => {
                    for (record, result) in ended {
                        self.ended(&mut schedule, &mut course, record, result);
                    }
                }
                Some(Ok(Ended::Loop(of, judged))) => {
                    for (record, result) in judged {
                        self.judged(&mut schedule, &mut course, record, result);
                    }
                    schedule.closed(&of);
                }
            }
        }
        if course.stopped.is_none() && (course.drained || workshop.cancel.is_cancelled()) {
            course.stopped = Some(Stopped::Failed(Box::new(Error::Cancelled)));
        }
        if course.stopped.is_none()
            && let Err(error) = schedule.conclude_loops()
        {
            course.stop(Stopped::Failed(Box::new(error)));
        }
        course.loops = schedule.loops();
        let bodies = workshop.pipeline.loops.values().flat_map(|of| &of.body);
        for name in bodies.chain(workshop.pipeline.switches.keys()) {
            if let Some(step) = schedule.stands_for(name) {
                workshop.choose(name, step);
            }
        }
        course
    }

    /// What may start now. Steps that turn out to have nothing to do are written down.
    fn follow(&self, schedule: &mut Schedule, course: &mut Course) -> Following {
        let workshop = &self.workshop;
        let mut found = Following::default();
        loop {
            let following = schedule.next();
            if following.is_empty() {
                return found;
            }
            for next in following {
                let (name, begun) = match next {
                    Next::Run(start) => {
                        let begun = workshop.begin(schedule, &start);
                        (start.step, begun)
                    }
                    Next::Skip { step, reason } => {
                        let record = not_run(workshop, &step, Ok(reason));
                        self.observer.step_finished(&record);
                        course.records.push(record);
                        continue;
                    }
                    Next::Fail { step, error } => (step, Err(error)),
                    Next::Lost { error } => {
                        workshop.cancel.cancel();
                        course.stop(Stopped::Failed(Box::new(error)));
                        continue;
                    }
                    Next::Judge { of, steps } => {
                        let records = course.records.iter();
                        let records = records.filter(|record| steps.contains(&record.name));
                        found.judgements.push((of, records.cloned().collect()));
                        continue;
                    }
                };
                match begun {
                    Ok(()) => found.starts.extend(workshop.plan.step(&name).cloned()),
                    Err(error) => {
                        let record = not_run(workshop, &name, Err(&error));
                        let stopped = Stopped::Failed(Box::new(error));
                        self.ended(schedule, course, record, Err(stopped));
                    }
                }
            }
        }
    }

    fn ended(
        &self,
        schedule: &mut Schedule,
        course: &mut Course,
        record: StepRecord,
        result: Result<(), Stopped>,
    ) {
        self.observer.step_finished(&record);
        let consequence = schedule.ended(&record.name, Facts::of(&record));
        course.records.push(record);
        self.conclude(schedule, course, result, consequence);
    }

    /// What the gates decided on a step that had done its work before.
    fn judged(
        &self,
        schedule: &mut Schedule,
        course: &mut Course,
        record: StepRecord,
        result: Result<(), Stopped>,
    ) {
        let consequence = schedule.judged(&record.name, Facts::of(&record));
        let mut records = course.records.iter_mut();
        if let Some(before) = records.find(|before| before.name == record.name) {
            *before = record;
        }
        self.conclude(schedule, course, result, consequence);
    }

    fn conclude(
        &self,
        schedule: &mut Schedule,
        course: &mut Course,
        result: Result<(), Stopped>,
        consequence: Consequence,
    ) {
        match (result, consequence) {
            (Ok(()), _) => {}
            (Err(reason), Consequence::Stop) => {
                self.workshop.cancel.cancel();
                course.stop(reason);
            }
            (Err(Stopped::Failed(error)), Consequence::GoOn) if error.is_fault_of_host() => {
                self.workshop.cancel.cancel();
                schedule.stop();
                course.stop(Stopped::Failed(error));
            }
            (Err(_), Consequence::GoOn) => {}
        }
    }
}

/// What follows in a run.
#[derive(Default)]
struct Following {
    starts: Vec<PlannedStep>,
    /// Loops with the steps on which gates have to decide.
    judgements: Vec<(String, Vec<StepRecord>)>,
}

/// What has ended.
enum Ended {
    Steps(Vec<(StepRecord, Result<(), Stopped>)>),
    Loop(String, Vec<(StepRecord, Result<(), Stopped>)>),
}

/// How the steps of a run went.
#[derive(Default)]
struct Course {
    records: Vec<StepRecord>,
    loops: Vec<LoopOutcome>,
    /// Why the run went no further, if it did not.
    stopped: Option<Stopped>,
    /// Whether somebody asked for the run to end when the running steps have.
    drained: bool,
}

impl Course {
    /// The first reason is the one that is told.
    fn stop(&mut self, reason: Stopped) {
        self.stopped.get_or_insert(reason);
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
                Error::Store(_) | Error::Thread(_) | Error::Digest(_) | Error::Record(_) => {
                    Outcome::Error
                }
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
