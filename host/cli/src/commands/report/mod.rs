//! `host report`: what a run, a model or a comparison came to, as a page, as Markdown or as JSON.

mod drift;
mod lineage;
mod model;
mod run;
mod steps;

use std::{fs, io::Write, path::Path, process::ExitCode};

use mlhost_report::page::Report;
use mlhost_store::{RunId, Store};
use serde_json::json;

use super::engine;
use crate::{
    arguments::{About, Format, PageArguments, ReportArguments, ReportCommand},
    error::{Failure, INTERNAL},
    output::Output,
    places,
};

pub(super) fn report(
    arguments: &ReportArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let (report, page) = match (&arguments.command, &arguments.about) {
        (Some(ReportCommand::Drift { model, table, page }), _) => {
            let table = super::open_table(table)?;
            (drift::report(&engine()?, &store, model, table)?, page)
        }
        (None, Some(About::Model(model))) => (model::report(&store, model)?, &arguments.page),
        (None, Some(About::Run(run))) => (run::report(&store, *run)?, &arguments.page),
        (None, None) => (run::report(&store, latest(&store)?)?, &arguments.page),
    };
    write(&report, page, output)?;
    Ok(ExitCode::SUCCESS)
}

fn latest(store: &Store) -> Result<RunId, Failure> {
    let runs = store.runs(1)?;
    let run = runs.first().map(|run| run.id);
    run.ok_or_else(|| {
        let hint = "`host run pipeline.toml` makes the first run".to_owned();
        Failure::new(INTERNAL, "nothing has run yet", Some(hint))
    })
}

fn write(report: &Report, page: &PageArguments, output: &mut Output) -> Result<(), Failure> {
    let content = match page.format() {
        Format::Html => report.html(),
        Format::Json => serde_json::to_string_pretty(report)
            .map(|json| json + "\n")
            .map_err(|error| Failure::internal(error.to_string()))?,
        _ => report.markdown(),
    };
    let Some(file) = &page.output else {
        let mut stdout = anstream::stdout().lock();
        stdout.write_all(content.as_bytes())?;
        return Ok(stdout.flush()?);
    };
    fs::write(file, content).map_err(|error| {
        Failure::internal(format!("could not write `{}`: {error}", file.display()))
    })?;
    let file = file.display().to_string();
    let result = json!({ "report": report.title, "output": file });
    output.print(&result, |_| format!("wrote {file}: {}", report.title))
}
