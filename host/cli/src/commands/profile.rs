//! `host profile`: what every column of a table holds.

mod correlations;
mod quantiles;

use std::{process::ExitCode, sync::Arc};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_sandbox::{Finding, Outcome};
use serde_json::{Value, json};

use super::{engine, open_table};
use crate::{
    arguments::{ProfileArguments, TableArguments},
    error::Failure,
    output::{self, Output},
    text,
};

/// Heights of a bar, in eighths.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Longer values are cut.
const WIDEST: usize = 20;

pub(super) fn profile(
    arguments: &ProfileArguments,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let mut params = json!({ "bins": arguments.bins });
    if !arguments.columns.is_empty() {
        params["columns"] = json!(arguments.columns);
    }
    let outcome = of_table(&arguments.table, &params)?;
    output.print(&outcome, |outcome| words(outcome, arguments.correlations))?;
    Ok(ExitCode::SUCCESS)
}

/// The profile of the table that a command names.
pub(super) fn of_table(table: &TableArguments, params: &Value) -> Result<Outcome, Failure> {
    let table = open_table(table)?;
    Ok(mlhost_engine::profile(&engine()?, Arc::new(table), params)?)
}

fn words(outcome: &Outcome, with_all: bool) -> String {
    let headings = [
        ("COLUMN", Left),
        ("TYPE", Left),
        ("NULLS", Right),
        ("DISTINCT", Right),
        ("MIN", Right),
        ("MEDIAN", Right),
        ("MEAN", Right),
        ("MAX", Right),
        ("HISTOGRAM", Left),
        ("MOST FREQUENT", Left),
    ];
    let rows = outcome.findings.iter().map(row);
    let mut words = format!(
        "{}\n\n{}\n",
        outcome.summary,
        output::table(&headings, rows)
    );
    words.push_str(&quantiles::words(&outcome.findings));
    words.push_str(&correlations::words(outcome, with_all));
    words
}

fn row(finding: &Finding) -> Vec<String> {
    let details = &finding.details;
    let of = |name: &str| details.get(name).unwrap_or(&Value::Null);
    let count = |name: &str| of(name).as_u64().map(text::count).unwrap_or_default();
    let rows = of("rows").as_u64().unwrap_or(0);
    let nulls = of("nulls").as_u64().unwrap_or(0);
    let about = if details.contains_key("distinct_relative_error") {
        "~"
    } else {
        ""
    };
    vec![
        text::visible(finding.column.as_deref().unwrap_or_default()),
        of("type").as_str().unwrap_or_default().to_owned(),
        share(nulls, rows),
        format!("{about}{}", count("distinct")),
        shown(of("min")),
        shown(&of("quantiles")["0.5"]),
        shown(of("mean")),
        shown(of("max")),
        histogram(&of("histogram")["counts"]),
        most_frequent(&of("top")[0], rows - nulls.min(rows)),
    ]
}

/// A value as a cell has it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text::cut(&text::visible(text), WIDEST),
        value => value
            .as_f64()
            .map(|number| text::metric(Some(number)))
            .unwrap_or_default(),
    }
}

fn share(part: u64, whole: u64) -> String {
    match part {
        0 => "0 %".to_owned(),
        part => format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64),
    }
}

fn histogram(counts: &Value) -> String {
    let counts: Vec<u64> = counts
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .collect();
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &u64| match count {
        0 => ' ',
        count => BARS[((count * 8 - 1) / most).min(7) as usize],
    };
    counts.iter().map(bar).collect()
}

fn most_frequent(top: &Value, present: u64) -> String {
    let Some(count) = top["count"].as_u64() else {
        return String::new();
    };
    format!("{} ({})", shown(&top["value"]), share(count, present))
}
