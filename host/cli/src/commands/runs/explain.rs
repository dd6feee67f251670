//! `host runs explain`: why each step ran or did not, in words.

use std::fmt::Write;

use mlhost_engine::{Change, Explanation, InputRecord, Why};

use crate::commands::changes;

pub(super) fn words(explanation: &Explanation) -> String {
    let mut words = format!("run {} of `{}`\n", explanation.run, explanation.pipeline);
    for step in &explanation.steps {
        // Writing to a string cannot fail.
        let _ = writeln!(words, "\n{}: {}", step.step, sentence(&step.why));
        if let Why::Changed { since, changes } = &step.why {
            for line in changes.iter().flat_map(change_lines) {
                let _ = writeln!(words, "  {line}");
            }
            let _ = match changes.is_empty() {
                true => writeln!(words, "  something that is not on record"),
                false => writeln!(words, "  everything else is as in run {since}"),
            };
        }
    }
    words
}

fn sentence(why: &Why) -> String {
    match why {
        Why::Cached { from: Some(run) } => {
            format!("cached: plugin, parameters, rows and versions are those of run {run}")
        }
        Why::Cached { from: None } => {
            "cached: plugin, parameters, rows and versions are those of an earlier run".to_owned()
        }
        Why::Asked { option } => format!("ran, because `{option}` was given"),
        Why::First => "ran, as no earlier run of this pipeline had come to it".to_owned(),
        Why::Changed { since, .. } => format!("ran, because of what has changed since run {since}"),
        Why::Unfinished { run } => {
            format!("ran, as nothing has changed since run {run}, which did not finish it")
        }
        Why::Forgotten { run } => {
            format!("ran, though run {run} had done the same: its result is no longer in the cache")
        }
        Why::Skipped { reason } => format!("did not run: {reason}"),
        Why::Failed { error } => format!("failed before its work began: {error}"),
        Why::Cancelled => "was given up, as the run ended".to_owned(),
        Why::Granted { granted } => format!("ran, as always: it may {}", granted.join(", ")),
        Why::Unknown => "ran, as it is not known what decides its rows".to_owned(),
    }
}

fn change_lines(change: &Change) -> Vec<String> {
    match change {
        Change::Plugin { before, after } => vec![format!(
            "plugin: {} → {}",
            changes::plugin(before),
            changes::plugin(after)
        )],
        Change::Params { changes } => vec![format!("parameters: {}", changes::values(changes))],
        Change::Version(version) => vec![format!("version: {}", changes::version(version))],
        Change::Input {
            name,
            before,
            after,
        } => vec![format!(
            "input `{name}`: {} → {}",
            input(before.as_ref()),
            input(after.as_ref())
        )],
        Change::Data(files) => changes::files(files)
            .into_iter()
            .map(|line| format!("data `{}`: {line}", files.data))
            .collect(),
        Change::Selection { data, changes } => {
            vec![format!(
                "selection of data `{data}`: {}",
                changes::values(changes)
            )]
        }
        Change::Reading { data } => vec![format!(
            "data `{data}`: the same files are read in another way (format, null values, types)"
        )],
        Change::Granted { step } => vec![format!(
            "step `{step}` before it may reach more than its rows, and may do something else each time"
        )],
        Change::Step { step, changes } if changes.is_empty() => vec![format!(
            "step `{step}` before it has come to something else from the same"
        )],
        Change::Step { step, changes } => changes
            .iter()
            .flat_map(change_lines)
            .map(|line| format!("step `{step}` before it: {line}"))
            .collect(),
    }
}

fn input(input: Option<&InputRecord>) -> String {
    let Some(input) = input else {
        return "none".to_owned();
    };
    let steps: Vec<_> = input.steps.iter().map(|step| format!("`{step}`")).collect();
    let mut words = match steps.is_empty() {
        true => format!("`{}`", input.table),
        false => format!("`{}` through {}", input.table, steps.join(", ")),
    };
    if let Some(model) = &input.model {
        words.push_str(&format!(" with predictions of `{model}`"));
    }
    words
}
