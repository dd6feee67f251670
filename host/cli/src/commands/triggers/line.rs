//! What is said of a run that nobody has started by hand: one line.

use mlhost_engine::{RegisteredModel, RunReport, TriggerRecord};
use mlhost_store::{Outcome, RunId};
use serde::Serialize;

use crate::error::Failure;
use crate::text;

/// A run, or that there was none.
#[derive(Serialize)]
pub(super) struct Line {
    pipeline: String,
    /// None if the pipeline was refused before it ran.
    run: Option<RunId>,
    outcome: Outcome,
    summary: String,
    seconds: f64,
    models: Vec<RegisteredModel>,
    trigger: TriggerRecord,
}

impl Line {
    pub(super) fn of(report: &RunReport, trigger: TriggerRecord) -> Self {
        Self {
            pipeline: report.record.pipeline.clone(),
            run: Some(report.id),
            outcome: report.outcome,
            summary: report.summary.clone(),
            seconds: report.record.seconds,
            models: report.record.models.clone(),
            trigger,
        }
    }

    pub(super) fn of_refused(pipeline: &str, failure: &Failure, trigger: TriggerRecord) -> Self {
        Self {
            pipeline: pipeline.to_owned(),
            run: None,
            outcome: Outcome::Refused,
            summary: failure.message(),
            seconds: 0.0,
            models: Vec::new(),
            trigger,
        }
    }

    pub(super) fn words(&self) -> String {
        let (pipeline, outcome, trigger) = (&self.pipeline, self.outcome, &self.trigger);
        let summary = self.summary.lines().next().unwrap_or_default();
        match self.run {
            Some(run) => {
                let time = text::seconds(self.seconds);
                format!("run {run} of `{pipeline}`: {outcome} in {time} ({trigger}): {summary}")
            }
            None => format!("no run of `{pipeline}`: {outcome} ({trigger}): {summary}"),
        }
    }
}
