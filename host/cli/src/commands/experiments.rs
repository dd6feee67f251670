//! `host experiments`: which models compete, and by what.

use std::{collections::BTreeSet, path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::{CHAMPION, Contender, ExperimentView, MetricOrigin};

use crate::{
    arguments::{ExperimentsArguments, ExperimentsCommand},
    error::Failure,
    output::{self, Output},
    places, text,
};

pub(super) fn experiments(
    arguments: &ExperimentsArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    match &arguments.command {
        None => output.print(&mlhost_engine::experiments(&store)?, |all| list(all))?,
        Some(ExperimentsCommand::Show { name }) => {
            output.print(&mlhost_engine::experiment(&store, name)?, show)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(experiments: &[ExperimentView]) -> String {
    if experiments.is_empty() {
        return "no model has entered an experiment yet".to_owned();
    }
    let rows = experiments.iter().map(|experiment| {
        let versions = &experiment.versions;
        let models: BTreeSet<_> = versions
            .iter()
            .map(|one| one.entry.model.as_str())
            .collect();
        let champions = versions.iter().filter(|one| is_champion(one));
        let champions = champions.map(|one| one.entry.to_string());
        vec![
            experiment.name.clone(),
            text::visible(&experiment.targets.join(", ")),
            experiment.metric.clone(),
            champions.collect::<Vec<_>>().join(", "),
            versions.len().to_string(),
            models.into_iter().collect::<Vec<_>>().join(", "),
        ]
    });
    let headings = [
        ("EXPERIMENT", Left),
        ("TARGET", Left),
        ("METRIC", Left),
        ("CHAMPION", Left),
        ("VERSIONS", Right),
        ("MODELS", Left),
    ];
    output::table(&headings, rows).to_string()
}

fn is_champion(version: &Contender) -> bool {
    version.entry.aliases.iter().any(|alias| alias == CHAMPION)
}

fn show(experiment: &ExperimentView) -> String {
    let rows = experiment.versions.iter().map(|version| {
        let entry = &version.entry;
        vec![
            entry.to_string(),
            entry.aliases.join(" "),
            text::visible(version.target.as_deref().unwrap_or_default()),
            version
                .value
                .map(|value| text::metric(Some(value)))
                .unwrap_or_default(),
            entry.entered_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            entry.run.to_string(),
            entry.digest.short(),
        ]
    });
    let headings = [
        ("MODEL", Left),
        ("ALIASES", Left),
        ("TARGET", Left),
        ("VALUE", Right),
        ("ENTERED (UTC)", Left),
        ("RUN", Right),
        ("DIGEST", Left),
    ];
    let origin = match experiment.metric_from {
        MetricOrigin::Gate => ", which the gate is on",
        MetricOrigin::Option | MetricOrigin::Default => "",
    };
    format!(
        "{name}: models of `{targets}`, compared by {metric}{origin}\n\n{table}\n\n\
         each value is of the data of its own run; `host ab {name} --data DATA` measures all of \
         them on the same rows\n",
        name = experiment.name,
        targets = text::visible(&experiment.targets.join("`, `")),
        metric = experiment.metric,
        table = output::table(&headings, rows)
    )
}
