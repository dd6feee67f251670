//! Puts the comparisons of all columns into an outcome.

use mlhost_plugin::{Error, Figure, Finding, Metric, Outcome, Result, Severity};
use serde_json::{Map, json};

use crate::Params;
use crate::compare::{Comparison, compare};
use crate::profile::{Column, Profile};

/// So many drifted columns are named in the summary.
const NAMED_COLUMNS: usize = 10;

/// Compares the current data with the reference, column by column of the
/// reference.
pub(crate) fn assess(params: &Params, reference: &Profile, current: &Profile) -> Result<Outcome> {
    params.check()?;
    named_columns_exist(params, reference)?;
    if let Some(finding) = no_rows(reference, current) {
        let summary = finding.message.clone();
        return Ok(Outcome::from_findings(vec![finding], summary));
    }
    let mut compared = Vec::with_capacity(reference.columns.len());
    for column in &reference.columns {
        let counterpart = current.column(&column.name);
        compared.push((column, counterpart, compare(params, column, counterpart)?));
    }
    let drifted = compared
        .iter()
        .filter(|(.., comparison)| !comparison.finding.passed);
    let drifted: Vec<_> = by_index(drifted.map(|(column, _, comparison)| (*column, comparison)));
    let share = drifted.len() as f64 / compared.len().max(1) as f64;

    let mut metrics = vec![
        metric("columns_drifted", drifted.len() as f64, &[]),
        metric("share_drifted", share, &[]),
    ];
    let summary = summary(&drifted, compared.len());
    let all = compared
        .iter()
        .map(|(column, _, comparison)| (*column, comparison));
    let figures = vec![figure(&by_index(all))];
    let mut findings = Vec::from_iter(share_finding(params, share));
    for (column, counterpart, comparison) in compared {
        metrics.extend(column_metrics(column, &comparison));
        metrics.push(missing_share(column, "reference", reference.rows));
        let current = counterpart.map(|column| missing_share(column, "current", current.rows));
        metrics.extend(current);
        findings.push(comparison.finding);
    }
    Ok(Outcome {
        metrics,
        figures,
        ..Outcome::from_findings(findings, summary)
    })
}

impl Profile {
    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

fn named_columns_exist(params: &Params, reference: &Profile) -> Result<()> {
    for (place, name) in params.columns.iter().flatten().enumerate() {
        if reference.column(name).is_none() {
            let message = format!("there is no column `{name}` in the reference");
            return Err(Error::params(format!("/columns/{place}"), message));
        }
    }
    Ok(())
}

fn no_rows(reference: &Profile, current: &Profile) -> Option<Finding> {
    let empty = match (reference.rows, current.rows) {
        (0, _) => "the reference",
        (_, 0) => "the current data",
        _ => return None,
    };
    Some(Finding {
        check: "rows".to_owned(),
        column: None,
        passed: false,
        severity: Severity::Warn,
        message: format!("{empty} has no rows, so that there is nothing to compare"),
        details: Map::new(),
    })
}

fn share_finding(params: &Params, share: f64) -> Option<Finding> {
    let most = params.max_share_drifted?;
    let passed = share <= most;
    let relation = if passed { "does not exceed" } else { "exceeds" };
    let mut details = Map::new();
    details.insert("share_drifted".to_owned(), json!(share));
    details.insert("max_share_drifted".to_owned(), json!(most));
    Some(Finding {
        check: "share_drifted".to_owned(),
        column: None,
        passed,
        severity: Severity::Error,
        message: format!("the share of columns that have drifted, {share:.4}, {relation} {most}"),
        details,
    })
}

/// Columns by descending index, those without one first: they are gone or of
/// another type.
fn by_index<'a>(
    columns: impl Iterator<Item = (&'a Column, &'a Comparison)>,
) -> Vec<(&'a Column, Option<f64>)> {
    let mut columns: Vec<_> = columns
        .map(|(column, comparison)| (column, comparison.psi))
        .collect();
    let rank = |index: Option<f64>| index.unwrap_or(f64::INFINITY);
    columns.sort_by(|(_, left), (_, right)| rank(*right).total_cmp(&rank(*left)));
    columns
}

fn summary(drifted: &[(&Column, Option<f64>)], columns: usize) -> String {
    if drifted.is_empty() {
        return format!("none of {columns} columns has drifted");
    }
    let names = drifted.iter().take(NAMED_COLUMNS);
    let names: Vec<_> = names.map(|(column, _)| column.name.as_str()).collect();
    let more = match drifted.len() - names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let have = if drifted.len() == 1 { "has" } else { "have" };
    let names = names.join(", ");
    format!(
        "{} of {columns} columns {have} drifted: {names}{more}",
        drifted.len()
    )
}

fn figure(columns: &[(&Column, Option<f64>)]) -> Figure {
    let with_index = columns
        .iter()
        .filter_map(|(column, index)| Some((&column.name, (*index)?)));
    let (names, values): (Vec<_>, Vec<_>) = with_index.unzip();
    Figure {
        name: "psi".to_owned(),
        title: "Population stability index by column".to_owned(),
        kind: "bars".to_owned(),
        data: json!({ "x": names, "series": [{ "name": "psi", "values": values }] }),
    }
}

fn column_metrics(column: &Column, comparison: &Comparison) -> impl Iterator<Item = Metric> {
    let labels = [("column", column.name.as_str())];
    let index = comparison.psi.map(|index| metric("psi", index, &labels));
    let ks = comparison.ks.map(|ks| metric("ks", ks.statistic, &labels));
    index.into_iter().chain(ks)
}

fn missing_share(column: &Column, data: &str, rows: u64) -> Metric {
    let share = column.values.missing() as f64 / rows.max(1) as f64;
    metric(
        "missing_share",
        share,
        &[("column", &column.name), ("data", data)],
    )
}

fn metric(name: &str, value: f64, labels: &[(&str, &str)]) -> Metric {
    let labels = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Metric {
        name: name.to_owned(),
        value,
        labels: labels.collect(),
        better: None,
    }
}
