//! Reads the `input` of a step: the name of one table, or a table of names. Which of them a step
//! needs depends on the kind of its plugin, which is not known yet.

use crate::diagnostic::Diagnostics;
use crate::model_version::{ModelVersion, RegisteredReference};
use crate::node::{Content, Entry, Node};
use crate::pipeline::{Input, NamedInput, Reference};
use crate::reader::{self, Section};
use crate::scope::Scope;
use crate::source::Span;

/// The keys that a table of inputs can have, for one kind of plugin or another.
const KEYS: [&str; 5] = ["model", "models", "data", "reference", "current"];

impl Input {
    /// The registered model that it names, if it names one.
    pub fn registered_model(&self) -> Option<&RegisteredReference> {
        self.named()
            .iter()
            .find_map(|input| input.registered.as_ref())
    }

    /// Where the value of a key is written, if there is that key.
    pub fn span_of(&self, key: &str) -> Option<Span> {
        let input = self.named().iter().find(|input| input.key == key)?;
        let registered = input.registered.as_ref().map(|model| &model.span);
        let reference = input.references.first().map(|reference| &reference.span);
        registered.or(reference).cloned()
    }

    fn named(&self) -> &[NamedInput] {
        match self {
            Self::Dataset(_) => &[],
            Self::Named(inputs) => inputs,
        }
    }
}

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
    if entry.name == "model"
        && let [(name, node)] = names.as_slice()
        && name.contains('@')
    {
        return read_registered(entry, &what, name, node, diagnostics);
    }
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
        registered: None,
    })
}

/// A model that is not of a step: no name of a step has an `@`.
fn read_registered(
    entry: &Entry,
    what: &str,
    name: &str,
    node: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<NamedInput> {
    let Some(version) = ModelVersion::of(name) else {
        let message = format!("{what} names no model: `{}`", name.escape_debug());
        let hint = "write `name@champion` with an alias, `name@3` with a version, or `name@latest`";
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
        return None;
    };
    Some(NamedInput {
        key: entry.name.clone(),
        key_span: entry.key_span.clone(),
        references: Vec::new(),
        registered: Some(RegisteredReference {
            version,
            span: node.span.clone(),
        }),
    })
}
