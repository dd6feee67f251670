//! Checks that look at the whole file: names that are used twice, and cycles.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Graph;
use crate::node::Entry;
use crate::pipeline::Step;

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

/// Reports every cycle with all its references.
pub(crate) fn cycles(steps: &IndexMap<String, Step>, diagnostics: &mut Diagnostics) {
    let graph = Graph::new(steps);
    for cycle in graph.cycles() {
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
            let Some(span) = steps.get(from).and_then(|step| step.reference_span(to)) else {
                continue;
            };
            let label = format!("`{from}` needs `{to}`");
            diagnostic = if index == 0 {
                diagnostic.at(span).label(label)
            } else {
                diagnostic.related(span, label)
            };
        }
        diagnostics.push(diagnostic);
    }
}
