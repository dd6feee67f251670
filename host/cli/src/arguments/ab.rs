//! What can be typed after `host ab` and `host experiments`.

use clap::{Args, Subcommand};
use mlhost_engine::Champion;
use mlhost_store::Selector;

use super::{
    TableArguments,
    models::{parse_alias, with_hint},
};

#[derive(Debug, Args)]
#[command(
    after_help = "The metric is that of the gate in the champion's pipeline, or else rmse, \
    log_loss or accuracy. Without --challenger, the challengers are, of each model of the \
    experiment, the versions that an alias stands for, or else the latest version. Whatever the \
    verdict, the exit code is 0."
)]
pub(crate) struct AbArguments {
    /// The experiment, as pipelines name it
    pub(crate) experiment: String,

    #[command(flatten)]
    pub(crate) table: AbTableArguments,

    /// What the models are compared by [default: what the gate of the pipeline is on]
    #[arg(long)]
    pub(crate) metric: Option<String>,

    /// How sure the verdict has to be
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = parse_share)]
    pub(crate) confidence: f64,

    /// The champion: an alias of the experiment, or NAME@VERSION [default: champion]
    #[arg(long, value_name = "ALIAS", value_parser = parse_champion)]
    pub(crate) champion: Option<Champion>,

    /// A challenger, NAME@VERSION or NAME@ALIAS; may be given several times
    #[arg(long = "challenger", value_name = "MODEL")]
    pub(crate) challengers: Vec<Selector>,
}

#[derive(Debug, Args)]
pub(crate) struct AbTableArguments {
    /// A file, folder or glob, here or at `s3://` and the like, with the columns that the models
    /// need and the one that they predict
    #[arg(long)]
    pub(crate) data: String,

    /// A text that stands for a missing value in CSV; may be given several times
    #[arg(long = "null-value", value_name = "TEXT", default_value = "")]
    pub(crate) null_values: Vec<String>,
}

impl AbTableArguments {
    /// The table, as other commands name it.
    pub(crate) fn table(&self) -> TableArguments {
        TableArguments {
            data: self.data.clone(),
            null_values: self.null_values.clone(),
        }
    }
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ExperimentsArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ExperimentsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExperimentsCommand {
    /// Show one experiment: its versions, their aliases, and what they are compared by
    Show {
        /// The name of the experiment
        name: String,
    },
}

/// An alias, or one version.
fn parse_champion(text: &str) -> Result<Champion, String> {
    if text.contains('@') {
        let selector = text.parse().map_err(|error| with_hint(&error))?;
        return Ok(Champion::Version(selector));
    }
    parse_alias(text).map(Champion::Alias)
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok();
    let share = share.filter(|share| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "write a number between 0 and 1, such as 0.95".to_owned())
}
