//! Folds a table into a state: each part in an instance of its own, merged in the
//! order of the parts.
//!
//! The parts are fixed by the data and never by the machine, so the state has the
//! same bits however many instances work at once.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use arrow::datatypes::SchemaRef;
use mlhost_data::Table;
use mlhost_sandbox::{Context, Plugin};

use crate::{Result, permits::Permits};

/// The state of all rows. The caller holds one permit; more are taken while they
/// are free.
pub(crate) fn fold(
    plugin: &Plugin,
    context: &Context,
    params: &str,
    table: &dyn Table,
    permits: &Permits,
) -> Result<Vec<u8>> {
    let parts = Parts {
        plugin,
        context,
        params,
        table,
        schema: table.schema(),
    };
    let mut whole = plugin.folder(context, params, &parts.schema)?;
    for state in parts.states(permits)? {
        whole.merge(&state)?;
    }
    Ok(whole.state()?)
}

/// What is needed to fold any part of a table.
struct Parts<'a> {
    plugin: &'a Plugin,
    context: &'a Context,
    params: &'a str,
    table: &'a dyn Table,
    schema: SchemaRef,
}

impl Parts<'_> {
    /// The state of each part, in order.
    fn states(&self, permits: &Permits) -> Result<Vec<Vec<u8>>> {
        let number = self.table.num_parts();
        let next = AtomicUsize::new(0);
        let states: Mutex<BTreeMap<usize, Result<Vec<u8>>>> = Mutex::default();
        // Folds parts until there are none, or somebody else should go on.
        let work = |until: &dyn Fn() -> bool| {
            while !until() {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= number {
                    break;
                }
                let state = self.fold(part);
                if state.is_err() {
                    // The run ends with this error: nobody needs to start on the rest.
                    next.store(number, Ordering::Relaxed);
                }
                let mut states = states.lock().unwrap_or_else(PoisonError::into_inner);
                states.insert(part, state);
            }
        };
        thread::scope(|scope| {
            for permit in permits.up_to(number.saturating_sub(1)) {
                let work = &work;
                scope.spawn(move || work(&|| permit.is_wanted()));
            }
            work(&|| false);
        });
        let states = states.into_inner().unwrap_or_else(PoisonError::into_inner);
        states.into_values().collect()
    }

    fn fold(&self, part: usize) -> Result<Vec<u8>> {
        let mut folder = self
            .plugin
            .folder(self.context, self.params, &self.schema)?;
        let columns = folder.columns().to_vec();
        for batch in self.table.scan_part(part, &columns)? {
            folder.update(&batch?)?;
        }
        Ok(folder.state()?)
    }
}
