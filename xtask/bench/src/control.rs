//! What the host itself takes for each step of large pipelines: a graph of steps that wait for each
//! other, and a loop of many iterations, one after the other. The steps check one row, or find in the
//! cache that they have nothing to do. What the host takes besides is what is left of the run's time
//! on its record when that of the steps is taken away.

use std::fmt::Write;
use std::fs;

use anyhow::Result;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::host::Host;
use crate::process::{Usage, column, usage};
use crate::scratch;
use crate::series::median;

/// Steps of the graph.
const STEPS: usize = 500;
/// Iterations of the loop.
const ITERATIONS: usize = 2_000;

/// A pipeline of many steps. Every number is a median.
#[derive(Serialize)]
pub(crate) struct Control {
    /// What it is.
    pub(crate) what: &'static str,
    /// How many steps it has.
    pub(crate) steps: usize,
    /// What each step takes of a run that does their work, less what a run of one step takes.
    pub(crate) fresh_seconds_a_step: f64,
    /// The part of it that is not in the time of any step.
    pub(crate) overhead_seconds_a_step: f64,
    /// The same of a run that finds all results in the cache.
    pub(crate) cached_seconds_a_step: f64,
    /// The peak memory of that.
    pub(crate) peak_bytes: u64,
}

/// Runs both pipelines.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Vec<Control>> {
    let host = Host::new(&arguments.host)?;
    measured(&host, STEPS, ITERATIONS, effort.long_rounds)
}

/// A pipeline that ran twice.
struct Runs {
    fresh: Usage,
    cached: Usage,
    /// Of the first run.
    overhead_seconds: f64,
}

/// A run in a new store, and the same again.
fn runs(host: &Host<'_>, text: &str) -> Result<Runs> {
    let folder = scratch::folder()?;
    fs::write(folder.join("row.csv"), "x\n1\n")?;
    let pipeline = folder.join("pipeline.toml");
    fs::write(&pipeline, text)?;
    let store = folder.join("store");
    let run = || usage(&mut host.run_in(&store, &pipeline));
    let (fresh, cached) = (run()?, run()?);
    Ok(Runs {
        fresh,
        cached,
        overhead_seconds: host.record_of(&store, 1)?.overhead_seconds(),
    })
}

fn measured(
    host: &Host<'_>,
    steps: usize,
    iterations: usize,
    rounds: usize,
) -> Result<Vec<Control>> {
    let one = graph(1);
    // Compiles the plugin for all that follow.
    runs(host, &one)?;
    let one = (0..rounds)
        .map(|_| runs(host, &one))
        .collect::<Result<Vec<_>>>()?;
    let pipelines = [
        ("a graph", steps, graph(steps)),
        ("a loop", iterations, looped(iterations)),
    ];
    let mut found = Vec::new();
    for (what, steps, text) in pipelines {
        let many = (0..rounds)
            .map(|_| runs(host, &text))
            .collect::<Result<Vec<_>>>()?;
        let a_step = |which: fn(&Runs) -> Usage| {
            let wall = |runs: &[Runs]| {
                let runs: Vec<Usage> = runs.iter().map(which).collect();
                median(&column(&runs, |usage| usage.wall_seconds))
            };
            (wall(&many) - wall(&one)) / (steps - 1) as f64
        };
        let overheads: Vec<f64> = many.iter().map(|runs| runs.overhead_seconds).collect();
        let cached: Vec<Usage> = many.iter().map(|runs| runs.cached).collect();
        found.push(Control {
            what,
            steps,
            fresh_seconds_a_step: a_step(|runs| runs.fresh),
            overhead_seconds_a_step: median(&overheads) / steps as f64,
            cached_seconds_a_step: a_step(|runs| runs.cached),
            peak_bytes: Usage::median(&cached).peak_bytes,
        });
    }
    Ok(found)
}

const HEAD: &str = "mlhost = 1\nname = \"control\"\n\n[data.row]\npath = \"row.csv\"\n";

/// Steps each of which waits for the one before it, and for the one at half its number.
fn graph(steps: usize) -> String {
    let mut text = HEAD.to_owned();
    for step in 0..steps {
        let mut after: Vec<String> = Vec::new();
        if let Some(before) = step.checked_sub(1) {
            after.extend([before, step / 2].map(|step| format!("\"s{step}\"")));
            after.dedup();
        }
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[steps.s{step}]\nplugin = \"mlhost:validate@0.1.0\"\ninput = \"row\"\n\
             after = [{}]\nwith = {{ row_count = {{ min = {step}, severity = \"warn\" }} }}\n",
            after.join(", ")
        );
    }
    text
}

/// A step that runs so many times, each time with another parameter.
fn looped(iterations: usize) -> String {
    let values: Vec<String> = (0..iterations).map(|value| value.to_string()).collect();
    format!(
        "{HEAD}\n[steps.check]\nplugin = \"mlhost:validate@0.1.0\"\ninput = \"row\"\n\
         for_each = {{ least = [{}] }}\nmax_parallel = 1\n\
         with = {{ row_count = {{ min = \"${{each.least}}\", severity = \"warn\" }} }}\n",
        values.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Host, measured};
    use crate::scratch::Scratch;

    /// Small ones, with the `host` of the same build: that they run, and not how fast.
    #[test]
    fn both_pipelines_run() {
        let program = std::env::current_exe().expect("this program has a path");
        let folder = program.parent().and_then(Path::parent);
        let name = format!("host{}", std::env::consts::EXE_SUFFIX);
        let binary = folder.expect("it is in a folder of the build").join(name);
        assert!(
            binary.is_file(),
            "{} is missing: run `cargo build`",
            binary.display()
        );
        let _scratch = Scratch::new().expect("a folder");
        let host = Host::new(&binary).expect("a cache");
        let found = measured(&host, 30, 60, 1).expect("the runs are done");
        let steps: Vec<usize> = found.iter().map(|control| control.steps).collect();
        assert_eq!(steps, [30, 60]);
    }
}
