//! Reads a step that picks one of several others: `switch = [{ when = "…", step = "a" }, …]`.

use super::condition::{self, Condition};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::{Content, Entry};
use crate::reader::{self, Section};
use crate::scope::Scope;
use crate::source::Span;

/// Picks one of several steps, and stands for it wherever it is named.
#[derive(Debug, Clone)]
pub struct Switch {
    /// Its name.
    pub name: String,
    /// What it picks from: the first whose condition is true. The steps that are not picked are
    /// skipped.
    pub cases: Vec<Case>,
    pub(crate) span: Span,
}

/// One thing that a switch may pick.
#[derive(Debug, Clone)]
pub struct Case {
    /// When it does; the last case may do without a condition, and is picked when no other is.
    pub when: Option<Condition>,
    /// The step.
    pub step: String,
    /// Other steps that run only if this one is picked, such as those that it takes rows from.
    pub also: Vec<String>,
    pub(crate) span: Span,
}

impl Case {
    /// The steps that run only if this case is picked.
    pub fn steps(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.step).chain(&self.also)
    }
}

impl Switch {
    /// Where its name is written.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Whether it picks the same, wherever that is written.
    pub fn is_same(&self, other: &Self) -> bool {
        let cases = |switch: &Self| -> Vec<(Option<String>, String)> {
            let text = |case: &Case| {
                let when = case.when.as_ref();
                when.map(|when| when.expression.text().to_owned())
            };
            let cases = switch.cases.iter();
            cases.map(|case| (text(case), case.step.clone())).collect()
        };
        cases(self) == cases(other)
    }

    /// The conditions.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.cases.iter().filter_map(|case| case.when.as_ref())
    }
}

/// Whether a step is a switch.
pub(crate) fn is_switch(entry: &Entry) -> bool {
    match &entry.node.content {
        crate::node::Content::Table(entries) => entries.iter().any(|entry| entry.name == "switch"),
        _ => false,
    }
}

pub(crate) fn read(
    entry: &Entry,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Switch> {
    let title = format!("step `{}`", entry.name);
    let section = Section::open(entry, &title, &["switch"], diagnostics)?;
    let what = section.key("switch");
    let list = section.optional("switch")?;
    let items = reader::array(&list.node, &what, diagnostics)?;
    if items.is_empty() {
        let hint = "write `switch = [{ when = \"…\", step = \"…\" }, { step = \"…\" }]`";
        reader::report(
            &list.node,
            format!("{what} is empty"),
            Some(hint.to_owned()),
            diagnostics,
        );
    }
    let mut cases = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = Entry {
            name: list.name.clone(),
            key_span: item.span.clone(),
            node: item.clone(),
        };
        let title = format!("case {} of {what}", index + 1);
        if let Content::Table(keys) = &item.node.content
            && let Some(default) = keys.iter().find(|key| key.name == "default")
        {
            diagnostics.push(
                Diagnostic::new(format!("unknown key `default` in {title}"))
                    .at(default.key_span.clone())
                    .hint("write `{ step = \"…\" }` as the last case: without `when` it is picked when no other is"),
            );
            continue;
        }
        let Some(section) = Section::open(&item, &title, &["when", "step", "also"], diagnostics)
        else {
            continue;
        };
        let remedy = "add `step = \"…\"`, the step to pick";
        let step = section.required("step", remedy, diagnostics);
        let when = section.optional("when");
        if when.is_none() && index + 1 < items.len() {
            diagnostics.push(
                Diagnostic::new(format!("{title} has no `when`, and is not the last"))
                    .at(item.key_span.clone())
                    .hint("only the last case can do without: it is picked when no other is"),
            );
        }
        let has_when = when.is_some();
        let when =
            when.and_then(|entry| condition::read(&entry.node, &section.key("when"), diagnostics));
        let Some(step) = step else { continue };
        let Some(name) = reader::string(&step.node, &section.key("step"), diagnostics) else {
            continue;
        };
        scope.check_step(name, &step.node.span, diagnostics);
        let also = section
            .optional("also")
            .and_then(|entry| reader::strings(&entry.node, &section.key("also"), diagnostics));
        let also = also.unwrap_or_default();
        for (name, node) in &also {
            scope.check_step(name, &node.span, diagnostics);
        }
        if has_when == when.is_some() {
            cases.push(Case {
                when,
                step: name.to_owned(),
                also: also.into_iter().map(|(name, _)| name.to_owned()).collect(),
                span: step.node.span.clone(),
            });
        }
    }
    Some(Switch {
        name: entry.name.clone(),
        cases,
        span: entry.key_span.clone(),
    })
}
