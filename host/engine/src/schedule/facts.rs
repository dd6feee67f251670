//! What is known of the steps that have ended: what the expressions of a pipeline ask for.

use std::collections::HashMap;

use mlhost_pipeline::expression::{Lookup, Name, Values, Within};
use mlhost_sandbox::Outcome;
use serde_json::{Map, Value, json};

use crate::{StepRecord, StepStatus};

/// What is known of one step.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) status: StepStatus,
    rows: u64,
    outcome: Option<Outcome>,
}

impl Facts {
    pub(crate) fn of(record: &StepRecord) -> Self {
        Self {
            status: record.status,
            rows: record.cached_rows.unwrap_or(record.rows),
            outcome: record.outcome.clone(),
        }
    }

    /// Of a step that did its work, with what it reported.
    pub(crate) fn done(outcome: Option<Outcome>) -> Self {
        Self {
            status: StepStatus::Done,
            rows: 0,
            outcome,
        }
    }

    /// The same, with how many rows it has read.
    pub(crate) fn with_rows(self, rows: u64) -> Self {
        Self { rows, ..self }
    }

    /// Of a step of which there is nothing but how it ended.
    pub(crate) fn of_status(status: StepStatus) -> Self {
        Self {
            status,
            rows: 0,
            outcome: None,
        }
    }

    /// Whether it failed or was refused.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.status, StepStatus::Failed | StepStatus::Refused)
    }

    /// The value of a metric that stands for the whole.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        self.outcome.as_ref()?.headline(name)?.value
    }

    /// Which of two values of a metric is the better one, if the report says.
    pub(crate) fn better(&self, metric: &str) -> Option<mlhost_sandbox::Better> {
        self.outcome.as_ref()?.headline(metric)?.better
    }

    /// How many rows it has looked at. What it reports of that is better than what it has read:
    /// where rows are appended to what was read before, only the new ones are.
    fn rows(&self) -> u64 {
        match self.metric("rows") {
            Some(rows) if rows >= 0.0 => rows as u64,
            _ => self.rows,
        }
    }

    fn field(&self, field: &str) -> Lookup {
        let not_done = || Lookup::NotDone(self.status.word().to_owned());
        match field {
            "outcome" => return Lookup::Value(json!(self.status.word())),
            "rows" => return Lookup::Value(json!(self.rows())),
            _ => {}
        }
        let Some(outcome) = &self.outcome else {
            return match self.status {
                StepStatus::Done => Lookup::Missing,
                _ => not_done(),
            };
        };
        match field {
            "verdict" => Lookup::Value(json!(outcome.verdict)),
            "findings" => Lookup::Value(json!(outcome.findings)),
            metric => match outcome.headline(metric) {
                Some(metric) => Lookup::Metric(metric.value.unwrap_or(f64::NAN)),
                None => Lookup::Missing,
            },
        }
    }

    /// The names of its metrics that stand for the whole.
    pub(crate) fn metrics(&self) -> Vec<String> {
        let metrics = self.outcome.iter().flat_map(|outcome| &outcome.metrics);
        let metrics = metrics.filter(|metric| metric.labels.is_empty());
        let mut names: Vec<String> = metrics.map(|metric| metric.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of its fields: what every step has, and its metrics.
    pub(crate) fn fields(&self) -> Vec<String> {
        let mut fields = self.metrics();
        let report = self.outcome.as_ref().map(|_| ["verdict", "findings"]);
        fields.extend(report.into_iter().flatten().map(str::to_owned));
        fields.extend(["outcome", "rows"].map(str::to_owned));
        // A metric may be called as what every step has.
        let mut seen = std::collections::HashSet::new();
        fields.retain(|field| seen.insert(field.clone()));
        fields
    }
}

/// The names of an expression as they are meant at one place of a pipeline.
pub(crate) struct Scope<'a> {
    pub(crate) params: &'a Map<String, Value>,
    /// The variables of the loop that the expression is in.
    pub(crate) each: Option<&'a Map<String, Value>>,
    /// What is known of a step, by the name that it has in the file.
    pub(crate) steps: HashMap<String, &'a Facts>,
}

impl Values for Scope<'_> {
    fn value_of(&self, name: &Name) -> Lookup {
        let value = |map: &Map<String, Value>, name: &str| match map.get(name) {
            Some(value) => Lookup::Value(value.clone()),
            None => Lookup::Missing,
        };
        match name {
            Name::Param(name) => value(self.params, name),
            Name::Each(name) => self.each.map_or(Lookup::Missing, |each| value(each, name)),
            Name::Field { step, field } => match self.steps.get(step) {
                Some(facts) => facts.field(field),
                None => Lookup::NotDone("skipped".to_owned()),
            },
        }
    }

    fn names(&self, within: Within<'_>) -> Vec<String> {
        match within {
            Within::Params => self.params.keys().cloned().collect(),
            Within::Each => self.each.into_iter().flat_map(Map::keys).cloned().collect(),
            Within::Steps => self.steps.keys().cloned().collect(),
            Within::Fields(step) => self
                .steps
                .get(step)
                .map(|facts| facts.fields())
                .unwrap_or_default(),
        }
    }
}
