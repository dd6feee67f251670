//! How sure a score is, and that one model is better than another: a bootstrap over rows.
//!
//! Rows are drawn with replacement, as many as there are, and all models are scored on the rows
//! that were drawn; so what makes a row hard counts for all alike. That again and again gives the
//! distribution of a score and of the difference of two, whose percentiles are the ends of an interval
//! (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 6 and 13), and the share
//! of the draws in which the one model is better is how sure that is (Koehn, "Statistical Significance
//! Tests for Machine Translation Evaluation", 2004). The standard deviation of the draws is the
//! standard error (Efron and Tibshirani, chapter 6).
//!
//! The generator is xoshiro256++, and rows are numbered in the order of the data, so that the same
//! seed and rows give the same bits, in however many batches and parts the rows came.

use std::collections::BTreeMap;

use mlhost_plugin::{Better, Error, Result};
use mlhost_statistics::Moments;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resampled::Resampled;

/// How sure scores and their differences are to be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The metrics that are resampled.
    pub metrics: BTreeMap<String, Demand>,
    /// How many draws of the rows there are.
    #[serde(default = "resamples")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub resamples: u32,
    /// Where the random numbers start.
    #[serde(default)]
    pub seed: u64,
}

/// What is asked of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// By how much the first model is to be better at least.
    #[serde(default)]
    pub margin: f64,
    /// How much of the distribution an interval holds.
    #[serde(default = "confidence")]
    pub confidence: f64,
}

/// What the draws say of the score of a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    /// The ends of the percentile interval.
    pub(crate) ends: Option<(f64, f64)>,
    /// The standard error: of a mean over rows, that of the mean; else the standard deviation of the
    /// draws.
    pub(crate) standard_error: Option<f64>,
}

/// What the draws say of the difference of two models, the first minus the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Difference {
    /// On all rows as they are.
    pub(crate) difference: f64,
    /// Of means over rows the standard error is that of the mean of the differences of the rows.
    pub(crate) interval: Interval,
    /// The share of the draws in which the first is better, by the margin at least. A draw for
    /// which the metric does not exist is none of them.
    pub(crate) probability: f64,
}

impl Bootstrap {
    /// Refuses what makes no sense.
    pub(crate) fn check(&self, known: &[&str]) -> Result<()> {
        if !(1..=1_000_000).contains(&self.resamples) {
            let message = "it is a number from 1 to 1000000";
            return Err(Error::params("/bootstrap/resamples", message));
        }
        for (metric, demand) in &self.metrics {
            let at = format!("/bootstrap/metrics/{metric}");
            if !known.contains(&metric.as_str()) {
                let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                let known = known.join(", ");
                let message = format!("`{metric}` cannot be resampled: only {known} can");
                return Err(Error::params(at, message));
            }
            if !(demand.margin.is_finite() && demand.margin >= 0.0) {
                let message = "a margin is a number from 0";
                return Err(Error::params(format!("{at}/margin"), message));
            }
            if !(demand.confidence > 0.0 && demand.confidence < 1.0) {
                let message = "a confidence lies between 0 and 1";
                return Err(Error::params(format!("{at}/confidence"), message));
            }
        }
        Ok(())
    }

    /// Draws of `rows` rows. All metrics and all pairs of models get the same ones.
    pub(crate) fn draws(&self, rows: usize) -> Result<Draws> {
        let rows = u32::try_from(rows).map_err(|_| {
            let message = "no more than 4294967295 rows can be resampled";
            Error::params("/bootstrap", message)
        })?;
        Ok(Draws {
            random: Xoshiro256PlusPlus::seed_from_u64(self.seed),
            counts: vec![0; rows as usize],
            rows,
        })
    }
}

impl Demand {
    /// Whether a difference is as great as is wanted.
    fn is_met(&self, difference: f64, better: Better) -> bool {
        let ahead = match better {
            Better::Higher => difference,
            Better::Lower => -difference,
        };
        ahead > 0.0 && ahead >= self.margin
    }
}

/// Draws of rows, one after the other.
pub(crate) struct Draws {
    random: Xoshiro256PlusPlus,
    counts: Vec<u32>,
    rows: u32,
}

impl Draws {
    /// How often each row was drawn this time.
    fn next(&mut self) -> &[u32] {
        self.counts.fill(0);
        let mut left = self.rows;
        while left > 0 {
            let random = self.random.next_u64();
            for half in [random >> 32, random & u64::from(u32::MAX)] {
                if left > 0 {
                    // Lemire's multiplication instead of a remainder. No row is more likely than
                    // another by more than the number of rows in 2^32.
                    let row = (half * u64::from(self.rows)) >> 32;
                    self.counts[row as usize] += 1;
                    left -= 1;
                }
            }
        }
        &self.counts
    }
}

