//! What can be typed after `host`.

mod ab;
mod access;
mod authoring;
mod grants;
mod limits;
mod models;
mod overrides;
mod plugin;
mod records;
mod report;
mod triggers;

use std::path::PathBuf;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use mlhost_store::{RunId, Selector};

pub(crate) use ab::{AbArguments, ExperimentsArguments, ExperimentsCommand};
pub(crate) use access::AccessArguments;
pub(crate) use authoring::{BuildArguments, NewArguments, TestArguments};
pub(crate) use grants::GrantArguments;
pub(crate) use limits::{LimitArguments, PluginLimitArguments};
pub(crate) use models::{
    ExportArguments, ImportArguments, ModelsArguments, ModelsCommand, VersionCommand,
};
pub(crate) use overrides::OverrideArguments;
pub(crate) use plugin::{
    AddArguments, InspectArguments, PluginCommand, PublishArguments, UpdateArguments,
};
pub(crate) use records::{
    GcArguments, RetentionArguments, RunsArguments, RunsCommand, StoreCommand,
};
pub(crate) use report::{About, PageArguments, ReportArguments, ReportCommand};
pub(crate) use triggers::{ScheduleArguments, WaitingArguments, WatchArguments};

/// Takes a table from a raw file to a versioned, gated, monitored model.
#[derive(Debug, Parser)]
#[command(
    name = "host",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        host run pipeline.toml\n  \
        host run pipeline.toml --param max_depth=8\n  \
        host run pipeline.toml --profile ci --set steps.tree.with.max_depth=8\n  \
        host runs explain 2\n  \
        host predict arr-delay@1 flights.parquet -o predictions.parquet\n  \
        host models show arr-delay"
)]
pub(crate) struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How to print results
    #[arg(long, global = true, value_parser = formats(&RESULTS), default_value = "text")]
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
    /// A flowchart of Mermaid; of a pipeline
    Mermaid,
    /// A graph of Graphviz; of a pipeline
    Dot,
    /// A picture; of a pipeline
    Svg,
    /// One page for a browser, with all figures; of a report
    Html,
    /// For a pull request; of a report
    Markdown,
}

/// The formats that every command knows; some have an argument of the same name for others.
const RESULTS: [Format; 2] = [Format::Text, Format::Json];
const DRAWINGS: [Format; 5] = [
    Format::Text,
    Format::Json,
    Format::Mermaid,
    Format::Dot,
    Format::Svg,
];
const PAGES: [Format; 3] = [Format::Html, Format::Markdown, Format::Json];

fn formats(known: &[Format]) -> impl TypedValueParser<Value = Format> {
    let known = known.iter().filter_map(Format::to_possible_value);
    PossibleValuesParser::new(known).try_map(|word| Format::from_str(&word, false))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find every mistake in a pipeline before it runs
    Check(CheckArguments),
    /// Run a pipeline and register its models
    Run(RunArguments),
    /// Run a pipeline, and again whenever its data, its file or a plugin of its own changes
    Watch(WatchArguments),
    /// Run pipelines when their triggers say, for as long as this process lives
    Schedule(ScheduleArguments),
    /// Print a pipeline as it would run, with everything that is put over it
    Show(PipelineArguments),
    /// Draw a pipeline: what takes what, on which conditions, how often
    Graph(GraphArguments),
    /// Make a model again from what its run recorded, and compare
    Reproduce(ReproduceArguments),
    /// Add a model's predictions to a table
    Predict(PredictArguments),
    /// Compare a table with a model's training data
    Drift(DriftArguments),
    /// Describe every column of a table: nulls, values, quantiles, histograms, correlations
    Profile(ProfileArguments),
    /// Write checks for a table
    #[command(subcommand)]
    Validate(ValidateCommand),
    /// Lay out what a run, a model or a comparison came to: as a page, as Markdown or as JSON
    Report(ReportArguments),
    /// Compare the models of an experiment on the same rows: which is better, and how sure that is
    Ab(AbArguments),
    /// List experiments, or show one
    Experiments(ExperimentsArguments),
    /// List models, or show one
    Models(ModelsArguments),
    /// List runs, or show one
    Runs(RunsArguments),
    /// See what the store holds, take out what nothing needs, find what is damaged
    #[command(subcommand)]
    Store(StoreCommand),
    /// Look at plugins, write your own, take them from registries and publish them
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Compile a plugin for the process that starts this one
    #[command(name = COMPILE, hide = true)]
    Compile(CompileArguments),
}

