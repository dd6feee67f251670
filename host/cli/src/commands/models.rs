//! `host models`: what is registered, and what one version is made of.

use std::{path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{Column, Model, ModelSummary, StoredModel};

use crate::{
    arguments::{ModelsArguments, ModelsCommand},
    error::Failure,
    output::{self, Output},
    places, text,
};

pub(super) fn models(
    arguments: &ModelsArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    match &arguments.command {
        None => output.print(&store.models()?, |models| list(models))?,
        Some(ModelsCommand::Show { model }) => output.print(&store.model(model)?, show)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(models: &[ModelSummary]) -> String {
    if models.is_empty() {
        return "no model is registered yet".to_owned();
    }
    let rows = models.iter().map(|model| {
        let aliases = model
            .aliases
            .iter()
            .map(|(alias, version)| format!("{alias}@{version}"));
        vec![
            model.name.clone(),
            model.version.to_string(),
            model.created_at.strftime("%Y-%m-%d %H:%M").to_string(),
            model.run.map(|run| run.to_string()).unwrap_or_default(),
            text::short(&model.digest.to_string()).to_owned(),
            aliases.collect::<Vec<_>>().join(" "),
        ]
    });
    let headings = [
        ("MODEL", Left),
        ("LATEST", Right),
        ("REGISTERED (UTC)", Left),
        ("RUN", Right),
        ("DIGEST", Left),
        ("ALIASES", Left),
    ];
    output::table(&headings, rows).to_string()
}

fn show(stored: &StoredModel) -> String {
    let model = &stored.model;
    let mut words = format!(
        "{}@{}\n  {}\n  {}\n",
        stored.name,
        stored.version,
        stored.digest,
        origin(stored)
    );
    if let Some(target) = &model.target {
        words.push_str(&format!("  predicts {target}\n"));
    }
    words.push_str(&chain(model));
    words.push_str(&metrics(model));
    words.push_str(&data(model));
    words.push_str("\ninputs\n");
    words.push_str(&columns(&model.signature.inputs));
    words.push_str("\noutputs\n");
    words.push_str(&columns(&model.signature.outputs));
    words
}

/// When the version came into the store, and how.
fn origin(stored: &StoredModel) -> String {
    let at = stored.created_at.strftime("%Y-%m-%d %H:%M UTC");
    match (&stored.imported, stored.run) {
        (Some(import), _) => format!(
            "imported {at} from {}, where it is {}",
            import.from.source, import.from.reference
        ),
        (None, Some(run)) => format!("registered {at} by run {run}"),
        (None, None) => format!("registered {at}"),
    }
}

fn chain(model: &Model) -> String {
    let mut words = String::from("\nsteps\n");
    for step in &model.chain {
        words.push_str(&format!(
            "  {:12} {}@{}\n               component {}  state {}\n               {}\n",
            step.step,
            step.package,
            step.version,
            step.component.short(),
            step.state.short(),
            step.params
        ));
    }
    words
}

fn metrics(model: &Model) -> String {
    if model.metrics.is_empty() {
        return String::new();
    }
    let mut words = String::from("\nmetrics\n");
    for metric in &model.metrics {
        let labels: String = metric
            .labels
            .iter()
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        let name = format!("{}.{}{labels}", metric.step, metric.name);
        words.push_str(&format!(
            "  {name:32} {}\n",
            text::metric(Some(metric.value))
        ));
    }
    words
}

fn data(model: &Model) -> String {
    let mut words = String::from("\ntrained on\n");
    for data in &model.data {
        for file in &data.files {
            let rows = file.rows.map(|rows| format!("{} rows", text::count(rows)));
            words.push_str(&format!(
                "  {:12} {}  {}  {}\n",
                data.name,
                file.name,
                rows.unwrap_or_default(),
                file.digest.short()
            ));
        }
    }
    words
}

fn columns(columns: &[Column]) -> String {
    let line = |column: &Column| format!("  {:20} {}\n", column.name, column.kind);
    columns.iter().map(line).collect()
}
