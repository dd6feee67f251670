//! `host run`: the pipeline, from raw file to registered model.

use std::{path::Path, process::ExitCode, sync::Arc};

use mlhost_engine::{RunOptions, RunRecord, RunReport, Runner};
use mlhost_store::{Outcome, RunId};
use serde::Serialize;

use super::{engine, outcome, read_pipeline};
use crate::{
    arguments::RunArguments,
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
    let (pipeline, folder) = read_pipeline(&arguments.pipeline)?;
    let engine = engine()?;
    // A pipeline that may not run leaves no store behind.
    let known = places::known_store_of_pipeline(store, &folder)?.map(Arc::new);
    let checked = engine.check_before_run(pipeline, &folder, known.as_ref())?;
    let store = match known {
        Some(known) => known,
        None => Arc::new(places::store_of_pipeline(store, &folder)?),
    };
    let mut options = RunOptions {
        memory: arguments.memory,
        ..RunOptions::default()
    };
    if let Some(jobs) = arguments.jobs {
        options.jobs = usize::from(jobs);
    }
    let runner = engine.runner(checked, store, progress::observer(), options);
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::internal(format!("the runtime cannot start: {error}")))?;
    let (report, interrupted) = runtime.block_on(run_or_cancel(runner))?;

    output.print(&view(&report), words)?;
    match report.outcome {
        Outcome::Done => Ok(ExitCode::SUCCESS),
        _ if interrupted => Err(Failure::new(
            INTERRUPTED,
            format!("run {} was cancelled", report.id),
            None,
        )),
        Outcome::Error => Err(failure(report, INTERNAL)),
        Outcome::Failed | Outcome::Refused | Outcome::Cancelled => Err(failure(report, REFUSED)),
    }
}

/// Runs to the end, or until Ctrl-C; says whether it was that.
async fn run_or_cancel(runner: Runner<'_>) -> Result<(RunReport, bool), Failure> {
    let cancel = runner.cancel_token();
    let interrupted = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
    });
    let report = runner.run().await?;
    Ok((report, interrupted.is_finished()))
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
    }
    words
}
