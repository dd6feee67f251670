//! What processes are told that wait for runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use mlhost_pipeline::DEFAULT_ZONE;

use super::{
    AccessArguments, GrantArguments, LimitArguments, OverrideArguments, records::parse_time,
};

#[derive(Debug, Args)]
pub(crate) struct WatchArguments {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleArguments {
    /// The pipeline files, with those whose runs start others of them
    #[arg(required = true, value_name = "PIPELINE")]
    pub(crate) pipelines: Vec<PathBuf>,

    /// When to run them, besides what their triggers say: minute, hour, day of the month, month and
    /// day of the week
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) cron: Option<String>,

    /// The time zone of --cron, such as Europe/Berlin
    #[arg(long, value_name = "NAME", requires = "cron", default_value = DEFAULT_ZONE)]
    pub(crate) timezone: String,

    #[command(flatten)]
    pub(crate) waiting: WaitingArguments,
}

/// How each run is run that a waiting process starts.
#[derive(Debug, Args)]
pub(crate) struct WaitingArguments {
    #[command(flatten)]
    pub(crate) overrides: OverrideArguments,

    /// For how long files must stay as they are before a change of them is over
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = parse_time)]
    pub(crate) quiet: Duration,

    #[command(flatten)]
    pub(crate) access: AccessArguments,

    #[command(flatten)]
    pub(crate) grants: GrantArguments,

    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}
