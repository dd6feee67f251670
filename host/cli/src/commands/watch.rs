//! `host watch`: a pipeline, again after every change of what it is made from.

use std::path::Path;
use std::process::ExitCode;

use mlhost_engine::TriggerRecord;
use mlhost_pipeline::Triggers;

use super::triggers::{Scheduled, Station};
use crate::{arguments::WatchArguments, error::Failure, output::Output};

pub(super) fn watch(
    arguments: &WatchArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let (mut scheduled, pipeline) =
        Scheduled::read(&arguments.pipeline, &arguments.waiting.overrides)?;
    scheduled.triggers = Triggers {
        watch: true,
        ..Triggers::default()
    };
    let station = Station::new(
        vec![scheduled],
        &[pipeline],
        &arguments.waiting,
        store,
        output,
    )?;
    let changed = Vec::new();
    station.run_until_signal(Some(TriggerRecord::Watch { changed }))
}
