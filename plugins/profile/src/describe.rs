//! A column in words, and in numbers.

use mlhost_plugin::Finding;
use mlhost_statistics::{Distribution, EXACT_VALUES, Moments, RELATIVE_ERROR, STANDARD_ERROR};
use serde_json::{Map, Value as Json, json};

use crate::column::{Column, Values};
use crate::params::Params;

/// The quantiles that are told.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// The finding on a column of so many rows.
pub(crate) fn finding(params: &Params, column: &Column, rows: u64) -> Finding {
    let mut details = Map::new();
    let mut add = |name: &str, value: Json| drop(details.insert(name.to_owned(), value));
    let present = rows - column.nulls;
    add("type", json!(column.data_type));
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
            per_second,
        } => {
            let scale = per_second.unwrap_or(1.0);
            numbers(params, moments, distribution, &mut add);
            if let Some(per_second) = per_second {
                add("per_second", json!(per_second));
            }
            match (
                distribution.extremes().minimum(),
                distribution.extremes().maximum(),
            ) {
                (Some(low), Some(high)) if per_second.is_some() => {
                    let seconds = |value: f64| format!("{} s", value / scale);
                    format!(", from {} to {} since 1970", seconds(low), seconds(high))
                }
                (Some(low), Some(high)) => {
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
            let shown = top
                .iter()
                .map(|(text, count)| json!({"value": text, "count": count}));
            add("top", shown.collect());
            if frequent.error() > 0 {
                add("top_error", json!(frequent.error()));
            }
            let [low, high] = [length_range.minimum(), length_range.maximum()];
            let length = json!({"min": low, "max": high, "mean": lengths.mean()});
            add("length", length);
            top.first().map_or_else(String::new, |(text, count)| {
                let share = percent(*count, present);
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
        message: format!("{}; {nulls}{distinct}{more}", column.data_type),
        details,
    }
}

fn numbers(
    params: &Params,
    moments: &Moments,
    distribution: &Distribution,
    add: &mut impl FnMut(&str, Json),
) {
    let extremes = distribution.extremes();
    let value = |value: Option<f64>| value.map_or(Json::Null, number);
    add("min", value(extremes.minimum()));
    add("max", value(extremes.maximum()));
    add("mean", value(moments.mean()));
    add("stdev", value(moments.sample_standard_deviation()));
    let quantiles = QUANTILES
        .iter()
        .map(|q| (q.to_string(), value(distribution.quantile(*q))));
    add("quantiles", Json::Object(quantiles.collect()));
    if !distribution.is_exact() {
        add("quantiles_relative_error", json!(RELATIVE_ERROR));
    }
    if let Some(histogram) = histogram(params, distribution) {
        add("histogram", histogram);
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
            .map(|(value, count)| json!({"value": number(*value), "count": count}));
        add("top", top.collect());
    }
}

/// Intervals of equal width from the smallest to the largest finite value; the last one holds both
/// its ends.
fn histogram(params: &Params, distribution: &Distribution) -> Option<Json> {
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
    Some(json!({"edges": edges, "counts": between}))
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
