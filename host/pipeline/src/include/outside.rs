//! Puts included files in the place of the steps that name them.

use std::collections::HashMap;

use serde_json::Value;

use super::governing;
use super::inside::{self, Including};
use super::looped::{self, Variables};
use super::rewrite::{self, Meaning};
use super::{Files, Outputs, find, path_from, table, table_mut, text};
use crate::control::{LOOP_KEYS, is_group, is_notification, is_switch};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::interpolate::{self, Each, Values};
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::params::{Params, Variable};
use crate::reader;
use crate::syntax;

/// The keys of a step that includes a file.
const KEYS: [&str; 12] = [
    "pipeline",
    "params",
    "data",
    "when",
    "after",
    "on_failure",
    "finally",
    LOOP_KEYS[0],
    LOOP_KEYS[1],
    LOOP_KEYS[2],
    LOOP_KEYS[3],
    LOOP_KEYS[4],
];

/// Replaces every step with a key `pipeline` by the steps of that file, and what names its outputs
/// by the names of these. `file` is where the entries come from, from the folder of the pipeline;
/// `within` are the files on the way to it.
pub(crate) fn put_in(
    entries: &mut Vec<Entry>,
    params: &Params,
    files: &Files,
    (file, within): (&str, &[&str]),
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let steps = find(entries, "steps")
        .map(|entry| table(&entry.node))
        .unwrap_or_default();
    if !steps
        .iter()
        .any(|step| rewrite::has(table(&step.node), "pipeline"))
    {
        return Some(());
    }
    let before = diagnostics.len();
    let mut all_steps = Vec::new();
    let mut data = Vec::new();
    let mut outputs = Outputs::new();
    let mut whole = HashMap::new();
    for step in steps.iter().cloned() {
        let Some(path) = find(table(&step.node), "pipeline") else {
            all_steps.push(step);
            continue;
        };
        let includer = Includer {
            steps,
            params,
            files,
            file,
            within,
        };
        if let Some(inside) = includer.include(&step, path, diagnostics) {
            data.extend(inside.data);
            let plugins = inside
                .steps
                .iter()
                .filter(|inner| !is_switch(inner) && !is_group(inner) && !is_notification(inner));
            let names: Vec<String> = plugins.map(|inner| inner.name.clone()).collect();
            let standing = inside.outputs.get(&step.name).or(names.last()).cloned();
            whole.extend(standing.map(|standing| (step.name.clone(), (standing, names))));
            outputs.extend(inside.outputs);
            let group = looped::group(&step, &inside.steps);
            all_steps.extend(inside.steps.into_iter().chain(group));
        }
    }
    if diagnostics.len() > before {
        return None;
    }
    let meaning = Outside {
        outputs: &outputs,
        whole: &whole,
    };
    for step in &mut all_steps {
        if let Some(entries) = table_mut(&mut step.node) {
            rewrite::step(entries, &meaning);
        }
    }
    for entry in entries.iter_mut() {
        if entry.name == "steps" {
            entry.node.content = Content::Table(std::mem::take(&mut all_steps));
        } else if entry.name == "outputs" {
            // What comes out of another file may come out of this one.
            rewrite::names(&mut entry.node, &meaning);
        }
    }
    if data.is_empty() {
        return Some(());
    }
    match entries.iter_mut().find(|entry| entry.name == "data") {
        Some(entry) => table_mut(&mut entry.node)
            .into_iter()
            .for_each(|own| own.append(&mut data)),
        None => {
            let span = data[0].key_span.clone();
            entries.push(Entry {
                name: "data".to_owned(),
                key_span: span.clone(),
                node: Node::new(span, Content::Table(data)),
            });
        }
    }
    Some(())
}

struct Includer<'a> {
    /// The steps of the file that includes.
    steps: &'a [Entry],
    params: &'a Params,
    files: &'a Files,
    file: &'a str,
    within: &'a [&'a str],
}

