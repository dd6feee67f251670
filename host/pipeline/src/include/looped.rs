//! Files that are included in a loop: a step with `pipeline` and `for_each`, `zip` or `repeat` is a
//! loop over all steps of the file. The variables of the loop go in as parameters: those that
//! `params` names with `${each.<name>}`, or all of them under their own names if it names none.

use super::{find, table};
use crate::control::{GROUP_KEY, ITERATION, LOOP_KEYS, is_notification};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::interpolate;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::params::{Params, Variable};
use crate::source::Source;

/// The group that a step with a loop becomes, over the steps of the file that it includes.
pub(super) fn group(step: &Entry, inside: &[Entry]) -> Option<Entry> {
    let keys = table(&step.node).iter();
    let keys = keys.filter(|key| LOOP_KEYS.contains(&key.name.as_str()));
    let mut keys: Vec<Entry> = keys.cloned().collect();
    let span = keys.first()?.key_span.clone();
    let steps = inside.iter().filter(|inner| !is_notification(inner));
    let names = steps.map(|inner| Node::new(span.clone(), Content::String(inner.name.clone())));
    let names = Content::Array(names.collect());
    keys.insert(
        0,
        Entry {
            name: GROUP_KEY.to_owned(),
            key_span: span.clone(),
            node: Node::new(span, names),
        },
    );
    Some(Entry {
        node: Node::new(step.node.span.clone(), Content::Table(keys)),
        ..step.clone()
    })
}

/// Reports `folds`, which are of a step that scores a model.
pub(super) fn check_folds(step: &Entry, file: &str, diagnostics: &mut Diagnostics) -> Option<()> {
    let Some(folds) = find(table(&step.node), "folds") else {
        return Some(());
    };
    diagnostics.push(
        Diagnostic::new(format!(
            "step `{}` has `folds`, and scores no model by itself",
            step.name
        ))
        .at(folds.key_span.clone())
        .hint(format!(
            "move `folds` to a step with an evaluator, in `{file}` or here, where its model may be \
             an output of `{}`",
            step.name
        )),
    );
    None
}

/// The variables of the loop of a step, each with its values as far as they are known.
pub(super) struct Variables<'a> {
    own: Vec<Entry>,
    is_repetition: bool,
    /// The parameters of the file that the step is in, which may be variables as well.
    params: &'a Params,
}

impl<'a> Variables<'a> {
    pub(super) fn of(step: &Entry, params: &'a Params) -> Self {
        let keys = table(&step.node);
        let items = find(keys, "for_each").or(find(keys, "zip"));
        let mut own = Vec::new();
        if let Some(items) = items {
            // What is wrong with it is told when the loop is read.
            let mut ignored = Diagnostics::new(Source::new("", ""));
            let items = interpolate::entry(items, params, &mut ignored);
            own.extend(table(&items.node).iter().cloned());
        }
        let repeat = find(keys, "repeat");
        own.extend(repeat.map(|repeat| Entry {
            name: ITERATION.to_owned(),
            ..repeat.clone()
        }));
        Self {
            own,
            is_repetition: repeat.is_some(),
            params,
        }
    }

    /// Whether there are any that a parameter could be.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && !self.params.has_variables()
    }

    /// Those that go in where no parameter is told to be one.
    pub(super) fn unnamed(&self) -> impl Iterator<Item = &Entry> {
        let own = self.own.iter();
        own.filter(|_| !self.is_repetition)
    }

    /// Whether a value is one of the loop of this step, or has one in it.
    pub(super) fn is_in(&self, value: &Node) -> bool {
        let mut named = interpolate::variables(value).into_iter();
        named.any(|(name, _)| self.own.iter().any(|own| own.name == name))
    }

    /// The variable that a value is, if it has any in it. Reports what cannot be told apart.
    pub(super) fn variable(
        &self,
        param: &Entry,
        diagnostics: &mut Diagnostics,
    ) -> Option<Option<Variable>> {
        let named = interpolate::variables(&param.node);
        let Some((name, _)) = named.first() else {
            return Some(None);
        };
        let is_alone = matches!(
            &param.node.content,
            Content::String(text) if *text == format!("${{each.{name}}}")
        );
        if !is_alone {
            diagnostics.push(
                Diagnostic::new(format!(
                    "parameter `{}` has `${{each.{name}}}` and something else in it",
                    param.name
                ))
                .at(param.node.span.clone())
                .hint(format!(
                    "write `{} = \"${{each.{name}}}\"`, and put the rest around the parameter in \
                     the other file",
                    param.name
                )),
            );
            return None;
        }
        if let Some(own) = self.own.iter().find(|own| own.name == *name) {
            return Some(Some(as_variable(own)));
        }
        let around = self.params.variable_of_loop(name);
        if around.is_none() {
            let known = self.own.iter().map(|own| own.name.as_str());
            diagnostics.push(
                Diagnostic::new(format!(
                    "the loop has no variable `{}`",
                    name.escape_debug()
                ))
                .at(param.node.span.clone())
                .hint(names::hint(name, "variables", known)),
            );
        }
        Some(Some(around?.clone()))
    }
}

/// A variable of a loop with its values, of which there are none before the run if it is that of
/// a repetition or a list.
pub(super) fn as_variable(entry: &Entry) -> Variable {
    let values = match &entry.node.content {
        Content::Array(values) => values.clone(),
        _ => Vec::new(),
    };
    Variable {
        name: entry.name.clone(),
        values,
    }
}
