//! `host models show`: one version, and all that it is made of as a tree, in the order in which it
//! came about.

use mlhost_store::{
    Blobs, Column, DataFingerprint, Decision, Digest, FileFingerprint, Metric, Model, StoredModel,
};
use serde_json::Value;

use super::{outcome, versions};

use crate::{text, tree::Tree};

/// Values that are longer are shown in parts.
const LONGEST_VALUE: usize = 72;

pub(super) fn show(stored: &StoredModel, blobs: &Blobs) -> String {
    let model = &stored.model;
    let mut words = tree(stored, blobs).render();
    words.push_str(&said(stored));
    words.push_str(&metrics(model));
    words.push_str(&decisions(&stored.decisions));
    words.push_str("\ninputs\n");
    words.push_str(&columns(&model.signature.inputs));
    words.push_str("\noutputs\n");
    words.push_str(&columns(&model.signature.outputs));
    words
}

/// What people have said of the version.
fn said(stored: &StoredModel) -> String {
    let description = stored.description.clone().unwrap_or_default();
    let said = [
        ("tags", versions::tags(&stored.tags)),
        ("described as", description),
    ];
    let said = said.into_iter().filter(|(_, words)| !words.is_empty());
    let said: String = said
        .map(|(what, words)| format!("  {what} {words}\n"))
        .collect();
    match said.is_empty() {
        true => said,
        false => format!("\n{said}"),
    }
}

/// The decision of the latest run that had something to compare: a run that makes the champion again
/// has nothing to say of it.
pub(super) fn told(decisions: &[Decision]) -> Option<&Decision> {
    let says = |decision: &&Decision| {
        let mut gates = decision.gates.as_array().into_iter().flatten();
        gates.any(|gate| gate["comparison"]["with"]["kind"] != "same")
    };
    decisions.iter().find(says).or(decisions.first())
}

/// What the gates decided.
fn decisions(decisions: &[Decision]) -> String {
    let Some(decision) = told(decisions) else {
        return String::new();
    };
    let gates = outcome::recorded_gates(&decision.gates);
    format!("\ngates, decided by run {}\n{gates}", decision.run)
}

fn tree(stored: &StoredModel, blobs: &Blobs) -> Tree {
    let model = &stored.model;
    let part = |name: &str, digest: &Digest| {
        // A part that is lost is told by `predict` and `export`; the rest can be shown.
        let size = blobs
            .len(digest)
            .map_or_else(|_| "not in the store".to_owned(), text::bytes);
        Tree::leaf(format!("{name} {}  {size}", digest.short()))
    };
    let plugin = |name: &str, package: &str, version: &str, of: (&Digest, &Value, &Digest)| {
        let (component, params, state) = of;
        let parts = [
            part("component", component),
            parameters(params),
            part("state", state),
        ];
        Tree::new(format!("{name}  {package}@{version}"), parts)
    };
    let mut branches = vec![origin(stored)];
    branches.extend(model.data.iter().map(data));
    branches.extend(model.chain.iter().map(|step| {
        let of = (&step.component, &step.params, &step.state);
        let name = match step.granted.is_empty() {
            true => format!("step {}", step.step),
            false => format!(
                "step {} (irreproducible: it was granted to {})",
                step.step,
                step.granted.join(", ")
            ),
        };
        plugin(&name, &step.package, &step.version, of)
    }));
    branches.extend(model.reference.iter().map(|profile| {
        let of = (&profile.component, &profile.params, &profile.state);
        let name = match profile.predictions.as_slice() {
            [] => "reference profile".to_owned(),
            _ => "reference profile with predictions".to_owned(),
        };
        plugin(&name, &profile.package, &profile.version, of)
    }));
    branches.push(Tree::leaf(format!(
        "host {}, contract {}, seed {}",
        model.host, model.contract, model.seed
    )));
    Tree::new(title(stored), branches)
}

fn title(stored: &StoredModel) -> String {
    let aliases = match stored.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" ({})", aliases.join(", ")),
    };
    let target = stored.model.target.as_ref();
    let target = target.map(|target| format!(" predicts {target}"));
    format!(
        "{}@{}{aliases}{}",
        stored.name,
        stored.version,
        target.unwrap_or_default()
    )
}

