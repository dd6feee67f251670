//! How the steps of a run follow each other: what the schedule says may start is started, and how it
//! ended is told to the schedule.

use std::collections::HashSet;

use mlhost_pipeline::{Kind, PlannedStep};
use tokio::task::JoinSet;

use crate::{
    Error, LoopOutcome, Observer, Result, Runner, StepRecord,
    schedule::{Consequence, Facts, Next, Schedule},
    step_run::{Stopped, judge, not_run, run_steps},
    workshop::Workshop,
};

impl Runner<'_> {
    /// Starts every step when its needs are met, until all are done or one stops
    /// the run.
    pub(crate) async fn run_steps(&self) -> Course {
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
        // Whether somebody asked for the run to end when the running steps have.
        let mut drained = false;
        loop {
            if self.interrupt.is_draining() && !drained {
                drained = true;
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
        if course.stopped.is_none() && (drained || workshop.cancel.is_cancelled()) {
            course.stopped = Some(Stopped::Failed(Box::new(Error::Cancelled)));
        }
        if course.stopped.is_none()
            && let Some(step) = schedule.stuck()
        {
            let step = step.to_owned();
            course.stop(Stopped::Failed(Box::new(Error::Stuck { step })));
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
pub(crate) struct Course {
    pub(crate) records: Vec<StepRecord>,
    pub(crate) loops: Vec<LoopOutcome>,
    /// Why the run went no further, if it did not.
    pub(crate) stopped: Option<Stopped>,
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
