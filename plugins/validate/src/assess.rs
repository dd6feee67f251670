//! Judges what was observed: a finding for each check, and a sentence on all of them.

use mlhost_plugin::{Error, Finding, Outcome, Result, Severity};
use serde_json::{Map, Value as Json, json};

use crate::asked::{Asked, What, asked};
use crate::fold::Observed;
use crate::params::Params;
use crate::plan::Looked;
use crate::seen::Seen;
use crate::table_findings::{column_order, extra_columns, row_count};
use crate::value_findings::{freshness, in_reference, statistic, values};
use crate::words::{counted, details, shortened};

/// What all checks say, one after the other.
///
/// # Errors
/// Where a check needs a reference and there is none.
pub(crate) fn assess(
    params: &Params,
    observed: &Observed,
    reference: Option<&Observed>,
) -> Result<Outcome> {
    let asked = asked(params);
    let missing = missing_columns(&asked, &observed.looked);
    let is_skipped = |one: &Asked<'_>| {
        let of_column =
            one.pointer.starts_with("/columns/") && !matches!(one.what, What::Exists { .. });
        of_column && one.columns.iter().any(|column| missing.contains(column))
    };
    let mut findings = Vec::new();
    for (number, (one, looked)) in asked.iter().zip(&observed.looked).enumerate() {
        if is_skipped(one) {
            continue;
        }
        let mut found = match (&one.what, looked) {
            (What::Exists { required }, Looked::Missing { message, .. }) => {
                let skipped = asked.iter().filter(|other| is_skipped(other));
                let skipped = skipped.filter(|other| other.columns == one.columns);
                let names: Vec<_> = skipped.map(|other| other.check).collect();
                let message = match required {
                    true => message.clone(),
                    false => "the column is not there, and need not be".to_owned(),
                };
                finding(
                    one,
                    !required,
                    message,
                    details([("skipped", json!(names))]),
                )
            }
            (_, Looked::Missing { column, message }) => Finding {
                column: Some(column.clone()),
                ..unfit(one, message)
            },
            (_, Looked::Unfit(message)) => unfit(one, message),
            (
                _,
                Looked::Unreadable {
                    column,
                    data_type,
                    called,
                },
            ) => unreadable(one, column, data_type, called),
            (What::InReference(of), Looked::Reference { values, .. }) => {
                let Some(reference) = reference else {
                    let message =
                        "it needs a reference: `input = { data = \"…\", reference = \"…\" }`";
                    return Err(Error::params(&one.pointer, message));
                };
                let keys = match reference.looked.get(number) {
                    Some(Looked::Reference { keys, .. }) => keys.clone(),
                    _ => Err("the reference was made with other checks".to_owned()),
                };
                let values = values.as_ref().map_err(String::clone);
                let values = values.map(|side| (side, observed.seen.get(side.seen)));
                let keys = keys
                    .as_ref()
                    .map_err(|message| format!("in the reference: {message}"));
                let keys = keys.map(|side| (side, reference.seen.get(side.seen)));
                match values.and_then(|values| Ok((values, keys?))) {
                    Ok((values, keys)) => in_reference(one, of, values, keys),
                    Err(message) => unfit(one, &message),
                }
            }
            (_, looked) => judged(params, one, looked, observed),
        };
        if let Some(condition) = &one.demand.condition {
            found.details.insert("where".to_owned(), json!(condition));
        }
        findings.push(found);
    }
    Ok(outcome(findings, observed.rows))
}

/// The columns that are asked for by their names, and are not there.
fn missing_columns<'a>(asked: &[Asked<'a>], looked: &[Looked]) -> Vec<&'a str> {
    let checks = asked.iter().zip(looked);
    let missing = checks.filter_map(|(one, looked)| match (&one.what, looked) {
        (What::Exists { .. }, Looked::Missing { .. }) => one.columns.first().copied(),
        _ => None,
    });
    missing.collect()
}

fn judged(params: &Params, asked: &Asked<'_>, looked: &Looked, observed: &Observed) -> Finding {
    let seen = match looked {
        Looked::Seen(number) | Looked::Dated { seen: number, .. } => observed.seen.get(*number),
        _ => None,
    };
    let unit = match looked {
        Looked::Dated { unit, .. } => Some(*unit),
        _ => None,
    };
    match (&asked.what, looked, seen) {
        (What::Exists { .. }, ..) => {
            finding(asked, true, "the column is there".to_owned(), Map::new())
        }
        (
            What::Type(expected),
            Looked::Type {
                data_type,
                called,
                is,
            },
            _,
        ) => {
            let message = match is {
                true if *called == expected.to_string() => {
                    format!("the column holds `{called}`, as expected")
                }
                true => format!("the column holds `{called}`, which is `{expected}`"),
                false => format!("the column holds `{called}`; expected `{expected}`"),
            };
            let more = [
                ("observed_value", json!(data_type)),
                ("expected", json!(expected.to_string())),
            ];
            finding(asked, *is, message, details(more))
        }
        (What::RowCount(range), _, Some(Seen::Tally(tally))) => {
            row_count(asked, range, tally.values)
        }
        (What::RowCount(range), ..) => row_count(asked, range, observed.rows),
        (What::NoExtraColumns, ..) => {
            let names = observed.columns.iter();
            let extra: Vec<_> = names
                .filter(|name| !params.columns.contains_key(*name))
                .collect();
            extra_columns(asked, &extra)
        }
        (What::ColumnOrder(expected), ..) => column_order(asked, expected, &observed.columns),
        (What::Statistic(which, range), _, Some(seen)) => {
            statistic(asked, *which, range, seen, unit)
        }
        (What::Freshness(of), Looked::Dated { unit, .. }, Some(Seen::Extremes(extremes))) => {
            let newest = extremes.maximum().map(|newest| (newest, *unit));
            freshness(asked, of, newest)
        }
        (_, _, Some(seen)) => values(asked, seen, unit),
        // The plan has an observation for every check of values.
        (_, _, None) => unfit(asked, "it was not looked at"),
    }
}

/// A finding of a check.
pub(crate) fn finding(
    asked: &Asked<'_>,
    passed: bool,
    message: String,
    details: Map<String, Json>,
) -> Finding {
    Finding {
        check: asked.check.to_owned(),
        column: asked.column(),
        passed,
        severity: asked.demand.severity,
        message,
        details,
    }
}

/// The finding of a check whose parameters do not fit the columns: the parameter is told, so that
/// it is found in the pipeline.
pub(crate) fn unfit(asked: &Asked<'_>, message: &str) -> Finding {
    let more = details([("parameter", json!(asked.pointer))]);
    finding(asked, false, message.to_owned(), more)
}

/// The finding of a check that is not for columns of this type.
fn unreadable(asked: &Asked<'_>, column: &str, data_type: &str, called: &str) -> Finding {
    let what = match asked.columns.as_slice() {
        [_] => "the column".to_owned(),
        _ => format!("column `{column}`"),
    };
    let check = asked.check;
    let message = format!("{what} holds `{called}`, which `{check}` cannot check");
    Finding {
        column: Some(column.to_owned()),
        ..finding(
            asked,
            false,
            message,
            details([("observed_value", json!(data_type))]),
        )
    }
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
