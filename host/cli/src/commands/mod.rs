//! One module a command: what it does, and how it says it.

mod ab;
mod changes;
mod check;
mod compare;
mod compiled;
mod drift;
mod exchange;
mod experiments;
mod grants;
mod graph;
mod lineage;
mod models;
mod outcome;
mod packages;
mod plugin;
mod predict;
mod profile;
mod report;
mod reproduce;
mod run;
mod runs;
mod schedule;
mod show;
mod store;
mod suggest;
mod triggers;
mod versions;
mod watch;

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use mlhost_data::FileTable;
use mlhost_engine::Engine;
use mlhost_pipeline::{
    CsvOptions, Format, Overrides, Patch, Pipeline, Source, included, parse_with, path_from,
};
use mlhost_sandbox::Options;

use crate::{
    arguments::{Arguments, Command, OverrideArguments, TableArguments},
    configuration,
    error::{Failure, INTERNAL},
    output::Output,
    places,
};

/// Does what was asked.
pub(crate) fn execute(arguments: &Arguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let store = arguments.store.as_deref();
    match &arguments.command {
        Command::Check(check) => check::check(check, store, output),
        Command::Run(run) => run::run(run, store, output),
        Command::Watch(watch) => watch::watch(watch, store, output),
        Command::Schedule(schedule) => schedule::schedule(schedule, store, output),
        Command::Show(show) => show::show(show, output),
        Command::Graph(graph) => graph::graph(graph, output),
        Command::Report(arguments) => report::report(arguments, store, output),
        Command::Reproduce(reproduce) => reproduce::reproduce(reproduce, store, output),
        Command::Predict(predict) => predict::predict(predict, store, output),
        Command::Drift(drift) => drift::drift(drift, store, output),
        Command::Profile(arguments) => profile::profile(arguments, output),
        Command::Validate(command) => suggest::validate(command, output),
        Command::Ab(arguments) => ab::ab(arguments, store, output),
        Command::Experiments(arguments) => experiments::experiments(arguments, store, output),
        Command::Models(models) => models::models(models, store, output),
        Command::Runs(runs) => runs::runs(runs, store, output),
        Command::Store(command) => store::store(command, store, output),
        Command::Plugin(plugin) => plugin::plugin(plugin, output),
        Command::Compile(bounds) => compiled::compile(bounds),
    }
}

/// How the sandbox of every command is set up.
fn sandbox_options() -> Result<Options, Failure> {
    Ok(Options {
        cache: places::cache(),
        key: places::key_of_cache(),
        compiler: Some(compiled::compiler()?),
    })
}

fn engine() -> Result<Engine, Failure> {
    Ok(Engine::with_registries(
        sandbox_options()?,
        places::packages(),
        Box::new(configuration::sources),
    )?)
}

/// The pipeline in a file, with what is put over it, and the folder that its paths are relative to.
fn read_pipeline(path: &Path, overrides: &Overrides) -> Result<(Pipeline, PathBuf), Failure> {
    let source = read_source("pipeline", path)?;
    let folder = folder_of(path);
    let mut overrides = overrides.clone();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let patches: Vec<Source> = overrides.patch_files().cloned().collect();
    let mut open: Vec<_> = patches
        .into_iter()
        .map(|patch| (name.to_string(), patch))
        .collect();
    open.push((name.to_string(), source.clone()));
    let mut known = HashSet::new();
    while let Some((file, source)) = open.pop() {
        for written in included(&source) {
            let from = path_from(&file, &written);
            // One that cannot be read is told at its place in the pipeline.
            let Ok(text) = fs::read_to_string(folder.join(&from)) else {
                continue;
            };
            if known.insert(from.clone()) {
                let shown = folder.join(&from).display().to_string();
                let shown = shown.strip_prefix("./").unwrap_or(&shown).to_owned();
                let source = Source::new(shown, text);
                overrides.include(from.clone(), source.clone());
                open.push((from, source));
            }
        }
    }
    Ok((parse_with(source, &overrides)?, folder))
}

/// The text of a pipeline or patch.
fn read_source(what: &str, path: &Path) -> Result<Source, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read the {what} `{}`: {error}", path.display());
        Failure::new(INTERNAL, message, None)
    })?;
    Ok(Source::new(path.display().to_string(), text))
}

fn folder_of(pipeline: &Path) -> PathBuf {
    match pipeline.parent() {
        Some(folder) if folder != Path::new("") => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// What the command line puts over a pipeline.
fn overrides(arguments: &OverrideArguments) -> Result<Overrides, Failure> {
    let profiles = arguments.profiles.iter().cloned().map(Patch::Profile);
    let files = arguments
        .patches
        .iter()
        .map(|path| Ok(Patch::File(read_source("patch", path)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let settings = arguments.settings.iter().cloned().map(Patch::Set);
    let patches = profiles.chain(files).chain(settings);
    Ok(Overrides::new(patches, arguments.params.iter().cloned()))
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
