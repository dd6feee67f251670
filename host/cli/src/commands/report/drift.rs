//! The report of a comparison: has a table moved away from what a model was trained on?

use std::sync::Arc;

use mlhost_data::{FileTable, Table as _};
use mlhost_engine::Engine;
use mlhost_report::page::{Report, Section};
use mlhost_sandbox::Outcome;
use mlhost_store::{Selector, Store};

use crate::{error::Failure, text};

/// What a drift detector says of predictions and target, which is what a reader looks for first: a name
/// and a sentence for each.
pub(super) fn of_model(outcome: &Outcome) -> Vec<(String, String)> {
    let roles = [
        ("prediction_drift", "prediction"),
        ("target_drift", "target"),
    ];
    let of = |(check, role): (&'static str, &'static str)| {
        let found = outcome.findings.iter();
        let found = found.filter(move |finding| finding.check == check);
        found.map(move |finding| {
            let name = match &finding.column {
                Some(column) => format!("{role} `{}`", text::visible(column)),
                None => role.to_owned(),
            };
            let state = match finding.passed {
                true => "",
                false => "drift: ",
            };
            (name, format!("{state}{}", finding.message))
        })
    };
    roles.into_iter().flat_map(of).collect()
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
    for (name, said) in of_model(&outcome) {
        report = report.fact(name, said);
    }
    let mut section = Section::of_outcome("Drift", &outcome);
    // The head has said it.
    section.summary = None;
    Ok(report.with(section))
}
