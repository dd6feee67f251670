//! Reads the top of a pipeline file and hands its parts to the readers of data and steps.

use indexmap::IndexMap;

use crate::check;
use crate::control;
use crate::data;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::experiment;
use crate::include::{self, Files};
use crate::limit::LimitSet;
use crate::limits;
use crate::names;
use crate::node::{Content, Entry, Node};
use crate::params::Params;
use crate::patch::{self, Overrides, Placed};
use crate::pipeline::Pipeline;
use crate::reader::{self, Section};
use crate::retention;
use crate::scope::Scope;
use crate::source::Source;
use crate::sources::Sources;
use crate::step;
use crate::syntax;
use crate::trigger;
use crate::unroll::unroll;

/// What the file is called in messages.
const TITLE: &str = "the pipeline";

/// The version of the file format that this crate reads.
pub const FORMAT_VERSION: i64 = 1;

const KEYS: [&str; 13] = [
    "mlhost",
    "name",
    "experiment",
    "seed",
    "deadline",
    "limits",
    "params",
    "data",
    "steps",
    "retention",
    "profiles",
    "outputs",
    "trigger",
];

/// Reads a pipeline file.
///
/// `overrides` are pairs of a parameter's name and a text that replaces its value: a TOML value,
/// else a plain string. A parameter that is not declared cannot be set, and a value must be of
/// the type of the declared one; an integer may stand for a float, and any text for a string.
///
/// # Errors
/// Everything that is wrong with the file as far as it can be known without the plugins: its
/// syntax, keys, types, names and parameters, references to what does not exist, and cycles.
pub fn parse(source: Source, overrides: &[(String, String)]) -> Result<Pipeline, Diagnostics> {
    parse_with(source, &Overrides::new([], overrides.iter().cloned()))
}

/// Reads a pipeline file with all that is put over it.
///
/// # Errors
/// As [`parse`], and everything that is wrong with a patch: what it names and the pipeline does not
/// have, and that it changes nothing. A value is checked as if it stood in the file; the place of
/// the mistake is in the patch that has set it.
pub fn parse_with(source: Source, overrides: &Overrides) -> Result<Pipeline, Diagnostics> {
    let mut sources = Sources::from(source);
    let patches = overrides.place(&mut sources);
    let files = overrides.place_files(&mut sources);
    let mut diagnostics = Diagnostics::new(sources.clone());
    let pipeline = read(
        sources,
        &patches,
        &files,
        overrides.params(),
        &mut diagnostics,
    );
    match pipeline {
        Some(pipeline) => diagnostics.into_result(pipeline),
        None => Err(diagnostics.sorted()),
    }
}

/// The name that a pipeline file gives, of which nothing else need be right.
///
/// # Errors
/// When it is not TOML, of another version of the format, or without a name.
pub fn parse_name(source: Source) -> Result<String, Diagnostics> {
    let mut diagnostics = Diagnostics::new(source.clone());
    let entries = read_entries(&source, &mut diagnostics).unwrap_or_default();
    let known: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let root = Section::new(&entries, TITLE, &(0..0), &known, &mut diagnostics);
    let name = match diagnostics.is_empty() {
        true => read_name(root, &mut diagnostics),
        false => None,
    };
    diagnostics.into_result(name.unwrap_or_default())
}

fn read_entries(source: &Source, diagnostics: &mut Diagnostics) -> Option<Vec<Entry>> {
    let entries = syntax::parse(source, 0, diagnostics)?;
    if let Some(version) = entries.iter().find(|entry| entry.name == "mlhost") {
        check_version(version, diagnostics)?;
    }
    Some(entries)
}

