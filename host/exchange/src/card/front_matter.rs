//! The front matter, with the keys that model hubs read. A licence is no part of a model, so none
//! is stated.

use mlhost_store::{Metric, Model};
use serde::Serialize;

use super::{Facts, markdown};
use crate::{Error, Result};

const LIBRARY: &str = "mlhost";
const REGRESSION: &str = "tabular-regression";
const CLASSIFICATION: &str = "tabular-classification";

#[derive(Serialize)]
struct FrontMatter {
    library_name: &'static str,
    pipeline_tag: &'static str,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    datasets: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<String>,
    #[serde(rename = "model-index", skip_serializing_if = "Vec::is_empty")]
    model_index: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    task: Named,
    dataset: Named,
    metrics: Vec<Measured>,
}

/// A type of the hub, and what it is called here.
#[derive(Serialize)]
struct Named {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
struct Measured {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    value: f64,
}

pub(super) fn text(facts: &Facts<'_>) -> Result<String> {
    let model = &facts.stored.model;
    let task = task(model);
    let mut metrics: Vec<String> = finite(model).map(|metric| metric.name.clone()).collect();
    metrics.sort();
    metrics.dedup();
    let front_matter = FrontMatter {
        library_name: LIBRARY,
        pipeline_tag: task,
        tags: tags(facts),
        datasets: model.data.iter().map(|data| data.name.clone()).collect(),
        metrics,
        model_index: index(model, task),
    };
    // Quotes keep a text a text for every reader: `no`, `1e3` and `~` are none without them.
    let options = serde_saphyr::ser_options! { quote_all: true, prefer_block_scalars: false };
    serde_saphyr::to_string_with_options(&front_matter, options)
        .map_err(|error| Error::Card(error.to_string()))
}

/// What the model is, and how people have marked it: a hub's tags have no values of their own.
fn tags(facts: &Facts<'_>) -> Vec<String> {
    let own = [LIBRARY, "tabular"].map(str::to_owned);
    let marks = facts
        .tags
        .iter()
        .map(|(key, value)| match value.is_empty() {
            true => key.clone(),
            false => format!("{key}:{value}"),
        });
    own.into_iter().chain(marks).collect()
}

fn task(model: &Model) -> &'static str {
    let first = model.signature.outputs.first();
    match first.map(|column| column.kind.as_str()) {
        Some("double" | "float") => REGRESSION,
        _ => CLASSIFICATION,
    }
}

/// The metrics that have a value; a hub knows no others.
fn finite(model: &Model) -> impl Iterator<Item = &Metric> {
    model
        .metrics
        .iter()
        .filter(|metric| metric.value.is_finite())
}

/// The metrics, together by the step that measured them, in their order.
fn index(model: &Model, task: &'static str) -> Vec<Entry> {
    let mut results: Vec<Outcome> = Vec::new();
    for metric in finite(model) {
        let measured = Measured {
            kind: metric.name.clone(),
            name: markdown::metric_name(metric),
            value: metric.value,
        };
        let name = format!("the data of step {}", metric.step);
        match results
            .last_mut()
            .filter(|outcome| outcome.dataset.name == name)
        {
            Some(outcome) => outcome.metrics.push(measured),
            None => results.push(Outcome {
                task: Named {
                    kind: task,
                    name: model.target.clone().unwrap_or_else(|| model.name.clone()),
                },
                dataset: Named {
                    kind: "tabular",
                    name,
                },
                metrics: vec![measured],
            }),
        }
    }
    let name = model.name.clone();
    match results.is_empty() {
        true => Vec::new(),
        false => vec![Entry { name, results }],
    }
}
