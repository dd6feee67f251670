//! `host plugin`: what plugins there are, and what one is, before it is trusted with anything. One
//! file a subcommand.

mod build;
mod inspect;
mod list;
mod new;
mod test;

use std::process::ExitCode;

use super::engine;
use crate::{arguments::PluginCommand, error::Failure, output::Output};

pub(super) fn plugin(command: &PluginCommand, output: &mut Output) -> Result<ExitCode, Failure> {
    match command {
        PluginCommand::List => list::list(output)?,
        PluginCommand::Inspect(arguments) => inspect::inspect(arguments, output)?,
        PluginCommand::New(arguments) => new::new(arguments, output)?,
        PluginCommand::Build(arguments) => build::build(arguments, output)?,
        PluginCommand::Test(arguments) => return test::test(arguments, output),
    }
    Ok(ExitCode::SUCCESS)
}
