//! The world of a process that waits for runs: the clock of the machine, the files on it, signals,
//! and the engine that runs pipelines.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anstream::eprintln;
use jiff::Timestamp;
use mlhost_engine::{Engine, RunOptions, RunReport, Supplies, TriggerRecord};
use mlhost_packages::Pins;
use mlhost_pipeline::Pipeline;
use mlhost_store::Outcome;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::runtime::Runtime;

use super::agenda::{Agenda, Next, Which};
use super::drive::{World, drive};
use super::files::Folder;
use super::line::Line;
use super::{Scheduled, follow};
use crate::arguments::WaitingArguments;
use crate::commands::{engine, grants, run};
use crate::error::{Failure, INTERNAL};
use crate::output::Output;
use crate::signals::{self, Ending};
use crate::{places, progress, text};

/// After so long files are looked at although nobody tells that something has happened: not all file
/// systems do. And the clock is, which somebody may have set, or stopped with the machine.
const LOOK: Duration = Duration::from_secs(30);

/// What ends a wait.
enum Event {
    /// Something has happened to files.
    Files,
    /// A signal has come.
    Signal,
}

/// Everything that runs of these pipelines need.
pub(in crate::commands) struct Station<'a> {
    scheduled: Vec<Scheduled<'a>>,
    arguments: &'a WaitingArguments,
    /// The store that was chosen, if one was.
    store: Option<&'a Path>,
    output: &'a mut Output,
    engine: Engine,
    runtime: Runtime,
    ending: Arc<Ending>,
    events: Receiver<Event>,
    watcher: Option<RecommendedWatcher>,
    folders: BTreeSet<Folder>,
    /// When files are looked at whatever is heard of them.
    look_at: Timestamp,
    /// What was said last of the next run.
    said: String,
    runs: usize,
}

impl<'a> Station<'a> {
    /// Gets ready to run these pipelines, which have been read as these.
    ///
    /// # Errors
    /// When one follows another that is not there, and when the machine does not give what is needed.
    pub(in crate::commands) fn new(
        scheduled: Vec<Scheduled<'a>>,
        pipelines: &[Pipeline],
        arguments: &'a WaitingArguments,
        store: Option<&'a Path>,
        output: &'a mut Output,
    ) -> Result<Self, Failure> {
        follow::all_are_run(&scheduled, pipelines)?;
        let engine = engine()?;
        for (one, pipeline) in scheduled.iter().zip(pipelines) {
            grants::urls(&arguments.grants, pipeline)?;
            if !one.triggers.follows.is_empty() {
                follow::check(&engine, pipeline, &one.folder, store)?;
            }
        }
        let runtime = Runtime::new()
            .map_err(|error| Failure::internal(format!("the runtime cannot start: {error}")))?;
        let (sender, events) = channel();
        let ending = Arc::new(Ending::default());
        let wake = sender.clone();
        // Nobody listens any more if the process is at its end.
        runtime.spawn(signals::obey(ending.clone(), move || {
            let _ = wake.send(Event::Signal);
        }));
        let mut station = Self {
            scheduled,
            arguments,
            store,
            output,
            engine,
            runtime,
            ending,
            events,
            watcher: None,
            folders: BTreeSet::new(),
            look_at: Timestamp::now() + LOOK,
            said: String::new(),
            runs: 0,
        };
        station.watch(sender);
        Ok(station)
    }

    /// Runs what is due until a signal comes; what `first` names is due at once.
    ///
    /// # Errors
    /// When nobody reads any more what is printed.
    pub(in crate::commands) fn run_until_signal(
        mut self,
        first: Option<TriggerRecord>,
    ) -> Result<ExitCode, Failure> {
        let mut agenda = Agenda::default();
        for (which, one) in self.scheduled.iter().enumerate() {
            agenda.plan(which, &one.triggers.timetables, self.now());
        }
        if let Some(trigger) = first {
            agenda.start(0, trigger);
        }
        drive(&mut agenda, &mut self)?;
        let runs = text::plural(self.runs, "run");
        eprintln!("stopped after {runs}");
        let code = self.ending.signal().map_or(0, signals::Signal::exit_code);
        Ok(ExitCode::from(code))
    }

    /// Begins to watch files, where there are such to watch.
    fn watch(&mut self, sender: Sender<Event>) {
        if !self.scheduled.iter().any(|one| one.triggers.watch) {
            return;
        }
        let heard = move |event: notify::Result<notify::Event>| {
            let is_change = event.is_ok_and(|event| !event.kind.is_access());
            if is_change {
                let _ = sender.send(Event::Files);
            }
        };
        match notify::recommended_watcher(heard) {
            Ok(watcher) => self.watcher = Some(watcher),
            Err(error) => cannot_hear("files", &error),
        }
        let quiet = self.arguments.quiet;
        for one in self.scheduled.iter_mut().filter(|one| one.triggers.watch) {
            one.watch(quiet);
        }
        self.watch_folders();
    }

