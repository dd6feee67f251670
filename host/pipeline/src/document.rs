//! Reads the top of a pipeline file and hands its parts to the readers of data and steps.

use indexmap::IndexMap;

use crate::check;
use crate::data;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::experiment;
use crate::names;
use crate::node::Entry;
use crate::params::Params;
use crate::pipeline::Pipeline;
use crate::reader::{self, Section};
use crate::retention;
use crate::scope::Scope;
use crate::source::Source;
use crate::step;
use crate::syntax;

/// The version of the file format that this crate reads.
pub const FORMAT_VERSION: i64 = 1;

const KEYS: [&str; 8] = [
    "mlhost",
    "name",
    "experiment",
    "seed",
    "params",
    "data",
    "steps",
    "retention",
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
    let mut diagnostics = Diagnostics::new(source.clone());
    let pipeline = read(source, overrides, &mut diagnostics);
    match pipeline {
        Some(pipeline) => diagnostics.into_result(pipeline),
        None => Err(diagnostics.sorted()),
    }
}

fn read(
    source: Source,
    overrides: &[(String, String)],
    diagnostics: &mut Diagnostics,
) -> Option<Pipeline> {
    let entries = syntax::parse(&source, diagnostics)?;
    if let Some(version) = entries.iter().find(|entry| entry.name == "mlhost") {
        check_version(version, diagnostics)?;
    }
    let root = Section::new(&entries, "the pipeline", &(0..0), &KEYS, diagnostics);
    let version_remedy = format!("add `mlhost = {FORMAT_VERSION}`, the version of the file format");
    root.required("mlhost", &version_remedy, diagnostics);
    let name = read_name(root, diagnostics);
    let experiment = root.optional("experiment");
    let seed = read_seed(root, diagnostics);
    let params = Params::read(root.optional("params"), overrides, diagnostics);

    let retention = root.optional("retention");
    let retention = retention::read(retention, &retention::OF_PIPELINE, diagnostics);
    let data_entries = read_tables(root, "data", diagnostics);
    let step_entries = read_tables(root, "steps", diagnostics);
    if root
        .optional("steps")
        .is_none_or(|entry| entry.node.is_empty_table())
    {
        report_no_steps(root, &source, diagnostics);
    }
    let names_differ = check::names_differ(data_entries, step_entries, diagnostics);
    let scope = Scope {
        params: &params,
        data: data_entries,
        steps: step_entries,
    };
    let data: IndexMap<_, _> = data_entries
        .iter()
        .filter_map(|entry| data::read(entry, &params, seed.unwrap_or(0), diagnostics))
        .map(|data| (data.name.clone(), data))
        .collect();
    let steps: IndexMap<_, _> = step_entries
        .iter()
        .filter_map(|entry| step::read(entry, &scope, diagnostics))
        .map(|step| (step.name.clone(), step))
        .collect();
    check::registered_names(&steps, diagnostics);
    let experiment =
        experiment.and_then(|entry| experiment::read(entry, step_entries, diagnostics));
    if names_differ {
        check::cycles(&steps, diagnostics);
    }

    Some(Pipeline {
        name: name?,
        experiment,
        seed: seed?,
        params: params.to_json(),
        data,
        steps,
        keep_runs: retention.keep_runs,
        source,
    })
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
