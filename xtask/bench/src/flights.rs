//! The flights example as a user runs it: a process of `host`, in a store of its own.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::baseline;
use crate::process::{Usage, usage};
use crate::series::{median, ratio};

/// Runs of the flights example. Every number is a median.
#[derive(Serialize)]
pub(crate) struct Flights {
    /// With no plugin compiled yet.
    pub(crate) cold: Usage,
    /// With all plugins compiled, as in every later run.
    pub(crate) warm: Usage,
    pub(crate) baseline: Option<Compared>,
}

/// The scikit-learn script, and the warm run as a multiple of it.
#[derive(Serialize)]
pub(crate) struct Compared {
    pub(crate) usage: Usage,
    pub(crate) wall_ratio: f64,
    pub(crate) cpu_ratio: f64,
    pub(crate) peak_ratio: f64,
}

/// Runs all in turns.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Flights> {
    let compiled = tempfile::tempdir()?;
    // Compiles the plugins for all warm runs.
    run(arguments, compiled.path())?;
    let (mut cold, mut warm, mut script) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.long_rounds {
        cold.push(run(arguments, tempfile::tempdir()?.path())?);
        warm.push(run(arguments, compiled.path())?);
        let registry = tempfile::tempdir()?;
        if let Some(mut command) = baseline::script(arguments, registry.path()) {
            script.push(usage(&mut command)?);
        }
    }
    Ok(Flights {
        cold: middle(&cold),
        baseline: (!script.is_empty()).then(|| compared(&warm, &script)),
        warm: middle(&warm),
    })
}

/// One run in a new store, with compiled plugins in `cache`.
fn run(arguments: &Arguments, cache: &Path) -> Result<Usage> {
    let store = tempfile::tempdir()?;
    usage(
        Command::new(&arguments.host)
            .args(["run", "pipeline.toml"])
            .current_dir(&arguments.example)
            .env("MLHOST_STORE", store.path())
            .env("MLHOST_CACHE", cache),
    )
}

fn compared(ours: &[Usage], script: &[Usage]) -> Compared {
    let ratio_of = |what: fn(&Usage) -> f64| ratio(&column(ours, what), &column(script, what));
    Compared {
        usage: middle(script),
        wall_ratio: ratio_of(|usage| usage.wall_seconds),
        cpu_ratio: ratio_of(|usage| usage.cpu_seconds),
        peak_ratio: ratio_of(|usage| usage.peak_bytes as f64),
    }
}

fn middle(usages: &[Usage]) -> Usage {
    Usage {
        wall_seconds: median(&column(usages, |usage| usage.wall_seconds)),
        cpu_seconds: median(&column(usages, |usage| usage.cpu_seconds)),
        peak_bytes: median(&column(usages, |usage| usage.peak_bytes as f64)) as u64,
    }
}

fn column(usages: &[Usage], what: fn(&Usage) -> f64) -> Vec<f64> {
    usages.iter().map(what).collect()
}
