//! What a plugin says: errors, log lines, progress and the points of curves.

use crate::{
    attack::{Attack, short},
    entry::Entry,
};

pub(crate) fn attacks() -> Vec<Attack> {
    let said = [
        "unknown-error-kind",
        "transient",
        "huge-error-message",
        "escape-codes",
        "markup",
        "turned-text",
        "bad-pointer",
        "much-talk",
        "long-line",
        "odd-metrics",
    ];
    let endless = ["endless-talk", "endless-metrics", "endless-progress"];
    // Where errors can be reported, and one of each interface is enough.
    let entries = [Entry::Update, Entry::Fit, Entry::Apply, Entry::Assess];
    let said = said
        .into_iter()
        .flat_map(|name| entries.map(|entry| Attack::anywhere(name, entry, Default::default())));
    let endless = endless.map(|name| Attack::anywhere(name, Entry::Update, short()));
    said.chain(endless).collect()
}
