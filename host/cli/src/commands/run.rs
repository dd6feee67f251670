//! `host run`: the pipeline, from raw file to registered model.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anstream::eprintln;
use mlhost_engine::{Reuse, RunOptions, RunRecord, RunReport, Runner, Supplies, Unfinished};
use mlhost_pipeline::Pipeline;
use mlhost_store::{Outcome, RunId, Store};
use serde::Serialize;

use super::{engine, outcome, read_pipeline};
use crate::{
    arguments::{EffortArguments, RunArguments},
    error::{Failure, INTERNAL, INTERRUPTED, REFUSED},
    output::Output,
    places, progress, text,
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
        pipeline,
        folder,
        store: known,
        given,
        resumed,
    } = wanted(arguments, store)?;
    let engine = engine()?;
    let changes = resumed.as_ref().map(|resumed| resumed.changes(&pipeline));
    let supplies = Supplies {
        store: known.clone(),
        reuse: reuse(arguments),
        ..Supplies::default()
    };
    let checked = engine.check_before_run(pipeline, &folder, supplies)?;
    let store = match known {
        Some(known) => known,
        None => Arc::new(places::store_of_pipeline(store, &folder)?),
    };
    if let Some(resumed) = &resumed {
        let complete = checked.complete(&store);
        let steps = checked.plan().steps.len();
        resuming(resumed, &changes.unwrap_or_default(), &complete, steps);
    }
    let options = RunOptions {
        given,
        resumes: resumed.map(|resumed| resumed.run.id),
        ..effort(&arguments.effort)
    };
    let report = run_or_cancel(engine.runner(checked, store, progress::observer(), options))?;

    output.print(&view(&report), words)?;
    match report.outcome {
        Outcome::Done => Ok(ExitCode::SUCCESS),
        Outcome::Cancelled => Err(Failure::new(
            INTERRUPTED,
            format!("run {} was cancelled", report.id),
            Some(format!("`host run --resume={}` goes on with it", report.id)),
        )),
        Outcome::Error => Err(failure(report, INTERNAL)),
        Outcome::Failed | Outcome::Refused => Err(failure(report, REFUSED)),
    }
}

/// A pipeline that is to run.
struct Wanted {
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
    let mut given: BTreeMap<_, _> = arguments.params.iter().cloned().collect();
    let Some(run) = arguments.resume else {
        let path = arguments.pipeline.clone().unwrap_or_default();
        let (pipeline, folder) = read_pipeline(&path, &arguments.params)?;
        let store = places::known_store_of_pipeline(chosen, &folder)?;
        return Ok(Wanted {
            pipeline,
            folder,
            store: store.map(Arc::new),
            given,
            resumed: None,
        });
    };
    let (store, name) = match &arguments.pipeline {
        Some(path) => {
            let (pipeline, folder) = read_pipeline(path, &arguments.params)?;
            let store = places::known_store_of_pipeline(chosen, &folder)?;
            (store, Some(pipeline.name))
        }
        None => (Some(places::existing_store(chosen)?), None),
    };
    let store = match store {
        Some(store) => Arc::new(store),
        None => Arc::new(places::existing_store(chosen)?),
    };
    let resumed = mlhost_engine::unfinished(&store, run, name.as_deref())?;
    for (name, value) in &resumed.record.given {
        given.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let recorded = Path::new(&resumed.record.folder).join(&resumed.record.file);
    let path = arguments.pipeline.clone().unwrap_or(recorded);
    let params: Vec<_> = given.clone().into_iter().collect();
    let (pipeline, folder) = read_pipeline(&path, &params)?;
    Ok(Wanted {
        pipeline,
        folder,
        store: Some(store),
        given,
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

/// Says what is picked up, and what is not as it was.
fn resuming(resumed: &Unfinished, changes: &[String], complete: &[String], steps: usize) {
    let (run, outcome) = (resumed.run.id, resumed.run.outcome);
    let names: Vec<_> = complete.iter().map(|step| format!("`{step}`")).collect();
    let names = match names.is_empty() {
        true => String::new(),
        false => format!(": {}", names.join(", ")),
    };
    let complete = complete.len();
    eprintln!("resuming run {run} ({outcome}): {complete} of {steps} steps are complete{names}");
    for (name, value) in &resumed.record.given {
        eprintln!("  with {name}={value}");
    }
    for change in changes {
        eprintln!("  changed since: {change}");
    }
}

/// A run that takes as much of the machine as it may.
pub(super) fn effort(arguments: &EffortArguments) -> RunOptions {
    let defaults = RunOptions::default();
    RunOptions {
        jobs: arguments.jobs.map_or(defaults.jobs, usize::from),
        memory: arguments.memory,
        ..defaults
    }
}

/// Runs to the end, or until Ctrl-C.
pub(super) fn run_or_cancel(runner: Runner<'_>) -> Result<RunReport, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::internal(format!("the runtime cannot start: {error}")))?;
    let cancel = runner.cancel_token();
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
    });
    Ok(runtime.block_on(runner.run())?)
}

fn failure(report: RunReport, code: u8) -> Failure {
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
    words.push_str(&outcome::steps(&record.steps));
    for model in &record.models {
        let news = if model.new {
            "registered"
        } else {
            "already registered:"
        };
        words.push_str(&format!(
            "\n{news} {}@{} ({})\n",
            model.name,
            model.version,
            text::short(&model.digest)
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
