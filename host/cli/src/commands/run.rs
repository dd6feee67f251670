//! `host run`: the pipeline, from raw file to registered model.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anstream::eprintln;
use mlhost_engine::{
    Checked, Engine, PatchRecord, Reuse, RunOptions, RunRecord, RunReport, Runner, Supplies,
    Unfinished,
};
use mlhost_packages::Pins;
use mlhost_pipeline::{Faults, Overrides, Pipeline, parse_faults, parse_name};
use mlhost_store::{Outcome, RunId, Store};
use serde::Serialize;

use super::{
    changes, engine, folder_of, grants, outcome, overrides, packages, read_pipeline, read_source,
};
use crate::{
    arguments::RunArguments,
    error::{Failure, INTERNAL, INTERRUPTED, REFUSED},
    output::Output,
    places, progress,
    signals::{self, Ending, Signal},
    text,
};

/// What a run prints.
#[derive(Serialize)]
struct Report<'a> {
    run: RunId,
    outcome: Outcome,
    summary: &'a str,
    #[serde(flatten)]
    record: &'a RunRecord,
}

pub(super) fn run(
    arguments: &RunArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let Wanted {
        path,
        mut pipeline,
        folder,
        store: known,
        given,
        resumed,
    } = wanted(arguments, store)?;
    let granted_urls = grants::urls(&arguments.grants, &pipeline)?;
    arguments.limits.of_plugins.put_into(&mut pipeline)?;
    let faults = faults(arguments, &pipeline)?;
    let engine = engine()?;
    let changes = resumed.as_ref().map(|resumed| resumed.changes(&pipeline));
    let overrides = described(&pipeline, &given);
    let supplies = Supplies {
        store: known,
        reuse: reuse(arguments),
        pins: Pins::of(&path, arguments.access.access())?,
        ..Supplies::default()
    };
    let (checked, store) = checked(&engine, pipeline, &folder, supplies, store)?;
    if let Some(resumed) = &resumed {
        let complete = checked.complete(&store);
        let steps = checked.plan().steps.len();
        resuming(resumed, &complete, steps);
        for line in overrides {
            eprintln!("  with {line}");
        }
        for change in changes.unwrap_or_default() {
            eprintln!("  changed since: {change}");
        }
    }
    let options = RunOptions {
        granted_urls,
        given,
        resumes: resumed.map(|resumed| resumed.run.id),
        faults,
        ..arguments.limits.options()
    };
    let runner = engine.runner(checked, store, progress::observer(), options);
    let (report, signal) = run_or_cancel(runner)?;

    output.print(&view(&report), words)?;
    match report.outcome {
        Outcome::Done => Ok(ExitCode::SUCCESS),
        Outcome::Cancelled => Err(Failure::new(
            signal.map_or(INTERRUPTED, Signal::exit_code),
            format!("run {} was cancelled", report.id),
            Some(format!("`host run --resume={}` goes on with it", report.id)),
        )),
        Outcome::Error => Err(failure(report, INTERNAL)),
        Outcome::Failed | Outcome::Refused => Err(failure(report, REFUSED)),
    }
}

/// Checks a pipeline that is to run, and opens its store.
pub(super) fn checked(
    engine: &Engine,
    pipeline: Pipeline,
    folder: &Path,
    supplies: Supplies,
    chosen: Option<&Path>,
) -> Result<(Checked, Arc<Store>), Failure> {
    let known = supplies.store.clone();
    let checked = engine.check_before_run(pipeline, folder, supplies)?;
    packages::say_changes(&checked.pins.save()?);
    let store = match known {
        Some(known) => known,
        None => Arc::new(places::store_of_pipeline(chosen, folder)?),
    };
    Ok((checked, store))
}

/// What is to go wrong. Whoever asks for that is told so: a run that fails for no other reason
/// should not frighten anybody.
fn faults(arguments: &RunArguments, pipeline: &Pipeline) -> Result<Faults, Failure> {
    let Some(path) = &arguments.faults else {
        return Ok(Faults::new());
    };
    let faults = parse_faults(read_source("faults", path)?, pipeline)?;
    for (step, fault) in &faults {
        eprintln!("asked for: step `{step}` {fault}");
    }
    Ok(faults)
}

/// A pipeline that is to run.
struct Wanted {
    /// Its file.
    path: PathBuf,
    pipeline: Pipeline,
    folder: PathBuf,
    /// Its store, if it has one already: a pipeline that may not run leaves none behind.
    store: Option<Arc<Store>>,
    /// The overrides of its parameters.
    given: BTreeMap<String, String>,
    /// The run that it picks up.
    resumed: Option<Unfinished>,
}

