//! Finds the loops of a pipeline, each with its body, and what cannot be meant with them.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::Loop;
use crate::control::{Items, Looping, Switch};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::pipeline::{Input, Reference, Step};
use crate::source::Span;

/// The loops, each with its body.
pub(super) fn loops(
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, Loop> {
    let mut loops: IndexMap<String, Loop> = IndexMap::new();
    for (step_name, step) in steps {
        let Some(looping) = &step.looping else {
            continue;
        };
        let name = looping.group.as_ref().unwrap_or(step_name);
        if loops.contains_key(name) {
            // It is another step of the same group.
            continue;
        }
        let begin = begin(step_name, looping, steps);
        let ways = Ways { steps, switches };
        let body = ways.body(name, &begin, looping, diagnostics);
        check_nesting(&body, (looping, &begin), steps, &loops, diagnostics);
        for first in begin.iter().filter_map(|first| steps.get(first)) {
            check_models(first, looping, diagnostics);
        }
        loops.insert(
            name.clone(),
            Loop {
                name: name.clone(),
                begin,
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

/// The steps that a loop is for: the one with the key, or all of its group.
fn begin(step: &str, looping: &Looping, steps: &IndexMap<String, Step>) -> Vec<String> {
    let Some(group) = &looping.group else {
        return vec![step.to_owned()];
    };
    let of_group = |step: &Step| {
        let looping = step.looping.as_ref();
        looping.is_some_and(|looping| looping.group.as_ref() == Some(group))
    };
    let found = steps.iter().filter(|(_, step)| of_group(step));
    found.map(|(name, _)| name.clone()).collect()
}

/// Reports steps that another loop has as well. That a loop holds another one is told where it is
/// the outer one.
fn check_nesting(
    body: &[String],
    (looping, begin): (&Looping, &[String]),
    steps: &IndexMap<String, Step>,
    loops: &IndexMap<String, Loop>,
    diagnostics: &mut Diagnostics,
) {
    let is_own = |member: &String| begin.contains(member);
    for member in body
        .iter()
        .filter(|member| !is_own(member) || !is_inner(member, loops))
    {
        let other = loops.values().find(|other| other.body.contains(member));
        let nested = (!is_own(member))
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
}

/// Reports a model that each iteration would register.
fn check_models(step: &Step, looping: &Looping, diagnostics: &mut Diagnostics) {
    let hands_on_one = looping.is_to_select || matches!(*looping.items, Items::Until { .. });
    if let (Some(span), false, true) =
        (&step.places.register, hands_on_one, step.register.is_some())
    {
        diagnostics.push(
            Diagnostic::new(format!(
                "step `{}` makes several models, of which one can be registered",
                step.name
            ))
            .at(span.clone())
            .hint("add `select = { metric = \"…\", best = \"max\" }`"),
        );
    }
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
                let looping = of
                    .begin
                    .first()
                    .and_then(|first| steps[first].looping.as_ref());
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
    /// The steps that a loop is for, and those on a way from them to a step that it is judged by.
    fn body(
        &self,
        name: &str,
        begin: &[String],
        looping: &Looping,
        diagnostics: &mut Diagnostics,
    ) -> Vec<String> {
        let mut judges: Vec<(&str, Span)> = Vec::new();
        if let Some(select) = &looping.select {
            judges.push((&select.step, select.span.clone()));
        }
        if let Items::Until { until, .. } = looping.items.as_ref() {
            judges.extend(until.expression.steps().map(|step| (step, until.span())));
        }
        let mut body: HashSet<&str> = begin.iter().map(String::as_str).collect();
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
            self.walk(judge, begin, &mut HashSet::new(), &mut on_way);
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

    /// Whether there is a way back from `from` to one of `to`; the steps on all such ways are collected.
    fn walk<'a>(
        &'a self,
        from: &'a str,
        to: &[String],
        seen: &mut HashSet<&'a str>,
        on_way: &mut HashSet<&'a str>,
    ) -> bool {
        if to.iter().any(|to| to == from) || on_way.contains(from) {
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
