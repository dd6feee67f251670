//! Reads a file of faults: which steps are to fail in a run, how often and in what way, so that
//! somebody can see what a pipeline makes of that before it happens by itself.
//!
//! ```toml
//! [steps.tree]
//! fail = 2               # this many attempts, or "always"
//! kind = "transient"
//!
//! [steps."tree[2]"]      # the second iteration of a loop alone
//! hang = 1
//! ```

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names;
use crate::node::{Content, Entry};
use crate::pipeline::Pipeline;
use crate::reader::{self, Section};
use crate::source::Source;
use crate::syntax;

const KEYS: [&str; 6] = ["fail", "hang", "crash", "kind", "message", "at"];

/// What somebody who gave no message is told.
const MESSAGE: &str = "this fault was asked for";

/// The faults of a run, by the step. The name of a step in a loop means every iteration of it,
/// each by itself.
pub type Faults = IndexMap<String, Fault>;

/// What goes wrong in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What happens.
    #[serde(flatten)]
    pub harm: Harm,
    /// When in an attempt it does.
    pub at: Moment,
    /// What is told of it.
    pub message: String,
}

/// What happens to an attempt at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "harm")]
pub enum Harm {
    /// It fails.
    Fail {
        /// In which way.
        kind: FaultKind,
        /// How many attempts do, the first ones; all of them if this is not said.
        attempts: Option<u32>,
    },
    /// It does not end before its time limit, or before somebody ends it.
    Hang {
        /// How many attempts do, the first ones; all of them if this is not said.
        attempts: Option<u32>,
    },
    /// The process of the host ends at once, as if it had been killed.
    Crash,
}

/// In which way a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The plugin says that it may work another time.
    Transient,
    /// The plugin says that it failed.
    Failed,
    /// The plugin says that it cannot do anything with the data.
    InvalidData,
    /// The plugin traps.
    Trap,
    /// The plugin uses up its time.
    TimeOut,
    /// The data cannot be read at the moment.
    Source,
}

/// When in an attempt a fault happens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// Before the work is begun.
    #[default]
    Begin,
    /// When the work is done, and nothing of it is on record.
    End,
}

/// Reads faults for the steps of this pipeline.
///
/// # Errors
/// Everything that is wrong with the file, and every step that the pipeline does not have.
pub fn parse_faults(source: Source, pipeline: &Pipeline) -> Result<Faults, Diagnostics> {
    let mut diagnostics = Diagnostics::new(source.clone());
    let Some(entries) = syntax::parse(&source, 0, &mut diagnostics) else {
        return Err(diagnostics.sorted());
    };
    let title = "the faults";
    let root = Section::new(&entries, title, &(0..0), &["steps"], &mut diagnostics);
    let remedy = "add `[steps.NAME]` with `fail = 1`, for example";
    let steps = root.required("steps", remedy, &mut diagnostics);
    let steps = steps.and_then(|steps| reader::table(&steps.node, "`steps`", &mut diagnostics));
    let mut faults = Faults::new();
    for entry in steps.into_iter().flatten() {
        check_step(entry, pipeline, &mut diagnostics);
        if let Some(fault) = read(entry, &mut diagnostics) {
            faults.insert(entry.name.clone(), fault);
        }
    }
    diagnostics.into_result(faults)
}

fn check_step(entry: &Entry, pipeline: &Pipeline, diagnostics: &mut Diagnostics) {
    let name = entry.name.as_str();
    let mut steps = pipeline.steps.values();
    if steps.any(|step| step.name == name || step.written == name) {
        return;
    }
    if pipeline.switches.contains_key(name) {
        let message = format!("step `{name}` only picks another one, and cannot fail");
        let hint = "name the step that it picks";
        let diagnostic = Diagnostic::new(message).at(entry.key_span.clone());
        diagnostics.push(diagnostic.hint(hint));
        return;
    }
    let mut known: Vec<&str> = Vec::new();
    for step in pipeline.steps.values() {
        if !known.contains(&step.written.as_str()) {
            known.push(&step.written);
        }
    }
    diagnostics.push(
        Diagnostic::new(format!(
            "the pipeline has no step `{}`",
            name.escape_debug()
        ))
        .at(entry.key_span.clone())
        .hint(names::hint(name, "steps", known)),
    );
}

