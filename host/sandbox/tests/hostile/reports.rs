//! Verdicts, findings, metrics and figures.

use crate::{attack::Attack, entry::Entry};

pub(crate) fn attacks() -> Vec<Attack> {
    let reported = [
        "unknown-verdict",
        "unknown-severity",
        "details-not-json",
        "details-a-list",
        "details-deep",
        "details-huge",
        "figure-not-json",
        "figure-deep",
        "figure-huge",
        "figure-paths",
        "odd-numbers",
        "odd-words",
        "markup-in-findings",
        "many-findings",
        "many-metrics",
        "many-labels",
        "passed-all-the-same",
    ];
    reported
        .map(|name| Attack::rust(name, Entry::Assess))
        .into()
}
