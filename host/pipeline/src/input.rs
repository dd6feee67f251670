//! Reads the `input` of a step: the name of one table, or a table of names. Which of them a step
//! needs depends on the kind of its plugin, which is not known yet.

use crate::diagnostic::Diagnostics;
use crate::node::{Content, Entry};
use crate::pipeline::{Input, NamedInput, Reference};
use crate::reader::{self, Section};
use crate::scope::Scope;

/// The keys that a table of inputs can have, for one kind of plugin or another.
const KEYS: [&str; 5] = ["model", "models", "data", "reference", "current"];

pub(crate) fn read(
    entry: &Entry,
    title: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Input> {
    match &entry.node.content {
        Content::String(name) => {
            scope.check_dataset(name, &entry.node.span, diagnostics);
            Some(Input::Dataset(Reference {
                name: name.clone(),
                span: entry.node.span.clone(),
            }))
        }
        Content::Table(inputs) => {
            let title = format!("the input of {title}");
            let section = Section::open(entry, &title, &KEYS, diagnostics)?;
            let named = inputs
                .iter()
                .filter(|input| KEYS.contains(&input.name.as_str()))
                .filter_map(|input| read_named(input, section, scope, diagnostics));
            Some(Input::Named(named.collect()))
        }
        _ => {
            let expected = "the name of data or a step, or a table of names,";
            reader::mismatch(
                &entry.node,
                expected,
                &format!("`input` in {title}"),
                diagnostics,
            )
        }
    }
}

fn read_named(
    entry: &Entry,
    section: Section<'_>,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<NamedInput> {
    let what = section.key(&entry.name);
    let names = if entry.name == "models" {
        let names = reader::strings(&entry.node, &what, diagnostics)?;
        if names.is_empty() {
            let hint = "name the trainer steps whose models are compared".to_owned();
            reader::report(
                &entry.node,
                format!("{what} is empty"),
                Some(hint),
                diagnostics,
            );
        }
        names
    } else {
        vec![(
            reader::string(&entry.node, &what, diagnostics)?,
            &entry.node,
        )]
    };
    let names_models = matches!(entry.name.as_str(), "model" | "models");
    let references = names.into_iter().map(|(name, node)| {
        if names_models {
            scope.check_step(name, &node.span, diagnostics);
        } else {
            scope.check_dataset(name, &node.span, diagnostics);
        }
        Reference {
            name: name.to_owned(),
            span: node.span.clone(),
        }
    });
    Some(NamedInput {
        key: entry.name.clone(),
        key_span: entry.key_span.clone(),
        references: references.collect(),
    })
}
