//! Turns steps that are written once and run several times into one step for each iteration.
//!
//! The body of a loop are the step with the key `for_each`, `zip` or `repeat`, or all steps that a
//! group with that key names, and the steps on the way from there to the metric that the loop is
//! judged by. In the body a name means the step
//! of the same iteration. Outside it means what the loop hands on: with `select` that of the best
//! iteration, with `repeat` that of the last, and otherwise all of them together.

mod find;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::control::{Items, Looping, Select, Switch};
use crate::diagnostic::Diagnostics;
use crate::interpolate::{self, Each, Values};
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::pipeline::{Input, Reference, Step};
use crate::source::Span;
use crate::step;

/// Steps that run several times.
#[derive(Debug, Clone)]
pub struct Loop {
    /// The step or group with the key that makes the loop.
    pub name: String,
    /// The steps that the key is for: the one with it, or all of a group, in the order of the file.
    pub begin: Vec<String>,
    /// The steps that run once in each iteration, in the order of the file.
    pub body: Vec<String>,
    /// The iterations.
    pub items: Items,
    /// By what one of them is selected.
    pub select: Option<Select>,
    /// How many of them may run at once, if that is limited.
    pub max_parallel: Option<u32>,
    pub(crate) span: Span,
}

/// Which iteration of which loop a step is.
#[derive(Debug, Clone, PartialEq)]
pub struct Iteration {
    /// The loop.
    pub of: String,
    /// The number, counted from zero.
    pub index: usize,
    /// The values of the variables of the loop, where they are known before the run.
    pub values: Option<Map<String, Value>>,
}

impl Loop {
    /// What the step of this name is called in an iteration, which is counted from zero; nothing
    /// if it is not in the body.
    pub fn instance(&self, step: &str, iteration: usize) -> Option<String> {
        let is_in_body = self.body.iter().any(|name| name == step);
        is_in_body.then(|| instance(step, iteration))
    }

    /// What the first of the steps that it is for is called in an iteration, counted from zero.
    pub fn first(&self, iteration: usize) -> Option<String> {
        self.instance(self.begin.first()?, iteration)
    }

    /// Whether it does the same, wherever that is written.
    pub fn is_same(&self, other: &Self) -> bool {
        let judged = |of: &Self| {
            let select = of.select.as_ref();
            select.map(|select| (select.step.clone(), select.metric.clone(), select.best))
        };
        self.body == other.body
            && self.items.is_same(&other.items)
            && judged(self) == judged(other)
            && self.max_parallel == other.max_parallel
    }

    /// Whether it hands on one of its iterations, and not all of them.
    pub fn hands_on_one(&self) -> bool {
        self.select.is_some() || matches!(self.items, Items::Until { .. })
    }

    /// Where the key that makes it a loop is written.
    pub fn span(&self) -> Span {
        self.span.clone()
    }
}

fn instance(step: &str, iteration: usize) -> String {
    format!("{step}[{}]", iteration + 1)
}

impl Step {
    /// The parameters of its plugin in an iteration of a loop whose values are known only now.
    ///
    /// # Errors
    /// Values that cannot stand where the file has them.
    pub fn with_values(
        &self,
        pipeline: &crate::Pipeline,
        values: &Map<String, Value>,
    ) -> Result<Value, Diagnostics> {
        let mut diagnostics = pipeline.diagnostics();
        let mut step = self.clone();
        bind(&mut step, values, &pipeline.declared, &mut diagnostics);
        diagnostics.into_result(step.with)
    }
}

/// Every step once for each iteration of the loop that it is in, and the loops.
pub(crate) fn unroll(
    steps: IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    params: &Params,
    diagnostics: &mut Diagnostics,
) -> (IndexMap<String, Step>, IndexMap<String, Loop>) {
    let loops = find::loops(&steps, switches, diagnostics);
    for step in steps.values() {
        let in_loop = loops
            .values()
            .any(|found| found.body.contains(&step.written));
        if let (false, Some(template)) = (in_loop, &step.places.template) {
            let values = Values {
                params,
                each: Each::Nothing,
            };
            interpolate::with_values(template, &values, diagnostics);
        }
    }
    if loops.is_empty() {
        return (steps, loops);
    }
    let mut unrolled = IndexMap::with_capacity(steps.len());
    for (name, step) in steps {
        let Some(found) = loops.values().find(|found| found.body.contains(&name)) else {
            unrolled.insert(name, step);
            continue;
        };
        for index in 0..found.items.most() {
            let step = iterated(&step, found, index, params, diagnostics);
            unrolled.insert(step.name.clone(), step);
        }
    }
    (unrolled, loops)
}

/// The step of one iteration.
fn iterated(
    step: &Step,
    of: &Loop,
    index: usize,
    params: &Params,
    diagnostics: &mut Diagnostics,
) -> Step {
    let mut step = step.clone();
    let in_iteration = |name: &mut String| {
        if let Some(instance) = of.instance(name, index) {
            *name = instance;
        }
    };
    in_iteration(&mut step.name);
    let references: &mut dyn Iterator<Item = &mut Reference> = match &mut step.input {
        Input::Dataset(reference) => &mut std::iter::once(reference),
        Input::Named(inputs) => &mut inputs.iter_mut().flat_map(|input| &mut input.references),
    };
    for reference in references {
        in_iteration(&mut reference.name);
    }
    step.after.iter_mut().for_each(in_iteration);
    let values = of.items.values(index);
    if let Some(values) = &values {
        bind(&mut step, values, params, diagnostics);
    }
    step.iteration = Some(Iteration {
        of: of.name.clone(),
        index,
        values,
    });
    step
}

/// Puts the variables of a loop into the parameters of a step. Where its `with` names none, the
/// step with the loop gets each of them as a parameter of the same name; not so the steps of a group,
/// of which nobody knows which is meant.
fn bind(
    step: &mut Step,
    values: &Map<String, Value>,
    params: &Params,
    diagnostics: &mut Diagnostics,
) {
    if let Some(template) = &step.places.template {
        let values = Values {
            params,
            each: Each::Values(values),
        };
        let entry = interpolate::with_values(template, &values, diagnostics);
        let title = format!("step `{}`", step.written);
        if let Some(parameters) = step::read_with(&entry, &title, diagnostics) {
            step.with = Value::Object(parameters);
        }
        step.places.with = Some((entry.key_span, entry.node));
        return;
    }
    let is_told = |looping: &Looping| {
        looping.group.is_some() || matches!(*looping.items, Items::Until { .. })
    };
    let Some(looping) = step.looping.as_ref().filter(|looping| !is_told(looping)) else {
        return;
    };
    let Value::Object(parameters) = &mut step.with else {
        return;
    };
    let key_span = &looping.key_span;
    let (_, node) = step.places.with.get_or_insert_with(|| {
        (
            key_span.clone(),
            Node::new(key_span.clone(), Content::Table(Vec::new())),
        )
    });
    for (name, value) in values {
        parameters.insert(name.clone(), value.clone());
        if let Content::Table(entries) = &mut node.content {
            entries.retain(|entry| entry.name != *name);
            let mut value = interpolate::literal(value, key_span.clone());
            value.parameter = Some(format!("each.{name}"));
            entries.push(Entry {
                name: name.clone(),
                key_span: key_span.clone(),
                node: value,
            });
        }
    }
}
