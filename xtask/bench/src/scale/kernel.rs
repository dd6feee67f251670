//! What is done with the rows: a pipeline of one step for the host, and the same plugin's code
//! natively.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use mlhost_data::FileTable;
use mlhost_drift::{Drift, Profiler};
use mlhost_pipeline::{Pipeline, Source, parse};
use mlhost_plugin::{DriftDetector, Validator, testing};
use mlhost_validate::{Observe, Validate};

use super::native::fold;
use super::text;

/// A pipeline of one step, and its work without a sandbox.
pub(super) struct Kernel {
    pub(super) name: &'static str,
    pub(super) pipeline: &'static str,
    /// Does the work of the pipeline on so many threads.
    pub(super) native: fn(&Pipeline, usize) -> Result<()>,
}

/// Every kernel.
pub(super) const ALL: [Kernel; 2] = [
    Kernel {
        name: "validate, 20 checks",
        pipeline: include_str!("../../pipelines/validate.toml"),
        native: validate,
    },
    Kernel {
        name: "drift, every column",
        pipeline: include_str!("../../pipelines/drift.toml"),
        native: drift,
    },
];

impl Kernel {
    /// The parameters with which the pipeline reads this table, and the original one where it
    /// needs another.
    pub(super) fn params(&self, table: &Path, original: &Path) -> Result<Vec<(String, String)>> {
        let paths = [("table", table), ("reference", original)];
        let declared = parse(Source::new("pipeline.toml", self.pipeline), &[])?.params;
        paths
            .into_iter()
            .filter(|(name, _)| declared.contains_key(*name))
            .map(|(name, path)| Ok((name.to_owned(), text(path)?)))
            .collect()
    }

    /// The pipeline with these parameters.
    pub(super) fn read(&self, params: &[(String, String)]) -> Result<Pipeline> {
        Ok(parse(Source::new("pipeline.toml", self.pipeline), params)?)
    }
}

fn validate(pipeline: &Pipeline, threads: usize) -> Result<()> {
    let params = with(pipeline, "validate")?;
    let state = fold::<Observe>(&params, &table(pipeline, "flights")?, threads)?;
    let outcome = Validate::assess(testing::params(&params)?, state)?;
    ensure!(outcome.passed(), "{}", outcome.summary);
    Ok(())
}

fn drift(pipeline: &Pipeline, threads: usize) -> Result<()> {
    let params = with(pipeline, "drift")?;
    let reference = fold::<Profiler>(&params, &table(pipeline, "reference")?, threads)?;
    let current = fold::<Profiler>(&params, &table(pipeline, "current")?, threads)?;
    let outcome = Drift::assess(testing::params(&params)?, reference, current)?;
    ensure!(outcome.passed(), "{}", outcome.summary);
    Ok(())
}

fn with(pipeline: &Pipeline, step: &str) -> Result<String> {
    let step = pipeline
        .steps
        .get(step)
        .context("the pipeline lacks a step")?;
    Ok(step.with.to_string())
}

fn table(pipeline: &Pipeline, name: &str) -> Result<FileTable> {
    let data = pipeline.data.get(name).context("the pipeline lacks data")?;
    Ok(mlhost_data::open(
        &data.path,
        Path::new("/"),
        data.format,
        &data.csv,
    )?)
}
