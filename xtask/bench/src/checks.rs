//! Twenty checks of flights that are in memory, so that nothing but the checks and the way of the
//! rows to them is measured: in the sandbox, natively, and with `--peers` in polars, pandera and Great
//! Expectations, which are installed from PyPI into an environment of their own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use mlhost_pipeline::{CsvOptions, Format, Source, parse};
use mlhost_plugin::{Fold, testing};
use mlhost_sandbox::{Context, Options, Sandbox};
use mlhost_validate::Observe;
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::component;
use crate::peers;
use crate::series::{Case, cpu_seconds, median};

const PIPELINE: &str = include_str!("../pipelines/validate.toml");
const PEERS: &str = include_str!("../peers/checks.py");

/// What twenty checks take. Every number is a median.
#[derive(Serialize)]
pub(crate) struct Checks {
    pub(crate) rows: u64,
    /// CPU seconds by who checks.
    pub(crate) cpu_seconds: BTreeMap<String, f64>,
}

/// Checks the rows of the example again and again.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Checks> {
    let path = arguments.example.join("data/flights_train.parquet");
    let name = path.to_str().context("a path is not UTF-8")?;
    let table = mlhost_data::open(
        name,
        Path::new("/"),
        Format::Parquet,
        &CsvOptions::default(),
    )?;
    let pipeline = parse(Source::new("pipeline.toml", PIPELINE), &[])?;
    let step = pipeline
        .steps
        .get("validate")
        .context("no step `validate`")?;
    let params = step.with.to_string();
    let schema = table.schema();
    let columns = Observe::open(testing::params(&params)?, &schema)?.columns();
    let batches = table
        .scan(&columns)?
        .collect::<mlhost_data::Result<Vec<RecordBatch>>>()?;
    let plugin = Sandbox::new(Options::default())?
        .load(&component(&arguments.plugins, "mlhost_validate.wasm")?)?;
    let context = Context::new("validate");
    let sandboxed: Case<'_> = Box::new(|| {
        let mut folder = plugin.folder(&context, &params, &schema)?;
        batches.iter().try_for_each(|batch| folder.update(batch))?;
        folder.state()?;
        Ok(())
    });
    let native: Case<'_> = Box::new(|| {
        let mut fold = Observe::open(testing::params(&params)?, &schema)?;
        batches.iter().try_for_each(|batch| fold.update(batch))?;
        drop(fold.state());
        Ok(())
    });
    let [sandboxed, native] = cpu_seconds([sandboxed, native], effort.long_rounds, 1)?;
    let mut cpu_seconds = BTreeMap::from([
        ("validate, in the sandbox".to_owned(), median(&sandboxed)),
        ("validate, natively".to_owned(), median(&native)),
    ]);
    if arguments.peers {
        cpu_seconds.extend(by_peers(arguments, &path, effort)?);
    }
    Ok(Checks {
        rows: batches.iter().map(|batch| batch.num_rows() as u64).sum(),
        cpu_seconds,
    })
}

/// The same checks by others.
fn by_peers(arguments: &Arguments, table: &Path, effort: &Effort) -> Result<BTreeMap<String, f64>> {
    let python = peers::python(arguments)?;
    let output = Command::new(&python)
        .args(["-c", PEERS])
        .arg(table)
        .arg(effort.long_rounds.to_string())
        .stderr(Stdio::inherit())
        .output()
        .context("could not start Python")?;
    ensure!(
        output.status.success(),
        "the peers failed: {}",
        output.status
    );
    let text = String::from_utf8(output.stdout)?;
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).context("the peers printed no JSON")
}