fn read(
    sources: Sources,
    patches: &[Placed],
    files: &Files,
    overrides: &[(String, String)],
    diagnostics: &mut Diagnostics,
) -> Option<Pipeline> {
    let mut entries = read_entries(sources.first(), diagnostics)?;
    let patches = patch::apply(&mut entries, patches, &KEYS, diagnostics)?;
    let params = entries.iter().find(|entry| entry.name == "params");
    let params = Params::read(params, &patches, overrides, diagnostics);
    let file = file_name(sources.first());
    include::put_in(&mut entries, &params, files, (&file, &[]), diagnostics)?;
    include::check_outputs(&entries, diagnostics);
    let root = Section::new(&entries, TITLE, &(0..0), &KEYS, diagnostics);
    let version_remedy = format!("add `mlhost = {FORMAT_VERSION}`, the version of the file format");
    root.required("mlhost", &version_remedy, diagnostics);
    let name = read_name(root, diagnostics);
    let experiment = root.optional("experiment");
    let seed = read_seed(root, diagnostics);

    let retention = root.optional("retention");
    let retention = retention::read(retention, &retention::OF_PIPELINE, diagnostics);
    let data_entries = read_tables(root, "data", diagnostics);
    let step_entries = read_tables(root, "steps", diagnostics);
    if root
        .optional("steps")
        .is_none_or(|entry| entry.node.is_empty_table())
    {
        report_no_steps(root, sources.first(), diagnostics);
    }
    let names_differ = check::names_differ(data_entries, step_entries, diagnostics);
    // Only a failure can refer to a notification: it comes when everything else is over.
    let (notification_entries, step_entries): (Vec<_>, Vec<_>) = step_entries
        .iter()
        .cloned()
        .partition(control::is_notification);
    let notifications: IndexMap<_, _> = notification_entries
        .iter()
        .filter_map(|entry| control::read_notification(entry, diagnostics))
        .map(|notification| (notification.name.clone(), notification))
        .collect();
    // Nor to a group, but to the steps that it names.
    let (group_entries, step_entries): (Vec<_>, Vec<_>) =
        step_entries.into_iter().partition(control::is_group);
    let scope = Scope {
        params: &params,
        data: data_entries,
        steps: &step_entries,
        notifications: &notification_entries,
        seed: seed.unwrap_or(0),
        patches: &patches,
    };
    let data: IndexMap<_, _> = data_entries
        .iter()
        .filter_map(|entry| data::read(entry, &params, seed.unwrap_or(0), diagnostics))
        .map(|data| (data.name.clone(), data))
        .collect();
    let (switch_entries, step_entries): (Vec<_>, Vec<_>) = step_entries
        .iter()
        .partition(|entry| control::is_switch(entry));
    let switches: IndexMap<_, _> = switch_entries
        .into_iter()
        .filter_map(|entry| control::read_switch(entry, &scope, diagnostics))
        .map(|switch| (switch.name.clone(), switch))
        .collect();
    let mut steps: IndexMap<_, _> = step_entries
        .into_iter()
        .filter_map(|entry| step::read(entry, &scope, diagnostics))
        .map(|step| (step.name.clone(), step))
        .collect();
    for entry in &group_entries {
        if let Some(group) = control::read_group(entry, &scope, diagnostics) {
            group.hold(&mut steps, &switches, diagnostics)?;
        }
    }
    let deadline = root
        .optional("deadline")
        .and_then(|entry| limits::timeout(&entry.node, &root.key("deadline"), diagnostics));
    let limits = match root.optional("limits") {
        Some(entry) => limits::read(entry, "`limits`", false, diagnostics),
        None => LimitSet::default(),
    };
    let triggers = trigger::read(root.optional("trigger"), diagnostics);
    check::registered_names(&steps, diagnostics);
    check::references(&steps, &switches, diagnostics);
    let experiment = experiment.and_then(|entry| experiment::read(entry, scope.steps, diagnostics));
    if names_differ {
        check::cycles(&steps, &switches, diagnostics);
    }
    let is_sound = diagnostics.is_empty();
    let (steps, loops) = unroll(steps, &switches, &params, diagnostics);
    if is_sound {
        check::loops_that_wait_for_themselves(&steps, &loops, &switches, diagnostics);
    }

    Some(Pipeline {
        name: name?,
        experiment,
        seed: seed?,
        params: params.to_json(),
        data,
        steps,
        loops,
        switches,
        folded: IndexMap::new(),
        notifications,
        limits,
        deadline,
        triggers,
        keep_runs: retention.keep_runs,
        patches,
        included: files
            .iter()
            .map(|(path, (_, source))| (path.clone(), source.clone()))
            .collect(),
        sources,
        document: effective(&entries, &params),
        declared: params,
    })
}

/// The name of a file without its folder, as it is called from there.
fn file_name(source: &Source) -> String {
    let name = source.name();
    name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned()
}

/// The entries with the values of the parameters.
fn effective(entries: &[Entry], params: &Params) -> Vec<Entry> {
    let mut entries = entries.to_vec();
    if let Some(entry) = entries.iter_mut().find(|entry| entry.name == "params") {
        let content = Content::Table(params.entries().to_vec());
        entry.node = Node::new(entry.node.span.clone(), content);
    }
    entries
}

/// Reports a format version that is not the supported one, and gives nothing: then nobody knows
/// what the other keys mean.
fn check_version(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<()> {
    let Some(version) = reader::integer(&entry.node, "`mlhost`", diagnostics) else {
        return Some(());
    };
    if version == FORMAT_VERSION {
        return Some(());
    }
    let message = format!("unsupported format version {version}");
    let hint = format!("this version of mlhost reads format version {FORMAT_VERSION}");
    reader::report(&entry.node, message, Some(hint), diagnostics);
    None
}

fn read_name(root: Section<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let entry = root.required(
        "name",
        "add a name, such as `name = \"flights\"`",
        diagnostics,
    )?;
    let name = reader::string(&entry.node, "`name`", diagnostics)?;
    names::check(
        "the name of a pipeline",
        name,
        &entry.node.span,
        diagnostics,
    );
    Some(name.to_owned())
}

fn read_seed(root: Section<'_>, diagnostics: &mut Diagnostics) -> Option<u64> {
    let Some(entry) = root.optional("seed") else {
        return Some(0);
    };
    let seed = reader::integer(&entry.node, "`seed`", diagnostics)?;
    let unsigned = u64::try_from(seed).ok();
    if unsigned.is_none() {
        let hint = "a seed is an integer from 0 to 9223372036854775807".to_owned();
        reader::report(&entry.node, "`seed` is negative", Some(hint), diagnostics);
    }
    unsigned
}

/// The named tables under a key of the top, with their names checked.
fn read_tables<'a>(root: Section<'a>, key: &str, diagnostics: &mut Diagnostics) -> &'a [Entry] {
    let entries = root
        .optional(key)
        .and_then(|entry| reader::table(&entry.node, &format!("`{key}`"), diagnostics))
        .unwrap_or_default();
    let what = match key {
        "data" => "the name of data",
        _ => "the name of a step",
    };
    for entry in entries {
        // Those of an included file have the name of the step that includes it before their own.
        if entry.name.split('/').all(names::is_name) {
            continue;
        }
        names::check(what, &entry.name, &entry.key_span, diagnostics);
    }
    entries
}

/// Points at the empty table of steps, or at the end of the text.
fn report_no_steps(root: Section<'_>, source: &Source, diagnostics: &mut Diagnostics) {
    let end = source.text().trim_end().len();
    let span = root
        .optional("steps")
        .map_or(end..end, |entry| entry.key_span.clone());
    diagnostics.push(
        Diagnostic::new("the pipeline has no steps")
            .at(span)
            .hint("add a table `[steps.<name>]` with the keys `plugin` and `input`"),
    );
}
