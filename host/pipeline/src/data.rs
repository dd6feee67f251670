//! Reads the tables `[data.<name>]`.

use crate::data_location;
use crate::data_text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::format::{CsvOptions, Format};
use crate::interpolate;
use crate::names;
use crate::node::Entry;
use crate::params::Params;
use crate::pipeline::Data;
use crate::reader::{self, Section};
use crate::selection;

const KEYS: [&str; 10] = {
    let [columns, comparisons, sample, split] = selection::KEYS;
    [
        "path",
        "format",
        "csv",
        "compression",
        "schema",
        "options",
        columns,
        comparisons,
        sample,
        split,
    ]
};
const CSV_KEYS: [&str; 3] = ["delimiter", "header", "null_values"];

/// One table of data, or nothing if what is missing or wrong leaves none. `seed` is that of the
/// pipeline.
pub(crate) fn read(
    entry: &Entry,
    params: &Params,
    seed: u64,
    diagnostics: &mut Diagnostics,
) -> Option<Data> {
    let entry = interpolate::entry(entry, params, diagnostics);
    let title = format!("data `{}`", entry.name);
    let section = Section::open(&entry, &title, &KEYS, diagnostics)?;
    let path_entry = section.required(
        "path",
        "add `path = \"…\"`, a path or glob beside the pipeline file",
        diagnostics,
    );
    let path = path_entry.and_then(|path_entry| {
        let path = reader::string(&path_entry.node, &section.key("path"), diagnostics)?;
        if path.is_empty() {
            let message = format!("{} is empty", section.key("path"));
            reader::report(&path_entry.node, message, None, diagnostics);
            return None;
        }
        Some((path, &path_entry.node))
    });
    let format = match section.optional("format") {
        Some(format) => read_format(section, format, diagnostics),
        None => path.and_then(|(path, node)| {
            let format = Format::from_path(path);
            if format.is_none() {
                let message = format!("cannot tell the format of `{path}` from its ending");
                let hint = format!("add `format = \"…\"`, one of {}", Format::NAMES.join(", "));
                reader::report(node, message, Some(hint), diagnostics);
            }
            format
        }),
    };
    let mut csv = path.map_or_else(CsvOptions::default, |(path, _)| CsvOptions::for_path(path));
    if let Some(csv_entry) = section.optional("csv") {
        read_csv(csv_entry, &title, &mut csv, diagnostics);
        if let Some(format) = format
            && format != Format::Csv
        {
            let message = format!("key `csv` in {title} does not fit its format, {format}");
            let hint = "remove it, or set `format = \"csv\"`";
            diagnostics.push(
                Diagnostic::new(message)
                    .at(csv_entry.key_span.clone())
                    .hint(hint),
            );
        }
    }
    let compression = data_text::compression(section, format, diagnostics);
    let schema = data_text::schema(section, format, diagnostics);
    let store = data_location::read(section, path, diagnostics);
    let selection = selection::read(section, seed, diagnostics);
    let (path, node) = path?;
    Some(Data {
        name: entry.name.clone(),
        path: path.to_owned(),
        format: format?,
        csv,
        compression,
        schema,
        store,
        selection,
        path_span: node.span.clone(),
        node: entry.node.clone(),
    })
}

fn read_format(
    section: Section<'_>,
    entry: &Entry,
    diagnostics: &mut Diagnostics,
) -> Option<Format> {
    let name = reader::string(&entry.node, &section.key("format"), diagnostics)?;
    let format = Format::from_name(name);
    if format.is_none() {
        let message = format!(
            "unknown format `{}` in {}",
            name.escape_debug(),
            section.title
        );
        let hint = names::hint(name, "formats", Format::NAMES);
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    format
}

fn read_csv(entry: &Entry, title: &str, csv: &mut CsvOptions, diagnostics: &mut Diagnostics) {
    let title = format!("`csv` of {title}");
    let Some(section) = Section::open(entry, &title, &CSV_KEYS, diagnostics) else {
        return;
    };
    if let Some(delimiter) = section.optional("delimiter") {
        let text = reader::string(&delimiter.node, &section.key("delimiter"), diagnostics);
        match text.map(str::as_bytes) {
            Some([byte]) if byte.is_ascii() => csv.delimiter = *byte,
            Some(_) => {
                let message = format!("{} is not one ASCII character", section.key("delimiter"));
                let hint = "write `\",\"`, `\";\"` or `\"\\t\"`, for example".to_owned();
                reader::report(&delimiter.node, message, Some(hint), diagnostics);
            }
            None => {}
        }
    }
    if let Some(header) = section.optional("header") {
        let value = reader::boolean(&header.node, &section.key("header"), diagnostics);
        csv.header = value.unwrap_or(csv.header);
    }
    if let Some(null_values) = section.optional("null_values") {
        let what = section.key("null_values");
        if let Some(texts) = reader::strings(&null_values.node, &what, diagnostics) {
            csv.null_values = texts.into_iter().map(|(text, _)| text.to_owned()).collect();
        }
    }
}
