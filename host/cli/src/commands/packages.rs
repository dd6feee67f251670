//! What becomes of the lock of a pipeline, in words.

use anstream::eprintln;
use mlhost_packages::LockChange;

/// Says what was pinned, moved or let go.
pub(super) fn say_changes(changes: &[LockChange]) {
    for change in changes {
        eprintln!("{}", words(change));
    }
}

/// `locked acme:clip 1.2.0`
pub(super) fn words(change: &LockChange) -> String {
    let LockChange {
        name,
        before,
        after,
    } = change;
    let (was, is) = (before.join(", "), after.join(", "));
    match (before.is_empty(), after.is_empty()) {
        (true, _) => format!("locked {name} {is}"),
        (_, true) => format!("let go of {name} {was}"),
        _ if was == is => format!("locked another build of {name} {is}"),
        _ => format!("moved {name} {was} to {is}"),
    }
}
