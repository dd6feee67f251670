//! A column in words, and in numbers.

use mlhost_plugin::Finding;
use mlhost_statistics::{
    DateUnit, Distribution, EXACT_VALUES, Moments, RELATIVE_ERROR, STANDARD_ERROR,
};
use serde_json::{Map, Value as Json, json};

use crate::column::{Column, Values};
use crate::frequent::Text;
use crate::params::Params;

/// The quantiles that are told.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// The finding on a column of so many rows.
pub(crate) fn finding(params: &Params, column: &Column, rows: u64) -> Finding {
    let mut details = Map::new();
    let mut add = |name: &str, value: Json| drop(details.insert(name.to_owned(), value));
    let present = rows - column.nulls;
    add("type", json!(column.data_type));
    add("kind", json!(column.kind));
    add("rows", json!(rows));
    add("nulls", json!(column.nulls));
    let distinct = column.distinct.count().round();
    add("distinct", number(distinct));
    let about = if column.distinct.is_exact() {
        ""
    } else {
        add("distinct_relative_error", json!(STANDARD_ERROR));
        "about "
    };
    let more = match &column.values {
        Values::Numbers {
            moments,
            distribution,
            unit,
        } => {
            numbers(params, moments, distribution, *unit, &mut add);
            let extremes = distribution.extremes();
            match (extremes.minimum(), extremes.maximum(), unit) {
                (Some(low), Some(high), Some(unit)) => {
                    format!(", from {} to {}", unit.written(low), unit.written(high))
                }
                (Some(low), Some(high), None) => {
                    let mean = readable(moments.mean().unwrap_or(f64::NAN));
                    format!(
                        ", from {} to {} with a mean of {mean}",
                        readable(low),
                        readable(high)
                    )
                }
                _ => String::new(),
            }
        }
        Values::Texts {
            frequent,
            lengths,
            length_range,
        } => {
            let top = frequent.top(params.top as usize);
            add("top", top.iter().copied().map(Text::to_json).collect());
            if frequent.error() > 0 {
                add("top_error", json!(frequent.error()));
            }
            let [low, high] = [length_range.minimum(), length_range.maximum()];
            let length = json!({"min": low, "max": high, "mean": lengths.mean()});
            add("length", length);
            top.first().map_or_else(String::new, |text| {
                let share = percent(text.count, present);
                format!(", most often `{text}` ({share})")
            })
        }
        Values::Other => String::new(),
    };
    let nulls = match column.nulls {
        0 => "no nulls".to_owned(),
        nulls => format!(
            "{nulls} null{} ({})",
            if nulls == 1 { "" } else { "s" },
            percent(nulls, rows)
        ),
    };
    let distinct = match &column.values {
        Values::Other => String::new(),
        _ if distinct == 1.0 => ", one value".to_owned(),
        _ => format!(", {about}{distinct} different values"),
    };
    Finding {
        check: "profile".to_owned(),
        column: Some(column.name.clone()),
        passed: true,
        severity: mlhost_plugin::Severity::Warn,
        message: format!("{}; {nulls}{distinct}{more}", column.kind),
        details,
    }
}

fn numbers(
    params: &Params,
    moments: &Moments,
    distribution: &Distribution,
    unit: Option<DateUnit>,
    add: &mut impl FnMut(&str, Json),
) {
    let extremes = distribution.extremes();
    let meant = |number: f64| meant(number, unit);
    let value = |value: Option<f64>| value.map_or(Json::Null, meant);
    add("min", value(extremes.minimum()));
    add("max", value(extremes.maximum()));
    add("mean", value(moments.mean()));
    let stdev = moments.sample_standard_deviation();
    let seconds = stdev.map(|stdev| stdev / unit.map_or(1.0, DateUnit::per_second));
    add("stdev", seconds.map_or(Json::Null, number));
    let quantiles = QUANTILES
        .iter()
        .map(|q| (q.to_string(), value(distribution.quantile(*q))));
    add("quantiles", Json::Object(quantiles.collect()));
    if !distribution.is_exact() {
        add("quantiles_relative_error", json!(RELATIVE_ERROR));
    }
    if let Some((edges, counts)) = histogram(params, distribution) {
        let edges: Vec<Json> = edges.into_iter().map(meant).collect();
        add("histogram", json!({"edges": edges, "counts": counts}));
    }
    if distribution
        .distinct()
        .is_some_and(|distinct| distinct <= EXACT_VALUES)
    {
        let mut counts: Vec<_> = distribution.iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(params.top as usize);
        let top = counts
            .iter()
            .map(|(value, count)| json!({"value": meant(*value), "count": count}));
        add("top", top.collect());
    }
}

/// Intervals of equal width from the smallest to the largest finite value; the last one holds both
/// its ends.
fn histogram(params: &Params, distribution: &Distribution) -> Option<(Vec<f64>, Vec<u64>)> {
    let (low, high) = (
        distribution.extremes().minimum()?,
        distribution.extremes().maximum()?,
    );
    if !(high - low).is_finite() || low == high {
        return None;
    }
    let bins = params.bins as usize;
    let width = (high - low) / bins as f64;
    let edge = |edge: usize| {
        if edge == bins {
            high
        } else {
            low + width * edge as f64
        }
    };
    let edges: Vec<f64> = (0..=bins).map(edge).collect();
    let between = distribution.histogram(&edges[1..bins]);
    Some((edges, between))
}

/// A number, or the date or time that it stands for in a column of this unit.
fn meant(value: f64, unit: Option<DateUnit>) -> Json {
    match unit {
        Some(unit) => json!(unit.written(value)),
        None => number(value),
    }
}

/// Whole numbers without a fraction, and as text those that JSON has none for.
pub(crate) fn number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
        return json!(number as i64);
    }
    match serde_json::Number::from_f64(number) {
        Some(number) => Json::Number(number),
        None => json!(number.to_string()),
    }
}

/// With six significant digits.
fn readable(number: f64) -> String {
    if !number.is_finite() || number.fract() == 0.0 && number.abs() < 1e15 {
        return number.to_string();
    }
    let magnitude = number.abs().log10().floor();
    if !(-5.0..15.0).contains(&magnitude) {
        return format!("{number:.5e}");
    }
    let decimals = (5.0 - magnitude).max(0.0) as usize;
    let digits = format!("{number:.decimals$}");
    match digits.contains('.') {
        true => digits
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        false => digits,
    }
}

fn percent(part: u64, whole: u64) -> String {
    let share = format!("{:.2}", 100.0 * part as f64 / whole.max(1) as f64);
    format!("{} %", share.trim_end_matches('0').trim_end_matches('.'))
}
