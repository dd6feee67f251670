//! What became of loops, for the record, and the names of the steps in them.

use mlhost_pipeline::Loop;
use serde::{Deserialize, Serialize};

use super::{Map, Result, Schedule, Value};
use crate::StepStatus;

/// What became of a loop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoopOutcome {
    /// The step with the loop.
    pub name: String,
    /// The steps of an iteration, in the order of the file.
    #[serde(default)]
    pub body: Vec<String>,
    /// The metric that its iterations are judged by, as `step.metric`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The number of the iteration that was handed on, counted from one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<usize>,
    /// The iterations that it came to, in their order.
    pub iterations: Vec<IterationOutcome>,
}

impl LoopOutcome {
    /// Whether a step is one of an iteration that is not handed on.
    pub fn leaves_out(&self, step: &str) -> bool {
        let Some((written, index)) = instance_of(step) else {
            return false;
        };
        let is_in_body = self.body.iter().any(|name| name == written);
        is_in_body && self.selected.is_some_and(|selected| selected != index)
    }

    /// Whether a step is in an iteration.
    pub fn holds(&self, step: &str) -> bool {
        instance_of(step).is_some_and(|(written, _)| self.body.iter().any(|name| name == written))
    }
}

/// The name in the file of a step of the plan.
pub(crate) fn written_name(step: &str) -> &str {
    instance_of(step).map_or(step, |(written, _)| written)
}

/// Whether a name means this step of a plan: its own, or that which it has in the file.
pub(crate) fn is_meant(step: &str, name: &str) -> bool {
    step == name || written_name(step) == name
}

/// The names in the file of some steps of a plan, each once.
pub(crate) fn written_names<'a>(steps: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for step in steps {
        let written = written_name(step);
        if names.last().is_none_or(|last| last != written) && !names.iter().any(|n| n == written) {
            names.push(written.to_owned());
        }
    }
    names
}

/// The name in the file of a step of an iteration, and the number of that, counted from one.
fn instance_of(step: &str) -> Option<(&str, usize)> {
    let (written, index) = step.strip_suffix(']')?.split_once('[')?;
    Some((written, index.parse().ok()?))
}

/// What became of one iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IterationOutcome {
    /// The values of the variables of the loop.
    pub values: Map<String, Value>,
    /// How its first step ended, or the worst of all those that the loop is for.
    pub status: StepStatus,
    /// The metric that it is judged by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<f64>,
}

impl Schedule {
    /// Finds what each loop hands on, also where nobody has asked for it.
    ///
    /// # Errors
    /// When a loop is judged by a metric that is not reported, or of which nobody says which value
    /// is the best.
    pub(crate) fn conclude_loops(&mut self) -> Result<()> {
        let pipeline = self.pipeline.clone();
        let mut loops = pipeline.loops.values().filter(|of| of.hands_on_one());
        loops.try_for_each(|of| self.hand_on(of).map(|_| ()))
    }

    /// What became of the loops.
    pub(crate) fn loops(&mut self) -> Vec<LoopOutcome> {
        let pipeline = self.pipeline.clone();
        pipeline
            .loops
            .values()
            .map(|of| self.loop_outcome(of))
            .collect()
    }

    /// How the steps that a loop is for have ended in an iteration: as the worst of them, if any
    /// has. Where one waits until the loop has selected, what judges it has a say.
    pub(super) fn status_of(&self, of: &Loop, index: usize) -> Option<StepStatus> {
        let judge = of
            .select
            .as_ref()
            .filter(|_| self.deferred.contains_key(&of.name));
        let judge = judge.and_then(|select| self.iteration(of, &select.step, index));
        let ended = self.beginning(of, index).chain(judge).filter_map(|at| {
            let facts = self.facts(&self.nodes[at].name)?;
            Some(facts.status)
        });
        let weight = |status: &StepStatus| match status {
            StepStatus::Skipped => 0,
            StepStatus::Done => 1,
            StepStatus::Cancelled => 2,
            StepStatus::Refused => 3,
            StepStatus::Failed => 4,
        };
        ended.max_by_key(weight)
    }

    fn loop_outcome(&mut self, of: &Loop) -> LoopOutcome {
        let mut iterations = Vec::new();
        for index in 0..of.items.most() {
            let Some(first) = of.first(index) else {
                continue;
            };
            let Some(status) = self.status_of(of, index) else {
                continue;
            };
            let judge = of.select.as_ref().and_then(|select| {
                let judge = self.iteration(of, &select.step, index)?;
                self.facts(&self.nodes[judge].name)?.metric(&select.metric)
            });
            let step = &self.pipeline.steps[&first];
            let values = step
                .iteration
                .as_ref()
                .and_then(|iteration| self.values_of(iteration));
            iterations.push(IterationOutcome {
                values: values.unwrap_or_default(),
                status,
                metric: judge,
            });
        }
        LoopOutcome {
            name: of.name.clone(),
            body: of.body.clone(),
            metric: of
                .select
                .as_ref()
                .map(|select| format!("{}.{}", select.step, select.metric)),
            selected: self
                .handed_on
                .get(&of.name)
                .copied()
                .flatten()
                .map(|index| index + 1),
            iterations,
        }
    }
}
