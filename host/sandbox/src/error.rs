//! What can go wrong with a plugin, told so that a person knows whose turn it is.

use std::{fmt, io, path::PathBuf, process::ExitStatus, time::Duration};

use mlhost_pipeline::Limit;

use crate::OverBudget;

/// What to do about a plugin that does what none should.
pub(crate) const FAULT: &str = "this is a fault in the plugin; its author wants to hear of it";

/// A plugin's name and version as its package states them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginName {
    /// `namespace:name`, or what the component calls itself when it is no package.
    pub name: String,
    /// The package's version, where there is one.
    pub version: Option<String>,
}

impl fmt::Display for PluginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// An error that a plugin reported in the contract's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// `invalid-params`, `invalid-data`, `transient` or `failed`.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// For `invalid-params`: a JSON Pointer into the parameters.
    pub at: Option<String>,
}

/// How a plugin failed its step.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// It said so.
    #[error("{}", .0.message)]
    Reported(Reported),
    /// It trapped: a panic, a wrong index.
    #[error("{}", trapped(.reason, .last_words.as_deref()))]
    Trapped {
        /// wasmtime's word for it.
        reason: String,
        /// The last error the plugin logged, which is where a panic's text is.
        last_words: Option<String>,
    },
    /// It called `exit`, as programs do and plugins must not.
    #[error("{}", exited(*.code, .last_words.as_deref()))]
    Exited {
        /// What a shell would be told.
        code: u8,
        /// The last it said before.
        last_words: Option<String>,
    },
    /// It used up its time.
    #[error("did not finish within its time limit of {}", milliseconds(.0))]
    TimedOut(Duration),
    /// It asked for more memory than it may have.
    #[error("asked for more memory than the {} that it may have", Limit::Memory.written(*.limit as u64))]
    OutOfMemory {
        /// Bytes it asked for, in all.
        requested: usize,
        /// Bytes it may have.
        limit: usize,
    },
    /// It handed over more at once than it may.
    #[error("handed over more than {} in one call", Limit::Returned.written(*.0 as u64))]
    TooMuchReturned(usize),
    /// It went beyond another of its limits.
    #[error("{what}, and the limit `{}` is {}", .limit.key(), .limit.written(*.value))]
    OverLimit {
        /// What it did.
        what: String,
        /// Which limit.
        limit: Limit,
        /// How much that allows: milliseconds, bytes or a number.
        value: u64,
    },
    /// The run was cancelled.
    #[error("was cancelled")]
    Cancelled,
    /// It returned something that cannot be true.
    #[error("returned {0}")]
    Invalid(String),
}

impl Failure {
    /// Whether a plugin may fail like this because it was refused something.
    fn may_follow_from_refusal(&self) -> bool {
        match self {
            Self::Reported(reported) => reported.kind != "invalid-params",
            Self::Trapped { .. } | Self::Exited { .. } => true,
            _ => false,
        }
    }
}

