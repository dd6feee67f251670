//! Reads the gates of a step: for each metric the least and the greatest value that pass.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::node::Entry;
use crate::pipeline::Gate;
use crate::reader::{self, Section};

const KEYS: [&str; 2] = ["minimum", "maximum"];

pub(crate) fn read(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Vec<Gate> {
    reader::table(&entry.node, &format!("`gate` in {title}"), diagnostics)
        .unwrap_or_default()
        .iter()
        .filter_map(|metric| read_bounds(metric, title, diagnostics))
        .collect()
}

fn read_bounds(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Option<Gate> {
    let title = format!("the gate `{}` of {title}", entry.name.escape_debug());
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    if entry.node.is_empty_table() {
        diagnostics.push(
            Diagnostic::new(format!("{title} has neither `minimum` nor `maximum`"))
                .at(entry.key_span.clone())
                .hint(format!(
                    "write `{} = {{ minimum = 0.8 }}`, for example",
                    entry.name
                )),
        );
    }
    let minimum = read_bound(section, "minimum", diagnostics);
    let maximum = read_bound(section, "maximum", diagnostics);
    if let (Some(minimum), Some(maximum)) = (minimum, maximum)
        && minimum > maximum
    {
        diagnostics.push(
            Diagnostic::new(format!("{title} can never pass"))
                .at(entry.node.span.clone())
                .label(format!(
                    "the minimum {minimum} is above the maximum {maximum}"
                )),
        );
    }
    Some(Gate {
        metric: entry.name.clone(),
        minimum,
        maximum,
        span: entry.key_span.clone(),
    })
}

fn read_bound(section: Section<'_>, key: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let entry = section.optional(key)?;
    let bound = reader::number(&entry.node, &section.key(key), diagnostics)?;
    if bound.is_finite() {
        return Some(bound);
    }
    let message = format!("{} is not a finite number", section.key(key));
    let hint = format!("leave `{key}` out if there is no such bound");
    reader::report(&entry.node, message, Some(hint), diagnostics);
    None
}
