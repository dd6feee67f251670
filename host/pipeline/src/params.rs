//! The parameters of a pipeline: declared in `[params]`, overridden from outside. An override
//! can change a value, never what parameters there are or of what type they are.

use std::collections::HashMap;
use std::mem::discriminant;

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::patch::{self, AppliedPatch};
use crate::reader;
use crate::source::Span;
use crate::syntax;

/// The declared parameters with their overrides applied, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Params {
    entries: Vec<Entry>,
    /// Where the key `params` is written.
    span: Option<Span>,
    /// What was put over the file.
    patches: Vec<AppliedPatch>,
    /// Those that are variables of a loop around the file, by their names.
    variables: HashMap<String, Variable>,
}

/// A variable of a loop, as a parameter of a file that is included in each iteration.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// What it is called in the loop.
    pub(crate) name: String,
    /// The values that it has in the iterations, as far as they are known before the run.
    pub(crate) values: Vec<Node>,
}

impl Params {
    /// Reads `[params]` and applies the overrides, pairs of a name and a raw text.
    pub(crate) fn read(
        section: Option<&Entry>,
        patches: &[AppliedPatch],
        overrides: &[(String, String)],
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let declared = section
            .and_then(|entry| reader::table(&entry.node, "`params`", diagnostics))
            .unwrap_or_default();
        let mut entries = Vec::new();
        for entry in declared {
            names::check(
                "the name of a parameter",
                &entry.name,
                &entry.key_span,
                diagnostics,
            );
            let valid = check_type(entry, diagnostics);
            let mut entry = entry.clone();
            if !valid {
                entry.node.content = Content::Invalid;
            }
            entries.push(entry);
        }
        let mut params = Self {
            entries,
            span: section.map(|entry| entry.key_span.clone()),
            patches: patches.to_vec(),
            variables: HashMap::new(),
        };
        for (name, text) in overrides {
            params.apply(name, text, diagnostics);
        }
        params
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        Some(&entry.node)
    }

    /// All of them with their values.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What to do about a parameter that does not exist.
    pub(crate) fn hint(&self, name: &str) -> String {
        if let Some(removed) = patch::removed(&self.patches, &format!("params.{name}")) {
            return removed;
        }
        if self.entries.is_empty() {
            return "declare it in `[params]`".to_owned();
        }
        let known = self.entries.iter().map(|entry| entry.name.as_str());
        names::hint(name, "parameters", known)
    }

    /// The variable of a loop that a parameter is, if it is one.
    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// Whether any is a variable of a loop.
    pub(crate) fn has_variables(&self) -> bool {
        !self.variables.is_empty()
    }

    /// The variable of this name of a loop around the file, if a parameter is it.
    pub(crate) fn variable_of_loop(&self, name: &str) -> Option<&Variable> {
        let mut variables = self.variables.values();
        variables.find(|variable| variable.name == name)
    }

    /// Has a parameter be a variable of a loop. Reports the values that are not of its type.
    pub(crate) fn set_variable(
        &mut self,
        name: &str,
        variable: Variable,
        diagnostics: &mut Diagnostics,
    ) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == name) else {
            return;
        };
        for value in &variable.values {
            let Err(Mismatch { expected, found }) = fit(&entry.node.content, value.content.clone())
            else {
                continue;
            };
            diagnostics.push(
                Diagnostic::new(format!(
                    "parameter `{name}` cannot be this value of `{}`: expected {expected}, found \
                     {found}",
                    variable.name
                ))
                .at(value.span.clone())
                .related(entry.node.span.clone(), "its type is declared here"),
            );
        }
        entry.node.content = Content::String(format!("${{each.{}}}", variable.name));
        self.variables.insert(name.to_owned(), variable);
    }

    pub(crate) fn to_json(&self) -> Map<String, Value> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry.name.clone(), entry.node.to_json().ok()?)))
            .collect()
    }

    fn apply(&mut self, name: &str, text: &str, diagnostics: &mut Diagnostics) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.name == name) else {
            let message = format!(
                "cannot set parameter `{}`: the pipeline does not declare it",
                name.escape_debug()
            );
            let diagnostic = Diagnostic::new(message).hint(self.hint(name));
            diagnostics.push(match &self.span {
                Some(span) => diagnostic.at(span.clone()).label("they are declared here"),
                None => diagnostic,
            });
            return;
        };
        if matches!(entry.node.content, Content::Invalid) {
            return;
        }
        match fit(&entry.node.content, given(&entry.node.content, text)) {
            Ok(content) => entry.node.content = content,
            Err(Mismatch { expected, found }) => {
                let message = format!(
                    "cannot set parameter `{name}` to `{}`: expected {expected}, found {found}",
                    text.escape_debug(),
                );
                let diagnostic = Diagnostic::new(message)
                    .at(entry.node.span.clone())
                    .label("its type is declared here");
                diagnostics.push(diagnostic);
            }
        }
    }
}

struct Mismatch {
    expected: &'static str,
    found: &'static str,
}

/// What the text of an override stands for: a TOML value, else itself. Where a string is declared
/// a text needs no quotes, even if it could be something else: `7`, `true`.
fn given(declared: &Content, text: &str) -> Content {
    let value = syntax::parse_value(text, 0).map(|node| node.content);
    let is_string = matches!(declared, Content::String(_));
    value
        .filter(|value| !is_string || matches!(value, Content::String(_)))
        .unwrap_or_else(|| Content::String(text.to_owned()))
}

/// The given value as the type that was declared; an integer may become a float. The items of an
/// array are held against the first declared one; an array declared empty takes any scalars.
fn fit(declared: &Content, given: Content) -> Result<Content, Mismatch> {
    match (declared, given) {
        (Content::Array(models), Content::Array(items)) => {
            let fitted = items.into_iter().map(|item| {
                let content = match models.first() {
                    Some(model) => fit(&model.content, item.content)?,
                    None => scalar(item.content)?,
                };
                Ok(Node::new(item.span, content))
            });
            fitted.collect::<Result<_, _>>().map(Content::Array)
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "the parameter is declared as a float"
        )]
        (Content::Float(_), Content::Integer(number)) => Ok(Content::Float(number as f64)),
        (declared, given) if discriminant(declared) == discriminant(&given) => scalar(given),
        (declared, given) => Err(Mismatch {
            expected: declared.described(),
            found: given.described(),
        }),
    }
}

fn scalar(content: Content) -> Result<Content, Mismatch> {
    if is_scalar(&content) {
        return Ok(content);
    }
    Err(Mismatch {
        expected: match content {
            Content::Float(_) => "a finite number",
            _ => SCALAR,
        },
        found: content.described(),
    })
}

const SCALAR: &str = "a boolean, a finite number or a string";

fn check_type(entry: &Entry, diagnostics: &mut Diagnostics) -> bool {
    let items = match &entry.node.content {
        Content::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(&entry.node),
    };
    let wrong: Vec<&Node> = items
        .iter()
        .filter(|item| !is_scalar(&item.content))
        .collect();
    for item in &wrong {
        let what = format!("parameter `{}`", entry.name);
        reader::mismatch::<()>(item, SCALAR, &what, diagnostics);
    }
    wrong.is_empty()
}

fn is_scalar(content: &Content) -> bool {
    match content {
        Content::Boolean(_) | Content::Integer(_) | Content::String(_) => true,
        Content::Float(number) => number.is_finite(),
        _ => false,
    }
}
