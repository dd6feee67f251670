//! The entries of an included file, ready to stand in the one that includes it.

use std::collections::HashMap;

use super::governing;
use super::rewrite::{self, Meaning};
use super::{Outputs, find, path_from, table, table_mut, text};
use crate::control::{GROUP_KEY, is_notification};
use crate::diagnostic::Diagnostics;
use crate::interpolate::{self, Each, Values};
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::reference::PluginReference;

/// The steps and data of an included file.
pub(super) struct Inside {
    pub(super) steps: Vec<Entry>,
    pub(super) data: Vec<Entry>,
    pub(super) outputs: Outputs,
}

/// How a file is included.
pub(super) struct Including<'a> {
    /// The name of the step that includes it.
    pub(super) name: &'a str,
    /// The file, as seen from the folder of the pipeline.
    pub(super) file: &'a str,
    /// Its parameters, with what goes in.
    pub(super) params: &'a Params,
    /// Tables of the including file in the place of its data.
    pub(super) data: HashMap<String, String>,
    /// The step itself, for its `when`, `after`, `on_failure` and `finally`.
    pub(super) step: &'a [Entry],
}

/// Reads what an included file has.
pub(super) fn read(
    entries: &[Entry],
    including: &Including<'_>,
    diagnostics: &mut Diagnostics,
) -> Inside {
    let section = |name: &str| {
        find(entries, name)
            .map(|entry| table(&entry.node))
            .unwrap_or_default()
    };
    let own: Vec<&str> = section("steps")
        .iter()
        .chain(section("data"))
        .map(|entry| entry.name.as_str())
        .collect();
    let meaning = Prefixed {
        including,
        own: &own,
        params: including.params,
    };
    let mut steps = Vec::new();
    for step in section("steps") {
        let mut step = prefixed(step, including.name, including.params, diagnostics);
        let is_notification = is_notification(&step);
        if let Some(entries) = table_mut(&mut step.node) {
            plugin_path(entries, including.file);
            allowed_paths(entries, including.file);
            rewrite::step(entries, &meaning);
            if is_notification {
                governing::hold_for_notification(entries, including.step);
            } else if !rewrite::has(entries, GROUP_KEY) {
                governing::hold(entries, including.step);
            }
        }
        steps.push(step);
    }
    let kept = section("data")
        .iter()
        .filter(|data| !including.data.contains_key(&data.name));
    let data = kept.map(|data| {
        let mut data = prefixed(data, including.name, including.params, diagnostics);
        for entry in table_mut(&mut data.node).into_iter().flatten() {
            if let ("path", Content::String(path)) = (entry.name.as_str(), &mut entry.node.content)
            {
                *path = path_from(including.file, path);
            }
        }
        data
    });
    let data = data.collect();
    Inside {
        outputs: outputs(entries, including),
        steps,
        data,
    }
}

/// The entry under its name outside, with the parameters of its own file put in. What looks like a
/// parameter afterwards is meant literally.
fn prefixed(entry: &Entry, by: &str, params: &Params, diagnostics: &mut Diagnostics) -> Entry {
    let mut entry = entry.clone();
    let values = Values {
        params,
        each: Each::Later,
    };
    for inner in table_mut(&mut entry.node).into_iter().flatten() {
        if !matches!(
            inner.name.as_str(),
            "when" | "switch" | "repeat" | GROUP_KEY
        ) {
            *inner = interpolate::with_values(inner, &values, diagnostics);
            escape(&mut inner.node);
        }
    }
    entry.name = format!("{by}/{}", entry.name);
    entry
}

fn escape(node: &mut Node) {
    match &mut node.content {
        Content::String(text) if text.contains("${") => {
            *text = text.replace("${", "$${").replace("$${each.", "${each.");
        }
        Content::Array(items) => items.iter_mut().for_each(escape),
        Content::Table(entries) => entries.iter_mut().for_each(|entry| escape(&mut entry.node)),
        _ => {}
    }
}

/// Gives the folders that a plugin may see their paths from outside.
fn allowed_paths(entries: &mut [Entry], file: &str) {
    let allow = entries.iter_mut().find(|entry| entry.name == "allow");
    let allow = allow.and_then(|entry| table_mut(&mut entry.node));
    let dirs = allow
        .into_iter()
        .flatten()
        .find(|entry| entry.name == "dirs");
    let Some(Content::Array(dirs)) = dirs.map(|entry| &mut entry.node.content) else {
        return;
    };
    for entry in dirs.iter_mut().filter_map(table_mut).flatten() {
        if let ("path", Content::String(path)) = (entry.name.as_str(), &mut entry.node.content) {
            *path = path_from(file, path);
        }
    }
}

fn plugin_path(entries: &mut [Entry], file: &str) {
    for entry in entries {
        if let ("plugin", Content::String(plugin)) = (entry.name.as_str(), &mut entry.node.content)
            && let Ok(PluginReference::File(path)) = plugin.parse()
        {
            let path = path_from(file, &path);
            *plugin = if path.contains('/') {
                path
            } else {
                format!("./{path}")
            };
        }
    }
}

/// What the file calls its results, as they are called outside. That each is a step was checked.
fn outputs(entries: &[Entry], including: &Including<'_>) -> Outputs {
    let listed = find(entries, "outputs")
        .map(|entry| table(&entry.node))
        .unwrap_or_default();
    let mut outputs = Outputs::new();
    for output in listed {
        let Some(step) = text(&output.node) else {
            continue;
        };
        let inside = format!("{}/{step}", including.name);
        if listed.len() == 1 {
            outputs.insert(including.name.to_owned(), inside.clone());
        }
        outputs.insert(format!("{}.{}", including.name, output.name), inside);
    }
    outputs
}

/// Names inside of an included file: its steps and data have a prefix, or are those of outside.
struct Prefixed<'a> {
    including: &'a Including<'a>,
    own: &'a [&'a str],
    params: &'a Params,
}

impl Meaning for Prefixed<'_> {
    fn dataset(&self, name: &str) -> Option<String> {
        let (first, side) = match name.split_once('.') {
            Some((first, side)) => (first, Some(side)),
            None => (name, None),
        };
        let outside = match self.including.data.get(first) {
            Some(outside) => outside.clone(),
            None if self.own.contains(&first) => format!("{}/{first}", self.including.name),
            None => return None,
        };
        Some(match side {
            Some(side) => format!("{outside}.{side}"),
            None => outside,
        })
    }

    fn all_steps(&self, _: &str) -> Option<(String, Vec<String>)> {
        // A file in this one has been put in already.
        None
    }

    fn param(&self, name: &str) -> Option<String> {
        if let Some(variable) = self.params.variable(name) {
            return Some(format!("each.{}", variable.name));
        }
        Some(self.params.get(name)?.to_json().ok()?.to_string())
    }
}
