//! What can be typed after `host plugin`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mlhost_packages::PackageName;
use mlhost_pipeline::{DEFAULT_NAMESPACE, PluginReference};

use super::{AccessArguments, BuildArguments, NewArguments, OverrideArguments, TestArguments};

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
    /// Fetch a package for a pipeline and pin it in its lock
    Add(AddArguments),
    /// Move the lock of a pipeline to the newest versions that it allows
    Update(UpdateArguments),
    /// Make a component a version of a package in a registry
    Publish(PublishArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A package such as `tree` or `acme:clip@^1.2`, or a component file
    pub(crate) plugin: PluginReference,

    /// The pipeline whose lock says which version is meant
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) access: AccessArguments,
}

#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// The package with the versions that will do, such as `acme:clip@^1.2`
    pub(crate) plugin: PluginReference,

    /// The pipeline in whose lock it is pinned
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    pub(crate) pipeline: PathBuf,

    /// The registry to take it from [default: that of its namespace]
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: Option<String>,

    /// Refuse it unless it is signed with this key: a public key in PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) verify: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) access: AccessArguments,
}

#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    /// The package to move, `acme:clip` [default: all that the pipeline names]
    #[arg(value_parser = parse_package)]
    pub(crate) package: Option<PackageName>,

    /// The pipeline whose lock is moved
    #[arg(long, value_name = "FILE", default_value = "pipeline.toml")]
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) overrides: OverrideArguments,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArguments {
    /// The component file, or a package to carry over
    pub(crate) plugin: PluginReference,

    /// The registry, by its name in the configuration
    #[arg(long, value_name = "NAME")]
    pub(crate) registry: String,

    /// Sign it with this key: a private key in PEM, Ed25519 or P-256
    #[arg(long, value_name = "FILE")]
    pub(crate) sign: Option<PathBuf>,
}

/// The name of a package, without a version.
fn parse_package(text: &str) -> Result<PackageName, String> {
    let full = match text.contains(':') {
        true => text.to_owned(),
        false => format!("{DEFAULT_NAMESPACE}:{text}"),
    };
    PackageName::parse(&full).ok_or_else(|| "name a package alone, such as acme:clip".to_owned())
}
