//! The report of a comparison: has a table moved away from what a model was trained on?

use std::sync::Arc;

use mlhost_data::{FileTable, Table as _};
use mlhost_engine::Engine;
use mlhost_report::page::{Block, Cell, Report, Section, Table};
use mlhost_sandbox::Outcome;
use mlhost_store::{Selector, Store};

use crate::{error::Failure, text};

/// What a drift detector says of predictions and target, which is what a reader looks for first.
pub(super) fn of_model(outcome: &Outcome) -> Table {
    let headings = ["column", "is", "has drifted", "what was seen"];
    let mut table = Table::new(headings).titled("Predictions and target");
    for (check, role) in [
        ("prediction_drift", "prediction"),
        ("target_drift", "target"),
    ] {
        let found = outcome.findings.iter();
        for finding in found.filter(|finding| finding.check == check) {
            // Where there is no value, nobody knows.
            let drifted = match (finding.details.get("value"), finding.passed) {
                (None, _) => "unknown",
                (Some(_), true) => "no",
                (Some(_), false) => "yes",
            };
            table.push([
                Cell::text(finding.column.as_deref().unwrap_or_default()),
                Cell::text(role),
                Cell::text(drifted),
                Cell::text(&finding.message),
            ]);
        }
    }
    table
}

pub(super) fn report(
    engine: &Engine,
    store: &Store,
    model: &Selector,
    table: FileTable,
) -> Result<Report, Failure> {
    let stored = store.model(model)?;
    let rows = table.num_rows();
    let outcome = mlhost_engine::drift(engine, store, &stored, Arc::new(table))?;
    let title = format!("Drift from {}@{}", stored.name, stored.version);
    let mut report = Report::new(title, outcome.verdict.into(), &outcome.summary);
    if let Some(rows) = rows {
        report = report.fact("rows", text::count(rows));
    }
    for data in &stored.model.data {
        let files = data.files.iter().map(|file| file.name.as_str());
        report = report.fact("trained on", files.collect::<Vec<_>>().join(", "));
    }
    let mut section = Section::of_outcome("Drift", &outcome);
    // The head has said it.
    section.summary = None;
    let section = section.first(Block::Table(of_model(&outcome)));
    Ok(report.with(section))
}