/// The identity of the version, when it came into the store, and how.
fn origin(stored: &StoredModel) -> Tree {
    let at = stored.created_at.strftime("%Y-%m-%d %H:%M UTC");
    let mut branches = Vec::new();
    let how = match (&stored.imported, stored.run) {
        (Some(import), _) => {
            let from = &import.from;
            branches.push(Tree::leaf(format!(
                "from {}, as {}",
                from.source, from.reference
            )));
            branches.push(Tree::leaf(format!("manifest {}", from.manifest)));
            branches.push(Tree::leaf(match &from.signed_by {
                Some(key) => format!("signature checked with the key {key}"),
                None => "no signature was checked".to_owned(),
            }));
            format!("imported {at}")
        }
        (None, Some(run)) => format!("registered {at} by run {run}"),
        (None, None) => format!("registered {at}"),
    };
    Tree::new(stored.digest.to_string(), [Tree::new(how, branches)])
}

/// A file of data, with as much of its digest as tells it from others.
pub(super) fn file(file: &FileFingerprint) -> String {
    let rows = file
        .rows
        .map(|rows| format!("  {} rows", text::count(rows)));
    let (rows, digest) = (rows.unwrap_or_default(), file.digest.short());
    format!("{}{rows}  {digest}", file.name)
}

/// What a column holds.
pub(super) fn kind(column: &Column) -> String {
    let optional = if column.required { "" } else { ", may be null" };
    format!("{}{optional}", column.kind)
}

fn data(data: &DataFingerprint) -> Tree {
    let files = data.files.iter().map(|data| Tree::leaf(file(data)));
    let mut branches: Vec<_> = files.collect();
    branches.extend(
        data.selection
            .iter()
            .map(|selection| value("selection", selection)),
    );
    let columns = text::plural(data.schema.len(), "column");
    Tree::new(format!("data {}  {columns}", data.name), branches)
}

fn parameters(params: &Value) -> Tree {
    match params.as_object() {
        Some(params) if params.is_empty() => Tree::leaf("no parameters"),
        Some(params) => {
            let params = params.iter().map(|(name, param)| value(name, param));
            Tree::new("parameters", params)
        }
        None => value("parameters", params),
    }
}

/// A value with its name on one line, or in parts if it is long.
fn value(name: &str, value: &Value) -> Tree {
    let short = value.to_string();
    match value {
        _ if short.chars().count() <= LONGEST_VALUE => Tree::leaf(format!("{name} = {short}")),
        Value::Object(map) => Tree::new(name, map.iter().map(|(key, item)| self::value(key, item))),
        Value::Array(items) => {
            let title = format!("{name}  {}", text::plural(items.len(), "item"));
            if items
                .iter()
                .all(|item| !item.is_object() && !item.is_array())
            {
                return Tree::new(title, wrapped(items).into_iter().map(Tree::leaf));
            }
            let items = items.iter().enumerate();
            Tree::new(
                title,
                items.map(|(place, item)| self::value(&place.to_string(), item)),
            )
        }
        _ => Tree::leaf(format!("{name} = {short}")),
    }
}

/// A list of words and numbers, as many on a line as go there.
fn wrapped(items: &[Value]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        let item = item.to_string();
        match lines.last_mut() {
            Some(line) if line.chars().count() + item.chars().count() + 2 <= LONGEST_VALUE => {
                line.push_str(&format!(", {item}"));
            }
            _ => lines.push(item),
        }
    }
    lines
}

fn metrics(model: &Model) -> String {
    if model.metrics.is_empty() {
        return String::new();
    }
    let line = |metric: &Metric| {
        let labels = metric.labels.iter();
        let labels: String = labels
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        let name = format!("{}.{}{labels}", metric.step, metric.name);
        (name, text::metric(Some(metric.value)))
    };
    format!("\nmetrics\n{}", list(model.metrics.iter().map(line)))
}

fn columns(columns: &[Column]) -> String {
    list(
        columns
            .iter()
            .map(|column| (column.name.clone(), kind(column))),
    )
}

/// Names and what they are, one below the other.
fn list(lines: impl Iterator<Item = (String, String)>) -> String {
    let visible = |(name, what): (String, String)| (text::visible(&name), text::visible(&what));
    let lines: Vec<_> = lines.map(visible).collect();
    let width = lines.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let lines = lines.iter();
    lines
        .map(|(name, what)| format!("  {name:width$}  {what}\n"))
        .collect()
}
