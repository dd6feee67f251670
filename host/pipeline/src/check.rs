//! Checks that look at the whole file: names that are used twice, and cycles.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::control::{Case, Condition, OnFailure, Switch};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::{Mistake, Name};
use crate::graph::Graph;
use crate::names;
use crate::node::Entry;
use crate::pipeline::Step;
use crate::source::Span;
use crate::unroll::Loop;

/// Data and steps share one namespace, so that a reference needs no prefix. Whether no name is
/// used for both; each that is gets reported.
pub(crate) fn names_differ(data: &[Entry], steps: &[Entry], diagnostics: &mut Diagnostics) -> bool {
    let mut differ = true;
    for step in steps {
        let Some(data) = data.iter().find(|data| data.name == step.name) else {
            continue;
        };
        differ = false;
        let (first, second) = if data.key_span.start < step.key_span.start {
            (data, step)
        } else {
            (step, data)
        };
        diagnostics.push(
            Diagnostic::new(format!(
                "`{}` is the name of both data and a step",
                step.name
            ))
            .at(second.key_span.clone())
            .label("used again here")
            .related(first.key_span.clone(), "first used here")
            .hint("rename one of them: data and steps share their names"),
        );
    }
    differ
}

/// Two models of one name would make it a matter of luck which version comes last.
pub(crate) fn registered_names(steps: &IndexMap<String, Step>, diagnostics: &mut Diagnostics) {
    for (index, step) in steps.values().enumerate() {
        let earlier = steps.values().take(index);
        let same = |other: &&Step| other.register.is_some() && other.register == step.register;
        let (Some(first), Some(name)) = (earlier.clone().find(same), &step.register) else {
            continue;
        };
        diagnostics.push(
            Diagnostic::new(format!("two steps register a model named `{name}`"))
                .at(step.register_span())
                .label("registered again here")
                .related(first.register_span(), "first registered here")
                .hint("give each model a name of its own"),
        );
    }
}

/// Reports conditions on steps that do not exist, and steps that can never be where they are.
pub(crate) fn references(
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) {
    let exists = |name: &str| steps.contains_key(name) || switches.contains_key(name);
    let conditions = steps.values().flat_map(Step::conditions);
    let conditions = conditions.chain(switches.values().flat_map(Switch::conditions));
    for condition in conditions {
        for reference in condition.expression.references() {
            let name = match &reference.name {
                Name::Field { step, .. } if !exists(step) => step.as_str(),
                _ => continue,
            };
            let known = steps.keys().chain(switches.keys()).map(String::as_str);
            let mistake = Mistake {
                message: format!("no step is named `{}`", name.escape_debug()),
                offset: reference.range.clone(),
                hint: Some(names::hint(name, "steps", known)),
            };
            diagnostics.push(condition.diagnostic(&mistake));
        }
    }
    for step in steps.values() {
        if let OnFailure::Step(called, span) = &step.control.on_failure
            && (switches.contains_key(called) || *called == step.name)
        {
            diagnostics.push(
                Diagnostic::new(format!(
                    "step `{called}` cannot follow a failure of `{}`",
                    step.name
                ))
                .at(span.clone())
                .hint("name another step that uses a plugin"),
            );
        }
    }
    waits_for_the_end(steps, switches, diagnostics);
    let mut picked: HashMap<&str, &Case> = HashMap::new();
    let cases = switches.values().flat_map(|switch| &switch.cases);
    for (case, step) in cases.flat_map(|case| case.steps().map(move |step| (case, step))) {
        let twice = picked.insert(step, case);
        let diagnostic = if let Some(first) = twice {
            Diagnostic::new(format!("step `{step}` is picked in two places"))
                .related(first.span.clone(), "the other one")
                .hint("write one condition with `||`")
        } else if switches.contains_key(step) {
            Diagnostic::new(format!("step `{step}` is a switch itself"))
                .hint("add its cases to this one")
        } else {
            continue;
        };
        diagnostics.push(diagnostic.at(case.span.clone()));
    }
}

