//! The report of a comparison: has a table moved away from what a model was trained on?

use std::sync::Arc;

use mlhost_data::{FileTable, Table as _};
use mlhost_engine::Engine;
use mlhost_report::page::{Report, Section};
use mlhost_store::{Selector, Store};

use crate::{error::Failure, text};

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
    Ok(report.with(section))
}
