//! Reads limits: a time such as `1h 30m` and a size such as `512MiB`.

use std::time::Duration;

use jiff::SignedDuration;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::limit::{Limit, LimitSet, Measure};
use crate::names;
use crate::node::{Entry, Node};
use crate::reader;

const UNITS: [(&str, u64); 4] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("B", 1),
];

/// A time above zero.
pub(crate) fn timeout(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Duration> {
    let hint = Limit::Timeout.form();
    let text = reader::string_or(node, what, hint, diagnostics)?;
    let duration = parse_duration(text);
    let duration = duration.filter(|duration| !duration.is_zero());
    if duration.is_none() {
        let message = format!("{what} is not a length of time: `{}`", text.escape_debug());
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
    }
    duration
}

/// A number of bytes above zero.
pub(crate) fn memory(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    size(node, what, "a size of memory", diagnostics)
}

/// A number of bytes above zero; `kind` is what the text is not if it is none.
pub(crate) fn size(
    node: &Node,
    what: &str,
    kind: &str,
    diagnostics: &mut Diagnostics,
) -> Option<u64> {
    let hint = Limit::Memory.form();
    let text = reader::string_or(node, what, hint, diagnostics)?;
    let bytes = parse_size(text).filter(|bytes| *bytes > 0);
    if bytes.is_none() {
        let message = format!("{what} is not {kind}: `{}`", text.escape_debug());
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
    }
    bytes
}

/// A table of limits: those of a step, whose time and memory have keys of their own, or those of all
/// steps.
pub(crate) fn read(
    entry: &Entry,
    title: &str,
    is_of_step: bool,
    diagnostics: &mut Diagnostics,
) -> LimitSet {
    let mut limits = LimitSet::default();
    for entry in reader::table(&entry.node, title, diagnostics).unwrap_or_default() {
        let what = format!("`{}` in {title}", entry.name.escape_debug());
        let known = Limit::of_key(&entry.name);
        let has_own_key = matches!(known, Some(Limit::Timeout | Limit::Memory));
        match known {
            Some(limit) if is_of_step && has_own_key => {
                let message = format!("{what} belongs into the step itself");
                let hint = format!("write `{} = \"…\"` beside `limits`", limit.key());
                diagnostics.push(
                    Diagnostic::new(message)
                        .at(entry.key_span.clone())
                        .hint(hint),
                );
            }
            Some(limit) => {
                if let Some(value) = value(&entry.node, &what, limit, diagnostics) {
                    limits.set(limit, value);
                }
            }
            None => {
                let message = format!("unknown key {what}");
                let keys = Limit::ALL.iter().map(|limit| limit.key());
                let hint = names::hint(&entry.name, "keys", keys);
                diagnostics.push(
                    Diagnostic::new(message)
                        .at(entry.key_span.clone())
                        .hint(hint),
                );
            }
        }
    }
    limits
}

/// What a limit is set to.
fn value(node: &Node, what: &str, limit: Limit, diagnostics: &mut Diagnostics) -> Option<u64> {
    match limit.measure() {
        Measure::Time => {
            let duration = timeout(node, what, diagnostics)?;
            Some(
                u64::try_from(duration.as_millis())
                    .unwrap_or(u64::MAX)
                    .max(1),
            )
        }
        Measure::Size => size(node, what, "a size", diagnostics),
        Measure::Count => {
            let number = reader::integer(node, what, diagnostics)?;
            let fitting = u64::try_from(number).ok().filter(|number| *number > 0);
            if fitting.is_none() {
                let message = format!("{what} is {number}");
                reader::report(node, message, Some(limit.form().to_owned()), diagnostics);
            }
            fitting
        }
    }
}

/// The length of time that a text such as `1h 30m` stands for.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let parsed: SignedDuration = text.parse().ok()?;
    Duration::try_from(parsed).ok()
}

/// The number of bytes that a text such as `512MiB` stands for.
pub fn parse_size(text: &str) -> Option<u64> {
    let (number, factor) = UNITS.iter().find_map(|(unit, factor)| {
        let number = text.trim().strip_suffix(unit)?;
        Some((number.trim_end(), factor))
    })?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(*factor)
}
