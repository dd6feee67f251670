//! What can be typed after `host report`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mlhost_store::{RunId, Selector};

use super::{Format, PAGES, TableArguments, formats};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ReportArguments {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,

    /// The number of a run, or NAME, NAME@VERSION or NAME@ALIAS of a model [default: the latest run]
    #[arg(value_name = "RUN|MODEL")]
    pub(crate) about: Option<About>,

    #[command(flatten)]
    pub(crate) page: PageArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Compare a table with a model's training data, and show how
    Drift {
        /// NAME, NAME@VERSION or NAME@ALIAS
        model: Selector,

        #[command(flatten)]
        table: TableArguments,

        #[command(flatten)]
        page: PageArguments,
    },
}

/// Where a report goes, and how it is laid out.
#[derive(Debug, Args)]
pub(crate) struct PageArguments {
    /// How to lay it out [default: what the name of the file ends in, else Markdown]
    #[arg(long, value_parser = formats(&PAGES))]
    pub(crate) format: Option<Format>,

    /// The file to write, such as report.html, report.md or report.json [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

impl PageArguments {
    /// How the report is laid out.
    pub(crate) fn format(&self) -> Format {
        let extension = |file: &Path| file.extension()?.to_str().map(str::to_ascii_lowercase);
        let named = self.output.as_deref().and_then(extension);
        match (self.format, named.as_deref()) {
            // The default of all commands is none of this one's formats.
            (Some(format), _) if format != Format::Text => format,
            (_, Some("html" | "htm")) => Format::Html,
            (_, Some("json")) => Format::Json,
            _ => Format::Markdown,
        }
    }
}

/// What a report is about.
#[derive(Clone, Debug)]
pub(crate) enum About {
    Run(RunId),
    Model(Selector),
}

impl std::str::FromStr for About {
    type Err = mlhost_store::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(run) => Ok(Self::Run(run)),
            Err(_) => text.parse().map(Self::Model),
        }
    }
}