    /// Watches the folders in which files are by now. To watch one again does no harm, and is needed
    /// where it was deleted in the meantime.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let wanted: BTreeSet<Folder> = self.scheduled.iter().flat_map(Scheduled::folders).collect();
        for folder in self.folders.difference(&wanted) {
            // It may be gone.
            let _ = watcher.unwatch(&folder.path);
        }
        for folder in &wanted {
            let mode = match folder.is_deep {
                true => RecursiveMode::Recursive,
                false => RecursiveMode::NonRecursive,
            };
            if let Err(error) = watcher.watch(&folder.path, mode)
                && !self.folders.contains(folder)
            {
                cannot_hear(&format!("`{}`", folder.path.display()), &error);
            }
        }
        self.folders = wanted;
    }

    /// Takes in what has happened.
    fn hear(&mut self, event: &Event, now: Timestamp) {
        match event {
            Event::Files => self.scheduled.iter_mut().for_each(|one| one.noticed(now)),
            Event::Signal => {}
        }
    }

    /// Reads a pipeline and runs it.
    fn attempt(&mut self, which: Which, trigger: TriggerRecord) -> Result<RunReport, Failure> {
        let (mut pipeline, overrides) = self.scheduled[which].read_for_run()?;
        let granted_urls = grants::urls(&self.arguments.grants, &pipeline)?;
        self.arguments.limits.of_plugins.put_into(&mut pipeline)?;
        let folder = self.scheduled[which].folder.clone();
        let chosen = self.store;
        let known = places::known_store_of_pipeline(chosen, &folder)?.map(Arc::new);
        let limits = &self.arguments.limits;
        let options = RunOptions {
            given: overrides.params().iter().cloned().collect(),
            trigger: Some(trigger),
            granted_urls,
            ..limits.options()
        };
        let access = self.arguments.access.access();
        let supplies = Supplies {
            store: known,
            pins: Pins::of(&self.scheduled[which].path, access)?,
            ..Supplies::default()
        };
        let (checked, store) = run::checked(&self.engine, pipeline, &folder, supplies, chosen)?;
        let runner = self
            .engine
            .runner(checked, store, progress::observer(), options);
        self.ending.begin(runner.interrupt());
        let report = self.runtime.block_on(runner.run());
        self.ending.ended();
        Ok(report?)
    }

    /// The pipelines that a run starts.
    fn started_by(&self, which: Which, report: &RunReport) -> Vec<(Which, TriggerRecord)> {
        let mut started = Vec::new();
        if report.outcome == Outcome::Cancelled {
            return started;
        }
        let path = follow::real(&self.scheduled[which].path);
        for (other, one) in self.scheduled.iter().enumerate() {
            for follow in &one.triggers.follows {
                if follow::real(&one.folder.join(&follow.of)) != path {
                    continue;
                }
                let when = &follow.when.expression;
                match report.record.satisfies(when, &one.params) {
                    Ok(false) => {}
                    Ok(true) => started.push((
                        other,
                        TriggerRecord::Drift {
                            pipeline: report.record.pipeline.clone(),
                            run: report.id,
                            when: when.text().to_owned(),
                        },
                    )),
                    Err(mistake) => {
                        let run = report.id;
                        eprintln!(
                            "\x1b[33mwarning\x1b[0m: whether run {run} starts `{}` cannot be \
                             decided: {}",
                            one.name, mistake.message
                        );
                    }
                }
            }
        }
        started
    }
}

impl World for Station<'_> {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn is_over(&self) -> bool {
        self.ending.signal().is_some()
    }

    fn changed(&mut self) -> Vec<(Which, Vec<String>)> {
        let now = self.now();
        while let Ok(event) = self.events.try_recv() {
            self.hear(&event, now);
        }
        if self.look_at <= now {
            self.look_at = now + LOOK;
            self.hear(&Event::Files, now);
            self.watch_folders();
        }
        let all = self.scheduled.iter_mut().enumerate();
        let changed: Vec<_> = all
            .map(|(which, one)| (which, one.changed(now)))
            .filter(|(_, changed)| !changed.is_empty())
            .collect();
        changed
    }

    fn wait(&mut self, next: Option<Next>) {
        let said = match &next {
            Some(next) => {
                let name = &self.scheduled[next.which].name;
                format!("waiting: `{name}` runs at {}", next.clock)
            }
            None => "waiting for changes".to_owned(),
        };
        if said != self.said {
            eprintln!("{said}");
            self.said = said;
        }
        let looks = self.scheduled.iter().filter_map(Scheduled::look_at);
        let times = looks.chain(next.map(|next| next.at));
        let until = times.fold(self.look_at, Ord::min);
        let left = until.duration_since(self.now());
        let left = Duration::try_from(left).unwrap_or_default();
        if let Ok(event) = self.events.recv_timeout(left) {
            self.hear(&event, self.now());
        }
    }

    fn run(
        &mut self,
        which: Which,
        trigger: TriggerRecord,
    ) -> Result<Vec<(Which, TriggerRecord)>, Failure> {
        self.said.clear();
        let attempt = self.attempt(which, trigger.clone());
        self.watch_folders();
        let (line, started, failure) = match attempt {
            Ok(report) => {
                self.runs += 1;
                let line = Line::of(&report, trigger);
                let started = self.started_by(which, &report);
                let failed = !matches!(report.outcome, Outcome::Done | Outcome::Cancelled);
                (
                    line,
                    started,
                    failed.then(|| run::failure(report, INTERNAL)),
                )
            }
            Err(failure) => {
                let name = &self.scheduled[which].name;
                let line = Line::of_refused(name, &failure, trigger);
                (line, Vec::new(), Some(failure))
            }
        };
        if let Some(failure) = failure {
            failure.say();
        }
        self.output.line(&line, Line::words)?;
        Ok(started)
    }
}

fn cannot_hear(what: &str, error: &notify::Error) {
    let every = LOOK.as_secs();
    eprintln!(
        "\x1b[33mwarning\x1b[0m: changes of {what} are not told ({error}); they are looked for \
         every {every} seconds"
    );
}