fn read(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Fault> {
    let title = format!("the fault of step `{}`", entry.name.escape_debug());
    let section = Section::open(entry, &title, &KEYS, diagnostics)?;
    let given = ["fail", "hang", "crash"].map(|key| section.optional(key));
    let mut given = given.iter().flatten();
    let Some(what) = given.next() else {
        let message = format!("{title} does not say what happens");
        let hint = "add `fail = 1`, `fail = \"always\"`, `hang = 1` or `crash = true`";
        let diagnostic = Diagnostic::new(message).at(entry.key_span.clone());
        diagnostics.push(diagnostic.hint(hint));
        return None;
    };
    if let Some(second) = given.next() {
        diagnostics.push(
            Diagnostic::new(format!(
                "`{}` and `{}` exclude each other in {title}",
                what.name, second.name
            ))
            .at(second.key_span.clone())
            .related(what.key_span.clone(), "the other one")
            .hint("a step has one fault: leave one of the two out"),
        );
    }
    let kind = section.optional("kind");
    let kind = match kind {
        Some(entry) if what.name != "fail" => {
            let message = format!("{} without `fail`", section.key("kind"));
            let diagnostic = Diagnostic::new(message).at(entry.key_span.clone());
            diagnostics.push(diagnostic.hint("add `fail = 1`, or take it away"));
            None
        }
        Some(entry) => {
            let known = [
                ("transient", FaultKind::Transient),
                ("failed", FaultKind::Failed),
                ("invalid-data", FaultKind::InvalidData),
                ("trap", FaultKind::Trap),
                ("time-out", FaultKind::TimeOut),
                ("source", FaultKind::Source),
            ];
            reader::one_of(&entry.node, &section.key("kind"), &known, diagnostics)
        }
        None => Some(FaultKind::Failed),
    };
    let at = section.optional("at").and_then(|entry| {
        let known = [("begin", Moment::Begin), ("end", Moment::End)];
        reader::one_of(&entry.node, &section.key("at"), &known, diagnostics)
    });
    let message = section
        .optional("message")
        .and_then(|entry| reader::string(&entry.node, &section.key("message"), diagnostics));
    let of = section.key(&what.name);
    let harm = match what.name.as_str() {
        "fail" => Harm::Fail {
            attempts: attempts(what, &of, diagnostics)?,
            kind: kind?,
        },
        "hang" => Harm::Hang {
            attempts: attempts(what, &of, diagnostics)?,
        },
        _ => {
            if !reader::boolean(&what.node, &of, diagnostics)? {
                return None;
            }
            Harm::Crash
        }
    };
    Some(Fault {
        harm,
        at: at.unwrap_or_default(),
        message: message.unwrap_or(MESSAGE).to_owned(),
    })
}

/// A number of attempts, or none for all of them.
fn attempts(entry: &Entry, what: &str, diagnostics: &mut Diagnostics) -> Option<Option<u32>> {
    match &entry.node.content {
        Content::String(word) if word == "always" => Some(None),
        Content::String(word) => {
            let message = format!("{what} cannot be `{}`", word.escape_debug());
            let hint = "write a number of attempts, or \"always\"";
            reader::report(&entry.node, message, Some(hint.to_owned()), diagnostics);
            None
        }
        _ => {
            let number = reader::integer_in(&entry.node, what, 1..=1000, diagnostics)?;
            u32::try_from(number).ok().map(Some)
        }
    }
}

impl Fault {
    /// Whether the attempt of this number, counted from one, has it.
    pub fn strikes(&self, attempt: u32) -> bool {
        match self.harm {
            Harm::Fail { attempts, .. } | Harm::Hang { attempts } => {
                attempts.is_none_or(|most| attempt <= most)
            }
            Harm::Crash => true,
        }
    }
}

/// As a sentence goes on: `fails 2 times (transient)`.
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let often = |attempts: Option<u32>| match attempts {
            None => "always".to_owned(),
            Some(1) => "once".to_owned(),
            Some(times) => format!("{times} times"),
        };
        match self.harm {
            Harm::Fail { kind, attempts } => {
                let kind = match kind {
                    FaultKind::Transient => "transient",
                    FaultKind::Failed => "failed",
                    FaultKind::InvalidData => "invalid-data",
                    FaultKind::Trap => "trap",
                    FaultKind::TimeOut => "time-out",
                    FaultKind::Source => "source",
                };
                write!(f, "fails {} ({kind})", often(attempts))?;
            }
            Harm::Hang { attempts } => write!(f, "hangs {}", often(attempts))?,
            Harm::Crash => f.write_str("crashes the host")?,
        }
        match self.at {
            Moment::Begin => Ok(()),
            Moment::End => f.write_str(" when its work is done"),
        }
    }
}

#[cfg(test)]
mod tests;
