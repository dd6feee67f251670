//! `host runs pin` and `host runs unpin`: a pinned run is kept, however many come after it.

use mlhost_store::{RunId, Store};
use serde_json::json;

use crate::{error::Failure, output::Output};

/// Pins a run, or takes the pin from it.
pub(super) fn pin(
    store: &Store,
    run: RunId,
    pinned: bool,
    output: &mut Output,
) -> Result<(), Failure> {
    let changed = match pinned {
        true => store.pin_run(run)?,
        false => store.unpin_run(run)?,
    };
    let result = json!({ "run": run, "pinned": pinned, "changed": changed });
    output.print(&result, |_| match (pinned, changed) {
        (true, true) => format!("run {run} is pinned: it is kept until `host runs unpin {run}`"),
        (true, false) => format!("run {run} was pinned before"),
        (false, true) => format!("run {run} is no longer pinned"),
        (false, false) => format!("run {run} was not pinned"),
    })
}
