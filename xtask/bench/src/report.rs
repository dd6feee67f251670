//! All results, as tables for people; programs get the same as JSON.

mod scale;

use std::fmt::{self, Display, Formatter};

use comfy_table::Table;
use serde::Serialize;

use crate::boundary::{Boundary, Crossing};
use crate::checks::Checks;
use crate::control::Control;
use crate::deadlines::Deadline;
use crate::drift::OfDrift;
use crate::flights::Flights;
use crate::languages::{Language, Work};
use crate::metadata::Metadata;
use crate::process::Usage;
use crate::scale::Scale;
use crate::startup::Startup;
use crate::steps::Steps;
use crate::table::{rate, table, time, trimmed};
use crate::training::Training;

/// Everything that was measured, section by section.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) boundary: Option<Vec<Boundary>>,
    pub(crate) startup: Option<Startup>,
    pub(crate) deadlines: Option<Vec<Deadline>>,
    pub(crate) training: Option<Training>,
    pub(crate) flights: Option<Flights>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) control: Option<Vec<Control>>,
    pub(crate) steps: Option<Steps>,
    pub(crate) drift: Option<Vec<OfDrift>>,
    pub(crate) checks: Option<Checks>,
    pub(crate) languages: Option<Vec<Language>>,
    pub(crate) scale: Option<Vec<Scale>>,
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let boundary = self.boundary.as_deref().map(boundary);
        let sections = [
            (
                "Through the sandbox, batches of 8 x float64 with nulls (CPU time a batch)",
                boundary,
            ),
            ("Starting a plugin", self.startup.as_ref().map(startup)),
            (
                "What a plugin takes beyond 50 ms, which is all that it may",
                self.deadlines.as_deref().map(deadlines),
            ),
            (
                "Fitting the tree of the flights example in the sandbox (CPU time)",
                self.training.as_ref().map(training),
            ),
            (
                "The flights example, a whole process",
                self.flights.as_ref().map(flights),
            ),
            (
                "The flights example again and again in one store, with nothing changed",
                self.metadata.as_ref().map(metadata),
            ),
            (
                "Large pipelines: what each step takes (wall)",
                self.control.as_deref().map(control),
            ),
            (
                "Steps that have nothing to do, on one thread",
                self.steps.as_ref().map(steps),
            ),
            (
                "Drift of all columns of the flights, batches in memory (CPU time)",
                self.drift.as_deref().map(drift),
            ),
            (
                "Twenty checks of rows in memory (CPU time)",
                self.checks.as_ref().map(checks),
            ),
            (
                "The same plugins in each language, batches of 8,192 x 8 float64 with nulls (CPU, \
                 and as a multiple of Rust's)",
                self.languages.as_deref().map(languages),
            ),
        ];
        let sections = sections.into_iter();
        let sections = sections.filter_map(|(title, table)| Some((title.to_owned(), table?)));
        let scale = self.scale.iter().flatten().flat_map(scale::tables);
        let mut gap = "";
        for (title, table) in sections.chain(scale) {
            writeln!(f, "{gap}{title}\n{}", trimmed(&table))?;
            gap = "\n";
        }
        Ok(())
    }
}

fn drift(tools: &[OfDrift]) -> Table {
    let mut table = table(["WHAT", "ROWS", "CPU", "ROWS/CPU S"]);
    for tool in tools {
        table.add_row([
            tool.what.clone(),
            tool.rows.to_string(),
            time(tool.cpu_seconds),
            format!("{:.2} M", tool.rows_per_cpu_second / 1e6),
        ]);
    }
    table
}

fn checks(checks: &Checks) -> Table {
    let mut table = table(["WHO", "TIME", "ROWS/S"]);
    for (who, seconds) in &checks.cpu_seconds {
        let speed = format!("{:.2} M", checks.rows as f64 / seconds / 1e6);
        table.add_row([who.clone(), time(*seconds), speed]);
    }
    table
}

fn boundary(sizes: &[Boundary]) -> Table {
    let mut table = table(["ROWS", "WHAT", "TIME", "RATE", "/ MEMCPY", "/ NATIVE"]);
    for size in sizes {
        let mut row = |what: &str, crossing: &Crossing| {
            table.add_row([
                size.rows.to_string(),
                what.to_owned(),
                time(crossing.seconds),
                rate(crossing.bytes_per_second),
                format!("{:.2}", crossing.to_memcpy),
                crossing
                    .to_native
                    .map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            ]);
        };
        let memcpy = Crossing {
            seconds: size.memcpy_seconds,
            bytes_per_second: size.bytes as f64 / size.memcpy_seconds,
            to_memcpy: 1.0,
            to_native: None,
        };
        row("memcpy", &memcpy);
        row("into a fold that touches it", &size.touch);
        row("into a transform and back", &size.no_op);
        row("standardise", &size.standardise);
        row("fold.update", &size.fold_update);
    }
    table
}

