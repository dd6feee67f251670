//! What a plugin can do in any function: loop, recurse, panic, take memory, and talk.

use mlhost_sandbox::Limits;

use crate::{
    attack::{Attack, short, small},
    entry::Entry,
};

pub(crate) fn attacks() -> Vec<Attack> {
    let attacks = [
        ("panic", Limits::default()),
        ("index-out-of-bounds", Limits::default()),
        ("stack-overflow", Limits::default()),
        ("frame-overflow", Limits::default()),
        ("loop", short()),
        ("talk", short()),
        ("memory", small(64)),
        ("many-small", small(64)),
        ("one-big", small(64)),
    ];
    attacks
        .into_iter()
        .flat_map(|(name, limits)| {
            Entry::CALLS.map(|entry| Attack::anywhere(name, entry, limits.clone()))
        })
        .collect()
}
