//! What can be typed after `host plugin`.

use clap::{Args, Subcommand};
use mlhost_pipeline::PluginReference;

use super::{BuildArguments, NewArguments, TestArguments};

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the packages inside this executable
    List,
    /// Show what a plugin says of itself, imports and takes as parameters
    Inspect(InspectArguments),
    /// Make the project of a plugin, with an example of its kind in it
    New(NewArguments),
    /// Make a component of a project
    Build(BuildArguments),
    /// Check that a plugin does what every plugin must, and what its examples expect; exit code 1 if
    /// it does not
    Test(TestArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A package such as `tree` or `mlhost:tree@0.1.0`, or a component file
    pub(crate) plugin: PluginReference,
}
