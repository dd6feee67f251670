//! A model's numbers in the order in which they are shown, and how they read in a
//! sentence.

use mlhost_plugin::{Better, Metric};
use serde_json::{Map, Value, json};

/// One number and what tells it from others of its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Score {
    name: &'static str,
    average: Option<&'static str>,
    value: f64,
}

/// The numbers of one model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scores(Vec<Score>);

impl Scores {
    /// Adds a number, where it exists.
    pub(crate) fn add(&mut self, name: &'static str, value: Option<f64>) {
        self.push(name, None, value);
    }

    /// Adds a number that is an average of one kind over the classes.
    pub(crate) fn add_average(&mut self, name: &'static str, average: &'static str, value: f64) {
        self.push(name, Some(average), Some(value));
    }

    fn push(&mut self, name: &'static str, average: Option<&'static str>, value: Option<f64>) {
        // Sums of huge numbers overflow, and infinity is no score.
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.0.push(Score {
                name,
                average,
                value,
            });
        }
    }

    /// The metrics, labelled with the model where there is more than one.
    pub(crate) fn metrics(&self, model: Option<&str>) -> impl Iterator<Item = Metric> {
        self.0.iter().map(move |score| {
            let label = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let average = score.average.map(|average| ("average", average));
            let model = model.map(|model| ("model", model));
            Metric {
                name: score.name.to_owned(),
                value: score.value,
                labels: model.into_iter().chain(average).map(label).collect(),
                better: Some(better(score.name)),
            }
        })
    }

    /// The names of the numbers, for a table's head: `rmse`, `f1 (macro)`.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|score| match score.average {
            Some(average) => format!("{} ({average})", score.name),
            None => score.name.to_owned(),
        })
    }

    /// The number that [`Scores::names`] calls so.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        let mut scores = self.names().zip(&self.0);
        scores
            .find(|(other, _)| other == name)
            .map(|(_, score)| score.value)
    }

    /// Name and value of each number, as JSON.
    pub(crate) fn details(&self) -> Map<String, Value> {
        let values = self.0.iter().map(|score| json!(score.value));
        self.names().zip(values).collect()
    }
}

/// Which way a score is good.
pub(crate) fn better(name: &str) -> Better {
    match name {
        "rmse" | "mae" | "median_absolute_error" | "log_loss" => Better::Lower,
        _ => Better::Higher,
    }
}

/// `r2 0.8512, rmse 12.31, mae 8.04`
impl std::fmt::Display for Scores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, (name, score)) in self.names().zip(&self.0).enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {}", four_digits(score.value))?;
        }
        Ok(())
    }
}

/// A number with four significant digits, and with all digits before its point.
fn four_digits(value: f64) -> String {
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
    fn four_digits_are_shown_of_any_number() {
        let shown = [0.0, 0.851_249, 12.3456, -8.0, 123_456.7, 0.000_012_345].map(four_digits);
        assert_eq!(
            shown,
            ["0", "0.8512", "12.35", "-8.000", "123457", "1.234e-5"]
        );
    }
}