/// One metric of all models on the same rows.
pub(crate) struct Asked<'a> {
    pub(crate) metric: &'a str,
    pub(crate) demand: Demand,
    pub(crate) better: Better,
    /// Of each model, where it has the metric.
    pub(crate) models: Vec<Option<Box<dyn Resampled>>>,
}

/// A metric of all models, on all rows and in every draw; nothing where it does not exist.
pub(crate) struct Drawn<'a> {
    pub(crate) asked: Asked<'a>,
    whole: Vec<Option<f64>>,
    draws: Vec<Vec<Option<f64>>>,
}

/// Computes the metrics again and again.
pub(crate) fn draw(asked: Vec<Asked<'_>>, resamples: u32, mut draws: Draws) -> Vec<Drawn<'_>> {
    let each_row_once = vec![1; draws.counts.len()];
    let mut drawn: Vec<Drawn<'_>> = asked
        .into_iter()
        .map(|asked| Drawn {
            whole: asked.values(&each_row_once),
            draws: Vec::with_capacity(resamples as usize),
            asked,
        })
        .collect();
    for _ in 0..resamples {
        let counts = draws.next();
        for metric in &mut drawn {
            metric.draws.push(metric.asked.values(counts));
        }
    }
    drawn
}

impl Asked<'_> {
    fn values(&self, counts: &[u32]) -> Vec<Option<f64>> {
        let models = self.models.iter();
        let values = models.map(|model| model.as_ref()?.value(counts));
        values
            .map(|value| value.filter(|value| value.is_finite()))
            .collect()
    }

    fn of_rows(&self, model: usize) -> Option<&[f64]> {
        self.models[model].as_ref()?.of_rows()
    }
}

impl Drawn<'_> {
    /// What the draws say of a model, by its place; nothing where its metric does not exist.
    pub(crate) fn interval(&self, model: usize) -> Option<Interval> {
        self.whole[model]?;
        let drawn = self.draws.iter().filter_map(|values| values[model]);
        let of_rows = self.asked.of_rows(model);
        let of_mean = of_rows.and_then(|rows| standard_error_of_mean(rows.iter().copied()));
        Some(self.interval_of(drawn.collect(), of_mean))
    }

    /// What the draws say of the difference of two models.
    pub(crate) fn difference(&self, first: usize, second: usize) -> Option<Difference> {
        let difference = |values: &[Option<f64>]| {
            let difference = values[first]? - values[second]?;
            difference.is_finite().then_some(difference)
        };
        let drawn = self.draws.iter().filter_map(|values| difference(values));
        let drawn: Vec<f64> = drawn.collect();
        let demand = self.asked.demand;
        let met = drawn.iter();
        let met = met.filter(|one| demand.is_met(**one, self.asked.better));
        let probability = met.count() as f64 / self.draws.len() as f64;
        let rows = self.asked.of_rows(first).zip(self.asked.of_rows(second));
        let of_mean = rows.and_then(|(first, second)| {
            let rows = first.iter().zip(second);
            standard_error_of_mean(rows.map(|(first, second)| first - second))
        });
        Some(Difference {
            difference: difference(&self.whole)?,
            interval: self.interval_of(drawn, of_mean),
            probability,
        })
    }

    fn interval_of(&self, mut drawn: Vec<f64>, of_mean: Option<f64>) -> Interval {
        let standard_error = of_mean.or_else(|| standard_deviation(&drawn));
        drawn.sort_unstable_by(f64::total_cmp);
        let end = |share| quantile(&drawn, share);
        let outside = (1.0 - self.asked.demand.confidence) / 2.0;
        Interval {
            ends: end(outside).zip(end(1.0 - outside)),
            standard_error,
        }
    }
}

/// The standard error of the mean of something that each row has.
fn standard_error_of_mean(rows: impl Iterator<Item = f64>) -> Option<f64> {
    let rows: Vec<f64> = rows.collect();
    Some(standard_deviation(&rows)? / (rows.len() as f64).sqrt())
}

/// The value that a share of the sorted values does not exceed, with linear interpolation as
/// numpy's `quantile` has it.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    Some(below + (above - below) * place.fract())
}

/// That of a sample; there is none of a single value.
fn standard_deviation(values: &[f64]) -> Option<f64> {
    let mut moments = Moments::default();
    moments.update(values);
    moments.sample_standard_deviation()
}

fn resamples() -> u32 {
    1000
}

fn confidence() -> f64 {
    0.95
}
