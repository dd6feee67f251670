//! The keys of an including step that hold for all steps of its file: `when`, `after`, `on_failure`
//! and `finally`. What is wrong with them is told once, and not of every step of the file.

use super::find;
use super::rewrite;
use crate::control;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry};
use crate::reader::{self, Section};

/// Reports the keys that cannot be meant; `steps` are those of the including file.
pub(super) fn check(section: Section<'_>, steps: &[Entry], diagnostics: &mut Diagnostics) {
    if let Some(when) = section.optional("when") {
        control::read_condition(&when.node, &section.key("when"), diagnostics);
    }
    if let Some(finally) = section.optional("finally") {
        reader::boolean(&finally.node, &section.key("finally"), diagnostics);
    }
    let Some(on_failure) = section.optional("on_failure") else {
        return;
    };
    let what = section.key("on_failure");
    let Some(called) = reader::string(&on_failure.node, &what, diagnostics) else {
        return;
    };
    let steps = steps.iter().map(|step| step.name.as_str());
    let known: Vec<&str> = ["stop", "continue"].into_iter().chain(steps).collect();
    // An output of another file has a name of its own.
    if !known.contains(&called) && !called.contains('.') {
        diagnostics.push(
            Diagnostic::new(format!("{what} cannot be `{}`", called.escape_debug()))
                .at(on_failure.node.span.clone())
                .hint(names::hint(called, "words and steps", known)),
        );
    }
}

/// Has the keys of the including step hold for a step.
pub(super) fn hold(entries: &mut Vec<Entry>, by: &[Entry]) {
    for key in by {
        match key.name.as_str() {
            "when" => rewrite::with_condition(entries, key),
            "on_failure" | "finally" if !rewrite::has(entries, &key.name) => {
                entries.push(key.clone())
            }
            "after" => after(entries, key),
            _ => {}
        }
    }
}

/// Has the condition of the including step hold for a notification, which comes at the end anyway.
pub(super) fn hold_for_notification(entries: &mut Vec<Entry>, by: &[Entry]) {
    if let Some(when) = find(by, "when") {
        rewrite::with_condition(entries, when);
    }
}

/// Adds the steps that the including step is after.
fn after(entries: &mut Vec<Entry>, further: &Entry) {
    let Some(own) = entries.iter_mut().find(|entry| entry.name == "after") else {
        entries.push(further.clone());
        return;
    };
    if let (Content::Array(own), Content::Array(further)) =
        (&mut own.node.content, &further.node.content)
    {
        own.extend(further.iter().cloned());
    }
}
