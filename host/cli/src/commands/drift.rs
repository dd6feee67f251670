//! `host drift`: has the input moved since the model was trained?

use std::{path::Path, process::ExitCode, sync::Arc};

use super::{engine, open_table, outcome};
use crate::{
    arguments::DriftArguments,
    error::{Failure, REFUSED},
    output::Output,
    places,
};

pub(super) fn drift(
    arguments: &DriftArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    let table = open_table(&arguments.table)?;
    let model = store.model(&arguments.model)?;
    let found = mlhost_engine::drift(&engine()?, &store, &model, Arc::new(table))?;
    output.print(&found, outcome::words)?;
    Ok(match found.verdict {
        mlhost_sandbox::Verdict::Failed => ExitCode::from(REFUSED),
        _ => ExitCode::SUCCESS,
    })
}
