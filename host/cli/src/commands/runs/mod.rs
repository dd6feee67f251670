//! `host runs`: what was run, how each step ended, and why it ran.

mod diff;
mod explain;
mod pin;
mod show;

use std::{path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::RunRecord;
use mlhost_store::Run;

use crate::{
    arguments::{RunsArguments, RunsCommand},
    error::Failure,
    output::{self, Output},
    places, text,
};

/// The most characters of a summary in the list: the whole of it is shown with the run.
const SUMMARY: usize = 80;

pub(super) fn runs(
    arguments: &RunsArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    match &arguments.command {
        None => output.print(&store.runs(arguments.limit)?, |runs| list(runs))?,
        Some(RunsCommand::Show { run }) => {
            let (stored, record) = RunRecord::read(&store, *run)?;
            let run = stored.run;
            output.print(&show::Shown { run, record }, show::words)?;
        }
        Some(RunsCommand::Explain { run, step }) => {
            let explanation = mlhost_engine::explain(&store, *run, step.as_deref())?;
            output.print(&explanation, explain::words)?;
        }
        Some(RunsCommand::Diff { before, after }) => {
            let difference = mlhost_engine::diff(&store, *before, *after)?;
            output.print(&difference, diff::words)?;
        }
        Some(RunsCommand::Pin { run }) => pin::pin(&store, *run, true, output)?,
        Some(RunsCommand::Unpin { run }) => pin::pin(&store, *run, false, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "nothing has run yet".to_owned();
    }
    let rows = runs.iter().map(|run| {
        vec![
            run.id.to_string(),
            run.pipeline.clone(),
            run.started_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            duration(run),
            outcome(run),
            text::cut(run.summary.as_deref().unwrap_or_default(), SUMMARY),
        ]
    });
    let headings = [
        ("RUN", Right),
        ("PIPELINE", Left),
        ("STARTED (UTC)", Left),
        ("TIME", Right),
        ("OUTCOME", Left),
        ("SUMMARY", Left),
    ];
    output::table(&headings, rows).to_string()
}

fn outcome(run: &Run) -> String {
    let pinned = if run.pinned { ", pinned" } else { "" };
    format!("{}{pinned}", run.outcome)
}

fn duration(run: &Run) -> String {
    let finished = run
        .finished_at
        .map(|at| at.duration_since(run.started_at).as_secs_f64());
    finished.map(text::seconds).unwrap_or_default()
}