/// Reports steps that would wait for one that runs when all others have ended.
fn waits_for_the_end(
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) {
    let graph = Graph::new(steps, &IndexMap::new(), switches);
    for (index, step) in steps.values().enumerate() {
        if step.control.finally {
            continue;
        }
        let needs = graph.needs(index).iter();
        let mut needs = needs.filter_map(|need| steps.get_index(*need));
        let Some((last, called_by)) = needs.find(|(_, other)| other.control.finally) else {
            continue;
        };
        // It may refer to it, follow its failure, or be picked by a switch that asks for it.
        let called = match &called_by.control.on_failure {
            OnFailure::Step(called, span) if *called == step.name => Some(span.clone()),
            _ => None,
        };
        let place = step.reference_span(last).or(called).or_else(|| {
            let conditions = switches.values().flat_map(Switch::conditions);
            let mut asking = conditions.filter(|condition| {
                let mut steps = condition.expression.steps();
                steps.any(|step| step == last)
            });
            asking.next().map(|condition| condition.span())
        });
        diagnostics.push(
            Diagnostic::new(format!(
                "step `{}` needs `{last}`, which runs when all others have ended",
                step.name
            ))
            .at(place.unwrap_or_else(|| step.name_span()))
            .hint(format!("make `{}` a `finally` step too", step.name)),
        );
    }
}

/// Reports loops whose steps wait for something that waits for the whole of the loop.
pub(crate) fn loops_that_wait_for_themselves(
    steps: &IndexMap<String, Step>,
    loops: &IndexMap<String, Loop>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) {
    let graph = Graph::new(steps, loops, switches);
    for cycle in graph.cycles() {
        let steps: Vec<&Step> = cycle
            .iter()
            .filter_map(|step| Some(steps.get_index(*step)?.1))
            .collect();
        let iteration = steps.iter().find_map(|step| step.iteration.as_ref());
        let outside = steps.iter().find(|step| step.iteration.is_none());
        let (Some(of), Some(outside)) = (
            iteration.and_then(|iteration| loops.get(&iteration.of)),
            outside,
        ) else {
            continue;
        };
        diagnostics.push(
            Diagnostic::new(format!(
                "step `{}` waits for the loop of step `{}`, and the loop for step `{}`",
                outside.name, of.name, outside.name
            ))
            .at(outside.name_span())
            .related(of.span(), "the loop")
            .hint(
                "outside a loop, the name of one of its steps means what the loop hands on when \
                 all of it has ended",
            ),
        );
    }
}

/// Where it is written that one step waits for another, and why.
fn edge(
    (from, to): (&str, &str),
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
) -> Option<(Span, String)> {
    let reference = steps.get(from).and_then(|step| step.reference_span(to));
    if let Some(span) = reference {
        return Some((span, format!("`{from}` needs `{to}`")));
    }
    match steps.get(to).map(|step| &step.control.on_failure) {
        Some(OnFailure::Step(called, span)) if called == from => {
            return Some((
                span.clone(),
                format!("`{from}` follows a failure of `{to}`"),
            ));
        }
        _ => {}
    }
    let mut switches = switches.values();
    switches.find_map(|switch| {
        let case = switch.cases.iter().find(|case| case.step == from)?;
        let mut conditions = switch.conditions();
        let asked = conditions.find(|when| when.expression.steps().any(|step| step == to));
        let span = asked.map_or_else(|| case.span.clone(), Condition::span);
        Some((span, format!("`{}` picks `{from}` by `{to}`", switch.name)))
    })
}

/// Reports every cycle with all its references.
pub(crate) fn cycles(
    steps: &IndexMap<String, Step>,
    switches: &IndexMap<String, Switch>,
    diagnostics: &mut Diagnostics,
) {
    let graph = Graph::new(steps, &IndexMap::new(), switches);
    for cycle in graph.cycles() {
        // A step that follows itself is told already.
        if let [only] = cycle.as_slice()
            && let Some((name, step)) = steps.get_index(*only)
            && matches!(&step.control.on_failure, OnFailure::Step(called, _) if called == name)
        {
            continue;
        }
        let names: Vec<&str> = cycle
            .iter()
            .chain(cycle.first())
            .filter_map(|step| Some(steps.get_index(*step)?.0.as_str()))
            .collect();
        let message = format!(
            "steps wait for each other in a cycle: {}",
            names.join(" -> ")
        );
        let mut diagnostic =
            Diagnostic::new(message).hint("take one of these references out of the cycle");
        for (index, pair) in names.windows(2).enumerate() {
            let (from, to) = (pair[0], pair[1]);
            let Some((span, label)) = edge((from, to), steps, switches) else {
                continue;
            };
            diagnostic = if index == 0 {
                diagnostic.at(span).label(label)
            } else {
                diagnostic.related(span, label)
            };
        }
        diagnostics.push(diagnostic);
    }
}
