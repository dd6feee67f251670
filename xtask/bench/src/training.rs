//! Training in the sandbox: the flights example's tree, fitted to rows that are prepared and in
//! memory, so that nothing but the fit and the way of the rows to it is measured.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::record_batch::RecordBatch;
use mlhost_data::{MemoryTable, Table};
use mlhost_pipeline::{Pipeline, Source, Step, parse};
use mlhost_sandbox::{Context, Options, Plugin, Sandbox};
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::clock::thread_cpu_time;
use crate::series::{Series, median, ratio};
use crate::{baseline, component};

/// Fitting the tree of the flights example.
#[derive(Serialize)]
pub(crate) struct Training {
    pub(crate) rows: u64,
    pub(crate) columns: usize,
    /// CPU seconds of the fit.
    pub(crate) cpu_seconds: f64,
    /// CPU seconds of scikit-learn's fit, where there is a baseline.
    pub(crate) baseline_cpu_seconds: Option<f64>,
    /// As a multiple of the baseline's.
    pub(crate) to_baseline: Option<f64>,
}

/// Prepares the rows, and fits the tree to them again and again.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Training> {
    let pipeline = read(&arguments.example.join("pipeline.toml"))?;
    let sandbox = Sandbox::new(Options::default())?;
    let load =
        |name: &str| -> Result<Plugin> { Ok(sandbox.load(&component(&arguments.plugins, name)?)?) };
    let preprocess = load("mlhost_preprocess.wasm")?;
    let table = prepared(&pipeline, &arguments.example, &preprocess)?;
    let (tree, params) = (
        load("mlhost_tree.wasm")?,
        step(&pipeline, "tree")?.with.to_string(),
    );
    let (mut ours, mut theirs) = (Series::new(), Series::new());
    for _ in 0..effort.long_rounds {
        let trainer = tree.trainer(&Context::new("tree"), &params, &table.schema())?;
        let start = thread_cpu_time();
        trainer.fit(table.clone())?;
        ours.push((thread_cpu_time() - start).as_secs_f64());
        theirs.extend(baseline::fit(arguments)?);
    }
    let with_baseline = !theirs.is_empty();
    Ok(Training {
        rows: table.num_rows().unwrap_or(0),
        columns: table.schema().fields().len(),
        cpu_seconds: median(&ours),
        baseline_cpu_seconds: with_baseline.then(|| median(&theirs)),
        to_baseline: with_baseline.then(|| ratio(&ours, &theirs)),
    })
}

fn read(path: &Path) -> Result<Pipeline> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {name}"))?;
    Ok(parse(Source::new(name, text), &[])?)
}

fn step<'a>(pipeline: &'a Pipeline, name: &str) -> Result<&'a Step> {
    let step = pipeline.steps.get(name);
    step.with_context(|| format!("the example has no step `{name}`"))
}

/// The training rows, preprocessed.
fn prepared(pipeline: &Pipeline, folder: &Path, plugin: &Plugin) -> Result<Arc<MemoryTable>> {
    let data = pipeline.data.get("train").context("no data `train`")?;
    let raw = mlhost_data::open(&data.path, folder, data.format, &data.csv)?;
    let (context, params) = (
        Context::new("preprocess"),
        step(pipeline, "preprocess")?.with.to_string(),
    );
    let mut folder = plugin.folder(&context, &params, &raw.schema())?;
    for batch in raw.scan(folder.columns())? {
        folder.update(&batch?)?;
    }
    let state = folder.state()?;
    let mut transformer = plugin.transformer(&context, &params, &state, &raw.schema())?;
    let mut batches: Vec<RecordBatch> = Vec::new();
    for batch in raw.scan(transformer.columns())? {
        batches.extend(transformer.apply(&batch?)?);
    }
    batches.extend(transformer.finish()?);
    let table = MemoryTable::new(transformer.schema(), batches)?;
    Ok(Arc::new(table))
}