/// The command that compiles a plugin.
pub(crate) const COMPILE: &str = "compile-plugin";

#[derive(Debug, Args)]
pub(crate) struct CompileArguments {
    /// The process that starts this one
    pub(crate) parent: u32,

    /// Seconds of processor time
    pub(crate) seconds: u64,

    /// Bytes of memory
    pub(crate) memory_bytes: u64,
}

#[derive(Debug, Args)]
pub(crate) struct PipelineArguments {
    /// The pipeline file
    pub(crate) pipeline: PathBuf,

    #[command(flatten)]
    pub(crate) overrides: OverrideArguments,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArguments {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArguments,

    /// How to draw it
    #[arg(long, value_parser = formats(&DRAWINGS), default_value = "text")]
    pub(crate) format: Format,

    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Draw text with the characters of ASCII alone [default: where the terminal has no others]
    #[arg(long)]
    pub(crate) ascii: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArguments,

    #[command(flatten)]
    pub(crate) access: AccessArguments,

    #[command(flatten)]
    pub(crate) grants: GrantArguments,

    #[command(flatten)]
    pub(crate) limits: PluginLimitArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The pipeline file; with --resume, that of the run if it is left out
    #[arg(required_unless_present = "resume")]
    pub(crate) pipeline: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) overrides: OverrideArguments,

    /// Take nothing from the cache; results are kept there all the same
    #[arg(long, conflicts_with_all = ["from", "resume"])]
    pub(crate) no_cache: bool,

    /// Run this step again, and every step that needs it; others may be cached
    #[arg(long, value_name = "STEP")]
    pub(crate) from: Option<String>,

    /// Pick up a run that did not come to its end, with its patches and parameters [default: the latest run]
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true)]
    pub(crate) resume: Option<Option<RunId>>,

    /// Try out how the pipeline deals with failure: a file that says which steps fail, how often and
    /// in what way, such as `[steps.tree]` with `fail = 2` and `kind = "transient"`
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) access: AccessArguments,

    #[command(flatten)]
    pub(crate) grants: GrantArguments,

    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReproduceArguments {
    /// NAME, NAME@VERSION or NAME@ALIAS
    pub(crate) model: Selector,

    /// Where data is by now: a file, folder or glob; may be given several times
    #[arg(long = "data", value_name = "NAME=PATH", value_parser = parse_data)]
    pub(crate) data: Vec<(String, String)>,

    #[command(flatten)]
    pub(crate) limits: LimitArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TableArguments {
    /// A file, folder or glob, here or at `s3://` and the like: Parquet, CSV, Arrow or JSON lines
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
pub(crate) struct ProfileArguments {
    #[command(flatten)]
    pub(crate) table: TableArguments,

    /// The columns to describe [default: all]
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,

    /// How many intervals a histogram has
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    pub(crate) bins: u32,

    /// Print the correlations of all columns of numbers, not just the strong ones
    #[arg(long)]
    pub(crate) correlations: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ValidateCommand {
    /// Write a suite of checks that a table passes, to be edited: TOML for a step with `validate`
    Suggest {
        #[command(flatten)]
        table: TableArguments,
    },
}

fn parse_data(text: &str) -> Result<(String, String), String> {
    pair(text).ok_or_else(|| "write the name of the data and its path as NAME=PATH".to_owned())
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}
