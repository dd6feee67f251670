//! A model's numbers in the order in which they are shown, and how they read in a
//! sentence.

use mlhost_plugin::{Better, Metric};
use serde_json::{Map, Value, json};

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Score {
    name: &'static str,
    value: f64,
}

/// The numbers of one model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scores(Vec<Score>);

impl Scores {
    /// Adds a number, where it exists.
    pub(crate) fn add(&mut self, name: &'static str, value: Option<f64>) {
        // Sums of huge numbers overflow, and infinity is no score.
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.0.push(Score { name, value });
        }
    }

    /// The metrics with these labels.
    pub(crate) fn metrics(&self, labels: &[(String, String)]) -> impl Iterator<Item = Metric> {
        self.0.iter().map(move |score| Metric {
            name: score.name.to_owned(),
            value: score.value,
            labels: labels.to_vec(),
            better: Some(better(score.name)),
        })
    }

    /// The names of all numbers that some of these have, for a table's head.
    pub(crate) fn names_of<'a>(all: impl Iterator<Item = &'a Self>) -> Vec<&'static str> {
        let mut names = vec![];
        for score in all.flat_map(|scores| &scores.0) {
            if !names.contains(&score.name) {
                names.push(score.name);
            }
        }
        names
    }

    /// The number of this name.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        let mut scores = self.0.iter();
        let found = scores.find(|score| score.name == name);
        found.map(|score| score.value)
    }

    /// Name and value of each number, as JSON.
    pub(crate) fn details(&self) -> Map<String, Value> {
        let scores = self.0.iter();
        scores
            .map(|score| (score.name.to_owned(), json!(score.value)))
            .collect()
    }
}

/// Which way a score is good.
pub(crate) fn better(name: &str) -> Better {
    match name {
        "rmse"
        | "mae"
        | "median_absolute_error"
        | "max_error"
        | "mape"
        | "mean_pinball_loss"
        | "log_loss"
        | "brier_score"
        | "expected_calibration_error" => Better::Lower,
        _ => Better::Higher,
    }
}

/// Whether a sentence mentions a score that there is; the others are among the metrics.
fn is_headline(name: &str) -> bool {
    !matches!(
        name,
        "r2_adjusted"
            | "max_error"
            | "mape"
            | "explained_variance"
            | "balanced_accuracy"
            | "matthews_corrcoef"
            | "average_precision"
            | "brier_score"
            | "expected_calibration_error"
    )
}

/// `r2 0.8512, rmse 12.31, mae 8.04`
impl std::fmt::Display for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Where there is a positive class, its scores are those that people ask for.
        let is_binary = self.value("f1").is_some();
        let shown = self.0.iter();
        let shown = shown.filter(|score| {
            is_headline(score.name) && !(is_binary && score.name.ends_with("_macro"))
        });
        for (place, Score { name, value }) in shown.enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {}", four_digits(*value))?;
        }
        Ok(())
    }
}

/// A number with four significant digits, and with all digits before its point.
pub(crate) fn four_digits(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || size >= 1e15 {
        return format!("{value}");
    }
    if size < 1e-4 {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - size.log10().floor()).max(0.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::four_digits;

    #[test]
    pub(crate) fn four_digits_are_shown_of_any_number() {
        let shown = [0.0, 0.851_249, 12.3456, -8.0, 123_456.7, 0.000_012_345].map(four_digits);
        assert_eq!(
            shown,
            ["0", "0.8512", "12.35", "-8.000", "123457", "1.234e-5"]
        );
    }
}
