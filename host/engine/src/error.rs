//! What can go wrong between a pipeline and its model.

use mlhost_pipeline::{Diagnostics, printable};
use mlhost_store::{RunId, RunOutcome};

use crate::AbError;

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The pipeline is wrong: each mistake with its place in the file.
    #[error(transparent)]
    Pipeline(#[from] Diagnostics),
    /// A plugin failed, or the sandbox did.
    #[error(transparent)]
    Sandbox(#[from] mlhost_sandbox::Error),
    /// A plugin was not found.
    #[error(transparent)]
    Packages(#[from] mlhost_packages::Error),
    /// Data cannot be read or written.
    #[error(transparent)]
    Data(#[from] mlhost_data::Error),
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] mlhost_store::Error),
    /// A model cannot be applied to this data.
    #[error("model `{model}` cannot be applied to this data: {reason}")]
    NotApplicable {
        /// The model.
        model: String,
        /// Why.
        reason: String,
    },
    /// A model cannot predict what a drift step compares.
    #[error("model `{model}` cannot predict `{table}`: {reason}")]
    Unpredictable {
        /// The step that makes the model, or the version.
        model: String,
        /// What the table is to the step: `reference` or `current`.
        input: String,
        /// The table.
        table: String,
        /// Why.
        reason: String,
    },
    /// A pipeline reads a registered model, and there is no store in which that could be.
    #[error("there is no model `{0}`: there is no store yet")]
    NoRegistry(String),
    /// A model version has no reference profile.
    #[error("model `{0}` keeps no profile of its training data")]
    NoReference(String),
    /// The models of an experiment cannot be compared.
    #[error(transparent)]
    Ab(#[from] AbError),
    /// There is no version that a gate could compare with.
    #[error("there is nothing to compare with: {0}")]
    NoRival(#[source] mlhost_store::Error),
    /// A baseline that is for another task than that of the model.
    #[error("step `{model}` {reason}, and the baseline `{baseline}` does not")]
    WrongBaseline {
        /// The baseline.
        baseline: &'static str,
        /// The step that makes the model.
        model: String,
        /// What the model does.
        reason: &'static str,
        /// The baseline that does the same.
        instead: &'static str,
    },
    /// An evaluator that does not tell where it looks for predictions.
    #[error("plugin {plugin} does not say which column holds the prediction of a model")]
    NoPrediction {
        /// The evaluator.
        plugin: String,
    },
    /// An evaluator that does not resample.
    #[error(
        "plugin {plugin} cannot tell how sure a difference is: it has no parameter `bootstrap`"
    )]
    NoBootstrap {
        /// The evaluator.
        plugin: String,
    },
    /// There is nothing to read.
    #[error("data `{data}` has no rows: {reason}")]
    NoRows {
        /// The data, or a side of its split.
        data: String,
        /// Where its rows have gone.
        reason: String,
        /// Whether the pipeline has selected them away.
        is_selected: bool,
    },
    /// The pipeline has no such step.
    #[error("there is no step `{step}` in the pipeline")]
    UnknownStep {
        /// The name that was given.
        step: String,
        /// The steps there are, in the order of running.
        known: Vec<String>,
    },
    /// The pipeline of a run has no such data.
    #[error("there is no data `{data}` in the pipeline")]
    UnknownData {
        /// The name that was given.
        data: String,
        /// The data there is.
        known: Vec<String>,
    },
    /// A condition or a list of the pipeline has no value in this run.
    #[error(transparent)]
    Condition(Diagnostics),
    /// A loop is judged by a metric that is not in the report.
    #[error("step `{step}` reports no metric `{metric}`")]
    NoMetric {
        /// The step that reports.
        step: String,
        /// The metric.
        metric: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A loop is judged by a metric of which nobody says whether high or low is good.
    #[error("nothing says whether a high or a low `{metric}` is the best of the loop `{step}`")]
    NoDirection {
        /// The loop.
        step: String,
        /// The metric.
        metric: String,
    },
    /// A cross-validation lacks the report of a fold.
    #[error("step `{step}` cannot sum up its folds: not all of them were scored")]
    FoldsMissing {
        /// The step.
        step: String,
    },
    /// A run has taken longer than it may.
    #[error("the run did not end within its deadline of {} s", .0.as_secs_f64())]
    Deadline(std::time::Duration),
    /// A run has not come to a step.
    #[error("run {run} has not come to a step `{step}`")]
    StepNotInRun {
        /// The run.
        run: RunId,
        /// The name that was given.
        step: String,
        /// The steps it has come to.
        known: Vec<String>,
    },
    /// A run has not kept what its steps did.
    #[error("run {run} has no record of its steps: {}", without_steps(*outcome))]
    NoRecord {
        /// The run.
        run: RunId,
        /// How it ended.
        outcome: RunOutcome,
    },
    /// A model cannot be made again, because too little is known of how it was made.
    #[error("model `{model}` cannot be made again: {reason}")]
    NoLineage {
        /// The model.
        model: String,
        /// What is missing.
        reason: String,
    },
    /// A run cannot be picked up.
    #[error("run {run} cannot be resumed: {reason}")]
    NotResumable {
        /// The run.
        run: RunId,
        /// Why.
        reason: String,
    },
    /// There is no run to pick up.
    #[error("there is nothing to resume: {0}")]
    NoRuns(String),
    /// The run was cancelled.
    #[error("the run was cancelled")]
    Cancelled,
    /// A thread of the host panicked: a fault in the host itself.
    #[error("a thread of the host ended early: {0}")]
    Thread(String),
    /// Nothing runs, and a step still waits: a fault in the host itself.
    #[error("step `{step}` waits, and nothing is left that it could wait for")]
    Stuck {
        /// The first of the steps that wait.
        step: String,
    },
    /// A record names a blob by something that is no digest.
    #[error(transparent)]
    Digest(#[from] mlhost_store::InvalidDigest),
    /// The record of a run is of a form that this host does not know.
    #[error("the record of run {run} cannot be read: {source}")]
    UnreadableRecord {
        /// The run.
        run: RunId,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A record cannot be written as JSON.
    #[error("a record cannot be written: {0}")]
    Record(#[from] serde_json::Error),
}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether it says that somebody ended the work early, and nothing else.
    pub(crate) fn is_cancellation(&self) -> bool {
        match self {
            Self::Cancelled => true,
            Self::Sandbox(mlhost_sandbox::Error::Plugin { failure, .. }) => {
                matches!(failure.as_ref(), mlhost_sandbox::Failure::Cancelled)
            }
            _ => false,
        }
    }

    /// Whether nothing in the pipeline is the cause: then no `on_failure` says what follows.
    pub(crate) fn is_fault_of_host(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Thread(_)
                | Self::Stuck { .. }
                | Self::Digest(_)
                | Self::Record(_)
        )
    }

    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sandbox(error) => error.hint(),
            Self::Condition(mistakes) => {
                let mut hints = mistakes.iter().filter_map(|mistake| mistake.hint.clone());
                hints.next()
            }
            Self::Packages(error) => error.hint(),
            Self::Ab(error) => error.hint(),
            Self::Store(error) | Self::NoRival(error) => error.hint(),
            Self::NoRows {
                is_selected: true, ..
            } => Some(
                "select more of the data; a null fails every comparison but `is null`".to_owned(),
            ),
            Self::NoRows {
                is_selected: false, ..
            } => {
                Some("see that what writes the data has written its rows before the run".to_owned())
            }
            Self::Data(mlhost_data::Error::NoTime { column, .. }) => Some(format!(
                "add `[\"{column}\", \"is not null\"]` to the `where` of the data"
            )),
            Self::NotApplicable { model, .. } => Some(format!(
                "`host models show {model}` lists the columns that it needs"
            )),
            Self::Unpredictable { .. } => Some(
                "without `model` in its input, the step compares the columns alone".to_owned(),
            ),
            Self::NoRegistry(_) => Some(
                "a pipeline with `register` makes one; `--store` names a store that is elsewhere"
                    .to_owned(),
            ),
            Self::WrongBaseline { instead, .. } => {
                Some(format!("write `better_than = \"{instead}\"`"))
            }
            Self::NoPrediction { .. } => Some(
                "a parameter with `\"x-mlhost-role\": \"prediction\"` in its schema says so; \
                 without it, compare with a version"
                    .to_owned(),
            ),
            Self::NoBootstrap { .. } => {
                Some("leave `confidence` out to let the measured values decide".to_owned())
            }
            Self::NoReference(_) => {
                Some("a pipeline with a drift step keeps one with its model".to_owned())
            }
            Self::NoMetric { known, .. } => Some(format!("it reports {}", quoted(known))),
            Self::NoDirection { .. } => {
                Some("add `best = \"max\"` or `best = \"min\"` to `select`".to_owned())
            }
            Self::Deadline(_) => {
                Some("`host run --resume` goes on with what was done; `deadline` says how long it may take".to_owned())
            }
            Self::UnknownStep { known, .. } => Some(format!("its steps are {}", quoted(known))),
            Self::UnknownData { known, .. } => Some(format!("its data are {}", quoted(known))),
            Self::StepNotInRun { known, .. } => Some(format!("it came to {}", quoted(known))),
            Self::NotResumable { .. } => {
                Some("`host runs` lists the runs; `--resume=RUN` names one".to_owned())
            }
            Self::Data(error) => error.hint(),
            _ => None,
        }
    }
}

/// The sandbox's error inside a data error, when a table is computed by a plugin.
pub(crate) fn unwrapped(error: Error) -> Error {
    let computed = match error {
        Error::Data(mlhost_data::Error::Computed(inner))
        | Error::Sandbox(mlhost_sandbox::Error::Data(mlhost_data::Error::Computed(inner))) => inner,
        Error::Sandbox(mlhost_sandbox::Error::Data(error)) => return Error::Data(error),
        other => return other,
    };
    match computed.downcast::<mlhost_sandbox::Error>() {
        Ok(error) => unwrapped(Error::Sandbox(*error)),
        Err(other) => match other.downcast::<Error>() {
            Ok(error) => unwrapped(*error),
            Err(other) => Error::Data(mlhost_data::Error::Computed(other)),
        },
    }
}

/// Names in a sentence.
pub(crate) fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("`{}`", printable(name)))
        .collect();
    names.join(", ")
}

/// An error as a record has it: in one line, with its causes, and without excerpts of files.
pub(crate) fn on_record(error: &Error) -> String {
    match error {
        Error::Condition(mistakes) | Error::Pipeline(mistakes) => mistakes.in_a_line(),
        error => with_causes(error),
    }
}

/// An error with its causes, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = error.source();
    }
    text
}

/// Why a run has no record of its steps.
fn without_steps(outcome: RunOutcome) -> String {
    match outcome {
        RunOutcome::Running => "it has not ended".to_owned(),
        RunOutcome::Died => "it died before it could write one".to_owned(),
        RunOutcome::Ended(outcome) => format!("it came to none, and ended as `{outcome}`"),
    }
}
