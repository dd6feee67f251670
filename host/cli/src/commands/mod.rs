//! One module a command: what it does, and how it says it.

mod changes;
mod check;
mod compare;
mod compiled;
mod drift;
mod exchange;
mod lineage;
mod models;
mod outcome;
mod plugin;
mod predict;
mod reproduce;
mod run;
mod runs;
mod store;
mod versions;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use mlhost_data::FileTable;
use mlhost_engine::Engine;
use mlhost_pipeline::{CsvOptions, Format, Pipeline, Source};

use crate::{
    arguments::{Arguments, Command, TableArguments},
    error::{Failure, INTERNAL},
    output::Output,
    places,
};

/// Does what was asked.
pub(crate) fn execute(arguments: &Arguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let store = arguments.store.as_deref();
    match &arguments.command {
        Command::Check(check) => check::check(check, output),
        Command::Run(run) => run::run(run, store, output),
        Command::Reproduce(reproduce) => reproduce::reproduce(reproduce, store, output),
        Command::Predict(predict) => predict::predict(predict, store, output),
        Command::Drift(drift) => drift::drift(drift, store, output),
        Command::Models(models) => models::models(models, store, output),
        Command::Runs(runs) => runs::runs(runs, store, output),
        Command::Store(command) => store::store(command, store, output),
        Command::Plugin(plugin) => plugin::plugin(plugin, output),
    }
}

fn engine() -> Result<Engine, Failure> {
    Ok(Engine::new(places::cache())?)
}

/// The pipeline in a file, and the folder that its paths are relative to.
fn read_pipeline(path: &Path, params: &[(String, String)]) -> Result<(Pipeline, PathBuf), Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the pipeline `{}`: {error}", path.display());
        Failure::new(INTERNAL, message, None)
    })?;
    let source = Source::new(path.display().to_string(), text);
    let pipeline = mlhost_pipeline::parse(source, params)?;
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    Ok((pipeline, folder))
}

/// The table that a command names.
fn open_table(arguments: &TableArguments) -> Result<FileTable, Failure> {
    let path = &arguments.data;
    let Some(format) = Format::from_path(path) else {
        return Err(Failure::new(
            INTERNAL,
            format!("cannot tell the format of `{path}` from its extension"),
            Some("name a .parquet, .csv, .arrow or .jsonl file, or a glob of them".to_owned()),
        ));
    };
    let csv = CsvOptions {
        null_values: arguments.null_values.clone(),
        ..CsvOptions::for_path(path)
    };
    Ok(mlhost_data::open(path, Path::new("."), format, &csv)?)
}
