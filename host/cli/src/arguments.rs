//! What can be typed after `host`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mlhost_pipeline::PluginReference;
use mlhost_store::{RunId, Selector, VersionSelector};

/// Takes a table from a raw file to a versioned, gated, monitored model.
#[derive(Debug, Parser)]
#[command(
    name = "host",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        host run pipeline.toml\n  \
        host run pipeline.toml --param max_depth=8\n  \
        host predict arr-delay@1 flights.parquet -o predictions.parquet\n  \
        host models show arr-delay"
)]
pub(crate) struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How to print results
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// The store's folder [default: .mlhost beside the pipeline, or in this folder or above]
    #[arg(long, global = true, env = "MLHOST_STORE", value_name = "FOLDER")]
    pub(crate) store: Option<PathBuf>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find every mistake in a pipeline before it runs
    Check(PipelineArguments),
    /// Run a pipeline and register its models
    Run(RunArguments),
    /// Add a model's predictions to a table
    Predict(PredictArguments),
    /// Compare a table with a model's training data
    Drift(DriftArguments),
    /// List models, or show one
    Models(ModelsArguments),
    /// List runs, or show one
    Runs(RunsArguments),
    /// Look at plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
}

#[derive(Debug, Args)]
pub(crate) struct PipelineArguments {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    /// Set a parameter of the pipeline, for this time
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parse_param)]
    pub(crate) params: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArguments,

    /// How many threads may compute at once [default: the number of cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,

    /// How much memory plugins and the rows on their way to them may hold together, such as 512MiB
    /// [default: what each step may use]
    #[arg(long, value_name = "SIZE", value_parser = parse_memory)]
    pub(crate) memory: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct TableArguments {
    /// A file, folder or glob: Parquet, CSV, Arrow or JSON lines
    pub(crate) data: String,

    /// A text that stands for a missing value in CSV; may be given several times
    #[arg(long = "null-value", value_name = "TEXT", default_value = "")]
    pub(crate) null_values: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArguments {
    /// NAME, NAME@VERSION or NAME@ALIAS
    pub(crate) model: Selector,

    #[command(flatten)]
    pub(crate) table: TableArguments,

    /// The file to write, in the format of its extension
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// Write the predicted columns alone, without those of the table
    #[arg(long)]
    pub(crate) predictions_only: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DriftArguments {
    /// NAME, NAME@VERSION or NAME@ALIAS
    pub(crate) model: Selector,

    #[command(flatten)]
    pub(crate) table: TableArguments,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ModelsArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ModelsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Show one version: where it comes from, as a tree; metrics and columns
    Show {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,
    },
    /// Compare two versions: metrics, columns, steps, data
    Compare {
        /// NAME, NAME@VERSION or NAME@ALIAS
        left: Selector,
        /// The one to compare it with
        right: Selector,
    },
    /// Write the model card of a version, in Markdown
    Card {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,

        /// The file to write [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write a version with all its parts as an OCI image layout
    Export(ExportArguments),
    /// Register the model of an archive that `export` has written
    Import(ImportArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// NAME, NAME@VERSION or NAME@ALIAS
    pub(crate) model: Selector,

    /// A .tar file, or a folder that is not there yet
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: PathBuf,

    /// Sign it with this Ed25519 private key (PEM, PKCS #8)
    #[arg(long, value_name = "KEY")]
    pub(crate) sign: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// A .tar file or a folder
    pub(crate) archive: PathBuf,

    /// The name to register it under [default: its own]
    #[arg(long, value_parser = parse_model_name)]
    pub(crate) name: Option<String>,

    /// Let this alias stand for it; may be given several times
    #[arg(long = "alias", value_name = "ALIAS", value_parser = parse_alias)]
    pub(crate) aliases: Vec<String>,

    /// Refuse it unless it was signed with the private part of this Ed25519 key (PEM)
    #[arg(long, value_name = "PUBLIC_KEY")]
    pub(crate) verify: Option<PathBuf>,
}

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
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// List the packages inside this executable
    List,
    /// Show what a plugin says of itself, imports and takes as parameters
    Inspect {
        /// A package such as `tree` or `mlhost:tree@0.1.0`, or a component file
        plugin: PluginReference,
    },
}

fn parse_memory(text: &str) -> Result<u64, String> {
    mlhost_pipeline::parse_size(text)
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write a whole number and a unit (KiB, MiB, GiB), such as 1GiB".to_owned())
}

fn parse_model_name(text: &str) -> Result<String, String> {
    match text.parse::<Selector>() {
        Ok(selector) if selector.name == text => Ok(selector.name),
        Ok(_) => Err("give a name without a version".to_owned()),
        Err(error) => Err(with_hint(&error)),
    }
}

fn parse_alias(text: &str) -> Result<String, String> {
    match text.parse::<VersionSelector>() {
        Ok(VersionSelector::Alias(alias)) => Ok(alias),
        Ok(_) => Err("an alias is a word, and not `latest`".to_owned()),
        Err(error) => Err(with_hint(&error)),
    }
}

fn with_hint(error: &mlhost_store::Error) -> String {
    let hint = error.hint().map(|hint| format!(": {hint}"));
    format!("{error}{}", hint.unwrap_or_default())
}

fn parse_param(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is set as NAME=VALUE".to_owned()),
    }
}
