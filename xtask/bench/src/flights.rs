//! The flights example as a user runs it: a process of `host`, in a store of its own.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::baseline;
use crate::host::Host;
use crate::process::{Usage, column, usage};
use crate::scratch;
use crate::series::ratio;

/// Runs of the flights example. Every number is a median.
#[derive(Serialize)]
pub(crate) struct Flights {
    /// With no plugin compiled yet.
    pub(crate) cold: Usage,
    /// With all plugins compiled, as in every later run.
    pub(crate) warm: Usage,
    /// Once more in the same store, with nothing changed.
    pub(crate) again: Usage,
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
    let compiled = Host::new(&arguments.host)?;
    // Compiles the plugins for all warm runs.
    run(arguments, &compiled, &scratch::folder()?)?;
    let [mut cold, mut warm, mut again, mut script] = [const { Vec::new() }; 4];
    for _ in 0..effort.long_rounds {
        let new = Host::new(&arguments.host)?;
        cold.push(run(arguments, &new, &scratch::folder()?)?);
        let store = scratch::folder()?;
        warm.push(run(arguments, &compiled, &store)?);
        again.push(run(arguments, &compiled, &store)?);
        let registry = scratch::folder()?;
        if let Some(mut command) = baseline::script(arguments, &registry) {
            script.push(usage(&mut command)?);
        }
    }
    Ok(Flights {
        cold: Usage::median(&cold),
        baseline: (!script.is_empty()).then(|| compared(&warm, &script)),
        warm: Usage::median(&warm),
        again: Usage::median(&again),
    })
}

/// One run in a store.
fn run(arguments: &Arguments, host: &Host<'_>, store: &Path) -> Result<Usage> {
    usage(&mut host.run_in(store, &arguments.example.join("pipeline.toml")))
}

fn compared(ours: &[Usage], script: &[Usage]) -> Compared {
    let ratio_of = |what: fn(&Usage) -> f64| ratio(&column(ours, what), &column(script, what));
    Compared {
        usage: Usage::median(script),
        wall_ratio: ratio_of(|usage| usage.wall_seconds),
        cpu_ratio: ratio_of(|usage| usage.cpu_seconds),
        peak_ratio: ratio_of(|usage| usage.peak_bytes as f64),
    }
}