/// What is to run: the pipeline that is named, or that of the run to pick up.
fn wanted(arguments: &RunArguments, chosen: Option<&Path>) -> Result<Wanted, Failure> {
    let overrides = overrides(&arguments.overrides)?;
    let given = |overrides: &Overrides| overrides.params().iter().cloned().collect();
    let Some(run) = arguments.resume else {
        let path = arguments.pipeline.clone().unwrap_or_default();
        let (pipeline, folder) = read_pipeline(&path, &overrides)?;
        let store = places::known_store_of_pipeline(chosen, &folder)?;
        return Ok(Wanted {
            path,
            pipeline,
            folder,
            store: store.map(Arc::new),
            given: given(&overrides),
            resumed: None,
        });
    };
    let (store, name) = match &arguments.pipeline {
        Some(path) => {
            let name = parse_name(read_source("pipeline", path)?)?;
            let store = places::known_store_of_pipeline(chosen, &folder_of(path))?;
            (store, Some(name))
        }
        None => (Some(places::existing_store(chosen)?), None),
    };
    let store = match store {
        Some(store) => Arc::new(store),
        None => Arc::new(places::existing_store(chosen)?),
    };
    let resumed = mlhost_engine::unfinished(&store, run, name.as_deref())?;
    let recorded = Path::new(&resumed.record.folder).join(&resumed.record.file);
    let path = arguments.pipeline.clone().unwrap_or(recorded);
    let overrides = overrides.over(resumed.record.overrides());
    let (pipeline, folder) = read_pipeline(&path, &overrides)?;
    Ok(Wanted {
        path,
        pipeline,
        folder,
        store: Some(store),
        given: given(&overrides),
        resumed: Some(resumed),
    })
}

fn reuse(arguments: &RunArguments) -> Reuse {
    match &arguments.from {
        _ if arguments.no_cache => Reuse::Nothing,
        Some(step) => Reuse::Except(step.clone()),
        None => Reuse::Everything,
    }
}

/// All that is put over a pipeline: `--profile ci`, `depth=2`.
fn described(pipeline: &Pipeline, given: &BTreeMap<String, String>) -> Vec<String> {
    let patches = pipeline.patches.iter().map(PatchRecord::of);
    let patches = patches.map(|patch| changes::patch(&patch));
    let params = given.iter().map(|(name, value)| format!("{name}={value}"));
    patches.chain(params).collect()
}

/// Says what is picked up.
fn resuming(resumed: &Unfinished, complete: &[String], steps: usize) {
    let (run, outcome) = (resumed.run.id, resumed.run.outcome);
    let names: Vec<_> = complete.iter().map(|step| format!("`{step}`")).collect();
    let names = match names.is_empty() {
        true => String::new(),
        false => format!(": {}", names.join(", ")),
    };
    let complete = complete.len();
    eprintln!("resuming run {run} ({outcome}): {complete} of {steps} steps are complete{names}");
}

/// Runs to the end, or until a signal ends it; which signal that was, if one was.
pub(super) fn run_or_cancel(runner: Runner<'_>) -> Result<(RunReport, Option<Signal>), Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::internal(format!("the runtime cannot start: {error}")))?;
    let ending = Arc::new(Ending::default());
    ending.begin(runner.interrupt());
    runtime.spawn(signals::obey(ending.clone(), || {}));
    let report = runtime.block_on(runner.run())?;
    Ok((report, ending.signal()))
}

/// What is said of a run that failed or was refused.
pub(super) fn failure(report: RunReport, code: u8) -> Failure {
    let hint = match &report.error {
        Some(error) => error.hint(),
        None => Some(format!(
            "nothing was registered; `host runs show {}` has every finding",
            report.id
        )),
    };
    let verb = if report.outcome == Outcome::Refused {
        "was refused"
    } else {
        "failed"
    };
    Failure::new(
        code,
        format!("run {} {verb}: {}", report.id, report.summary),
        hint,
    )
}

fn view(report: &RunReport) -> Report<'_> {
    Report {
        run: report.id,
        outcome: report.outcome,
        summary: &report.summary,
        record: &report.record,
    }
}

fn words(report: &Report<'_>) -> String {
    let record = report.record;
    let mut words = format!(
        "run {} of `{}`: {} in {}\n\n",
        report.run,
        record.pipeline,
        report.outcome,
        text::seconds(record.seconds)
    );
    words.push_str(&outcome::steps(record));
    let experiment = record.experiment.as_ref();
    let experiment = experiment.map(|name| format!(" in experiment {name}"));
    let experiment = experiment.unwrap_or_default();
    for model in &record.models {
        let news = if model.new {
            "registered"
        } else {
            "already registered:"
        };
        words.push_str(&format!(
            "\n{news} {}@{} ({}){}\n",
            model.name,
            model.version,
            text::short(&model.digest),
            experiment
        ));
        if let Some(alias) = &model.alias {
            words.push_str(&match model.before {
                Some(before) if before == model.version => {
                    format!("{alias} is still {}@{before}\n", model.name)
                }
                Some(before) => format!(
                    "{alias} is now {}@{}, and was {}@{before}\n",
                    model.name, model.version, model.name
                ),
                None => format!("{alias} is now {}@{}\n", model.name, model.version),
            });
        }
    }
    words
}
