//! Finds what a patch means to change and the pipeline does not have: a misspelt name would add a
//! step, data or a parameter that nothing uses.

use super::change::Change;
use super::layer::Layer;
use super::path;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry, Node};

/// A section of named things.
struct Named {
    /// The key at the top.
    section: &'static str,
    /// One of them, in a message.
    what: &'static str,
    plural: &'static str,
    /// Each has one of these keys, if it is complete.
    complete: &'static [&'static str],
}

const NAMED: [Named; 3] = [
    Named {
        section: "steps",
        what: "no step is named",
        plural: "steps",
        complete: &["plugin", "pipeline", "switch", "webhook"],
    },
    Named {
        section: "data",
        what: "no data is named",
        plural: "data",
        complete: &["path"],
    },
    Named {
        section: "params",
        what: "no parameter is named",
        plural: "parameters",
        complete: &[],
    },
];

/// Reports names that are not in the pipeline, and takes them out of the layer: a single value adds
/// nothing that has a name, and what looks like a misspelt name adds nothing either.
pub(crate) fn names_exist(layer: &mut Layer, root: &[Entry], diagnostics: &mut Diagnostics) {
    for named in &NAMED {
        let known: Vec<&str> = table(root, named.section)
            .iter()
            .map(|entry| entry.name.as_str())
            .collect();
        let mut sections = layer.entries.iter_mut();
        let section = sections.find(|entry| entry.name == named.section);
        let Some(Content::Table(entries)) = section.map(|entry| &mut entry.node.content) else {
            continue;
        };
        let is_single = layer.depth.is_some();
        entries.retain(|entry| {
            let is_there = known.contains(&entry.name.as_str());
            let file = file_of(&entry.name, &known).filter(|_| !is_there);
            if let Some(file) = file {
                diagnostics.push(inside_of_a_file(entry, file));
                return false;
            }
            let adds = !is_single && !is_misspelt(entry, &known, named);
            if is_there || adds {
                return true;
            }
            let message = format!("{} `{}`", named.what, entry.name.escape_debug());
            let mut hint = names::hint(&entry.name, named.plural, known.iter().copied());
            if is_single && names::nearest(&entry.name, &known).is_none() {
                hint += "; a patch file can add others";
            }
            let diagnostic = Diagnostic::new(message).at(entry.key_span.clone());
            diagnostics.push(diagnostic.hint(hint));
            false
        });
    }
}

/// The step that includes the file which something of this name would be in.
fn file_of<'a>(name: &'a str, known: &[&str]) -> Option<&'a str> {
    let (file, _) = name.rsplit_once('/')?;
    let step = file.split('/').next().unwrap_or(file);
    known.contains(&step).then_some(step)
}

/// What to say of a step or data of an included file.
fn inside_of_a_file(entry: &Entry, file: &str) -> Diagnostic {
    let name = entry.name.escape_debug();
    Diagnostic::new(format!(
        "`{name}` is in the file that `{file}` includes, where nothing from outside reaches"
    ))
    .at(entry.key_span.clone())
    .hint(format!(
        "declare a parameter in that file, and set `steps.{file}.params.<name>`"
    ))
}

/// Whether it is near a known name, and could not stand alone.
fn is_misspelt(entry: &Entry, known: &[&str], named: &Named) -> bool {
    let Content::Table(inner) = &entry.node.content else {
        return false;
    };
    let is_complete = inner
        .iter()
        .any(|entry| named.complete.contains(&entry.name.as_str()));
    !is_complete && names::nearest(&entry.name, known).is_some()
}

