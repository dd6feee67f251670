//! Reads a loop over several steps: `steps = ["encode", "tree"]` with `for_each`, `zip` or `repeat`.
//! It has no plugin. A loop over an included file becomes one, over all steps of that file.

use indexmap::IndexMap;

use super::Switch;
use super::looping::{self, Looping};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::{Content, Entry};
use crate::pipeline::Step;
use crate::reader::{self, Section};
use crate::scope::Scope;
use crate::source::Span;

/// The keys that make a loop.
pub(crate) const LOOP_KEYS: [&str; 5] = ["for_each", "zip", "repeat", "select", "max_parallel"];

/// The key that makes a step a group.
pub(crate) const STEPS: &str = "steps";

const KEYS: [&str; 6] = [
    STEPS,
    LOOP_KEYS[0],
    LOOP_KEYS[1],
    LOOP_KEYS[2],
    LOOP_KEYS[3],
    LOOP_KEYS[4],
];

/// A loop over several steps.
pub(crate) struct Group {
    name: String,
    /// The steps, each with its place.
    steps: Vec<(String, Span)>,
    looping: Looping,
}

/// Whether a step is a group.
pub(crate) fn is_group(entry: &Entry) -> bool {
    match &entry.node.content {
        Content::Table(entries) => entries.iter().any(|entry| entry.name == STEPS),
        _ => false,
    }
}

pub(crate) fn read(
    entry: &Entry,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Group> {
    let title = format!("step `{}`", entry.name);
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let list = section.optional(STEPS)?;
    let what = section.key(STEPS);
    let names = reader::strings(&list.node, &what, diagnostics)?;
    if names.is_empty() {
        let hint = "write the names of the steps that run in each iteration".to_owned();
        reader::report(
            &list.node,
            format!("{what} is empty"),
            Some(hint),
            diagnostics,
        );
    }
    for (name, node) in &names {
        scope.check_step(name, &node.span, diagnostics);
    }
    let before = diagnostics.len();
    let looping = looping::read(section, scope.params, diagnostics);
    if looping.is_none() && diagnostics.len() == before {
        diagnostics.push(
            Diagnostic::new(format!("{what} without a loop"))
                .at(list.key_span.clone())
                .hint("add `for_each = { … }`, or take it away"),
        );
    }
    let names = names.into_iter();
    Some(Group {
        name: entry.name.clone(),
        steps: names
            .map(|(name, node)| (name.to_owned(), node.span.clone()))
            .collect(),
        looping: Looping {
            group: Some(entry.name.clone()),
            ..looping?
        },
    })
}

impl Group {
    /// Has its loop hold for its steps. Reports those that cannot be in it, and gives nothing if
    /// there are any: what is in the loop is not known then.
    pub(crate) fn hold(
        self,
        steps: &mut IndexMap<String, Step>,
        switches: &IndexMap<String, Switch>,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let before = diagnostics.len();
        for (member, span) in &self.steps {
            // A step that cannot be read, or is not there, is told already.
            let other = steps.get(member).and_then(|step| step.looping.as_ref());
            let diagnostic = if let Some(switch) = switches.get(member) {
                Diagnostic::new(format!(
                    "step `{member}` is a switch, and would be in the loop of `{}`",
                    self.name
                ))
                .related(switch.span(), "the switch")
                .hint(
                    "a switch picks once in a run: give the steps that it picks from a `when` each",
                )
            } else if let Some(other) = other {
                Diagnostic::new(format!(
                    "step `{member}` is in a loop, and would be in that of `{}` as well",
                    self.name
                ))
                .related(other.key_span.clone(), "the other loop")
                .hint("write one loop with the variables of both")
            } else {
                continue;
            };
            diagnostics.push(diagnostic.at(span.clone()));
        }
        if diagnostics.len() > before {
            return None;
        }
        for (member, _) in self.steps {
            if let Some(step) = steps.get_mut(&member) {
                step.looping = Some(self.looping.clone());
            }
        }
        Some(())
    }
}
