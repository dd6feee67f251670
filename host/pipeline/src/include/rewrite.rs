//! Gives names in the entries of a step other meanings: in its inputs, in what it is after, in the
//! cases of a switch, and inside of expressions.

use super::table_mut;
use crate::control::GROUP_KEY;
use crate::expression::{Expression, Name};
use crate::node::{Content, Entry, Node};

/// What names mean.
pub(super) trait Meaning {
    /// The name of data or of a step, where it is another one.
    fn dataset(&self, name: &str) -> Option<String>;

    /// All steps of an included file by the name of the step that includes it, and the one of them
    /// that stands for it.
    fn all_steps(&self, name: &str) -> Option<(String, Vec<String>)>;

    /// What a parameter is in an expression, where that is known.
    fn param(&self, name: &str) -> Option<String>;
}

/// Rewrites all names in a step.
pub(super) fn step(entries: &mut [Entry], meaning: &dyn Meaning) {
    for entry in entries {
        match entry.name.as_str() {
            "input" | "after" | GROUP_KEY => names(&mut entry.node, meaning),
            "on_failure" => names(&mut entry.node, meaning),
            "when" => expression(&mut entry.node, meaning),
            "switch" => cases(&mut entry.node, meaning),
            "select" => keys(&mut entry.node, "metric", &|node| metric(node, meaning)),
            "repeat" => keys(&mut entry.node, "until", &|node| expression(node, meaning)),
            "for_each" | "zip" => {
                for variable in table_mut(&mut entry.node).into_iter().flatten() {
                    keys(&mut variable.node, "in", &|node| expression(node, meaning));
                }
            }
            "data" => names(&mut entry.node, meaning),
            _ => {}
        }
    }
}

fn keys(node: &mut Node, key: &str, change: &dyn Fn(&mut Node)) {
    for entry in table_mut(node).into_iter().flatten() {
        if entry.name == key {
            change(&mut entry.node);
        }
    }
}

fn cases(node: &mut Node, meaning: &dyn Meaning) {
    let Content::Array(items) = &mut node.content else {
        return;
    };
    for item in items {
        keys(item, "when", &|node| expression(node, meaning));
        whole_files(item, meaning);
        for key in ["step", "also"] {
            keys(item, key, &|node| names(node, meaning));
        }
    }
}

/// Has a case that picks an included file pick all of its steps.
fn whole_files(case: &mut Node, meaning: &dyn Meaning) {
    let Some(entries) = table_mut(case) else {
        return;
    };
    let Some(step) = entries.iter_mut().find(|entry| entry.name == "step") else {
        return;
    };
    let Content::String(name) = &mut step.node.content else {
        return;
    };
    let Some((standing, all)) = meaning.all_steps(name) else {
        return;
    };
    let span = step.node.span.clone();
    let others = all.into_iter().filter(|other| *other != standing);
    let others = others.map(|other| Node::new(span.clone(), Content::String(other)));
    let others: Vec<Node> = others.collect();
    *name = standing;
    let own = entries.iter_mut().find(|entry| entry.name == "also");
    match own.map(|entry| &mut entry.node.content) {
        Some(Content::Array(own)) => own.extend(others),
        // What else it is, is reported when the case is read.
        Some(_) => {}
        None => entries.push(Entry {
            name: "also".to_owned(),
            key_span: span.clone(),
            node: Node::new(span, Content::Array(others)),
        }),
    }
}

/// A name, or several in an array or as the values of a table.
pub(super) fn names(node: &mut Node, meaning: &dyn Meaning) {
    match &mut node.content {
        Content::String(name) => {
            if let Some(other) = meaning.dataset(name) {
                *name = other;
            }
        }
        Content::Array(items) => items.iter_mut().for_each(|item| names(item, meaning)),
        Content::Table(entries) => {
            entries
                .iter_mut()
                .for_each(|entry| names(&mut entry.node, meaning));
        }
        _ => {}
    }
}

/// `step.metric`, of which the step may be an output with a dot in its name.
fn metric(node: &mut Node, meaning: &dyn Meaning) {
    let Content::String(text) = &mut node.content else {
        return;
    };
    if let Some((step, metric)) = text.rsplit_once('.')
        && let Some(other) = meaning.dataset(step)
    {
        *text = format!("{other}.{metric}");
    }
}

/// An expression, of which the references change. One that is malformed stays, and is reported
/// when it is read.
fn expression(node: &mut Node, meaning: &dyn Meaning) {
    let Content::String(text) = &mut node.content else {
        return;
    };
    let Ok(parsed) = Expression::parse(text) else {
        return;
    };
    let mut changed = text.clone();
    for reference in parsed.references().iter().rev() {
        let other = match &reference.name {
            Name::Param(name) => meaning.param(name),
            Name::Each(_) => None,
            Name::Field { step, field } => {
                // `features.rows.r2` is a metric of the output `rows`.
                let leads_on = changed[reference.range.end..].starts_with(['.', '[']);
                let output = meaning
                    .dataset(&format!("{step}.{field}"))
                    .filter(|_| leads_on);
                let output = output.map(|output| format!("steps[{output:?}]"));
                let whole = || {
                    let step = meaning.dataset(step)?;
                    let field = field.clone();
                    Some(Name::Field { step, field }.to_string())
                };
                output.or_else(whole)
            }
        };
        if let Some(other) = other {
            changed.replace_range(reference.range.clone(), &other);
        }
    }
    *text = changed;
}

/// Puts a further condition before that of a step.
pub(super) fn with_condition(entries: &mut Vec<Entry>, condition: &Entry) {
    let Some(own) = entries.iter_mut().find(|entry| entry.name == "when") else {
        entries.push(condition.clone());
        return;
    };
    if let (Content::String(own), Content::String(further)) =
        (&mut own.node.content, &condition.node.content)
    {
        *own = format!("({further}) && ({own})");
    }
}

/// Whether a step has a key.
pub(super) fn has(entries: &[Entry], key: &str) -> bool {
    entries.iter().any(|entry| entry.name == key)
}
