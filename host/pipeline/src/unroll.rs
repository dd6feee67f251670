//! Turns steps that are written once and run several times into one step for each iteration.
//!
//! The body of a loop are the step with the key `for_each`, `zip` or `repeat`, and the steps on
//! the way from there to the metric that the loop is judged by. In the body a name means the step
//! of the same iteration. Outside it means what the loop hands on: with `select` that of the best
//! iteration, with `repeat` that of the last, and otherwise all of them together.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::control::{Items, Looping, Select, Switch};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::interpolate::{self, Each, Values};
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::pipeline::{Input, Reference, Step};
use crate::source::Span;
use crate::step;

/// Steps that run several times.
#[derive(Debug, Clone)]
pub struct Loop {
    /// The step with the key that makes the loop.
    pub name: String,
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
    let loops = find(&steps, switches, diagnostics);
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
/// step with the loop gets each of them as a parameter of the same name.
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
    let is_repeat = |looping: &Looping| matches!(*looping.items, Items::Until { .. });
    let Some(looping) = step.looping.as_ref().filter(|looping| !is_repeat(looping)) else {
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

/// The loops, each with its body.
fn find(
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, Loop> {
    let mut loops: IndexMap<String, Loop> = IndexMap::new();
    for (name, step) in steps {
        let Some(looping) = &step.looping else {
            continue;
        };
        let ways = Ways { steps, switches };
        let body = ways.body(name, looping, diagnostics);
        // That a loop holds another one is told where it is the outer one.
        for member in body
            .iter()
            .filter(|member| *member != name || !is_inner(name, &loops))
        {
            let other = loops.values().find(|other| other.body.contains(member));
            let nested = (member != name)
                .then(|| steps[member].looping.as_ref())
                .flatten();
            let span = other
                .map(|other| other.span.clone())
                .or(nested.map(|nested| nested.key_span.clone()));
            if let Some(span) = span {
                diagnostics.push(
                    Diagnostic::new(format!("step `{member}` would be in two loops"))
                        .at(looping.key_span.clone())
                        .related(span, "the other loop")
                        .hint("write one loop with the variables of both"),
                );
            }
        }
        if let (Some(span), false, true) = (
            &step.places.register,
            looping.is_to_select || matches!(*looping.items, Items::Until { .. }),
            step.register.is_some(),
        ) {
            diagnostics.push(
                Diagnostic::new(format!(
                    "step `{name}` makes several models, of which one can be registered"
                ))
                .at(span.clone())
                .hint("add `select = { metric = \"…\", best = \"max\" }`"),
            );
        }
        loops.insert(
            name.clone(),
            Loop {
                name: name.clone(),
                body,
                items: looping.items.as_ref().clone(),
                select: looping.select.clone(),
                max_parallel: looping.max_parallel,
                span: looping.key_span.clone(),
            },
        );
    }
    check_readers(steps, &loops, diagnostics);
    check_switches(steps, &loops, switches, diagnostics);
    loops
}

fn is_inner(step: &str, loops: &IndexMap<String, Loop>) -> bool {
    let mut bodies = loops.values().map(|of| &of.body);
    bodies.any(|body| body.iter().any(|member| member == step))
}

/// Reports steps that take one thing from a loop that hands on several.
fn check_readers(
    steps: &IndexMap<String, Step>,
    loops: &IndexMap<String, Loop>,
    diagnostics: &mut Diagnostics,
) {
    for step in steps.values() {
        let taken: Vec<&Reference> = match &step.input {
            Input::Dataset(reference) => vec![reference],
            Input::Named(inputs) => {
                let single = inputs.iter().filter(|input| input.key != "models");
                single.flat_map(|input| &input.references).collect()
            }
        };
        for reference in taken {
            let of = loops
                .values()
                .find(|found| found.body.contains(&reference.name));
            let hands_on_one = |of: &Loop| {
                let looping = steps[&of.name].looping.as_ref();
                of.hands_on_one() || looping.is_some_and(|looping| looping.is_to_select)
            };
            let Some(of) = of.filter(|of| !of.body.contains(&step.written) && !hands_on_one(of))
            else {
                continue;
            };
            diagnostics.push(
                Diagnostic::new(format!(
                    "step `{}` runs several times, and one is taken here",
                    reference.name
                ))
                .at(reference.span.clone())
                .related(of.span.clone(), "the loop")
                .hint(format!(
                    "add `select = {{ metric = \"…\", best = \"max\" }}` to step `{}`, or take \
                         all of its models: `models = [\"{}\"]`",
                    of.name, reference.name
                )),
            );
        }
    }
}

/// Reports switches that would stand for one thing in one iteration, and for another in the next.
fn check_switches(
    steps: &IndexMap<String, Step>,
    loops: &IndexMap<String, Loop>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) {
    for switch in switches.values() {
        let case = switch.cases.iter().find_map(|case| {
            let mut loops = loops.values();
            let of = loops.find(|of| of.body.contains(&case.step))?;
            Some((case, of))
        });
        let Some((case, of)) = case else { continue };
        let in_body = |step: &str| of.body.iter().any(|member| member == step);
        let conditions = switch.conditions();
        let mut asked = conditions.flat_map(|condition| condition.expression.steps());
        let reads = of.body.iter().find(|member| {
            let step = steps.get(*member);
            step.is_some_and(|step| step.referenced_names().any(|name| name == switch.name))
        });
        let message = match (reads, asked.find(|step| in_body(step))) {
            (Some(reader), _) => format!(
                "step `{reader}` is in the loop of step `{}`, and takes what `{}` picks there",
                of.name, switch.name
            ),
            (None, Some(asked)) => format!(
                "`{}` picks step `{}` of the loop of step `{}` by step `{asked}` of the same loop",
                switch.name, case.step, of.name
            ),
            (None, None) => continue,
        };
        diagnostics.push(
            Diagnostic::new(message)
                .at(case.span.clone())
                .related(of.span.clone(), "the loop")
                .hint("a switch picks once in a run: it can pick a whole loop, and nothing in one"),
        );
    }
}

/// The ways between the steps of a file.
struct Ways<'a> {
    steps: &'a IndexMap<String, Step>,
    switches: &'a IndexMap<String, Switch>,
}

impl Ways<'_> {
    /// The step with the loop, and those on a way from it to a step that the loop is judged by.
    fn body(&self, name: &str, looping: &Looping, diagnostics: &mut Diagnostics) -> Vec<String> {
        let mut judges: Vec<(&str, Span)> = Vec::new();
        if let Some(select) = &looping.select {
            judges.push((&select.step, select.span.clone()));
        }
        if let Items::Until { until, .. } = looping.items.as_ref() {
            judges.extend(until.expression.steps().map(|step| (step, until.span())));
        }
        let mut body: HashSet<&str> = HashSet::from([self.known(name)]);
        for (judge, span) in judges {
            let Some((judge, step)) = self.steps.get_key_value(judge) else {
                let known = self.steps.keys().map(String::as_str);
                diagnostics.push(
                    Diagnostic::new(format!("no step is named `{}`", judge.escape_debug()))
                        .at(span)
                        .hint(crate::names::hint(judge, "steps", known)),
                );
                continue;
            };
            let mut on_way = HashSet::new();
            self.walk(judge, name, &mut HashSet::new(), &mut on_way);
            if on_way.is_empty() {
                diagnostics.push(
                    Diagnostic::new(format!(
                        "step `{judge}` does not depend on step `{name}`, and so cannot judge it"
                    ))
                    .at(span)
                    .related(step.name_span(), format!("`{judge}`"))
                    .hint(format!("name a step that takes the result of `{name}`")),
                );
            }
            body.extend(on_way);
        }
        self.steps
            .keys()
            .filter(|step| body.contains(step.as_str()))
            .cloned()
            .collect()
    }

    fn known<'a>(&'a self, name: &'a str) -> &'a str {
        self.steps
            .get_key_value(name)
            .map_or(name, |(name, _)| name)
    }

    /// Whether there is a way back from `from` to `to`; the steps on all such ways are collected.
    fn walk<'a>(
        &'a self,
        from: &'a str,
        to: &str,
        seen: &mut HashSet<&'a str>,
        on_way: &mut HashSet<&'a str>,
    ) -> bool {
        if from == to || on_way.contains(from) {
            on_way.insert(from);
            return true;
        }
        let Some(step) = self.steps.get(from).filter(|_| seen.insert(from)) else {
            return false;
        };
        let mut found = false;
        for next in step.referenced_names() {
            let cases = self
                .switches
                .get(next)
                .into_iter()
                .flat_map(|switch| &switch.cases);
            let cases = cases.map(|case| case.step.as_str());
            for next in std::iter::once(next).chain(cases) {
                found |= self.walk(next, to, seen, on_way);
            }
        }
        if found {
            on_way.insert(from);
        }
        found
    }
}
