//! Puts the comparisons of all columns into an outcome.

use mlhost_plugin::{Error, Figure, Finding, Metric, Outcome, Result, Severity};
use serde_json::Map;

use crate::Params;
use crate::compare::{Comparison, compare, is_unknown};
use crate::dataset::Share;
use crate::method::Method;
use crate::params::escaped;
use crate::profile::{Column, Profile};
use crate::{domain, figures, shifts};

/// So many drifted columns are named in the summary.
const NAMED_COLUMNS: usize = 10;

/// A column of the reference, its counterpart, and what their comparison found.
struct Compared<'a> {
    column: &'a Column,
    counterpart: Option<&'a Column>,
    comparison: Comparison,
}

/// Compares the current data with the reference, column by column of the
/// reference.
pub(crate) fn assess(params: &Params, reference: &Profile, current: &Profile) -> Result<Outcome> {
    params.check()?;
    named_columns_exist(params, reference)?;
    if let Some(finding) = no_rows(reference, current) {
        let summary = finding.message.clone();
        return Ok(Outcome::from_findings(vec![finding], summary));
    }
    let compared = reference.columns.iter().map(|column| {
        let counterpart = current.column(&column.name);
        Ok(Compared {
            column,
            counterpart,
            comparison: compare(params, column, counterpart)?,
        })
    });
    let (inputs, roles): (Vec<_>, Vec<_>) = compared
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .partition(|compared| params.is_input(&compared.column.name));
    let drifted: Vec<_> = inputs
        .iter()
        .filter(|compared| compared.has_drifted())
        .collect();
    let names = inputs
        .iter()
        .map(|one| (one.column.name.as_str(), one.has_drifted()));
    let share = Share::of(params, names)?;

    let mut metrics = vec![
        metric("columns_drifted", drifted.len() as f64, &[]),
        metric("share_drifted", share.plain, &[]),
    ];
    let weighted = share
        .weighted
        .map(|share| metric("weighted_share_drifted", share, &[]));
    metrics.extend(weighted);
    let mut findings = share.findings(params);
    let mut summary = summary(&by_index(drifted), inputs.len());
    summary += &share.in_summary();
    for of_role in &roles {
        summary += &in_summary(params, of_role);
    }
    let figures = drawn(&inputs, &roles);
    if let Some((finding, auc)) = domain::compare(params, reference, current)? {
        metrics.extend(auc.map(|auc| metric("domain_classifier_auc", auc, &[])));
        findings.push(finding);
    }
    for compared in inputs.into_iter().chain(roles) {
        let (column, counterpart) = (compared.column, compared.counterpart);
        metrics.extend(column_metrics(params, column, &compared.comparison));
        let share = |data, column, rows| {
            let labels = [("column", compared.column.name.as_str()), ("data", data)];
            metric(
                "missing_share",
                shifts::missing_share(column, rows),
                &labels,
            )
        };
        metrics.push(share("reference", column, reference.rows));
        findings.push(as_role(params, compared.comparison.finding));
        let Some(counterpart) = counterpart else {
            continue;
        };
        metrics.push(share("current", counterpart, current.rows));
        let new = shifts::new_category_share(column, counterpart);
        let labels = [("column", column.name.as_str())];
        metrics.extend(new.map(|share| metric("new_category_share", share, &labels)));
        let (before, now) = ((column, reference), (counterpart, current));
        if !is_unknown(params, column, Some(counterpart)) {
            findings.extend(shifts::missing(params, before, now));
        }
        findings.extend(shifts::unseen(params, column, counterpart));
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

impl Compared<'_> {
    fn has_drifted(&self) -> bool {
        !self.comparison.finding.passed
    }
}

/// Named columns are those of the reference.
fn named_columns_exist(params: &Params, reference: &Profile) -> Result<()> {
    let columns = params.columns.iter().flatten().enumerate();
    let columns = columns.map(|(place, name)| (format!("/columns/{place}"), name));
    let own = params.column.keys();
    let own = own.map(|name| (format!("/column/{}", escaped(name)), name));
    let roles = [
        ("/prediction", &params.prediction),
        ("/target", &params.target),
    ];
    let roles = roles
        .into_iter()
        .filter_map(|(at, name)| Some((at.to_owned(), name.as_ref()?)));
    for (at, name) in columns.chain(own).chain(roles) {
        if reference.column(name).is_none() {
            let message = format!("there is no column `{name}` in the reference");
            return Err(Error::params(at, message));
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

/// The finding on the prediction or the target, under a name that tells so.
fn as_role(params: &Params, mut finding: Finding) -> Finding {
    if let Some(name) = role(params, finding.column.as_deref().unwrap_or_default()) {
        finding.check = name.to_owned();
    }
    finding
}

fn role(params: &Params, column: &str) -> Option<&'static str> {
    if params.prediction.as_deref() == Some(column) {
        Some("prediction_drift")
    } else if params.target.as_deref() == Some(column) {
        Some("target_drift")
    } else {
        None
    }
}

/// By descending index, those without one first: they are gone or of another type.
fn by_index<'a, 'b>(compared: Vec<&'b Compared<'a>>) -> Vec<&'b Compared<'a>> {
    let mut compared = compared;
    let rank = |one: &Compared<'_>| one.comparison.psi.unwrap_or(f64::INFINITY);
    compared.sort_by(|left, right| rank(right).total_cmp(&rank(left)));
    compared
}

/// What became of the prediction or the target, in a few words.
fn in_summary(params: &Params, compared: &Compared<'_>) -> String {
    let name = &compared.column.name;
    let role = match role(params, name) {
        Some("target_drift") => "target",
        _ => "prediction",
    };
    if is_unknown(params, compared.column, compared.counterpart) {
        return format!(
            "; drift of the target `{name}` is unknown: the current data is without it"
        );
    }
    let has = if compared.has_drifted() {
        "has"
    } else {
        "has not"
    };
    format!("; the {role} `{name}` {has} drifted")
}

fn summary(drifted: &[&Compared<'_>], columns: usize) -> String {
    match (drifted.len(), columns) {
        (0, 0) => return "there are no columns of inputs to compare".to_owned(),
        (0, 1) => return "the one column has not drifted".to_owned(),
        (0, _) => return format!("none of {columns} columns has drifted"),
        _ => {}
    }
    let names = drifted.iter().take(NAMED_COLUMNS);
    let names: Vec<_> = names
        .map(|compared| compared.column.name.as_str())
        .collect();
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

/// The index of every column, and the values of those that have drifted most.
fn drawn(inputs: &[Compared<'_>], roles: &[Compared<'_>]) -> Vec<Figure> {
    let all = by_index(inputs.iter().chain(roles).collect());
    let index = all
        .iter()
        .filter_map(|one| Some((one.column.name.as_str(), one.comparison.psi?)));
    let histograms = all
        .iter()
        .filter(|one| one.has_drifted())
        .filter_map(|one| Some((one.column, one.counterpart?)))
        .take(figures::DRAWN_COLUMNS)
        .enumerate()
        .filter_map(|(place, (before, now))| figures::histogram(place + 1, before, now));
    std::iter::once(figures::index(index, index_threshold(&all)))
        .chain(histograms)
        .collect()
}

/// The threshold of the index, if that is what all columns are judged by, and the same for all.
fn index_threshold(all: &[&Compared<'_>]) -> Option<f64> {
    let mut thresholds = all.iter().filter_map(|one| {
        one.comparison.psi?;
        Some(match one.comparison.judged {
            Some((Method::Psi, _)) => one.comparison.finding.details.get("threshold")?.as_f64(),
            _ => None,
        })
    });
    let first = thresholds.next()??;
    thresholds
        .all(|other| other == Some(first))
        .then_some(first)
}

/// The index and the Kolmogorov–Smirnov statistic, and what the column was judged by if it is
/// neither.
fn column_metrics(params: &Params, column: &Column, comparison: &Comparison) -> Vec<Metric> {
    let labels = [("column", column.name.as_str())];
    let index = comparison.psi.map(|index| metric("psi", index, &labels));
    let ks = comparison.ks.map(|ks| metric("ks", ks.statistic, &labels));
    let judged = comparison.judged.map(|(method, value)| {
        let name = match method.drifts() {
            crate::method::Drifts::Above => method.name().to_owned(),
            crate::method::Drifts::Below => format!("{}_p_value", method.name()),
        };
        metric(&name, value, &labels)
    });
    let judged = judged.filter(|judged| judged.name != "psi");
    let role = role(params, &column.name);
    let role = role
        .zip(comparison.judged)
        .map(|(name, (_, value))| metric(name, value, &[]));
    index
        .into_iter()
        .chain(ks)
        .chain(judged)
        .chain(role)
        .collect()
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
