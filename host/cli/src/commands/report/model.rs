//! The report of a model version: what was decided on it, what it scored, what it is made of, and the
//! figures of the run that made it, as long as that run is on record.

use mlhost_engine::RunRecord;
use mlhost_report::page::{Block, Cell, Gate, Report, Section, State, Table};
use mlhost_sandbox::Metric;
use mlhost_store::{Column, Selector, Store, StoredModel};
use serde_json::Value;

use super::steps;
use crate::{
    commands::{lineage, outcome},
    error::Failure,
    text,
};

pub(super) fn report(store: &Store, model: &Selector) -> Result<Report, Failure> {
    let stored = store.model(model)?;
    let run = stored.run.and_then(|run| RunRecord::read(store, run).ok());
    let (run, record) = run
        .map(|(run, record)| (Some(run.run), record.unwrap_or_default()))
        .unwrap_or_default();
    let pipeline = run.and_then(|run| record.pipeline(store, &run).ok());
    let gates = gates(&stored);
    let decided = decisions(&stored, &gates);
    let state = match decided.blocks.is_empty() {
        true => State::Neutral,
        false => decided.state,
    };
    let mut report = facts(
        Report::new(title(&stored), state, summary(&stored, &gates)),
        &stored,
    )
    .with(decided)
    .with(metrics(&stored, &record))
    .with(super::lineage::section(&stored))
    .with(history(store, &stored)?)
    .with(signature(&stored));
    if !record.steps.is_empty() {
        report = report.with(steps::steps(&record, pipeline.as_ref()));
        for section in steps::sections(&record) {
            report = report.with(section);
        }
    }
    Ok(report)
}

fn title(stored: &StoredModel) -> String {
    format!("Model {}@{}", stored.name, stored.version)
}

/// What the verdict is about, and then what the model is.
fn summary(stored: &StoredModel, gates: &[Gate]) -> String {
    let target = stored.model.target.as_ref();
    let target = target.map(|target| format!("predicts {target}"));
    let aliases = match stored.aliases.as_slice() {
        [] => None,
        aliases => Some(format!("is the {}", aliases.join(" and "))),
    };
    let said = [target, aliases, stored.description.clone()];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let said = match said.is_empty() {
        true => "a registered version".to_owned(),
        false => said.join(", "),
    };
    match decided(gates) {
        Some(decided) => format!("{decided}; {said}"),
        None => said,
    }
}

/// `every gate`, or which gates it did not pass.
fn decided(gates: &[Gate]) -> Option<String> {
    let told = |gate: &Gate| format!("{}: {}", gate.step, gate.summary);
    let failed: Vec<String> = gates.iter().filter(|gate| !gate.passed).map(told).collect();
    match (gates, failed.as_slice()) {
        ([], _) => None,
        ([gate], []) => Some(format!("its gate, {}", told(gate))),
        (gates, []) => Some(format!("all {} gates", gates.len())),
        (gates, failed) => Some(format!(
            "{} of {}: {}",
            failed.len(),
            text::plural(gates.len(), "gate"),
            failed.join("; ")
        )),
    }
}

fn facts(report: Report, stored: &StoredModel) -> Report {
    let at = stored.created_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let mut report = report
        .fact("digest", stored.digest.to_string())
        .fact("registered", at);
    if let Some(run) = stored.run {
        report = report.fact("run", run.to_string());
    }
    if let Some(import) = &stored.imported {
        report = report.fact("imported from", &import.from.source);
    }
    for (key, value) in &stored.tags {
        report = report.fact(key, value);
    }
    report
        .fact("seed", stored.model.seed.to_string())
        .fact("host", &stored.model.host)
        .fact("contract", &stored.model.contract)
}

/// The gates of the latest run that had something to compare.
fn gates(stored: &StoredModel) -> Vec<Gate> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let decision = lineage::told(&stored.decisions);
    let gates = decision.and_then(|decision| decision.gates.as_array());
    let gate = |gate: &Value| Gate {
        step: word(&gate["step"]),
        summary: outcome::observed(&word(&gate["summary"]), gate["value"].as_f64()),
        passed: gate["passed"] == true,
        comparison: gate["comparison"]["summary"].as_str().map(str::to_owned),
    };
    gates.into_iter().flatten().map(gate).collect()
}

/// What they decided.
fn decisions(stored: &StoredModel, gates: &[Gate]) -> Section {
    let Some(decision) = lineage::told(&stored.decisions) else {
        return Section::new("Gates", State::Neutral);
    };
    let state = match gates.iter().all(|gate| gate.passed) {
        true => State::Passed,
        false => State::Failed,
    };
    Section::new("Gates", state)
        .fact("decided by", format!("run {}", decision.run))
        .with(Block::Gates(gates.to_vec()))
}

fn metrics(stored: &StoredModel, record: &RunRecord) -> Section {
    let metrics = stored.model.metrics.iter().map(|metric| Metric {
        name: format!("{}.{}", metric.step, metric.name),
        value: Some(metric.value).filter(|value| value.is_finite()),
        labels: metric.labels.clone(),
        better: steps::better(record, &metric.step, &metric.name),
    });
    Section::new("Numbers", State::Neutral).with(Block::Metrics(metrics.collect()))
}

fn history(store: &Store, stored: &StoredModel) -> Result<Section, Failure> {
    let mut table = Table::new(["when", "alias", "from", "to", "by", "why"]);
    for moved in store.alias_history(&stored.name)? {
        table.push([
            Cell::text(moved.at.strftime("%Y-%m-%d %H:%M UTC").to_string()),
            Cell::text(&moved.alias),
            Cell::text(moved.from.map(|from| from.to_string()).unwrap_or_default()),
            Cell::text(moved.to.to_string()),
            Cell::text(&moved.by),
            Cell::text(&moved.reason),
        ]);
    }
    Ok(Section::new("Aliases", State::Neutral).with(Block::Table(table)))
}

fn signature(stored: &StoredModel) -> Section {
    let table = |title: &str, columns: &[Column]| {
        let mut table = Table::new(["column", "type"]).titled(title);
        for column in columns {
            table.push([Cell::text(&column.name), Cell::text(lineage::kind(column))]);
        }
        table
    };
    let signature = &stored.model.signature;
    let count = text::plural(signature.inputs.len(), "column");
    Section::new("Signature", State::Neutral)
        .saying(format!("takes {count}"))
        .with(Block::Table(table("Inputs", &signature.inputs)))
        .with(Block::Table(table("Outputs", &signature.outputs)))
}