fn startup(startup: &Startup) -> Table {
    let mut table = table(["WHAT", "TIME"]);
    let compile = format!(
        "compile a component of {:.2} MB (wall)",
        startup.component_bytes as f64 / 1e6
    );
    table.add_row([compile, time(startup.compile_seconds)]);
    for (what, seconds) in [
        ("load it compiled (wall)", startup.load_seconds),
        ("open a transform (CPU)", startup.instantiate_seconds),
        (
            "one row through a plugin, a whole process (wall)",
            startup.one_row_seconds,
        ),
    ] {
        table.add_row([what.to_owned(), time(seconds)]);
    }
    table
}

fn deadlines(deadlines: &[Deadline]) -> Table {
    let mut table = table(["WHAT", "TIMES", "MEDIAN", "WORST"]);
    for deadline in deadlines {
        table.add_row([
            deadline.what.clone(),
            deadline.times.to_string(),
            time(deadline.median_seconds),
            time(deadline.worst_seconds),
        ]);
    }
    table
}

fn training(training: &Training) -> Table {
    let mut table = table(["WHAT", "CPU", "/ SCIKIT-LEARN"]);
    let what = format!("{} rows x {} columns", training.rows, training.columns);
    let ratio = training.to_baseline;
    table.add_row([
        what,
        time(training.cpu_seconds),
        ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
    ]);
    if let Some(seconds) = training.baseline_cpu_seconds {
        table.add_row(["scikit-learn".to_owned(), time(seconds), "1.00".to_owned()]);
    }
    table
}

fn flights(flights: &Flights) -> Table {
    let mut table = table(["WHAT", "WALL", "CPU", "PEAK MEMORY"]);
    let mut row = |what: &str, usage: &Usage| {
        let [wall, cpu, peak] = words(usage);
        table.add_row([what.to_owned(), wall, cpu, peak]);
    };
    row("host run, plugins not compiled", &flights.cold);
    row("host run", &flights.warm);
    row("host run again, nothing changed", &flights.again);
    if let Some(baseline) = &flights.baseline {
        row("scikit-learn script", &baseline.usage);
        let ratios = [baseline.wall_ratio, baseline.cpu_ratio, baseline.peak_ratio];
        let [wall, cpu, peak] = ratios.map(|ratio| format!("{ratio:.2}"));
        table.add_row(["host run / scikit-learn script".to_owned(), wall, cpu, peak]);
    }
    table
}

fn metadata(metadata: &Metadata) -> Table {
    let mut table = table(["WHAT", "BYTES", "WALL", "CPU", "PEAK MEMORY"]);
    let [wall, cpu, peak] = words(&metadata.cached);
    table.add_row([
        format!("each of {} runs", metadata.runs),
        format!("{:.0}", metadata.bytes_a_run),
        wall,
        cpu,
        peak,
    ]);
    table
}

fn control(pipelines: &[Control]) -> Table {
    let mut table = table(["WHAT", "FRESH", "OF THAT THE HOST", "CACHED", "PEAK MEMORY"]);
    for pipeline in pipelines {
        table.add_row([
            format!("{} of {} steps", pipeline.what, pipeline.steps),
            time(pipeline.fresh_seconds_a_step),
            time(pipeline.overhead_seconds_a_step),
            time(pipeline.cached_seconds_a_step),
            format!("{:.0} MB", pipeline.peak_bytes as f64 / 1e6),
        ]);
    }
    table
}

fn steps(steps: &Steps) -> Table {
    let mut table = table(["WHAT", "WALL", "CPU", "PEAK MEMORY"]);
    let [wall, cpu, peak] = words(&steps.one);
    table.add_row(["host run of 1 step".to_owned(), wall, cpu, peak]);
    table.add_row([
        format!("each of {} steps more", steps.more),
        time(steps.wall_seconds_a_step),
        time(steps.cpu_seconds_a_step),
    ]);
    table
}

fn languages(languages: &[Language]) -> Table {
    let mut table = table([
        "LANGUAGE", "SIZE", "COMPILE", "OPEN", "LEARN", "SCALE", "CHECK",
    ]);
    let words = |work: &Work| {
        let rate = work.bytes_per_second / 1e6;
        format!("{rate:.0} MB/s ({:.1})", work.to_rust)
    };
    for of in languages {
        table.add_row([
            of.language.to_owned(),
            format!("{:.2} MB", of.component_bytes as f64 / 1e6),
            time(of.compile_seconds),
            time(of.open_seconds),
            words(&of.learn),
            words(&of.scale),
            words(&of.check),
        ]);
    }
    table
}

/// What a process used, in words.
fn words(usage: &Usage) -> [String; 3] {
    [
        time(usage.wall_seconds),
        time(usage.cpu_seconds),
        format!("{:.0} MB", usage.peak_bytes as f64 / 1e6),
    ]
}
