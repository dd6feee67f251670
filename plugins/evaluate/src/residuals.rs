//! Errors beside predictions, for figures that show where a model is wrong.
//!
//! Predictions are put into bins whose width is a power of two and whose edges are its multiples: the
//! smallest width for which no more than [`MOST_BINS`] bins span the smallest and the largest
//! prediction. The bins follow from those two numbers alone, and the sums in them are exact, so that
//! the figures are the same in however many parts the rows came.

use std::collections::BTreeMap;

use mlhost_plugin::Figure;
use mlhost_statistics::{Distribution, ExactMoments};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// More bins of predictions are never kept.
const MOST_BINS: i64 = 256;
/// Neighbouring bins are drawn as one until it holds this share of the rows.
const DRAWN_BINS: u64 = 20;
/// The bars of the histogram, and those for what is beyond.
const BARS: usize = 30;
/// The share of the errors that lies beyond each end of the histogram.
const BEYOND: f64 = 0.005;
/// A width is no smaller than this many powers of two below the largest prediction.
const MOST_DIGITS: i32 = 40;

/// Errors by prediction.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Residuals {
    /// The smallest and the largest prediction.
    range: Option<(f64, f64)>,
    /// The power of two that is the width of a bin.
    width: i32,
    bins: BTreeMap<i64, Bin>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Bin {
    predictions: ExactMoments,
    errors: ExactMoments,
}

impl Residuals {
    /// Takes in a prediction and its error, both finite.
    pub(crate) fn add(&mut self, prediction: f64, error: f64) {
        self.cover(prediction, prediction);
        let bin = self.bins.entry(place(prediction, self.width)).or_default();
        bin.predictions.add(prediction);
        bin.errors.add(error);
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        let Some((low, high)) = later.range else {
            return;
        };
        self.cover(low, high);
        for (place, bin) in &later.bins {
            let ours = self.bins.entry(place >> (self.width - later.width));
            ours.or_default().merge(bin);
        }
    }

    /// Widens the bins to what these predictions need as well.
    fn cover(&mut self, low: f64, high: f64) {
        let (lowest, highest) = self.range.unwrap_or((low, high));
        if self.range.is_some() && lowest <= low && high <= highest {
            return;
        }
        // Adding 0.0 makes 0.0 of -0.0.
        let range = (lowest.min(low) + 0.0, highest.max(high) + 0.0);
        let width = width(range.0, range.1);
        if self.range.is_some() && width > self.width {
            let bins = std::mem::take(&mut self.bins);
            for (place, bin) in bins {
                let wider = self.bins.entry(place >> (width - self.width));
                wider.or_default().merge(&bin);
            }
        }
        (self.range, self.width) = (Some(range), width);
    }

    /// The mean error by prediction, with a band of a standard deviation to either side, for groups
    /// of bins with some twentieth of the rows each.
    pub(crate) fn by_prediction(&self) -> Option<Figure> {
        let rows: u64 = self.bins.values().map(|bin| bin.errors.count()).sum();
        let enough = rows.div_ceil(DRAWN_BINS);
        let mut groups: Vec<Bin> = vec![];
        for bin in self.bins.values() {
            match groups.last_mut() {
                Some(last) if last.errors.count() < enough => last.merge(bin),
                _ => groups.push(bin.clone()),
            }
        }
        let told = groups.iter().filter_map(|group| {
            let (prediction, error) = (group.predictions.mean()?, group.errors.mean()?);
            let deviation = group.errors.variance()?.sqrt();
            let values = [error - deviation, error, error + deviation];
            let told = (prediction, values, group.errors.count());
            (prediction.is_finite() && values.iter().all(|value| value.is_finite())).then_some(told)
        });
        let told: Vec<_> = told.collect();
        if told.is_empty() {
            return None;
        }
        let values = |place: usize| Vec::from_iter(told.iter().map(|(_, values, _)| values[place]));
        Some(Figure {
            name: "residuals_by_prediction".to_owned(),
            title: "Mean residual by prediction".to_owned(),
            kind: "lines".to_owned(),
            data: json!({
                "x": Vec::from_iter(told.iter().map(|(prediction, ..)| *prediction)),
                "x_label": "prediction",
                "y_label": "target less prediction",
                "series": [
                    { "name": "mean less a standard deviation", "values": values(0) },
                    { "name": "mean", "values": values(1) },
                    { "name": "mean and a standard deviation", "values": values(2) },
                ],
                "rows": Vec::from_iter(told.iter().map(|(.., rows)| *rows)),
            }),
        })
    }
}

impl Bin {
    fn merge(&mut self, later: &Self) {
        self.predictions.merge(&later.predictions);
        self.errors.merge(&later.errors);
    }
}

