//! `host models compare`: two versions side by side.

use std::{path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{
    Column, Comparison, DataFingerprint, Digest, MetricPair, Pair, Selector, StepPair, StepSide,
    StoredModel,
};
use serde::Serialize;
use serde_json::Value;

use super::{changes, lineage};
use crate::{
    error::Failure,
    output::{self, Output},
    places, text,
    tree::Tree,
};

/// What a comparison prints.
#[derive(Serialize)]
struct Report {
    left: Side,
    right: Side,
    /// Whether both are one model.
    identical: bool,
    #[serde(flatten)]
    comparison: Comparison,
}

#[derive(Serialize)]
struct Side {
    model: String,
    digest: Digest,
}

pub(super) fn compare(
    left: &Selector,
    right: &Selector,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let (left, right) = (store.model(left)?, store.model(right)?);
    let report = Report {
        comparison: Comparison::of(&left.model, &right.model),
        identical: left.digest == right.digest,
        left: side(&left),
        right: side(&right),
    };
    output.print(&report, words)?;
    Ok(ExitCode::SUCCESS)
}

fn side(stored: &StoredModel) -> Side {
    Side {
        model: format!("{}@{}", stored.name, stored.version),
        digest: stored.digest,
    }
}

fn words(report: &Report) -> String {
    let (left, right) = (&report.left, &report.right);
    if report.identical {
        return format!(
            "{} and {} are the same model, {}",
            left.model, right.model, left.digest
        );
    }
    let comparison = &report.comparison;
    let mut words = metrics(report);
    let branches = [
        changed("digest", &left.digest.short(), &right.digest.short()),
        section("settings", comparison.settings.iter().map(setting)),
        section("inputs", comparison.inputs.iter().map(column)),
        section("outputs", comparison.outputs.iter().map(column)),
        section("data", comparison.data.iter().map(data)),
        section("steps", comparison.steps.iter().map(step)),
    ];
    let title = format!("{} → {}", left.model, right.model);
    words.push_str(&Tree::new(title, branches).render());
    words
}

/// A branch of what differs, which says so if nothing does.
fn section(name: &str, branches: impl Iterator<Item = Tree>) -> Tree {
    let branches: Vec<_> = branches.collect();
    match branches.is_empty() {
        true => Tree::leaf(format!("{name}: the same")),
        false => Tree::new(name, branches),
    }
}

fn metrics(report: &Report) -> String {
    let metrics = &report.comparison.metrics;
    if metrics.is_empty() {
        return String::new();
    }
    let row = |metric: &MetricPair| {
        let labels = metric.labels.iter();
        let labels: String = labels
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        let value = |value: Option<mlhost_store::Measured>| {
            value
                .map(|value| text::metric(Some(value.0)))
                .unwrap_or_default()
        };
        vec![
            text::visible(&format!("{}.{}{labels}", metric.step, metric.name)),
            value(metric.left),
            value(metric.right),
            text::difference(metric.difference.map(|difference| difference.0)),
        ]
    };
    let headings = [
        ("METRIC", Left),
        ("LEFT", Right),
        ("RIGHT", Right),
        ("DIFFERENCE", Right),
    ];
    format!("{}\n\n", output::table(&headings, metrics.iter().map(row)))
}

fn setting(pair: &Pair<Value>) -> Tree {
    pair_of(pair, Value::to_string)
}

fn column(pair: &Pair<Column>) -> Tree {
    pair_of(pair, lineage::kind)
}

/// The files that only one side has, or of which only one side has this content.
fn data(pair: &Pair<DataFingerprint>) -> Tree {
    let (Some(left), Some(right)) = (&pair.left, &pair.right) else {
        return pair_of(pair, |data| text::plural(data.files.len(), "file"));
    };
    if pair.is_same() {
        return Tree::leaf(format!("{}: the same", pair.name));
    }
    let line = |mark: &str, file| Tree::leaf(format!("{mark} {}", lineage::file(file)));
    let mut branches = Vec::new();
    for file in left.files.iter().filter(|file| !right.files.contains(file)) {
        branches.push(line("-", file));
    }
    for file in right.files.iter().filter(|file| !left.files.contains(file)) {
        branches.push(line("+", file));
    }
    if left.selection != right.selection {
        let text = |selection: &Option<Value>| match selection {
            Some(selection) => selection.to_string(),
            None => "all of it".to_owned(),
        };
        let (left, right) = (text(&left.selection), text(&right.selection));
        branches.push(changed("selection", &left, &right));
    }
    if left.schema != right.schema {
        let names = |data: &DataFingerprint| text::plural(data.schema.len(), "column");
        branches.push(changed("columns", &names(left), &names(right)));
    }
    Tree::new(&pair.name, branches)
}

fn step(pair: &StepPair) -> Tree {
    let (Some(left), Some(right)) = (&pair.left, &pair.right) else {
        let pair = Pair {
            name: pair.name.clone(),
            left: pair.left.clone(),
            right: pair.right.clone(),
        };
        return pair_of(&pair, package);
    };
    if pair.is_same() {
        return Tree::leaf(format!("{}: the same, {}", pair.name, package(left)));
    }
    let mut branches = Vec::new();
    let mut compare = |name: &str, left: String, right: String| {
        branches.push(match left == right {
            true => Tree::leaf(format!("{name}: the same, {left}")),
            false => changed(name, &left, &right),
        });
    };
    compare("package", package(left), package(right));
    compare("component", left.component.short(), right.component.short());
    compare("state", left.state.short(), right.state.short());
    let params = pair
        .params
        .iter()
        .map(|change| Tree::leaf(changes::value(change)));
    let params = section("parameters", params);
    branches.push(params);
    Tree::new(&pair.name, branches)
}

fn package(side: &StepSide) -> String {
    format!("{}@{}", side.package, side.version)
}

/// What differs, on one line.
fn pair_of<T>(pair: &Pair<T>, text: impl Fn(&T) -> String) -> Tree {
    let name = &pair.name;
    match (&pair.left, &pair.right) {
        (Some(left), Some(right)) => changed(name, &text(left), &text(right)),
        (Some(left), None) => Tree::leaf(format!("{name}: {}, only on the left", text(left))),
        (None, Some(right)) => Tree::leaf(format!("{name}: {}, only on the right", text(right))),
        (None, None) => Tree::leaf(name),
    }
}

fn changed(name: &str, left: &str, right: &str) -> Tree {
    Tree::leaf(format!("{name}: {left} → {right}"))
}
