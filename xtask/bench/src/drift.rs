//! Drift of every column of the flights, PSI and Kolmogorov–Smirnov, from batches in memory: in the
//! sandbox, natively, and by what others use for it, which are installed into a scratch environment
//! when they are asked for.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use mlhost_drift::{Drift, Profiler};
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

/// The column that moves with time by nature, and is compared by nobody.
const PARAMS: &str = "{}";

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
    let of = |what: &str, series: &Series| {
        let cpu_seconds = median(series);
        OfDrift {
            what: what.to_owned(),
            rows,
            cpu_seconds,
            rows_per_cpu_second: rows as f64 / cpu_seconds,
        }
    };
    let mut found = vec![
        of("mlhost:drift", &sandboxed),
        of("the same code natively", &native),
    ];
    if arguments.peers {
        let python = peers::python(arguments)?;
        for peer in ["scipy", "evidently", "nannyml"] {
            found.push(of(peer, &by_peer(&python, peer, arguments, effort)?));
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

    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

fn in_sandbox(plugin: &Plugin, reference: &Side, current: &Side) -> Result<()> {
    let context = Context::new("drift");
    let state = |side: &Side| -> Result<Vec<u8>> {
        let schema = side.batches.first().context("no rows")?.schema();
        let mut folder = plugin.folder(&context, PARAMS, &schema)?;
        for batch in &side.batches {
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
    let state = |side: &Side| testing::fold::<Profiler>(testing::params(PARAMS)?, &side.batches);
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
