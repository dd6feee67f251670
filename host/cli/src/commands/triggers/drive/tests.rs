use std::collections::VecDeque;

use jiff::{SignedDuration, ToSpan};
use mlhost_pipeline::Timetable;

use super::*;

/// A world in which time passes only when it is waited for or something runs.
struct Fake {
    now: Timestamp,
    /// When somebody asks for the end.
    end: Timestamp,
    /// How long the runs of each pipeline take.
    takes: Vec<SignedDuration>,
    /// When files of which pipeline change.
    changes: VecDeque<(Timestamp, Which)>,
    /// A pipeline whose runs start another one.
    follower: Option<(Which, Which)>,
    /// For so long the machine sleeps, from this time on.
    sleep: Option<(Timestamp, SignedDuration)>,
    /// What ran: when it began, which pipeline, and why.
    ran: Vec<String>,
}

impl Fake {
    fn new(from: &str, end: &str) -> Self {
        Self {
            now: time(from),
            end: time(end),
            takes: vec![SignedDuration::ZERO; 2],
            changes: VecDeque::new(),
            follower: None,
            sleep: None,
            ran: Vec::new(),
        }
    }

    /// Runs it all, with these timetables of the pipelines.
    fn drive(mut self, timetables: &[&[(&str, &str)]]) -> Vec<String> {
        let mut agenda = Agenda::default();
        for (which, timetables) in timetables.iter().enumerate() {
            let timetables: Vec<_> = timetables
                .iter()
                .map(|(cron, zone)| Timetable::new(cron, zone).expect("a timetable"))
                .collect();
            agenda.plan(which, &timetables, self.now);
        }
        drive(&mut agenda, &mut self).expect("a world without failures");
        self.ran
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

impl World for Fake {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn is_over(&self) -> bool {
        self.now >= self.end
    }

    fn changed(&mut self) -> Vec<(Which, Vec<String>)> {
        let mut changed = Vec::new();
        while let Some((_, which)) = self.changes.pop_front_if(|(when, _)| *when <= self.now) {
            changed.push((which, vec!["data.csv".to_owned()]));
        }
        changed
    }

    fn wait(&mut self, next: Option<Next>) {
        let change = self.changes.front().map(|(when, _)| *when);
        let times = next.map(|next| next.at).into_iter().chain(change);
        let until = times.fold(self.end, Ord::min);
        assert!(until > self.now, "it waits for nothing at {}", self.now);
        self.now = until;
        if let Some((_, time)) = self.sleep.take_if(|(from, _)| *from <= until) {
            self.now += time;
        }
    }

    fn run(
        &mut self,
        which: Which,
        trigger: TriggerRecord,
    ) -> Result<Vec<(Which, TriggerRecord)>, Failure> {
        self.ran.push(format!("{} {which} {trigger}", self.now));
        self.now += self.takes[which];
        let started = self.follower.filter(|(first, _)| *first == which);
        let started = started.map(|(_, then)| {
            let trigger = TriggerRecord::Drift {
                pipeline: "monitor".to_owned(),
                run: "7".parse().expect("a number"),
                when: "true".to_owned(),
            };
            (then, trigger)
        });
        Ok(started.into_iter().collect())
    }
}

const HOURLY: (&str, &str) = ("0 * * * *", "UTC");

#[test]
fn runs_begin_at_their_times_where_the_clocks_change() {
    let world = Fake::new("2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z");
    insta::assert_snapshot!(
        world.drive(&[&[("30 2 * * *", "Europe/Berlin")]]).join("\n"),
        @r"
    2026-03-28T01:30:00Z 0 cron 30 2 * * * Europe/Berlin, due at 2026-03-28 02:30:00 CET
    2026-03-29T01:00:00Z 0 cron 30 2 * * * Europe/Berlin, due at 2026-03-29 03:00:00 CEST
    2026-03-30T00:30:00Z 0 cron 30 2 * * * Europe/Berlin, due at 2026-03-30 02:30:00 CEST
    "
    );
}

#[test]
fn times_that_pass_during_a_run_become_one_run_after_it() {
    let mut world = Fake::new("2026-01-01T00:30:00Z", "2026-01-01T06:30:00Z");
    world.takes[0] = 150.minutes().try_into().expect("a duration");
    insta::assert_snapshot!(
        world.drive(&[&[HOURLY]]).join("\n"),
        @r"
    2026-01-01T01:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 01:00:00 UTC
    2026-01-01T03:30:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 03:00:00 UTC, for the time before too, which was missed
    2026-01-01T06:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 06:00:00 UTC, for 2 times before too, which were missed
    "
    );
}

#[test]
fn times_that_pass_while_the_machine_sleeps_are_caught_up_once() {
    let mut world = Fake::new("2026-01-01T00:30:00Z", "2026-01-03T01:30:00Z");
    world.sleep = Some((time("2026-01-01T01:30:00Z"), SignedDuration::from_hours(46)));
    insta::assert_snapshot!(
        world.drive(&[&[HOURLY]]).join("\n"),
        @r"
    2026-01-01T01:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 01:00:00 UTC
    2026-01-03T00:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-03 00:00:00 UTC, for 46 times before too, which were missed
    2026-01-03T01:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-03 01:00:00 UTC
    "
    );
}

#[test]
fn changes_during_a_run_become_one_run_after_it() {
    let mut world = Fake::new("2026-01-01T00:00:00Z", "2026-01-01T05:00:00Z");
    world.takes[0] = SignedDuration::from_mins(30);
    for minute in [1, 5, 10, 20] {
        let when = time("2026-01-01T01:00:00Z") + SignedDuration::from_mins(minute);
        world.changes.push_back((when, 0));
    }
    insta::assert_snapshot!(
        world.drive(&[&[]]).join("\n"),
        @r"
    2026-01-01T01:01:00Z 0 watch, changed: data.csv
    2026-01-01T01:31:00Z 0 watch, changed: data.csv
    "
    );
}

#[test]
fn a_run_starts_another_pipeline_after_what_was_due_before() {
    let mut world = Fake::new("2026-01-01T00:30:00Z", "2026-01-01T02:30:00Z");
    world.takes[0] = SignedDuration::from_mins(5);
    world.takes[1] = SignedDuration::from_mins(40);
    world.follower = Some((0, 1));
    // Pipeline 1 has a time of its own while 0 runs: the two are one run.
    let timetables: [&[_]; 2] = [&[HOURLY], &[("2 1 * * *", "UTC")]];
    insta::assert_snapshot!(
        world.drive(&timetables).join("\n"),
        @r"
    2026-01-01T01:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 01:00:00 UTC
    2026-01-01T01:05:00Z 1 drift, run 7 of `monitor`: true
    2026-01-01T02:00:00Z 0 cron 0 * * * * UTC, due at 2026-01-01 02:00:00 UTC
    2026-01-01T02:05:00Z 1 drift, run 7 of `monitor`: true
    "
    );
}

#[test]
fn pipelines_that_are_due_at_once_run_in_the_order_of_their_times() {
    let mut world = Fake::new("2026-01-01T00:30:00Z", "2026-01-01T03:30:00Z");
    world.sleep = Some((time("2026-01-01T00:59:00Z"), SignedDuration::from_hours(2)));
    let timetables: [&[_]; 2] = [&[("50 1 * * *", "UTC")], &[("20 1 * * *", "UTC")]];
    insta::assert_snapshot!(
        world.drive(&timetables).join("\n"),
        @r"
    2026-01-01T03:20:00Z 1 cron 20 1 * * * UTC, due at 2026-01-01 01:20:00 UTC
    2026-01-01T03:20:00Z 0 cron 50 1 * * * UTC, due at 2026-01-01 01:50:00 UTC
    "
    );
}
