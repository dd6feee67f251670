//! `host schedule`: pipelines, each when its triggers say.

use std::path::Path;
use std::process::ExitCode;

use mlhost_pipeline::Timetable;

use super::triggers::{Scheduled, Station};
use crate::{
    arguments::ScheduleArguments,
    error::{Failure, INTERNAL},
    output::Output,
};

pub(super) fn schedule(
    arguments: &ScheduleArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let given = match &arguments.cron {
        Some(cron) => Some(timetable(cron, &arguments.timezone)?),
        None => None,
    };
    let mut scheduled = Vec::new();
    let mut pipelines = Vec::new();
    for path in &arguments.pipelines {
        let (mut one, pipeline) = Scheduled::read(path, &arguments.waiting.overrides)?;
        one.triggers.timetables.extend(given.clone());
        if one.triggers.is_empty() {
            let message = format!("nothing starts `{}`", path.display());
            let hint = "add `[trigger]` to it, with `cron`, `watch` or `on`, or give `--cron`";
            return Err(Failure::new(INTERNAL, message, Some(hint.to_owned())));
        }
        scheduled.push(one);
        pipelines.push(pipeline);
    }
    let station = Station::new(scheduled, &pipelines, &arguments.waiting, store, output)?;
    station.run_until_signal(None)
}

fn timetable(cron: &str, zone: &str) -> Result<Timetable, Failure> {
    Timetable::new(cron, zone)
        .map_err(|error| Failure::new(INTERNAL, error.to_string(), Some(error.hint())))
}