/// How often errors of each size occur: bars of one width between the half per cent of the errors
/// that are lowest and the half that are highest, which have a bar each.
pub(crate) fn histogram(errors: &Distribution) -> Option<Figure> {
    let ends = errors.extremes();
    let (low, high) = (ends.minimum()?, ends.maximum()?);
    let inner = errors.quantile(BEYOND)?..errors.quantile(1.0 - BEYOND)?;
    let step = nice((inner.end - inner.start) / BARS as f64);
    let edges: Vec<f64> = if step > 0.0 {
        let first = (inner.start / step).floor();
        let last = (inner.end / step).ceil();
        let count = (last - first) as usize;
        (0..=count)
            .map(|edge| (first + edge as f64) * step)
            .collect()
    } else {
        vec![low, high]
    };
    let (first, last) = (*edges.first()?, *edges.last()?);
    let mut counts = errors.histogram(&edges);
    // Where nothing lies beyond an end there is no bar for it; the upper one holds its edge.
    let mut labels: Vec<String> = edges
        .windows(2)
        .map(|ends| format!("{} to {}", short(ends[0]), short(ends[1])))
        .collect();
    labels.insert(0, format!("below {}", short(first)));
    labels.push(format!("from {}", short(last)));
    if low == high {
        labels = vec![short(low)];
        counts = vec![errors.count()];
    } else {
        if counts.last() == Some(&0) {
            counts.pop();
            labels.pop();
        }
        if counts.first() == Some(&0) {
            counts.remove(0);
            labels.remove(0);
        }
    }
    Some(Figure {
        name: "residuals".to_owned(),
        title: "Residuals".to_owned(),
        kind: "bars".to_owned(),
        data: json!({
            "x": labels,
            "x_label": "target less prediction",
            "y_label": "rows",
            "series": [{ "name": "rows", "values": counts }],
        }),
    })
}

/// The nearest number of the form 1, 2 or 5 times a power of ten that is not below; 0 of 0.
fn nice(step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return 0.0;
    }
    let mut power = format!("1e{}", step.log10().floor() as i32)
        .parse()
        .unwrap_or(0.0);
    if power > step {
        power /= 10.0;
    }
    let factors = [1.0, 2.0, 5.0, 10.0].into_iter();
    let mut steps = factors.map(|factor| factor * power);
    steps.find(|nice| *nice >= step).unwrap_or(10.0 * power)
}

/// A number without the digits that come from its being a multiple of a step.
fn short(number: f64) -> String {
    let rounded: f64 = format!("{number:.9e}").parse().unwrap_or(number);
    rounded.to_string()
}

/// The exponent of the width of the bins between two predictions.
fn width(low: f64, high: f64) -> i32 {
    let largest = low.abs().max(high.abs());
    let mut width = exponent(largest) - MOST_DIGITS;
    while place(high, width) - place(low, width) >= MOST_BINS {
        width += 1;
    }
    width
}

/// The bin of a prediction: how many widths fit below it.
fn place(prediction: f64, width: i32) -> i64 {
    let widths = scaled_down(prediction, width);
    // A number so small beside the width that nothing is left of it is still below zero.
    if widths == 0.0 && prediction < 0.0 {
        return -1;
    }
    widths.floor() as i64
}

/// `number / 2^power`, without rounding for numbers that are of a size with it.
fn scaled_down(number: f64, power: i32) -> f64 {
    let half = power / 2;
    let factor = |power: i32| f64::from_bits(((1023 - power) as u64) << 52);
    number * factor(half) * factor(power - half)
}

/// The exponent of the power of two that is not above a number; of 0 that of the smallest.
fn exponent(number: f64) -> i32 {
    ((number.to_bits() >> 52 & 0x7ff) as i32).max(1) - 1023
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_numbers() {
        let steps = [0.0, 0.031, 1.0, 1.2, 4.0, 73.0, 1e-12].map(nice);
        assert_eq!(steps, [0.0, 0.05, 1.0, 2.0, 5.0, 100.0, 1e-12]);
    }

    #[test]
    fn bins_are_as_narrow_as_their_number_allows() {
        assert_eq!(width(0.0, 255.9), 0);
        assert_eq!(width(0.0, 256.0), 1);
        assert_eq!(width(-1.0, 254.0), 0);
        assert_eq!(place(-0.5, 0), -1);
        assert_eq!(place(7.0, 1), 3);
        for extreme in [0.0, 5e-324, f64::MIN_POSITIVE, f64::MAX] {
            let width = width(-extreme, extreme);
            assert!(place(extreme, width) - place(-extreme, width) < MOST_BINS);
        }
    }
}