/// What this crate reports.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// wasmtime refused the settings, or the machine lacks what they need.
    #[error("the WebAssembly engine cannot start: {0}")]
    Engine(String),
    /// A component cannot be used as a plugin.
    #[error("not a plugin: {reason}")]
    NotAPlugin {
        /// Why.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// Compiling a component took more time of processors than it may.
    #[error(
        "compiling the plugin takes too long, and the limit `{}` is {}",
        Limit::CompileTime.key(),
        milliseconds(.0)
    )]
    CompileTime(Duration),
    /// The process that compiled a component has ended without a result.
    #[error("compiling the plugin ended with {status}: {words}")]
    CompilerEnded {
        /// How.
        status: ExitStatus,
        /// What it said.
        words: String,
    },
    /// The process that compiles cannot be started or given the component, or its result not be read.
    #[error("cannot have `{}` compile the plugin: {source}", program.display())]
    Compiler {
        /// What was to be started.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A plugin failed.
    #[error("plugin {plugin} in step `{step}`: {failure}")]
    Plugin {
        /// Which.
        plugin: PluginName,
        /// In whose service.
        step: String,
        /// How.
        failure: Box<Failure>,
        /// What it was refused before that, which may be why.
        refused: Option<String>,
    },
    /// All steps together want more memory than the run may use.
    #[error("the memory of the run is used up: {0}")]
    OverBudget(#[from] OverBudget),
    /// The data that a plugin was reading cannot be read.
    #[error(transparent)]
    Data(#[from] mlhost_data::Error),
    /// A column has a type that the contract does not carry.
    #[error("step `{step}`: {source}")]
    Arrow {
        /// The step.
        step: String,
        /// Which type.
        source: mlhost_arrow::Error,
    },
    /// The plugin has another kind than is asked of it.
    #[error("plugin {plugin} is a {kind} and has no `{interface}`")]
    WrongKind {
        /// Which.
        plugin: PluginName,
        /// Its kind.
        kind: mlhost_pipeline::Kind,
        /// The interface that its kind does not export.
        interface: &'static str,
    },
    /// The cache of compiled components cannot be used.
    #[error("cannot use the cache of compiled plugins at {path}: {source}")]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// What the person in front of the screen can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAPlugin { hint, .. } => hint.clone(),
            Self::Plugin {
                failure,
                refused: Some(refused),
                ..
            } if failure.may_follow_from_refusal() => Some(refused.clone()),
            Self::Plugin { failure, step, .. } => match failure.as_ref() {
                Failure::TimedOut(limit) => Some(longer(*limit, step)),
                Failure::OutOfMemory { limit, .. } => Some(larger(*limit as u64, step)),
                Failure::OverLimit { limit, value, .. } => Some(raised(*limit, *value, step)),
                Failure::TooMuchReturned(bytes) => {
                    Some(raised(Limit::Returned, *bytes as u64, step))
                }
                Failure::Trapped { .. } | Failure::Exited { .. } | Failure::Invalid(_) => {
                    Some(FAULT.to_owned())
                }
                Failure::Reported(reported) if reported.kind == "transient" => {
                    Some("the plugin says that it may work when it is tried again".to_owned())
                }
                _ => None,
            },
            Self::CompileTime(limit) => {
                let longer = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                let longer = Limit::CompileTime.assigned(longer.saturating_mul(2));
                Some(format!(
                    "a step may give its plugin longer with `limits.{longer}`, if you trust whoever \
                     wrote it"
                ))
            }
            Self::CompilerEnded { .. } => Some(
                "it may have asked for more memory than compiling may take: few plugins need a \
                 tenth of it"
                    .to_owned(),
            ),
            Self::OverBudget(_) => Some(
                "let the run use more with `--memory`, or do less at a time with `--jobs`"
                    .to_owned(),
            ),
            Self::Cache { .. } => Some(
                "set MLHOST_CACHE to a folder that can be written, or to nothing for no cache"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// What the plugin reported, if that is what happened.
    pub fn reported(&self) -> Option<&Reported> {
        match self {
            Self::Plugin { failure, .. } => match failure.as_ref() {
                Failure::Reported(reported) => Some(reported),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How a step may take longer.
fn longer(limit: Duration, step: &str) -> String {
    let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    let more = limit.max(Limit::Timeout.default_value()).saturating_mul(2);
    let more = Limit::Timeout.assigned(more);
    format!("a step may take longer with `{more}` in [steps.{step}]")
}

/// How a step may use more memory.
fn larger(limit: u64, step: &str) -> String {
    const GIBIBYTE: u64 = 1 << 30;
    const END: &str = "WebAssembly ends at 4 GiB";
    let more = match limit / GIBIBYTE {
        ..3 => 3 * GIBIBYTE,
        3 => 4 * GIBIBYTE,
        _ => return END.to_owned(),
    };
    let more = Limit::Memory.assigned(more);
    format!("a step may use more with `{more}` in [steps.{step}]; {END}")
}

/// How to raise another limit.
pub(crate) fn raised(limit: Limit, value: u64, step: &str) -> String {
    if limit == Limit::Depth && value >= limit.default_value() {
        return format!("types can be nested {} deep at most", limit.default_value());
    }
    format!(
        "a step may have more with `limits.{}` in [steps.{step}]",
        limit.assigned(value.saturating_mul(2))
    )
}

fn trapped(reason: &str, last_words: Option<&str>) -> String {
    match last_words {
        Some(words) => format!("{words} ({reason})"),
        None => format!("trapped: {reason}"),
    }
}

fn exited(code: u8, last_words: Option<&str>) -> String {
    let exited = format!("ended itself with exit code {code}");
    match last_words {
        Some(words) => format!("{words} ({exited})"),
        None => exited,
    }
}

fn milliseconds(duration: &Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    Limit::Timeout.written(milliseconds)
}

pub(crate) fn bytes(bytes: &usize) -> String {
    const MEBIBYTE: f64 = 1024.0 * 1024.0;
    let mebibytes = *bytes as f64 / MEBIBYTE;
    if mebibytes >= 1024.0 {
        format!("{:.1} GiB", mebibytes / 1024.0)
    } else {
        format!("{mebibytes:.1} MiB")
    }
}
