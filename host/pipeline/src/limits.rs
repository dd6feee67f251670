//! Reads limits: a time such as `1h 30m` and a size such as `512MiB`.

use std::time::Duration;

use jiff::SignedDuration;

use crate::diagnostic::Diagnostics;
use crate::node::Node;
use crate::reader;

const UNITS: [(&str, u64); 3] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// A time above zero.
pub(crate) fn timeout(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<Duration> {
    let hint = "write a number and a unit (ms, s, m, h), such as `\"10m\"` or `\"1h 30m\"`";
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
    let hint = "write a whole number and a unit (KiB, MiB, GiB), such as `\"1GiB\"`";
    let text = reader::string_or(node, what, hint, diagnostics)?;
    let bytes = parse_size(text).filter(|bytes| *bytes > 0);
    if bytes.is_none() {
        let message = format!("{what} is not {kind}: `{}`", text.escape_debug());
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
    }
    bytes
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
