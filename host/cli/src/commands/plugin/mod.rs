//! `host plugin`: what plugins there are, and what one is, before it is trusted with anything. One
//! file a subcommand.

mod inspect;
mod list;

use std::process::ExitCode;

use super::engine;
use crate::{arguments::PluginCommand, error::Failure, output::Output};

pub(super) fn plugin(command: &PluginCommand, output: &mut Output) -> Result<ExitCode, Failure> {
    match command {
        PluginCommand::List => list::list(output)?,
        PluginCommand::Inspect(arguments) => inspect::inspect(arguments, output)?,
    }
    Ok(ExitCode::SUCCESS)
}
