//! What it takes until a plugin can do its first work: compiling it, loading the compiled form,
//! opening an instance, and a whole process for one row.

use std::hint::black_box;

use anyhow::Result;
use mlhost_sandbox::{Context, Options, Sandbox};
use serde::Serialize;

use crate::arguments::{Arguments, Effort};
use crate::host::Host;
use crate::process::Usage;
use crate::rows;
use crate::series::{Case, cpu_seconds, median, wall_seconds};
use crate::steps;

/// Instances opened in one turn.
const INSTANCES_A_TURN: usize = 100;

/// What starting takes.
#[derive(Serialize)]
pub(crate) struct Startup {
    /// Bytes of the component.
    pub(crate) component_bytes: usize,
    /// Compiling the component on all cores and asking it to describe itself: wall seconds.
    pub(crate) compile_seconds: f64,
    /// The same with the compiled form on disk: wall seconds.
    pub(crate) load_seconds: f64,
    /// An instance of a loaded plugin with a transform opened in it, and its end: CPU seconds.
    pub(crate) instantiate_seconds: f64,
    /// A process of `host` that passes one row through a plugin that was compiled before, from its
    /// start to its end, so that the row has been in the plugin sooner: wall seconds.
    pub(crate) one_row_seconds: f64,
}

/// Measures a component.
pub(crate) fn measure(arguments: &Arguments, component: &[u8], effort: &Effort) -> Result<Startup> {
    let folder = tempfile::tempdir()?;
    let uncached = Sandbox::new(Options::default())?;
    let cached = Sandbox::new(Options {
        cache: Some(folder.path().to_owned()),
        ..Options::default()
    })?;
    let plugin = cached.load(component)?;
    let loading: [Case<'_>; 2] = [
        Box::new(|| {
            black_box(uncached.load(component)?);
            Ok(())
        }),
        Box::new(|| {
            black_box(cached.load(component)?);
            Ok(())
        }),
    ];
    let [compile, load] = wall_seconds(loading, effort.long_rounds)?;

    let batch = rows::batch(1)?;
    let (context, params, schema) = (
        Context::new("bench"),
        r#"{"kernel":"none"}"#,
        batch.schema(),
    );
    let state = plugin.folder(&context, params, &schema)?.state()?;
    let opening: [Case<'_>; 1] = [Box::new(|| {
        let transformer = plugin.transformer(&context, params, &state, &schema)?;
        black_box(transformer);
        Ok(())
    })];
    let [open] = cpu_seconds(opening, effort.short_rounds, INSTANCES_A_TURN)?;
    Ok(Startup {
        component_bytes: component.len(),
        compile_seconds: median(&compile),
        load_seconds: median(&load),
        instantiate_seconds: median(&open),
        one_row_seconds: one_row(arguments, effort)?,
    })
}

fn one_row(arguments: &Arguments, effort: &Effort) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let pipeline = steps::pipeline(folder.path(), 1)?;
    let host = Host::new(&arguments.host)?;
    // Compiles the plugin for all that follow.
    host.run(&pipeline, &[])?;
    let runs = (0..effort.long_rounds).map(|_| host.run(&pipeline, &[]));
    let runs = runs.collect::<Result<Vec<_>>>()?;
    Ok(Usage::median(&runs).wall_seconds)
}
