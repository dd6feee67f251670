//! The metric that the models of an experiment are compared by: what the user names, else what the
//! gate of the pipeline is on, else what is usual for the task.

use mlhost_pipeline::{Direction, Kind};
use mlhost_sandbox::{Metric, Outcome};
use mlhost_store::{Model, RunId, Store, StoredModel};
use serde::Serialize;

use crate::{GateRecord, Result, RunRecord, StepRecord, gates::direction};

/// Why the models are compared by this metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricOrigin {
    /// The user names it.
    Option,
    /// The gate of the pipeline is on it.
    Gate,
    /// It is what models of this kind are compared by if nobody says more.
    Default,
}

/// A metric, and what is known of it beforehand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) metric: String,
    pub(super) origin: MetricOrigin,
    /// Which way it is good, as the pipeline says it.
    pub(super) better: Option<Direction>,
}

/// How a model was judged in its run.
pub(super) struct Recorded {
    pub(super) evaluation: StepRecord,
    /// What the run calls the model.
    trained_by: String,
}

impl Recorded {
    /// What a run has kept of the evaluation of a model: of several that which has a gate that
    /// compares, else that which has any gate, else the first.
    pub(super) fn of(
        store: &Store,
        model: &StoredModel,
        run: Option<RunId>,
    ) -> Result<Option<Self>> {
        let Some((run, last)) = run.zip(model.model.chain.last()) else {
            return Ok(None);
        };
        let (_, record) = RunRecord::read(store, run)?;
        let steps = record.into_iter().flat_map(|record| record.steps);
        let mut evaluations: Vec<_> = steps
            .filter(|step| step.kind == Kind::Evaluator)
            .filter(|step| step.states.iter().any(|state| state.name == last.step))
            .collect();
        let compares = |gate: &GateRecord| gate.gate.better_than.is_some();
        evaluations.sort_by_key(|step| match step.gates.as_slice() {
            gates if gates.iter().any(compares) => 0,
            [] => 2,
            _ => 1,
        });
        let evaluation = evaluations.into_iter().next();
        Ok(evaluation.map(|evaluation| Self {
            evaluation,
            trained_by: last.step.clone(),
        }))
    }

    /// The value that a metric had in that run.
    pub(super) fn value(&self, metric: &str) -> Option<f64> {
        self.metrics().find(|found| found.name == metric)?.value
    }

    /// The headline numbers of the model.
    fn metrics(&self) -> impl Iterator<Item = &Metric> {
        let outcome: Option<&Outcome> = self.evaluation.outcome.as_ref();
        let metrics = outcome.into_iter().flat_map(|outcome| &outcome.metrics);
        metrics.filter(|metric| match metric.labels.len() {
            0 => true,
            1 => metric.labels.get("model") == Some(&self.trained_by),
            _ => false,
        })
    }

    /// The gate that decides which of two models is better: one that compares, or else the first on
    /// a metric that is good in one way.
    fn gate(&self) -> Option<(&GateRecord, Option<Direction>)> {
        let known = |gate: &GateRecord| {
            let mut metrics = self.metrics();
            let found = metrics.find(|metric| metric.name == gate.gate.metric);
            said(gate).or(found.and_then(|metric| metric.better).map(direction))
        };
        let gates = self.evaluation.gates.iter();
        let mut gates: Vec<_> = gates.map(|gate| (gate, known(gate))).collect();
        gates.retain(|(gate, better)| gate.gate.better_than.is_some() || better.is_some());
        let compares = gates
            .iter()
            .find(|(gate, _)| gate.gate.better_than.is_some());
        compares.or(gates.first()).copied()
    }
}

/// Which way is good, as a gate that compares has it.
fn said(gate: &GateRecord) -> Option<Direction> {
    let asked = gate.gate.better_than.as_ref()?;
    let compared = gate.comparison.as_ref();
    asked
        .better
        .or(compared.and_then(|comparison| comparison.better))
}

impl Choice {
    /// The metric that is asked for, else that of the gate, else what is usual for the task.
    pub(super) fn of(recorded: Option<&Recorded>, model: &Model, asked: Option<&str>) -> Self {
        let gate = recorded.and_then(Recorded::gate);
        let of_gate = |metric: &str| {
            let (gate, better) = gate?;
            (gate.gate.metric == metric).then_some(better)?
        };
        if let Some(metric) = asked {
            return Self {
                metric: metric.to_owned(),
                origin: MetricOrigin::Option,
                better: of_gate(metric),
            };
        }
        if let Some((gate, better)) = gate {
            return Self {
                metric: gate.gate.metric.clone(),
                origin: MetricOrigin::Gate,
                better,
            };
        }
        Self {
            metric: usual(recorded, model),
            origin: MetricOrigin::Default,
            better: None,
        }
    }
}

/// `rmse` for numbers, `log_loss` for classes with probabilities, `accuracy` for others; where an
/// evaluator knows none of them, the first of its metrics that is good in one way.
fn usual(recorded: Option<&Recorded>, model: &Model) -> String {
    let reported: Vec<&Metric> = recorded.into_iter().flat_map(Recorded::metrics).collect();
    let has = |name: &&&str| reported.iter().any(|metric| metric.name == **name);
    let known = ["rmse", "log_loss", "accuracy"];
    let first = || reported.iter().find(|metric| metric.better.is_some());
    let name = known.iter().find(has).copied();
    let name = name.or_else(|| first().map(|metric| metric.name.as_str()));
    name.unwrap_or(Task::of(model).metric()).to_owned()
}

/// What a model predicts, as its signature has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Numbers,
    Classes,
    Probabilities,
}

impl Task {
    pub(super) fn of(model: &Model) -> Self {
        let outputs = &model.signature.outputs;
        let mut names = outputs.iter().map(|column| column.name.as_str());
        let is_of_numbers = |kind: &str| matches!(kind, "float" | "double");
        if names.any(|name| name.starts_with("probability_")) {
            Self::Probabilities
        } else if outputs.iter().any(|column| is_of_numbers(&column.kind)) {
            Self::Numbers
        } else {
            Self::Classes
        }
    }

    fn metric(self) -> &'static str {
        match self {
            Self::Numbers => "rmse",
            Self::Classes => "accuracy",
            Self::Probabilities => "log_loss",
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Numbers => "regression",
            Self::Classes | Self::Probabilities => "classification",
        }
    }
}
