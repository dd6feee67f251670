//! How much of the machine a run may use.

use clap::Args;
use mlhost_engine::RunOptions;

#[derive(Debug, Args)]
pub(crate) struct LimitArguments {
    /// How many threads may compute at once [default: the number of cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,

    /// How much memory plugins and the rows on their way to them may hold together, such as 512MiB
    /// [default: what each step may use]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub(crate) memory: Option<u64>,
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

fn parse_memory(text: &str) -> Result<u64, String> {
    mlhost_pipeline::parse_size(text)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write a whole number and a unit (KiB, MiB, GiB), such as 1GiB".to_owned())
}
