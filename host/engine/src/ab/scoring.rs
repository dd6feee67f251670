//! Scores the contestants on the same rows, and tells how each challenger differs from the champion.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_pipeline::Direction;
use mlhost_sandbox::{Context, Outcome};

use super::{AbError, judge::Judge};
use crate::{
    Error, FittedModel, NoObserver, Result,
    dataset::{Dataset, Scored},
    error::unwrapped,
    fold::{Fold, fold_all},
    gate_check::resampled_metric,
    gates::direction,
    observer::Reading,
    permits::Permits,
    results::Results,
    run_options::available_jobs,
};

/// What is known of the contestants on the rows.
pub(super) struct Scoring<'a> {
    judge: &'a Judge,
    /// The champion and its state, then each challenger.
    states: Vec<(String, Vec<u8>)>,
    /// What the evaluator says of the champion beside the first challenger.
    outcome: Outcome,
    confidence: f64,
}

/// How a challenger differs from the champion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Difference {
    /// The challenger's metric.
    pub(super) value: f64,
    /// The same minus that of the champion.
    pub(super) difference: f64,
    /// The ends of the interval of the difference.
    pub(super) lower: f64,
    pub(super) upper: f64,
    /// Where the evaluator tells it.
    pub(super) standard_error: Option<f64>,
}

impl<'a> Scoring<'a> {
    /// Reads the rows once, for all contestants; the champion is the first of them.
    pub(super) fn of(
        judge: &'a Judge,
        models: &[FittedModel],
        table: &Arc<dyn Table>,
        confidence: f64,
    ) -> Result<Self> {
        let params = judge.params(confidence).to_string();
        let source = Dataset::of(table.clone());
        let fold = |model: &FittedModel| {
            let context = model.context();
            let chain = model.chain().clone();
            let stage = Scored::new(chain, context.clone(), &table.schema())?;
            Ok(Fold {
                plugin: judge.found.plugin.clone(),
                context,
                params: params.clone(),
                reading: Reading {
                    step: model.name(),
                    observer: Arc::new(NoObserver),
                    total: table.num_rows(),
                },
                dataset: source.clone().then(stage),
                again: false,
            })
        };
        let folds: Vec<_> = models.iter().map(fold).collect::<Result<_>>()?;
        let permits = Permits::new(available_jobs());
        let _permit = permits.spare();
        let states = fold_all(&folds, &permits, &Results::default());
        let states = states.map_err(|failed| judge.refusal(*failed.error))?;
        let names = models.iter().map(FittedModel::name);
        let states: Vec<_> = names.zip(states).collect();
        let outcome = assess(judge, &states, 1, confidence)?;
        Ok(Self {
            judge,
            states,
            outcome,
            confidence,
        })
    }

    /// How many rows have a truth, where the evaluator tells it.
    pub(super) fn rows(&self) -> Option<u64> {
        self.count("rows")
    }

    /// How many have none.
    pub(super) fn rows_without_target(&self) -> Option<u64> {
        self.count("rows_without_target")
    }

    fn count(&self, metric: &str) -> Option<u64> {
        let value = value(&self.outcome, metric, &self.states[0].0)?;
        Some(value as u64)
    }

    /// Which way the metric is good.
    pub(super) fn better(&self) -> Result<Direction> {
        let choice = &self.judge.choice;
        let champion = [("model", self.states[0].0.as_str())];
        let found = self.outcome.labelled(&choice.metric, &champion);
        let announced = found.and_then(|metric| metric.better).map(direction);
        let metric = choice.metric.clone();
        let better = choice.better.or(announced);
        better.ok_or_else(|| AbError::NoDirection { metric }.into())
    }

    /// The metric of the champion.
    pub(super) fn champion(&self) -> Result<f64> {
        let champion = &self.states[0].0;
        let value = value(&self.outcome, &self.judge.choice.metric, champion);
        value.ok_or_else(|| self.missing(champion))
    }

    /// How a challenger, counted from 0, differs from the champion.
    pub(super) fn difference(&self, at: usize, confidence: f64) -> Result<Difference> {
        let outcome = self.assess(at, confidence)?;
        let (champion, challenger) = (&self.states[0].0, &self.states[at + 1].0);
        let metric = &self.judge.choice.metric;
        let statistic = |which| {
            let labels = [
                ("model", challenger.as_str()),
                ("than", champion),
                ("statistic", which),
            ];
            outcome.labelled(metric, &labels)?.value
        };
        let told = |which| statistic(which).ok_or_else(|| self.missing(challenger));
        let value = value(&outcome, metric, challenger);
        Ok(Difference {
            value: value.ok_or_else(|| self.missing(challenger))?,
            difference: told("difference")?,
            lower: told("lower")?,
            upper: told("upper")?,
            standard_error: statistic("standard_error"),
        })
    }

    fn assess(&self, at: usize, confidence: f64) -> Result<Outcome> {
        match at {
            0 if confidence == self.confidence => Ok(self.outcome.clone()),
            at => assess(self.judge, &self.states, at + 1, confidence),
        }
    }

    fn missing(&self, model: &str) -> Error {
        AbError::NoValue {
            model: model.to_owned(),
            metric: self.judge.choice.metric.clone(),
        }
        .into()
    }
}

/// What the evaluator says of a challenger beside the champion, which is the first of the states.
fn assess(
    judge: &Judge,
    states: &[(String, Vec<u8>)],
    challenger: usize,
    confidence: f64,
) -> Result<Outcome> {
    let pair = [states[challenger].clone(), states[0].clone()];
    let context = Context::new(format!("{} against {}", pair[0].0, pair[1].0));
    let params = judge.params(confidence).to_string();
    let outcome = judge.found.plugin.assess(&context, &params, &pair);
    outcome.map_err(|error| judge.refusal(Error::Sandbox(error)))
}

fn value(outcome: &Outcome, metric: &str, model: &str) -> Option<f64> {
    outcome.labelled(metric, &[("model", model)])?.value
}

impl Judge {
    /// An error of the evaluator, in which a metric that it cannot resample is what was asked.
    fn refusal(&self, error: Error) -> Error {
        let error = unwrapped(error);
        let metric = &self.choice.metric;
        match (&error, resampled_metric(&error)) {
            (Error::Sandbox(sandbox), Some(found)) if found == metric => {
                let reason = sandbox.reported().map(|reported| reported.message.clone());
                AbError::WrongMetric {
                    metric: metric.clone(),
                    reason: reason.unwrap_or_default(),
                }
                .into()
            }
            _ => error,
        }
    }
}
