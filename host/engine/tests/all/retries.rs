//! When a step is tried again, and how long it waits before: with a clock that only writes down what
//! it is asked for, and faults in place of bad luck.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mlhost_engine::{Clock, Engine, Interrupt, NoObserver, RunOptions, RunReport, StepStatus};
use mlhost_pipeline::{Source, parse_faults};
use mlhost_sandbox::CancelToken;
use mlhost_store::Outcome;

use crate::support::{PIPELINE, Scene, block_on, engine, step};

/// A clock on which no time passes.
#[derive(Default)]
struct Recorded {
    waits: Mutex<Vec<Duration>>,
    /// What it gives as random, over and over.
    random: Vec<f64>,
    drawn: Mutex<usize>,
    /// What somebody does to the run while it waits.
    meanwhile: Mutex<Option<Interrupt>>,
}

impl Clock for Recorded {
    fn wait(&self, time: Duration, cancel: &CancelToken) -> bool {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.push(time);
        if let Some(interrupt) = &*self.meanwhile.lock().unwrap() {
            interrupt.cancel();
        }
        !cancel.is_cancelled()
    }

    fn random(&self) -> f64 {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        *drawn += 1;
        match self.random.as_slice() {
            [] => 0.5,
            random => random[(*drawn - 1) % random.len()],
        }
    }
}

impl Recorded {
    fn millis(&self) -> Vec<u128> {
        let waits = self.waits.lock().unwrap();
        waits.iter().map(Duration::as_millis).collect()
    }
}

/// The tree of the pipeline with these rules, and faults for it.
fn run(retry: &str, fault: &str, clock: &Arc<Recorded>, interrupted: bool) -> RunReport {
    run_in(&Scene::new(), retry, fault, clock, interrupted)
}

fn run_in(
    scene: &Scene,
    retry: &str,
    fault: &str,
    clock: &Arc<Recorded>,
    interrupted: bool,
) -> RunReport {
    let retry = format!("[steps.tree]\nretry = {retry}\n");
    let checked = scene.check(&PIPELINE.replace("[steps.tree]\n", &retry));
    let faults = Source::new("faults.toml", format!("[steps.tree]\n{fault}\n"));
    let faults = parse_faults(faults, checked.pipeline()).unwrap();
    let options = RunOptions {
        clock: clock.clone(),
        faults,
        ..RunOptions::default()
    };
    let engine: Engine = engine();
    let runner = engine.runner(checked, scene.store(), Arc::new(NoObserver), options);
    if interrupted {
        *clock.meanwhile.lock().unwrap() = Some(runner.interrupt());
    }
    block_on(runner.run()).unwrap()
}

/// How often a step with such a fault was tried, and how it ended, under a policy.
fn attempts(scene: &Scene, policy: &str, kind: &str) -> (usize, StepStatus) {
    let clock = Arc::new(Recorded::default());
    let retry = format!("{{ limit = 2, policy = \"{policy}\" }}");
    let fault = format!("fail = 1\nkind = \"{kind}\"");
    let report = run_in(scene, &retry, &fault, &clock, false);
    let tree = step(&report, "tree");
    (tree.attempts.len() + 1, tree.status)
}

#[test]
fn each_wait_is_as_long_as_the_rules_say() {
    let clock = Arc::new(Recorded::default());
    let retry =
        "{ limit = 6, delay = \"2s\", factor = 3.0, max_delay = \"1m\", jitter = \"none\" }";
    let report = run(retry, "fail = 5\nkind = \"transient\"", &clock, false);
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);
    assert_eq!(clock.millis(), [2_000, 6_000, 18_000, 54_000, 60_000]);
    let waited: Vec<_> = step(&report, "tree").attempts.iter().collect();
    let waited: Vec<_> = waited.iter().map(|attempt| attempt.waited).collect();
    assert_eq!(waited, [2.0, 6.0, 18.0, 54.0, 60.0]);
}

#[test]
fn jitter_takes_the_share_that_is_drawn() {
    let clock = Arc::new(Recorded {
        random: vec![0.25, 1.0, 0.0],
        ..Recorded::default()
    });
    let retry = "{ limit = 3, delay = \"1s\", factor = 2.0 }";
    run(retry, "fail = 3\nkind = \"transient\"", &clock, false);
    assert_eq!(clock.millis(), [250, 2_000, 0]);
}

#[test]
fn the_last_failure_is_not_waited_after() {
    let clock = Arc::new(Recorded::default());
    let retry = "{ limit = 2, delay = \"1s\", factor = 1.0, jitter = \"none\" }";
    let report = run(
        retry,
        "fail = \"always\"\nkind = \"transient\"",
        &clock,
        false,
    );
    assert_eq!(report.outcome, Outcome::Failed);
    assert_eq!(clock.millis(), [1_000, 1_000]);
    let tree = step(&report, "tree");
    assert_eq!((tree.attempts.len(), tree.status), (2, StepStatus::Failed));
}

#[test]
fn the_policy_decides_by_the_kind_of_error() {
    let scene = Scene::new();
    let (done, failed) = (StepStatus::Done, StepStatus::Failed);
    let kinds = [
        "transient",
        "time-out",
        "source",
        "failed",
        "trap",
        "invalid-data",
    ];
    for (policy, tried_again) in [("transient", 3), ("always", 5), ("never", 0)] {
        for (index, kind) in kinds.into_iter().enumerate() {
            let expected = match index < tried_again {
                true => (2, done),
                false => (1, failed),
            };
            assert_eq!(
                attempts(&scene, policy, kind),
                expected,
                "{policy} after {kind}"
            );
        }
    }
}

#[test]
fn whoever_ends_the_run_ends_a_wait() {
    let clock = Arc::new(Recorded::default());
    let retry = "{ limit = 5, delay = \"1h\", max_delay = \"2h\", jitter = \"none\" }";
    let report = run(
        retry,
        "fail = \"always\"\nkind = \"transient\"",
        &clock,
        true,
    );
    assert_eq!(report.outcome, Outcome::Cancelled, "{}", report.summary);
    assert_eq!(clock.millis(), [3_600_000]);
    let tree = step(&report, "tree");
    assert_eq!(
        (tree.attempts.len(), tree.status),
        (1, StepStatus::Cancelled)
    );
}

#[test]
fn a_step_that_hangs_ends_with_its_time_limit() {
    let clock = Arc::new(Recorded::default());
    let retry = "{ limit = 1, delay = \"1s\", jitter = \"none\" }\ntimeout = \"7m\"";
    let report = run(retry, "hang = 1", &clock, false);
    assert_eq!(report.outcome, Outcome::Done, "{}", report.summary);
    assert_eq!(clock.millis(), [420_000, 1_000]);
    let error = &step(&report, "tree").attempts[0].error;
    assert!(
        error.ends_with("did not finish within its time limit of 7m"),
        "{error}"
    );
}
