//! Drift of every column of the flights, PSI and Kolmogorov–Smirnov, from batches in memory: in the
//! sandbox, natively, and by what others use for it, which are installed into a scratch environment
//! when they are asked for.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use mlhost_drift::{Drift, Profile, Profiler};
use mlhost_pipeline::{CsvOptions, Format};
use mlhost_plugin::{DriftDetector, Fold, testing};
use mlhost_sandbox::{Context, Options, Plugin, Sandbox};
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::clock::thread_cpu_time;
use crate::component;
use crate::peers;
use crate::series::{Series, median};

/// The two sides, below the example.
const SIDES: [&str; 2] = ["data/flights_train.parquet", "data/flights_m08.parquet"];

/// Each column by the method that suits it, and beside that every one by the population stability
/// index and every one of numbers by Kolmogorov and Smirnov. The column that moves with time by nature
/// is compared by nobody.
const PARAMS: &str = "{}";

/// We take in the rows of both sides as often: what the comparison itself takes does not grow with
/// them, and would be most of it. The others, whose work grows faster than their rows, get them once.
const TIMES: usize = 10;

/// Runs one of the others, and prints the CPU seconds of it, round by round.
const SCRIPT: &str = include_str!("../peers/drift.py");

/// The comparison of both sides by one tool.
#[derive(Serialize)]
pub(crate) struct OfDrift {
    pub(crate) what: String,
    /// Of both sides together.
    pub(crate) rows: usize,
    /// The median of all rounds.
    pub(crate) cpu_seconds: f64,
    pub(crate) rows_per_cpu_second: f64,
}

/// Compares both sides again and again, each time from their batches.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Vec<OfDrift>> {
    let sides = [0, 1].map(|side| Side::read(&arguments.example.join(SIDES[side])));
    let [reference, current] = sides;
    let (reference, current) = (reference?, current?);
    let rows = reference.rows() + current.rows();
    let sandbox = Sandbox::new(Options::default())?;
    let plugin = sandbox.load(&component(&arguments.plugins, "mlhost_drift.wasm")?)?;
    let (mut sandboxed, mut native) = (Series::new(), Series::new());
    for _ in 0..effort.long_rounds {
        let start = thread_cpu_time();
        in_sandbox(&plugin, &reference, &current)?;
        sandboxed.push((thread_cpu_time() - start).as_secs_f64());
        let start = thread_cpu_time();
        natively(&reference, &current)?;
        native.push((thread_cpu_time() - start).as_secs_f64());
    }
    let of = |what: &str, rows, series: &Series| {
        let cpu_seconds = median(series);
        OfDrift {
            what: what.to_owned(),
            rows,
            cpu_seconds,
            rows_per_cpu_second: rows as f64 / cpu_seconds,
        }
    };
    let mut found = vec![
        of("mlhost:drift", TIMES * rows, &sandboxed),
        of("the same code natively", TIMES * rows, &native),
    ];
    if arguments.peers {
        let python = peers::python(arguments)?;
        for peer in ["scipy", "evidently", "nannyml"] {
            found.push(of(peer, rows, &by_peer(&python, peer, arguments, effort)?));
        }
    }
    Ok(found)
}

/// A table in memory, of the columns that are compared.
struct Side {
    batches: Vec<RecordBatch>,
}

impl Side {
    fn read(path: &Path) -> Result<Self> {
        let text = path.to_str().context("a path is not UTF-8")?;
        let table = mlhost_data::open(
            text,
            Path::new("/"),
            Format::Parquet,
            &CsvOptions::default(),
        )?;
        let columns = Profiler::open(testing::params(PARAMS)?, &table.schema())?.columns();
        let batches = table.scan(&columns)?;
        Ok(Self {
            batches: batches.collect::<mlhost_data::Result<_>>()?,
        })
    }

    fn again_and_again(&self) -> impl Iterator<Item = &RecordBatch> {
        (0..TIMES).flat_map(|_| &self.batches)
    }

    /// How many there are, once.
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

fn in_sandbox(plugin: &Plugin, reference: &Side, current: &Side) -> Result<()> {
    let context = Context::new("drift");
    let state = |side: &Side| -> Result<Vec<u8>> {
        let schema = side.batches.first().context("no rows")?.schema();
        let mut folder = plugin.folder(&context, PARAMS, &schema)?;
        for batch in side.again_and_again() {
            folder.update(batch)?;
        }
        Ok(folder.state()?)
    };
    let states = [
        ("reference".to_owned(), state(reference)?),
        ("current".to_owned(), state(current)?),
    ];
    plugin.assess(&context, PARAMS, &states)?;
    Ok(())
}

fn natively(reference: &Side, current: &Side) -> Result<()> {
    let state = |side: &Side| -> Result<Profile> {
        let schema = side.batches.first().context("no rows")?.schema();
        let mut profiler = Profiler::open(testing::params(PARAMS)?, &schema)?;
        for batch in side.again_and_again() {
            profiler.update(batch)?;
        }
        Ok(profiler.state())
    };
    Drift::assess(testing::params(PARAMS)?, state(reference)?, state(current)?)?;
    Ok(())
}

fn by_peer(python: &Path, peer: &str, arguments: &Arguments, effort: &Effort) -> Result<Series> {
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT, peer])
        .args(SIDES.map(|side| arguments.example.join(side)))
        .arg(effort.scale_rounds.to_string())
        // One thread, as ours.
        .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")));
    let output = command.output().context("could not start Python")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{peer} failed: {said}");
    let text = String::from_utf8(output.stdout)?;
    let seconds = text
        .lines()
        .filter_map(|line| line.strip_prefix("seconds "));
    Ok(seconds.map(str::parse).collect::<Result<_, _>>()?)
}
