//! Puts the comparisons of all columns into an outcome.

use mlhost_plugin::{Error, Figure, Finding, Metric, Outcome, Result, Severity};
use serde_json::Map;

use crate::Params;
use crate::compare::{Comparison, compare};
use crate::dataset::Share;
use crate::method::Method;
use crate::params::escaped;
use crate::profile::{Column, Profile};
use crate::roles::{self, Role};
use crate::{domain, figures, shifts};

/// So many drifted columns are named in the summary.
const NAMED_COLUMNS: usize = 10;

/// A column of the reference, its counterpart, and what their comparison found.
pub(crate) struct Compared<'a> {
    pub(crate) column: &'a Column,
    pub(crate) counterpart: Option<&'a Column>,
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
        .partition(|compared| params.role(&compared.column.name).is_none());
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
    summary += &roles::in_summary(params, &roles);
    metrics.extend(of_predictions(params, &roles));
    let figures = drawn(params, &inputs, &roles);
    if let Some((finding, auc)) = domain::compare(params, reference, current)? {
        metrics.extend(auc.map(|auc| metric("domain_classifier_auc", auc, &[])));
        findings.push(finding);
    }
    // What comes out of the model is what matters first.
    for compared in roles.into_iter().chain(inputs) {
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
        let is_unknown = compared.is_unknown(params);
        findings.push(roles::as_role(params, compared.comparison.finding));
        let Some(counterpart) = counterpart else {
            continue;
        };
        metrics.push(share("current", counterpart, current.rows));
        let new = shifts::new_category_share(column, counterpart);
        let labels = [("column", column.name.as_str())];
        metrics.extend(new.map(|share| metric("new_category_share", share, &labels)));
        let (before, now) = ((column, reference), (counterpart, current));
        if !is_unknown {
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
    pub(crate) fn has_drifted(&self) -> bool {
        !self.comparison.finding.passed
    }

    fn is_unknown(&self, params: &Params) -> bool {
        let role = params.role(&self.column.name);
        role.is_some_and(|role| role.is_unknown(self.counterpart))
    }
}

/// Named columns are those of the reference.
fn named_columns_exist(params: &Params, reference: &Profile) -> Result<()> {
    let columns = params.columns.iter().flatten().enumerate();
    let columns = columns.map(|(place, name)| (format!("/columns/{place}"), name));
    let own = params.column.keys();
    let own = own.map(|name| (format!("/column/{}", escaped(name)), name));
    let roles = params.roles();
    let named = columns.chain(own).map(|(at, name)| (at, name.as_str()));
    for (at, name) in named.chain(roles) {
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

/// By descending index, those without one first: they are gone or of another type.
fn by_index<'a, 'b>(compared: Vec<&'b Compared<'a>>) -> Vec<&'b Compared<'a>> {
    let mut compared = compared;
    let rank = |one: &Compared<'_>| one.comparison.psi.unwrap_or(f64::INFINITY);
    compared.sort_by(|left, right| rank(right).total_cmp(&rank(left)));
    compared
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

/// How many of the columns of predictions have drifted, and by how much the first of them has, which
/// stands for all: `prediction_drift` without a label.
fn of_predictions(params: &Params, roles: &[Compared<'_>]) -> Vec<Metric> {
    let predictions = params.predictions().iter();
    let predictions: Vec<_> = predictions
        .filter_map(|name| roles.iter().find(|one| one.column.name == *name))
        .filter(|one| !one.is_unknown(params))
        .collect();
    let Some(first) = predictions.first() else {
        return vec![];
    };
    let drifted = predictions.iter().filter(|one| one.has_drifted()).count();
    let value = first.comparison.judged;
    let value = value.map(|(_, value)| metric(Role::Prediction.check(), value, &[]));
    let count = metric("predictions_drifted", drifted as f64, &[]);
    value.into_iter().chain([count]).collect()
}

/// The index of every column, the values of the first prediction, and those of the columns that have
/// drifted most.
fn drawn(params: &Params, inputs: &[Compared<'_>], roles: &[Compared<'_>]) -> Vec<Figure> {
    let all = by_index(inputs.iter().chain(roles).collect());
    let index = all
        .iter()
        .filter_map(|one| Some((one.column.name.as_str(), one.comparison.psi?)));
    let first = params.predictions().first();
    let is_first = |one: &&Compared<'_>| Some(&one.column.name) == first;
    let prediction = all.iter().copied().find(is_first);
    let others = all.iter().copied().filter(|one| !is_first(one));
    let histograms = prediction
        .into_iter()
        .chain(others.filter(|one| one.has_drifted()))
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
    // Where there are several predictions, each has the label of its column.
    let role = params.role(&column.name).zip(comparison.judged);
    let role = role.and_then(|(role, (_, value))| match role {
        Role::Prediction if params.predictions().len() == 1 => None,
        Role::Prediction => Some(metric(role.check(), value, &labels)),
        Role::Target => Some(metric(role.check(), value, &[])),
    });
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
