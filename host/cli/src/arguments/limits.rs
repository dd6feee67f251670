//! How much of the machine a run may use.

use clap::Args;
use mlhost_engine::RunOptions;
use mlhost_pipeline::{Limit, Pipeline};

use crate::{configuration, error::Failure};

#[derive(Debug, Args)]
pub(crate) struct LimitArguments {
    /// How many threads may compute at once [default: the number of cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,

    /// How much memory plugins and the rows on their way to them may hold together, such as 512MiB
    /// [default: what each step may use]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub(crate) memory: Option<u64>,

    #[command(flatten)]
    pub(crate) of_plugins: PluginLimitArguments,
}

/// What each plugin may use.
#[derive(Debug, Args)]
pub(crate) struct PluginLimitArguments {
    /// What the plugin of a step may use if the step does not say, such as `timeout=2h` or
    /// `state=1GiB`; may be given several times
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = parse_limit)]
    limits: Vec<(Limit, u64)>,
}

impl LimitArguments {
    /// Options of a run within these limits.
    pub(crate) fn options(&self) -> RunOptions {
        let mut options = RunOptions {
            memory: self.memory,
            ..RunOptions::default()
        };
        if let Some(jobs) = self.jobs {
            options.jobs = usize::from(jobs);
        }
        options
    }
}

impl PluginLimitArguments {
    /// Has a pipeline go by these limits, where it does not say of the single step, and by those of
    /// the user's configuration where it does not say at all.
    ///
    /// # Errors
    /// When the configuration cannot be read, and every mistake in it.
    pub(crate) fn put_into(&self, pipeline: &mut Pipeline) -> Result<(), Failure> {
        let given = self
            .limits
            .iter()
            .copied()
            .collect::<mlhost_pipeline::LimitSet>();
        let limits = given.or(&pipeline.limits);
        pipeline.limits = limits.or(&configuration::limits()?);
        Ok(())
    }
}

fn parse_memory(text: &str) -> Result<u64, String> {
    mlhost_pipeline::parse_size(text)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write a whole number and a unit (KiB, MiB, GiB), such as 1GiB".to_owned())
}

fn parse_limit(text: &str) -> Result<(Limit, u64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write NAME=VALUE, such as `timeout=2h`")?;
    let Some(limit) = Limit::of_key(name) else {
        let names: Vec<_> = Limit::ALL.iter().map(|limit| limit.key()).collect();
        return Err(format!(
            "there is no such limit; there are: {}",
            names.join(", ")
        ));
    };
    let value = limit
        .parse(value)
        .ok_or_else(|| limit.form().replace('`', ""))?;
    Ok((limit, value))
}
