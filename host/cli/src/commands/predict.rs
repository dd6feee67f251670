//! `host predict`: a table with a model's predictions beside its rows.

use std::{path::Path, process::ExitCode, sync::Arc};

use mlhost_data::{Table, column_names};
use serde::Serialize;

use super::{engine, open_table};
use crate::{arguments::PredictArguments, error::Failure, output::Output, places, text};

/// What a prediction prints.
#[derive(Serialize)]
struct Report {
    model: String,
    rows: u64,
    columns: Vec<String>,
    output: String,
}

pub(super) fn predict(
    arguments: &PredictArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let format = mlhost_data::format_of(&arguments.output)?;
    let table = open_table(&arguments.table)?;
    let engine = engine()?;
    let model = engine.open_model(&store, store.model(&arguments.model)?)?;
    let scored = model.predict(Arc::new(table))?;

    let schema = if arguments.predictions_only {
        scored.predicted().clone()
    } else {
        scored.schema()
    };
    let columns = column_names(&schema);
    let rows = mlhost_data::write(&arguments.output, format, &schema, scored.scan(&columns)?)?;
    let stored = model.stored();
    let report = Report {
        model: format!("{}@{}", stored.name, stored.version),
        rows,
        columns: column_names(scored.predicted()),
        output: arguments.output.display().to_string(),
    };
    output.print(&report, |report| {
        format!(
            "{} predicted {} for {} rows, in {}",
            report.model,
            report.columns.join(", "),
            text::count(report.rows),
            report.output
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