/// Reports a single value whose path leads through something that has no keys. What it sets may be
/// anything.
pub(crate) fn path_leads_on(layer: &Layer, root: &[Entry], diagnostics: &mut Diagnostics) -> bool {
    let Some(depth) = layer.depth else {
        return true;
    };
    let (mut patch, mut found) = (layer.entries.as_slice(), root);
    let mut at = String::new();
    for _ in 1..depth {
        let Some(key) = patch.first() else { break };
        let Some(old) = found.iter().find(|entry| entry.name == key.name) else {
            break;
        };
        at = path::join(&at, &key.name);
        let Content::Table(next) = &key.node.content else {
            break;
        };
        let Content::Table(inner) = &old.node.content else {
            let what = old.node.content.described();
            let next = next.first();
            let name = next.map(|entry| entry.name.as_str()).unwrap_or_default();
            let message = format!(
                "`{at}` is {what}, which has no key `{}`",
                name.escape_debug()
            );
            let hint = format!("set the whole of it: `--set {at}=…`");
            let span = next.map_or_else(|| key.key_span.clone(), |entry| entry.key_span.clone());
            diagnostics.push(
                Diagnostic::new(message)
                    .at(span)
                    .hint(hint)
                    .related(old.node.span.clone(), "it is set here"),
            );
            return false;
        };
        (patch, found) = (next, inner);
    }
    true
}

/// Reports a parameter that was added and is used nowhere.
pub(crate) fn added_parameters_are_used(
    changes: &[Change],
    root: &[Entry],
    diagnostics: &mut Diagnostics,
) {
    let declared = table(root, "params");
    for change in changes {
        let (None, Some(added)) = (&change.before, &change.after) else {
            continue;
        };
        let is_parameter = change.path == path::joined(["params", &added.name]);
        let reference = format!("params.{}", added.name);
        if !is_parameter || root.iter().any(|entry| mentions(&entry.node, &reference)) {
            continue;
        }
        let message = format!("nothing uses parameter `{}`", added.name.escape_debug());
        let others = declared.iter().map(|entry| entry.name.as_str());
        let others: Vec<&str> = others.filter(|name| *name != added.name).collect();
        let hint = match names::nearest(&added.name, &others) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("write `${{{reference}}}` where its value is to stand"),
        };
        let diagnostic = Diagnostic::new(message).at(added.key_span.clone());
        diagnostics.push(diagnostic.hint(hint));
    }
}

fn mentions(node: &Node, reference: &str) -> bool {
    match &node.content {
        Content::String(text) => text
            .match_indices(reference)
            .any(|(at, _)| !text[at + reference.len()..].starts_with(names::is_letter)),
        Content::Array(items) => items.iter().any(|item| mentions(item, reference)),
        Content::Table(entries) => entries.iter().any(|entry| mentions(&entry.node, reference)),
        _ => false,
    }
}

/// Says that a patch is without effect, and shows a value that is as it says already.
pub(crate) fn report_unchanged(layer: &Layer, root: &[Entry], diagnostics: &mut Diagnostics) {
    let hint = match layer.depth {
        Some(_) => "leave it out",
        None => "leave it out, or change something in it",
    };
    let diagnostic = Diagnostic::new(format!("{} changes nothing", layer.title)).hint(hint);
    diagnostics.push(match first_same(&layer.entries, root) {
        Some((new, old)) => diagnostic
            .at(new.span.clone())
            .related(old.span.clone(), "it is so already"),
        None => diagnostic.at(layer.span.clone()),
    });
}

/// The first value of a patch, and the same of the pipeline.
fn first_same<'a>(patch: &'a [Entry], root: &'a [Entry]) -> Option<(&'a Node, &'a Node)> {
    patch.iter().find_map(|new| {
        let old = root.iter().find(|old| old.name == new.name)?;
        match (&new.node.content, &old.node.content) {
            (Content::Table(new), Content::Table(old)) => first_same(new, old),
            _ => Some((&new.node, &old.node)),
        }
    })
}

/// The entries of a table at the top, if it is there.
fn table<'a>(root: &'a [Entry], key: &str) -> &'a [Entry] {
    let entry = root.iter().find(|entry| entry.name == key);
    match entry.map(|entry| &entry.node.content) {
        Some(Content::Table(entries)) => entries,
        _ => &[],
    }
}
