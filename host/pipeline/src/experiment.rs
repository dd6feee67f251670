//! Reads `experiment = "arr-delay"`: the name of the competition that the models of a pipeline enter
//! when they are registered.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry};
use crate::reader;

/// The name. A pipeline that registers no model has nothing to enter, and most likely lacks the key
/// that says so.
pub(crate) fn read(
    entry: &Entry,
    steps: &[Entry],
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let name = reader::string(&entry.node, "`experiment`", diagnostics)?;
    names::check(
        "the name of an experiment",
        name,
        &entry.node.span,
        diagnostics,
    );
    if !steps.iter().any(registers) {
        diagnostics.push(
            Diagnostic::new(
                "no model of this pipeline can enter an experiment: none is registered",
            )
            .at(entry.key_span.clone())
            .hint("add `register = \"…\"` with the name of the model to the step that trains it"),
        );
    }
    Some(name.to_owned())
}

/// Whether a step says that its model is registered, whatever else is wrong with it.
fn registers(step: &Entry) -> bool {
    match &step.node.content {
        Content::Table(keys) => keys.iter().any(|key| key.name == "register"),
        _ => false,
    }
}
