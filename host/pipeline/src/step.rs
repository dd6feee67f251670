//! Reads the tables `[steps.<name>]`.

use serde_json::{Map, Value};

use crate::allow;
use crate::control;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gate;
use crate::input;
use crate::interpolate;
use crate::limit::{Limit, LimitSet};
use crate::limits;
use crate::model_version::is_alias;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::pipeline::{Step, StepPlaces};
use crate::reader::{self, Section};
use crate::reference::PluginReference;
use crate::scope::Scope;
use crate::source::Span;

const KEYS: [&str; 20] = [
    "plugin",
    "input",
    "with",
    "after",
    "register",
    "gate",
    "timeout",
    "memory",
    "limits",
    "allow",
    "retry",
    "when",
    "on_failure",
    "finally",
    "for_each",
    "zip",
    "repeat",
    "select",
    "max_parallel",
    "folds",
];

const INPUT_REMEDY: &str =
    "add `input = \"…\"` with the name of data or a step, or a table of names";

/// One step, or nothing if what is missing or wrong leaves none.
pub(crate) fn read(
    entry: &Entry,
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Step> {
    let title = format!("step `{}`", entry.name);
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let plugin = read_plugin(section, diagnostics);
    let input_entry = section.required("input", INPUT_REMEDY, diagnostics);
    let input = input_entry.and_then(|entry| input::read(entry, &title, scope, diagnostics));
    let template = section
        .optional("with")
        .filter(|entry| !interpolate::variables(&entry.node).is_empty());
    let mut interpolated = |key| {
        let entry = section.optional(key)?;
        Some(interpolate::entry(entry, scope.params, diagnostics))
    };
    // What has variables of a loop in it is read for each iteration.
    let with = match template {
        Some(template) => Some(Entry {
            node: Node::new(template.node.span.clone(), Content::Table(Vec::new())),
            ..template.clone()
        }),
        None => interpolated("with"),
    };
    let gate = interpolated("gate");
    let register = interpolated("register");
    let limits = interpolated("limits");
    let allow = interpolated("allow");

    let parameters = match &with {
        Some(entry) => read_with(entry, &title, diagnostics),
        None => Some(Map::new()),
    };
    let gates = match &gate {
        Some(entry) => gate::read(entry, &title, diagnostics),
        None => Vec::new(),
    };
    let register = register.and_then(|entry| read_register(&entry, &title, diagnostics));
    let mut control = control::read(section, scope, diagnostics);
    let after = read_after(section, scope, &mut control.after_any, diagnostics);
    let looping = control::read_loop(section, scope, diagnostics);
    let folds = control::read_folds(section, scope, diagnostics);
    let timeout = section
        .optional("timeout")
        .and_then(|entry| limits::timeout(&entry.node, &section.key("timeout"), diagnostics));
    let memory = section
        .optional("memory")
        .and_then(|entry| limits::memory(&entry.node, &section.key("memory"), diagnostics));

    let mut limits = match limits {
        Some(entry) => limits::read(&entry, &section.key("limits"), true, diagnostics),
        None => LimitSet::default(),
    };
    for (limit, value) in [
        (Limit::Timeout, timeout.map(|time| time.as_millis() as u64)),
        (Limit::Memory, memory),
    ] {
        if let Some(value) = value {
            limits.set(limit, value);
        }
    }
    let allowed = allow
        .as_ref()
        .map(|entry| allow::read(entry, &title, diagnostics));

    let (plugin, plugin_span) = plugin?;
    let (register, register_span) = register.unzip();
    let (register, alias) = register.unzip();
    let (after, after_spans) = after.into_iter().unzip();
    Some(Step {
        name: entry.name.clone(),
        plugin,
        input: input?,
        with: Value::Object(parameters?),
        gates,
        register,
        alias: alias.flatten(),
        after,
        timeout,
        memory,
        limits,
        allow: allowed.unwrap_or_default(),
        control,
        written: entry.name.clone(),
        iteration: None,
        looping,
        folds,
        places: StepPlaces {
            name: entry.key_span.clone(),
            plugin: plugin_span,
            input: input_entry?.node.span.clone(),
            register: register_span,
            gate: gate.map(|entry| entry.key_span),
            after: after_spans,
            allow: allow.map(|entry| entry.key_span),
            with: with.map(|entry| (entry.key_span, entry.node)),
            template: template.cloned(),
        },
    })
}

fn read_plugin(
    section: Section<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(PluginReference, Span)> {
    let entry = section.required(
        "plugin",
        "add `plugin = \"…\"`, a package or the path of a `.wasm` file",
        diagnostics,
    )?;
    let text = reader::string(&entry.node, &section.key("plugin"), diagnostics)?;
    match text.parse() {
        Ok(plugin) => Some((plugin, entry.node.span.clone())),
        Err(error) => {
            let hint = "write `namespace:name@^1.2`, `namespace:name@1.2.3`, `namespace:name`, `name`, or the path of \
                        a `.wasm` file";
            let message = format!("in {}: {error}", section.title);
            reader::report(&entry.node, message, Some(hint.to_owned()), diagnostics);
            None
        }
    }
}

/// What a step is after that runs whatever became of the steps before it.
const ANY: &str = "any";

/// The parameters of the plugin as JSON.
pub(crate) fn read_with(
    entry: &Entry,
    title: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Map<String, Value>> {
    let what = format!("`with` in {title}");
    reader::table(&entry.node, &what, diagnostics)?;
    match entry.node.to_json() {
        Ok(Value::Object(parameters)) => Some(parameters),
        Ok(_) => None,
        Err(node) => {
            let message = format!("{what} holds {}", node.content.described());
            let hint = "plugins get their parameters as JSON, which has finite numbers only";
            reader::report(node, message, Some(hint.to_owned()), diagnostics);
            None
        }
    }
}

/// The name of the model and its alias, and where the name is written.
fn read_register(
    entry: &Entry,
    title: &str,
    diagnostics: &mut Diagnostics,
) -> Option<((String, Option<String>), Span)> {
    let what = format!("`register` in {title}");
    let (name, alias) = if matches!(entry.node.content, Content::Table(_)) {
        let section = Section::open(entry, &what, &["name", "alias"], diagnostics)?;
        let remedy = "add `name = \"…\"`, the name of the model";
        let name = section.required("name", remedy, diagnostics);
        let alias = section.optional("alias");
        let alias =
            alias.and_then(|entry| read_alias(&entry.node, &section.key("alias"), diagnostics));
        (&name?.node, alias)
    } else {
        (&entry.node, None)
    };
    let text = reader::string(name, &what, diagnostics)?;
    names::check("the name of a model", text, &name.span, diagnostics);
    Some(((text.to_owned(), alias), name.span.clone()))
}

fn read_alias(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let alias = reader::string(node, what, diagnostics)?;
    if is_alias(alias) && alias != "latest" {
        return Some(alias.to_owned());
    }
    let message = format!("{what} cannot be an alias: `{}`", alias.escape_debug());
    let hint = "an alias has lower-case letters, digits and `-`, and starts with a letter; \
                `latest` always stands for the latest version";
    reader::report(node, message, Some(hint.to_owned()), diagnostics);
    None
}

fn read_after(
    section: Section<'_>,
    scope: &Scope<'_>,
    any: &mut bool,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, Span)> {
    let Some(entry) = section.optional("after") else {
        return Vec::new();
    };
    let what = section.key("after");
    let node = match &entry.node.content {
        Content::String(word) if word == ANY => {
            *any = true;
            return Vec::new();
        }
        Content::String(name) => {
            return report_bare_after(name, &entry.node, &what, diagnostics);
        }
        Content::Table(_) => {
            let Some(section) = Section::open(entry, &what, &["steps", "on"], diagnostics) else {
                return Vec::new();
            };
            if let Some(on) = section.optional("on") {
                let known = [(ANY, true), ("done", false)];
                let found = reader::one_of(&on.node, &section.key("on"), &known, diagnostics);
                *any = found.unwrap_or_default();
            }
            let remedy = "add `steps = [\"…\"]`, the steps to wait for";
            match section.required("steps", remedy, diagnostics) {
                Some(steps) => &steps.node,
                None => return Vec::new(),
            }
        }
        _ => &entry.node,
    };
    reader::strings(node, &what, diagnostics)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, node)| {
            scope.check_step(name, &node.span, diagnostics);
            (name.to_owned(), node.span.clone())
        })
        .collect()
}

/// The likeliest slip deserves the exact remedy.
fn report_bare_after(
    name: &str,
    node: &Node,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, Span)> {
    diagnostics.push(
        Diagnostic::new(format!("expected an array for {what}, found a string"))
            .at(node.span.clone())
            .hint(format!("write `after = [\"{}\"]`", name.escape_debug())),
    );
    Vec::new()
}
