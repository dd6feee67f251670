//! What can be typed after `host plugin`.

use clap::{Args, Subcommand};
use mlhost_pipeline::PluginReference;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the packages inside this executable
    List,
    /// Show what a plugin says of itself, imports and takes as parameters
    Inspect(InspectArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A package such as `tree` or `mlhost:tree@0.1.0`, or a component file
    pub(crate) plugin: PluginReference,
}
