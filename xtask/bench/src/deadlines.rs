//! How long a plugin goes on after its time is up: one that loops, one that calls the host again and
//! again, and one that has instructions carried out that each take long; with the processors idle, and
//! with twice as many plugins at work as there are processors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use mlhost_sandbox::{Context, Error, Failure, Limits, Options, Plugin, Sandbox, Silent};
use serde::Serialize;

use crate::arguments::Effort;
use crate::clock::thread_cpu_time;
use crate::rows;
use crate::series::median;

/// How long each plugin may work.
const TIME: Duration = Duration::from_millis(50);

/// What plugins do until they are stopped: the attacks of the plugin that attacks the host.
const ATTACKS: [(&str, &str); 3] = [
    ("a tight loop", "endless-loop"),
    ("calls of the host in a loop", "endless-talk"),
    (
        "an instruction that fills 1 GiB, in a loop",
        "endless-filling",
    ),
];

/// What somebody does for too long, and how much longer than it may.
#[derive(Serialize)]
pub(crate) struct Deadline {
    pub(crate) what: String,
    pub(crate) times: usize,
    /// After the end of its wall time (or of its CPU time, where that is what is limited): seconds.
    pub(crate) median_seconds: f64,
    pub(crate) worst_seconds: f64,
}

/// Measures a plugin that does not end by itself.
pub(crate) fn measure(component: &[u8], effort: &Effort) -> Result<Vec<Deadline>> {
    let plugin = Sandbox::new(Options::default())?.load(component)?;
    let mut deadlines = Vec::new();
    for (what, attack) in ATTACKS {
        let late = || wall_seconds_late(&plugin, attack);
        deadlines.push(Deadline::of(what, effort.short_rounds, late)?);
    }
    let late = || cpu_seconds_late(&plugin);
    deadlines.push(Deadline::of(
        "a tight loop, by its CPU time",
        effort.short_rounds,
        late,
    )?);
    let others = 2 * thread::available_parallelism()?.get();
    let what = format!("a tight loop, beside {others} others");
    let late = || wall_seconds_late(&plugin, "endless-loop");
    deadlines.push(beside(&plugin, others, || {
        Deadline::of(&what, effort.short_rounds, late)
    })?);
    Ok(deadlines)
}

impl Deadline {
    fn of(what: &str, times: usize, late: impl FnMut() -> Result<f64>) -> Result<Self> {
        let late = std::iter::repeat_with(late).take(times);
        let late = late.collect::<Result<Vec<_>>>()?;
        Ok(Self {
            what: what.to_owned(),
            times,
            median_seconds: median(&late),
            worst_seconds: late.into_iter().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

/// Has a plugin attack until it is stopped, which may be sooner than it begins.
fn attack(plugin: &Plugin, attack: &str, context: &Context) -> Result<Failure> {
    let rows = rows::batch(8)?;
    let params = format!(r#"{{ "attack": "{attack}" }}"#);
    let opened = plugin.folder(context, &params, &rows.schema());
    match opened.and_then(|mut folder| folder.update(&rows)) {
        Ok(()) => bail!("`{attack}` has ended by itself"),
        Err(Error::Plugin { failure, .. }) => Ok(*failure),
        Err(other) => Err(other.into()),
    }
}

fn wall_seconds_late(plugin: &Plugin, name: &str) -> Result<f64> {
    let limits = Limits {
        time: TIME,
        ..Limits::default()
    };
    let start = Instant::now();
    let failure = attack(
        plugin,
        name,
        &Context::with("bench", limits, Arc::new(Silent)),
    )?;
    let took = start.elapsed();
    ensure!(matches!(failure, Failure::TimedOut(_)), "{failure}");
    Ok(took.as_secs_f64() - TIME.as_secs_f64())
}

fn cpu_seconds_late(plugin: &Plugin) -> Result<f64> {
    let limits = Limits {
        cpu_time: TIME,
        ..Limits::default()
    };
    let context = Context::with("bench", limits, Arc::new(Silent));
    let start = thread_cpu_time();
    let failure = attack(plugin, "endless-loop", &context)?;
    let took = thread_cpu_time() - start;
    ensure!(matches!(failure, Failure::OverLimit { .. }), "{failure}");
    Ok(took.as_secs_f64() - TIME.as_secs_f64())
}

/// Measures while so many others loop.
fn beside<T>(plugin: &Plugin, others: usize, measure: impl FnOnce() -> Result<T>) -> Result<T> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..others {
            scope.spawn(|| {
                let mut last = Ok(0.0);
                while last.is_ok() && !is_over.load(Ordering::Relaxed) {
                    last = wall_seconds_late(plugin, "endless-loop");
                }
            });
        }
        let measured = measure();
        is_over.store(true, Ordering::Relaxed);
        measured
    })
}
