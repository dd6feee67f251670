//! `host models`: what is registered, and what one version is made of.

use std::{path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{Column, Decision, Model, ModelSummary, StoredModel};

use super::{outcome, versions};
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
        Some(command) => versions::versions(command, &store, output)?,
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
            model.run.to_string(),
            text::short(&model.digest.to_string()).to_owned(),
            aliases.collect::<Vec<_>>().join(" "),
            versions::tags(&model.tags),
            model.description.clone().unwrap_or_default(),
        ]
    });
    let headings = [
        ("MODEL", Left),
        ("LATEST", Right),
        ("REGISTERED (UTC)", Left),
        ("RUN", Right),
        ("DIGEST", Left),
        ("ALIASES", Left),
        ("TAGS", Left),
        ("DESCRIPTION", Left),
    ];
    // The last ones are for those who use them.
    let has_tags = models.iter().any(|model| !model.tags.is_empty());
    let has_description = models.iter().any(|model| model.description.is_some());
    let columns = match (has_tags, has_description) {
        (_, true) => 8,
        (true, false) => 7,
        (false, false) => 6,
    };
    let rows = rows.map(|mut row: Vec<String>| {
        row.truncate(columns);
        row
    });
    output::table(&headings[..columns], rows).to_string()
}

fn show(stored: &StoredModel) -> String {
    let model = &stored.model;
    let mut words = format!(
        "{}@{}\n  {}\n  registered {} by run {}\n",
        stored.name,
        stored.version,
        stored.digest,
        stored.created_at.strftime("%Y-%m-%d %H:%M UTC"),
        stored.run
    );
    if let Some(target) = &model.target {
        words.push_str(&format!("  predicts {target}\n"));
    }
    for (what, said) in [
        ("aliases", stored.aliases.join(" ")),
        ("tags", versions::tags(&stored.tags)),
        (
            "described as",
            stored.description.clone().unwrap_or_default(),
        ),
    ] {
        if !said.is_empty() {
            words.push_str(&format!("  {what} {said}\n"));
        }
    }
    words.push_str(&chain(model));
    words.push_str(&metrics(model));
    words.push_str(&decisions(&stored.decisions));
    words.push_str(&data(model));
    words.push_str("\ninputs\n");
    words.push_str(&columns(&model.signature.inputs));
    words.push_str("\noutputs\n");
    words.push_str(&columns(&model.signature.outputs));
    words
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

/// What the gates of the latest run that had anything new to say decided.
fn decisions(decisions: &[Decision]) -> String {
    let Some(decision) = decisions.first() else {
        return String::new();
    };
    let gates = outcome::recorded_gates(&decision.gates);
    format!("\ngates, decided by run {}\n{gates}", decision.run)
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
