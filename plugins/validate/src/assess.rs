//! Judges what was observed: a finding for each check, in the order of the columns'
//! names, and a sentence on all of them.

use mlhost_plugin::{Finding, Outcome, Severity};
use serde_json::{Map, Value as Json, json};

use crate::column_findings::{type_finding, value_findings};
use crate::fold::{Observed, ObservedColumn};
use crate::params::{ColumnChecks, Params};
use crate::table_findings::{extra_columns, row_count};
use crate::words::{counted, details, shortened};

pub(crate) fn assess(params: &Params, observed: &Observed) -> Outcome {
    let mut findings = Vec::new();
    for ((name, checks), column) in params.columns.iter().zip(&observed.columns) {
        match column {
            ObservedColumn::Missing(message) => {
                findings.push(exists(name, Some(message), skipped(checks)));
            }
            ObservedColumn::Present {
                data_type,
                of_type,
                seen,
            } => {
                findings.push(exists(name, None, Map::new()));
                findings.extend(type_finding(name, checks, data_type, *of_type));
                findings.extend(value_findings(name, checks, data_type, seen));
            }
        }
    }
    findings.extend(
        params
            .row_count
            .map(|range| row_count(range, observed.rows)),
    );
    let no_extra_columns = params.no_extra_columns.and_then(|switch| switch.severity());
    findings
        .extend(no_extra_columns.map(|severity| extra_columns(&observed.extra_columns, severity)));
    outcome(findings, observed.rows)
}

fn outcome(findings: Vec<Finding>, rows: u64) -> Outcome {
    let not_passed = |severity| {
        findings
            .iter()
            .filter(move |finding| !finding.passed && finding.severity == severity)
    };
    let failed = not_passed(Severity::Error).count();
    let warned = not_passed(Severity::Warn).count();
    let checks = findings.len();
    let names = not_passed(Severity::Error)
        .chain(not_passed(Severity::Warn))
        .map(|finding| match &finding.column {
            Some(column) => format!("{} on `{column}`", finding.check),
            None => finding.check.clone(),
        });
    let names = shortened(names.collect());
    let counts = match (failed, warned) {
        (0, 0) => "all passed".to_owned(),
        (failed, 0) => format!("{failed} failed: {names}"),
        (0, warned) => format!("{warned} warned: {names}"),
        (failed, warned) => format!("{failed} failed and {warned} warned: {names}"),
    };
    let summary = format!(
        "{} of {}, {counts}",
        counted(checks as u64, "check"),
        counted(rows, "row")
    );
    Outcome::from_findings(findings, summary)
        .metric("checks", checks as f64)
        .metric("failed", failed as f64)
        .metric("warned", warned as f64)
        .metric("rows", rows as f64)
}

fn exists(name: &str, missing: Option<&String>, details: Map<String, Json>) -> Finding {
    Finding {
        check: "column_exists".to_owned(),
        column: Some(name.to_owned()),
        passed: missing.is_none(),
        severity: Severity::Error,
        message: missing
            .cloned()
            .unwrap_or_else(|| "the column is there".to_owned()),
        details,
    }
}

/// The checks that cannot be made of a column that is not there.
fn skipped(checks: &ColumnChecks) -> Map<String, Json> {
    let asked = [
        ("type", checks.of_type.is_some()),
        ("not_null", checks.not_null().is_some()),
        ("between", checks.between.is_some()),
        ("in_set", checks.in_set.is_some()),
        ("unique", checks.unique().is_some()),
    ];
    let names: Vec<_> = asked
        .iter()
        .filter(|(_, asked)| *asked)
        .map(|(name, _)| name)
        .collect();
    details([("skipped", json!(names))])
}