impl Includer<'_> {
    fn include(
        &self,
        step: &Entry,
        path: &Entry,
        diagnostics: &mut Diagnostics,
    ) -> Option<inside::Inside> {
        let title = format!("step `{}`", step.name);
        let written = text(&path.node).unwrap_or_default();
        looped::check_folds(step, written, diagnostics)?;
        let section = reader::Section::open(step, &title, &KEYS, diagnostics)?;
        governing::check(section, self.steps, diagnostics);
        let written = reader::string(&path.node, &section.key("pipeline"), diagnostics)?;
        let file = path_from(self.file, written);
        if self.within.contains(&file.as_str()) || file == self.file {
            let way = self.within.iter().copied().chain([self.file, &file]);
            let way: Vec<String> = way.map(|file| format!("`{file}`")).collect();
            diagnostics.push(
                Diagnostic::new(format!("a pipeline includes itself: {}", way.join(" -> ")))
                    .at(path.node.span.clone())
                    .hint("take one of these steps out"),
            );
            return None;
        }
        let Some((begin, source)) = self.files.get(&file) else {
            diagnostics.push(
                Diagnostic::new(format!("there is no pipeline `{file}`"))
                    .at(path.node.span.clone())
                    .hint("a path is relative to the folder of the file that it stands in"),
            );
            return None;
        };
        let mut entries = syntax::parse(source, *begin, diagnostics)?;
        let other = Other {
            file: &file,
            entries: &entries,
        };
        let given = self.params_of(step, section, &other, diagnostics);
        let data = self.data_of(section, &other, diagnostics);
        let mut params = Params::read(find(&entries, "params"), &[], &given.texts, diagnostics);
        for (name, variable) in given.variables {
            params.set_variable(&name, variable, diagnostics);
        }
        let within: Vec<&str> = self.within.iter().copied().chain([self.file]).collect();
        put_in(
            &mut entries,
            &params,
            self.files,
            (&file, &within),
            diagnostics,
        )?;
        check_outputs(&entries, diagnostics);
        let including = Including {
            name: &step.name,
            file: &file,
            params: &params,
            data,
            step: table(&step.node),
        };
        Some(inside::read(&entries, &including, diagnostics))
    }

    /// The parameters that go into a file.
    fn params_of(
        &self,
        step: &Entry,
        section: reader::Section<'_>,
        other: &Other<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Given {
        let variables = Variables::of(step, self.params);
        let values = Values {
            params: self.params,
            each: match variables.is_empty() {
                true => Each::Nothing,
                false => Each::Later,
            },
        };
        let entry = section.optional("params");
        let entry = entry.map(|entry| interpolate::with_values(entry, &values, diagnostics));
        let what = section.key("params");
        let table = entry
            .as_ref()
            .and_then(|entry| reader::table(&entry.node, &what, diagnostics));
        let mut given = Given::default();
        let mut names_variable = false;
        for param in table.unwrap_or_default() {
            names_variable |= variables.is_in(&param.node);
            let Some(variable) = variables.variable(param, diagnostics) else {
                continue;
            };
            let value = match param.node.to_json() {
                Ok(Value::String(text)) => text,
                Ok(other) => other.to_string(),
                Err(_) => continue,
            };
            if !other.declares("params", "parameter", param, diagnostics) {
                continue;
            }
            match variable {
                Some(variable) => given.variables.push((param.name.clone(), variable)),
                None => given.texts.push((param.name.clone(), value)),
            }
        }
        for variable in variables.unnamed().filter(|_| !names_variable) {
            if other.declares("params", "parameter", variable, diagnostics) {
                let name = variable.name.clone();
                given.variables.push((name, looped::as_variable(variable)));
            }
        }
        given
    }

    /// The tables that go into a file.
    fn data_of(
        &self,
        section: reader::Section<'_>,
        other: &Other<'_>,
        diagnostics: &mut Diagnostics,
    ) -> HashMap<String, String> {
        let Some(entry) = section.optional("data") else {
            return HashMap::new();
        };
        let what = section.key("data");
        let given = reader::table(&entry.node, &what, diagnostics).unwrap_or_default();
        let mut data = HashMap::new();
        for table in given {
            if let Some(name) = reader::string(&table.node, &what, diagnostics)
                && other.declares("data", "data", table, diagnostics)
            {
                data.insert(table.name.clone(), name.to_owned());
            }
        }
        data
    }
}

/// The parameters that go into a file.
#[derive(Default)]
struct Given {
    /// In the form of overrides.
    texts: Vec<(String, String)>,
    /// Variables of a loop.
    variables: Vec<(String, Variable)>,
}

/// A file that is included.
struct Other<'a> {
    file: &'a str,
    entries: &'a [Entry],
}

impl Other<'_> {
    /// Whether the file has what is given to it; reports it otherwise.
    fn declares(
        &self,
        section: &str,
        what: &str,
        given: &Entry,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let declared = find(self.entries, section)
            .map(|entry| table(&entry.node))
            .unwrap_or_default();
        let known = declared.iter().any(|entry| entry.name == given.name);
        if !known {
            let name = given.name.escape_debug();
            let names = declared.iter().map(|entry| entry.name.as_str());
            let plural = if section == "params" {
                "parameters"
            } else {
                section
            };
            diagnostics.push(
                Diagnostic::new(format!("`{}` has no {what} `{name}`", self.file))
                    .at(given.key_span.clone())
                    .hint(names::hint(&given.name, plural, names)),
            );
        }
        known
    }
}

/// Names outside of included files: outputs are the steps that they are called by.
struct Outside<'a> {
    outputs: &'a Outputs,
    /// All steps of a file by the name of the step that includes it, and the one of them that
    /// stands for it.
    whole: &'a HashMap<String, (String, Vec<String>)>,
}

impl Meaning for Outside<'_> {
    fn dataset(&self, name: &str) -> Option<String> {
        self.outputs.get(name).cloned()
    }

    fn all_steps(&self, name: &str) -> Option<(String, Vec<String>)> {
        self.whole.get(name).cloned()
    }

    fn param(&self, _: &str) -> Option<String> {
        None
    }
}

/// Reports the outputs of a file that is run alone, or included: each is a step of it.
pub(crate) fn check_outputs(entries: &[Entry], diagnostics: &mut Diagnostics) {
    let steps = find(entries, "steps")
        .map(|entry| table(&entry.node))
        .unwrap_or_default();
    let outputs = find(entries, "outputs")
        .and_then(|entry| reader::table(&entry.node, "`outputs`", diagnostics))
        .unwrap_or_default();
    for output in outputs {
        let known =
            text(&output.node).is_some_and(|name| steps.iter().any(|step| step.name == name));
        if !known {
            let name = text(&output.node).unwrap_or_default();
            let names = steps.iter().map(|step| step.name.as_str());
            diagnostics.push(
                Diagnostic::new(format!(
                    "output `{}` is no step: `{}`",
                    output.name,
                    name.escape_debug()
                ))
                .at(output.node.span.clone())
                .hint(names::hint(name, "steps", names)),
            );
        }
    }
}
