//! What there is to see: an index for every column, and of those that drifted most the values of
//! both sides.

use mlhost_plugin::Figure;
use mlhost_statistics::drift::shares;
use mlhost_statistics::{Categories, Distribution};
use serde_json::{Value, json};

use crate::binned::shown;
use crate::profile::{Column, Values};

/// How many columns are drawn value by value.
pub(crate) const DRAWN_COLUMNS: usize = 5;

/// Bins of a histogram.
const BARS: usize = 20;

/// Categories that have a bar of their own.
const BARRED_CATEGORIES: usize = 12;

/// The index of every column, in this order, and the threshold that all of them are held against, if
/// there is one.
pub(crate) fn index<'a>(
    columns: impl Iterator<Item = (&'a str, f64)>,
    threshold: Option<f64>,
) -> Figure {
    let (names, values): (Vec<_>, Vec<_>) = columns.unzip();
    let mut data = json!({
        "x": names,
        "x_label": "column",
        "y_label": "population stability index",
        "series": [{ "name": "psi", "values": values }],
    });
    if let Some(threshold) = threshold {
        data["threshold"] = json!(threshold);
    }
    Figure {
        name: "psi".to_owned(),
        title: "Population stability index by column".to_owned(),
        kind: "bars".to_owned(),
        data,
    }
}

/// The shares of values of both sides; `None` where there is nothing to draw. `place` tells figures
/// apart.
pub(crate) fn histogram(place: usize, reference: &Column, current: &Column) -> Option<Figure> {
    let bars = match (&reference.values, &current.values) {
        (Values::Numbers(before), Values::Numbers(now)) => numbers(before, now)?,
        (Values::Texts(before), Values::Texts(now)) => texts(before, now),
        _ => return None,
    };
    let name = &reference.name;
    let mut data = json!({
        "x": bars.x,
        "x_label": name,
        "y_label": "share of the values",
        "series": [
            { "name": "reference", "values": shown(&shares(&bars.before)) },
            { "name": "current", "values": shown(&shares(&bars.now)) },
        ],
    });
    if let Some(edges) = bars.edges {
        data["edges"] = json!(edges);
    }
    Some(Figure {
        name: format!("histogram_{place}"),
        title: format!("`{name}` in the reference and in the current data"),
        kind: "bars".to_owned(),
        data,
    })
}

/// The counts of both sides.
struct Bars {
    /// What is counted in each place: a value, a category, or from where an interval is.
    x: Vec<Value>,
    /// The ends of the places where these are intervals.
    edges: Option<Vec<f64>>,
    before: Vec<u64>,
    now: Vec<u64>,
}

/// Bins of equal width over the finite values of both sides, or a bar for each value if they are
/// few.
fn numbers(before: &Distribution, now: &Distribution) -> Option<Bars> {
    let (before, now) = before.comparable(now);
    let mut values: Vec<f64> = before
        .iter()
        .chain(now.iter())
        .map(|(value, _)| value)
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let (low, high) = (*values.first()?, *values.last()?);
    if values.len() <= BARS {
        let x = values.iter().map(|value| short(*value).into()).collect();
        let inner = values.split_off(1);
        return Some(Bars {
            x,
            edges: None,
            before: before.histogram(&inner),
            now: now.histogram(&inner),
        });
    }
    let width = high / BARS as f64 - low / BARS as f64;
    let edge = |bar: usize| low + width * bar as f64;
    let inner: Vec<f64> = (1..BARS).map(edge).collect();
    let edges: Vec<f64> = (0..=BARS).map(|bar| to_width(edge(bar), width)).collect();
    Some(Bars {
        x: edges[..BARS].iter().map(|edge| json!(edge)).collect(),
        edges: Some(edges),
        before: before.histogram(&inner),
        now: now.histogram(&inner),
    })
}

/// The categories that hold most of both sides, and all others together.
fn texts(before: &Categories, now: &Categories) -> Bars {
    let (m, n) = (before.count().max(1) as f64, now.count().max(1) as f64);
    let mut aligned = before.aligned(now);
    let weight = |(_, before, now): &(&str, u64, u64)| *before as f64 / m + *now as f64 / n;
    aligned.sort_by(|left, right| weight(right).total_cmp(&weight(left)));
    let others = aligned.split_off(aligned.len().min(BARRED_CATEGORIES));
    let mut labels: Vec<_> = aligned
        .iter()
        .map(|(text, ..)| Value::from(*text))
        .collect();
    let mut before: Vec<_> = aligned.iter().map(|(_, before, _)| *before).collect();
    let mut now: Vec<_> = aligned.iter().map(|(.., now)| *now).collect();
    if !others.is_empty() {
        labels.push(format!("{} others", others.len()).into());
        before.push(others.iter().map(|(_, before, _)| before).sum());
        now.push(others.iter().map(|(.., now)| now).sum());
    }
    Bars {
        x: labels,
        edges: None,
        before,
        now,
    }
}

/// An end of an interval to a hundredth of its width, as far as decimals go.
fn to_width(edge: f64, width: f64) -> f64 {
    let decimals = 2.0 - width.log10().floor();
    if !(0.0..=15.0).contains(&decimals) {
        return if decimals < 0.0 { edge.round() } else { edge };
    }
    let text = format!("{edge:.*}", decimals as usize);
    text.parse().unwrap_or(edge)
}

/// A number in about four digits.
fn short(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e6).contains(&magnitude) {
        let digits = if magnitude >= 1000.0 {
            0
        } else if magnitude >= 10.0 {
            1
        } else {
            3
        };
        let text = format!("{value:.digits$}");
        if digits == 0 {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.2e}")
    }
}
