//! What can be typed after `host runs` and `host store`: what was run, and what is kept.

use std::time::Duration;

use clap::{Args, Subcommand};
use mlhost_store::RunId;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RunsArguments {
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,

    /// The most runs to list
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// Show one run: steps, metrics, gates, findings
    Show {
        /// The number of the run
        run: RunId,
    },
    /// Say why each step of a run ran or did not
    Explain {
        /// The number of the run
        run: RunId,
        /// One of its steps [default: all of them]
        step: Option<String>,
    },
    /// Compare two runs: patches, parameters, packages, data, metrics
    Diff {
        /// The number of the run to compare with
        before: RunId,
        /// The number of the other run
        after: RunId,
    },
    /// Keep a run, however many come after it
    Pin {
        /// The number of the run
        run: RunId,
    },
    /// Let a run go in its turn
    Unpin {
        /// The number of the run
        run: RunId,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Say what takes the space, and why it is kept
    Du(RetentionArguments),
    /// Delete what no model, alias, pinned run or late run needs; may be done at any time
    Gc(GcArguments),
    /// Read everything again, and say what is damaged or missing; exit code 1 if anything is
    Verify,
}

#[derive(Debug, Args)]
pub(crate) struct RetentionArguments {
    /// How many of the latest runs of each pipeline are kept [default: what the pipeline says, else
    /// the configuration, else 20]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) keep_runs: Option<u32>,

    /// How old it must be what nothing needs: it may be about to be registered
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_time)]
    pub(crate) grace: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct GcArguments {
    /// Say what would be deleted, and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) retention: RetentionArguments,
}

pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    mlhost_pipeline::parse_duration(text)
        .ok_or_else(|| "write a number and a unit (ms, s, m, h), such as 10m or 1h 30m".to_owned())
}
