//! The values of both sides in the same bins or categories.

use mlhost_statistics::drift::{equal_width_edges, quantile_edges, shares};
use mlhost_statistics::{Categories, Distribution, RELATIVE_ERROR};
use serde_json::{Map, Value, json};

use crate::method::{Method, Size};
use crate::params::{Binning, Settings};

/// A column of numbers of which the reference has up to so many different values is compared value
/// by value, as in Evidently.
const VALUES_AS_BINS: usize = 20;

/// Unless the current data has more different values than this.
const MOST_VALUES: usize = 1000;

/// Of a column of texts, so many categories are listed, those that moved most.
const LISTED_CATEGORIES: usize = 20;

/// How many values there are in each bin.
#[derive(Debug)]
pub(crate) struct Binned {
    pub(crate) reference: Vec<u64>,
    pub(crate) current: Vec<u64>,
    /// Where the bins came from, and their shares.
    pub(crate) details: Map<String, Value>,
}

/// A share as it is shown: to four digits, for all of a record's digits are kept for ever. What is
/// computed is computed with all of them.
pub(crate) fn rounded(share: f64) -> f64 {
    format!("{share:.3e}").parse().unwrap_or(share)
}

/// The same of several.
pub(crate) fn shown(shares: &[f64]) -> Vec<f64> {
    shares.iter().copied().map(rounded).collect()
}

impl Binned {
    /// Numbers, both exact or both in buckets.
    pub(crate) fn numbers(
        settings: &Settings<'_>,
        method: Method,
        reference: &Distribution,
        current: &Distribution,
    ) -> Self {
        let (edges, from) = edges(settings, method, reference, current);
        let (before, now) = (reference.histogram(&edges), current.histogram(&edges));
        let details = object(json!({
            "bins": before.len(),
            "edges": edges,
            "edges_from": from,
            "exact": reference.is_exact(),
            "relative_error_of_edges": if reference.is_exact() { 0.0 } else { RELATIVE_ERROR },
            "reference_shares": shown(&shares(&before)),
            "current_shares": shown(&shares(&now)),
        }));
        Self {
            reference: before,
            current: now,
            details,
        }
    }

    /// Texts by their categories.
    pub(crate) fn texts(reference: &Categories, current: &Categories) -> Self {
        let aligned = reference.aligned(current);
        let before: Vec<u64> = aligned.iter().map(|(_, before, _)| *before).collect();
        let now: Vec<u64> = aligned.iter().map(|(.., now)| *now).collect();
        let (m, n) = (
            reference.count().max(1) as f64,
            current.count().max(1) as f64,
        );
        let moved = aligned
            .iter()
            .map(|(text, before, now)| (*text, *before as f64 / m, *now as f64 / n));
        let mut moved: Vec<(&str, f64, f64)> = moved.collect();
        let distance = |(_, before, now): &(&str, f64, f64)| (before - now).abs();
        moved.sort_by(|left, right| distance(right).total_cmp(&distance(left)));
        moved.truncate(LISTED_CATEGORIES);
        let moved = moved.iter().map(|(text, before, now)| {
            json!({ "category": text, "reference_share": rounded(*before), "current_share": rounded(*now) })
        });
        let details = object(json!({
            "bins": before.len(),
            "bins_from": "categories of either side",
            "moved_most": moved.collect::<Vec<_>>(),
            "exact": true,
        }));
        Self {
            reference: before,
            current: now,
            details,
        }
    }

    /// The shares of all bins, of the reference and of the current data.
    pub(crate) fn shares(&self) -> (Vec<f64>, Vec<f64>) {
        (shares(&self.reference), shares(&self.current))
    }

    /// How many bins hold anything.
    pub(crate) fn occupied(&self) -> usize {
        let pairs = self.reference.iter().zip(&self.current);
        pairs.filter(|(before, now)| **before + **now > 0).count()
    }
}

/// How much there is of a column of numbers.
pub(crate) fn size_of_numbers(reference: &Distribution, current: &Distribution) -> Size {
    Size {
        is_numeric: true,
        rows: reference.count(),
        different: different_values(reference, current).len(),
    }
}

/// How much there is of a column of texts.
pub(crate) fn size_of_texts(reference: &Categories, current: &Categories) -> Size {
    Size {
        is_numeric: false,
        rows: reference.count(),
        different: reference.aligned(current).len(),
    }
}

fn edges(
    settings: &Settings<'_>,
    method: Method,
    reference: &Distribution,
    current: &Distribution,
) -> (Vec<f64>, &'static str) {
    if let Some(edges) = settings.edges {
        return (edges.to_vec(), "parameter");
    }
    let values = different_values(reference, current);
    let few = reference
        .distinct()
        .is_some_and(|different| different <= VALUES_AS_BINS);
    let is_by_value = few && values.len() <= MOST_VALUES;
    // Two different values are two categories, however often each occurs.
    if is_by_value || method == Method::ZTest {
        let edges = values.into_iter().skip(1).collect();
        return (edges, "values of either side");
    }
    match settings.binning {
        Binning::ReferenceQuantiles => (
            quantile_edges(reference, settings.bins),
            "reference quantiles",
        ),
        Binning::EqualWidth => (
            equal_width_edges(reference, settings.bins),
            "equal widths between the reference's smallest and largest value",
        ),
    }
}

/// The different values of both in ascending order, up to one more than are of use.
fn different_values(reference: &Distribution, current: &Distribution) -> Vec<f64> {
    let most = |distribution: &Distribution| {
        let values = distribution.iter().take(MOST_VALUES + 1);
        values.map(|(value, _)| value).collect::<Vec<_>>()
    };
    let mut values = most(reference);
    values.append(&mut most(current));
    // Two ascending runs, which a stable sort merges.
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.truncate(MOST_VALUES + 1);
    values
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
