//! `host plugin`: what plugins there are, what one is before it is trusted with anything, and how
//! it comes from and goes to others. One file a subcommand.

mod add;
mod build;
mod inspect;
mod list;
mod new;
mod publish;
mod test;
mod update;

use std::process::ExitCode;

use super::{engine, sandbox_options};
use crate::{arguments::PluginCommand, error::Failure, output::Output};

pub(super) fn plugin(command: &PluginCommand, output: &mut Output) -> Result<ExitCode, Failure> {
    match command {
        PluginCommand::List => list::list(output)?,
        PluginCommand::Inspect(arguments) => inspect::inspect(arguments, output)?,
        PluginCommand::New(arguments) => new::new(arguments, output)?,
        PluginCommand::Build(arguments) => build::build(arguments, output)?,
        PluginCommand::Test(arguments) => return test::test(arguments, output),
        PluginCommand::Add(arguments) => add::add(arguments, output)?,
        PluginCommand::Update(arguments) => update::update(arguments, output)?,
        PluginCommand::Publish(arguments) => publish::publish(arguments, output)?,
    }
    Ok(ExitCode::SUCCESS)
}
