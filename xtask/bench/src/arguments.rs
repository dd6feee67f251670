//! What can be given on the command line. `cargo xtask bench` fills in the paths and passes the
//! rest on.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// Measures the boundary of the sandbox, plugins at work, the flights example and millions of rows
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// The `host` binary
    #[arg(long, value_name = "FILE")]
    pub(crate) host: PathBuf,

    /// The folder of the standard packages' components
    #[arg(long, value_name = "FOLDER")]
    pub(crate) plugins: PathBuf,

    /// The folder of the tests' components
    #[arg(long, value_name = "FOLDER")]
    pub(crate) test_plugins: PathBuf,

    /// The folder of the components in other languages
    #[arg(long, value_name = "FOLDER")]
    pub(crate) languages: PathBuf,

    /// The folder of the flights example
    #[arg(long, value_name = "FOLDER")]
    pub(crate) example: PathBuf,

    /// The folder in which tables of many rows are made, once
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tables: PathBuf,

    /// The rows of the largest table; a tenth and a hundredth of them are measured too
    #[arg(
        long,
        default_value_t = 10_000_000,
        value_parser = clap::value_parser!(u64).range(100_000..=1_000_000_000),
        value_name = "NUMBER"
    )]
    pub(crate) rows: u64,

    /// The folder of a scikit-learn script `pipeline.py` that does the flights example's work, to
    /// be run beside it
    #[arg(long, value_name = "FOLDER")]
    pub(crate) baseline: Option<PathBuf>,

    /// The Python with scikit-learn that runs the baseline
    #[arg(
        long,
        env = "BASELINE_PYTHON",
        default_value = "python3",
        value_name = "FILE"
    )]
    pub(crate) python: PathBuf,

    /// Measure what others take beside it: they are installed from PyPI into a folder beside the
    /// tables
    #[arg(long)]
    pub(crate) peers: bool,

    /// Measure this alone; may be given several times
    #[arg(long, value_enum, value_name = "SECTION")]
    pub(crate) only: Vec<Section>,

    /// Measure less often: for a first look
    #[arg(long)]
    pub(crate) quick: bool,

    /// How to print the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Batches through the sandbox
    Boundary,
    /// Compiling, loading and opening a plugin
    Startup,
    /// How long a plugin goes on after its time is up
    Deadlines,
    /// Fitting the flights example's tree
    Training,
    /// The whole flights example
    Flights,
    /// What a run leaves in the store when nothing has changed
    Metadata,
    /// A graph of 500 steps and a loop of 2,000 iterations
    Control,
    /// Steps that have nothing to do
    Steps,
    /// Drift of every column of the flights, from batches in memory
    Drift,
    /// Twenty checks of rows in memory
    Checks,
    /// The same plugins in Rust, C, JavaScript and Python
    Languages,
    /// Checks and drift of millions of rows
    Scale,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// How often things are measured.
pub(crate) struct Effort {
    /// Rounds of what takes microseconds.
    pub(crate) short_rounds: usize,
    /// Rounds of what takes seconds.
    pub(crate) long_rounds: usize,
    /// Rounds of what takes a minute.
    pub(crate) scale_rounds: usize,
}

impl Arguments {
    /// Measures a section, if it is wanted.
    ///
    /// # Errors
    /// Those of `measure`.
    pub(crate) fn section<T>(
        &self,
        section: Section,
        measure: impl FnOnce() -> Result<T>,
    ) -> Result<Option<T>> {
        if !self.only.is_empty() && !self.only.contains(&section) {
            return Ok(None);
        }
        eprintln!("measuring: {section:?}");
        measure().map(Some)
    }

    /// How often things are measured.
    pub(crate) fn effort(&self) -> Effort {
        let [short_rounds, long_rounds, scale_rounds] =
            if self.quick { [7, 3, 1] } else { [41, 11, 5] };
        Effort {
            short_rounds,
            long_rounds,
            scale_rounds,
        }
    }
}
