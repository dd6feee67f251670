//! What is to run next: the pipelines that something has started, in the order in which it did, and
//! the times that are to come. It is told what time it is, and looks at no clock.

use std::collections::VecDeque;

use jiff::Timestamp;
use mlhost_engine::TriggerRecord;
use mlhost_pipeline::Timetable;

/// The most missed times that are counted.
const COUNTED: u32 = 1000;

/// A pipeline, by its place in the list of all.
pub(super) type Which = usize;

/// What is due, and when more will be.
#[derive(Default)]
pub(super) struct Agenda {
    times: Vec<Time>,
    /// What is due: no pipeline twice.
    due: VecDeque<(Which, TriggerRecord)>,
}

/// The next time at which something is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) at: Timestamp,
    pub(super) which: Which,
    /// The time, as clocks show it in the zone of its timetable.
    pub(super) clock: String,
}

/// A timetable of a pipeline, and its next time.
struct Time {
    which: Which,
    timetable: Timetable,
    next: Option<Timestamp>,
}

impl Agenda {
    /// Puts the times of a pipeline on the agenda, from this moment on.
    pub(super) fn plan(&mut self, which: Which, timetables: &[Timetable], now: Timestamp) {
        self.times.extend(timetables.iter().map(|timetable| Time {
            which,
            next: timetable.next_after(now),
            timetable: timetable.clone(),
        }));
    }

    /// Something starts a pipeline. If something else has started it already and it has not begun to
    /// run yet, the two become one run.
    pub(super) fn start(&mut self, which: Which, trigger: TriggerRecord) {
        match self.due.iter_mut().find(|(other, _)| *other == which) {
            Some((_, before)) => join(before, trigger),
            None => self.due.push_back((which, trigger)),
        }
    }

    /// It is this late. Times that have passed since it was asked last start their pipelines: once,
    /// however many of them there were.
    pub(super) fn pass(&mut self, now: Timestamp) {
        let mut come = Vec::new();
        for time in &mut self.times {
            let mut latest = None;
            let mut passed = 0;
            while let Some(next) = time.next.filter(|next| *next <= now) {
                latest = Some(next);
                passed += 1;
                let from = if passed < COUNTED { next } else { now };
                time.next = time.timetable.next_after(from);
            }
            let Some(latest) = latest else { continue };
            let trigger = TriggerRecord::Cron {
                cron: time.timetable.expression().to_owned(),
                timezone: time.timetable.zone().to_owned(),
                due: time.timetable.clock(latest),
                missed: passed - 1,
            };
            come.push((latest, time.which, trigger));
        }
        come.sort_by_key(|(time, ..)| *time);
        for (_, which, trigger) in come {
            self.start(which, trigger);
        }
    }

    /// What is to run now: it is taken off the agenda.
    pub(super) fn take(&mut self) -> Option<(Which, TriggerRecord)> {
        self.due.pop_front()
    }

    /// The next time at which something is due.
    pub(super) fn next(&self) -> Option<Next> {
        let times = self.times.iter();
        let (time, at) = times
            .filter_map(|time| Some((time, time.next?)))
            .min_by_key(|(_, next)| *next)?;
        Some(Next {
            at,
            which: time.which,
            clock: time.timetable.clock(at),
        })
    }
}

/// Two reasons for one run: the first one is told, with what the other adds to it.
fn join(before: &mut TriggerRecord, other: TriggerRecord) {
    match (before, other) {
        (TriggerRecord::Watch { changed }, TriggerRecord::Watch { changed: more }) => {
            changed.extend(more);
            changed.sort_unstable();
            changed.dedup();
        }
        (
            TriggerRecord::Cron {
                cron, due, missed, ..
            },
            TriggerRecord::Cron {
                cron: other,
                due: later,
                missed: more,
                ..
            },
        ) if *cron == other => {
            *due = later;
            *missed += more + 1;
        }
        _ => {}
    }
}
