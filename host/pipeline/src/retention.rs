//! Reads `[retention]`: how much is kept that no model needs. A pipeline says it of its runs; the
//! user's configuration of all runs, and of the cache.

use crate::diagnostic::Diagnostics;
use crate::limits;
use crate::node::Entry;
use crate::reader::{self, Section};

/// What may stand in a pipeline.
pub(crate) const OF_PIPELINE: [&str; 1] = ["keep_runs"];
/// What may stand in the user's configuration.
pub(crate) const OF_CONFIGURATION: [&str; 3] = ["keep_runs", "cache_days", "cache_bytes"];

/// How much is kept; nothing where it is not said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// How many of the latest runs of a pipeline.
    pub keep_runs: Option<u32>,
    /// For how many days an entry of the cache that nobody uses.
    pub cache_days: Option<u32>,
    /// The most bytes in the cache.
    pub cache_bytes: Option<u64>,
}

/// The table, of which these keys are known.
pub(crate) fn read(
    entry: Option<&Entry>,
    known: &[&str],
    diagnostics: &mut Diagnostics,
) -> Retention {
    let section = entry.and_then(|entry| Section::open(entry, "`retention`", known, diagnostics));
    let Some(section) = section else {
        return Retention::default();
    };
    let number = |key, diagnostics: &mut Diagnostics| {
        let entry = section.optional(key)?;
        whole(entry, &section.key(key), diagnostics)
    };
    Retention {
        keep_runs: number("keep_runs", diagnostics),
        cache_days: number("cache_days", diagnostics),
        cache_bytes: section.optional("cache_bytes").and_then(|entry| {
            limits::size(
                &entry.node,
                &section.key("cache_bytes"),
                "a size",
                diagnostics,
            )
        }),
    }
}

/// A number of things.
fn whole(entry: &Entry, what: &str, diagnostics: &mut Diagnostics) -> Option<u32> {
    let number = reader::integer(&entry.node, what, diagnostics)?;
    let fitting = u32::try_from(number).ok();
    if fitting.is_none() {
        let hint = format!("write a whole number from 0 to {}", u32::MAX);
        let message = format!("{what} is out of range: {number}");
        reader::report(&entry.node, message, Some(hint), diagnostics);
    }
    fitting
}
