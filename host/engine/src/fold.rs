//! Folds a table into a state: each part in an instance of its own, merged in the
//! order of the parts.
//!
//! The parts are fixed by the data and never by the machine, so the state is the
//! same however many instances work at once.

use arrow::datatypes::Schema;
use mlhost_data::Table;
use mlhost_sandbox::{Context, Folder, Plugin};

use crate::Result;

/// The state of all rows.
pub(crate) fn fold(
    plugin: &Plugin,
    context: &Context,
    params: &str,
    table: &dyn Table,
) -> Result<Vec<u8>> {
    let schema = table.schema();
    let mut whole = plugin.folder(context, params, &schema)?;
    for part in 0..table.num_parts() {
        let state = fold_part(plugin, context, params, (&schema, table, part))?;
        whole.merge(&state)?;
    }
    Ok(whole.state()?)
}

fn fold_part(
    plugin: &Plugin,
    context: &Context,
    params: &str,
    (schema, table, part): (&Schema, &dyn Table, usize),
) -> Result<Vec<u8>> {
    let mut folder: Folder = plugin.folder(context, params, schema)?;
    let columns = folder.columns().to_vec();
    for batch in table.scan_part(part, &columns)? {
        folder.update(&batch?)?;
    }
    Ok(folder.state()?)
}
