//! Compares the two profiles of one column.

use mlhost_plugin::{Error, Finding, Result, Severity};
use mlhost_statistics::drift::{
    KolmogorovSmirnov, PSI_FLOOR, kolmogorov_smirnov, psi, quantile_edges, shares,
};
use mlhost_statistics::{Categories, Distribution};
use serde_json::{Map, Value, json};

use crate::Params;
use crate::profile::{Column, Values};

/// Of a column of texts, so many categories are listed, those that moved most.
const LISTED_CATEGORIES: usize = 20;

/// What the comparison of a column found.
pub(crate) struct Comparison {
    pub(crate) psi: Option<f64>,
    pub(crate) ks: Option<KolmogorovSmirnov>,
    pub(crate) finding: Finding,
}

/// Compares a column of the reference with the same column of the current data.
pub(crate) fn compare(
    params: &Params,
    reference: &Column,
    current: Option<&Column>,
) -> Result<Comparison> {
    let Some(current) = current else {
        let message = "the reference has this column, and the current data has not".to_owned();
        return Ok(unlike(reference, "column_exists", false, message));
    };
    let (held, holds) = (reference.values.count(), current.values.count());
    let values = (&reference.values, &current.values);
    match values {
        _ if held == 0 && holds == 0 => {
            let message = "there are no values to compare on either side".to_owned();
            Ok(unlike(reference, "psi", true, message))
        }
        _ if held == 0 || holds == 0 => {
            let message =
                format!("expected values as in the reference, which holds {held}, found {holds}");
            Ok(unlike(reference, "psi", false, message))
        }
        (Values::Numbers(before), Values::Numbers(now)) => numbers(params, reference, before, now),
        (Values::Texts(before), Values::Texts(now)) => texts(params, reference, before, now),
        (Values::Numbers(_), _) => {
            let message = "expected numbers as in the reference, found texts".to_owned();
            Ok(unlike(reference, "type", false, message))
        }
        (_, Values::Numbers(_)) => {
            let message = "expected texts as in the reference, found numbers".to_owned();
            Ok(unlike(reference, "type", false, message))
        }
        _ => Ok(too_many_texts(params, reference, current)),
    }
}

/// A column for which there is no index.
fn unlike(column: &Column, check: &str, passed: bool, message: String) -> Comparison {
    Comparison {
        psi: None,
        ks: None,
        finding: Finding {
            check: check.to_owned(),
            column: Some(column.name.clone()),
            passed,
            severity: Severity::Warn,
            message,
            details: Map::new(),
        },
    }
}

/// More different texts on one side only is drift, on both sides an identifier.
fn too_many_texts(params: &Params, reference: &Column, current: &Column) -> Comparison {
    let many = |column: &Column| matches!(column.values, Values::ManyTexts { .. });
    let limit = params.max_categories;
    let (passed, message) = match (many(reference), many(current)) {
        (true, false) => (
            false,
            format!("expected more than {limit} different texts as in the reference, found fewer"),
        ),
        (false, true) => (
            false,
            format!("expected up to {limit} different texts as in the reference, found more"),
        ),
        _ => (
            true,
            format!("was not compared, because it holds more than {limit} different texts"),
        ),
    };
    unlike(reference, "psi", passed, message)
}

fn numbers(
    params: &Params,
    column: &Column,
    reference: &Distribution,
    current: &Distribution,
) -> Result<Comparison> {
    let ks = kolmogorov_smirnov(reference, current);
    let (reference, current) = reference.comparable(current);
    let edges = quantile_edges(&reference, params.bins);
    let before = shares(&reference.histogram(&edges));
    let now = shares(&current.histogram(&edges));
    let index = index(&before, &now)?;
    let mut finding = finding(params, column, index);
    let details = json!({
        "bins": before.len(),
        "edges": edges,
        "edges_from": "reference quantiles",
        "exact": reference.is_exact(),
        "reference_shares": before,
        "current_shares": now,
        "reference_values": reference.count(),
        "current_values": current.count(),
        "ks": ks.map(|ks| ks.statistic),
        "ks_p_value": ks.map(|ks| ks.p_value),
    });
    extend(&mut finding.details, details);
    Ok(Comparison {
        psi: Some(index),
        ks,
        finding,
    })
}

fn texts(
    params: &Params,
    column: &Column,
    reference: &Categories,
    current: &Categories,
) -> Result<Comparison> {
    let aligned = reference.aligned(current);
    let before: Vec<u64> = aligned.iter().map(|(_, before, _)| *before).collect();
    let now: Vec<u64> = aligned.iter().map(|(_, _, now)| *now).collect();
    let (before, now) = (shares(&before), shares(&now));
    let index = index(&before, &now)?;
    let mut moved: Vec<(&str, f64, f64)> = aligned
        .iter()
        .zip(before.iter().zip(&now))
        .map(|((text, ..), (before, now))| (*text, *before, *now))
        .collect();
    let distance = |(_, before, now): &(&str, f64, f64)| (before - now).abs();
    moved.sort_by(|left, right| distance(right).total_cmp(&distance(left)));
    moved.truncate(LISTED_CATEGORIES);
    let moved = moved.iter().map(|(text, before, now)| {
        json!({ "category": text, "reference_share": before, "current_share": now })
    });
    let mut finding = finding(params, column, index);
    let details = json!({
        "bins": before.len(),
        "bins_from": "categories of either side",
        "moved_most": moved.collect::<Vec<_>>(),
        "reference_values": reference.count(),
        "current_values": current.count(),
    });
    extend(&mut finding.details, details);
    Ok(Comparison {
        psi: Some(index),
        ks: None,
        finding,
    })
}

fn index(before: &[f64], now: &[f64]) -> Result<f64> {
    psi(before, now, PSI_FLOOR).map_err(|error| Error::failed(error.to_string()))
}

/// The finding on an index: two tools that disagree on it differ in one of the
/// details.
fn finding(params: &Params, column: &Column, index: f64) -> Finding {
    let (threshold, source) = params.threshold();
    let passed = index <= threshold;
    let relation = if passed { "does not exceed" } else { "exceeds" };
    let mut details = Map::new();
    let described = json!({
        "method": "population stability index",
        "psi": index,
        "threshold": threshold,
        "threshold_from": source,
        "zero_rule": format!("shares below {PSI_FLOOR} are raised to it"),
        "logarithm": "natural",
    });
    extend(&mut details, described);
    Finding {
        check: "psi".to_owned(),
        column: Some(column.name.clone()),
        passed,
        severity: Severity::Warn,
        message: format!("the population stability index {index:.4} {relation} {threshold}"),
        details,
    }
}

fn extend(details: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        details.extend(more);
    }
}
