//! `host runs show`: one run with every step, finding, metric and gate, in words.

use std::fmt::Write;

use mlhost_engine::{RunRecord, StepRecord};
use mlhost_sandbox::Outcome;
use mlhost_store::Run;
use serde::Serialize;

use super::duration;
use crate::{
    commands::{changes, outcome},
    text,
};

/// A run with its record.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    pub(super) run: Run,
    pub(super) record: Option<RunRecord>,
}

pub(super) fn words(shown: &Shown) -> String {
    let run = &shown.run;
    let mut words = format!(
        "run {} of `{}`: {}",
        run.id,
        run.pipeline,
        super::outcome(run)
    );
    if run.finished_at.is_some() {
        words.push_str(&format!(" in {}", duration(run)));
    }
    if let Some(summary) = &run.summary {
        words.push_str(&format!("\n  {summary}"));
    }
    words.push('\n');
    let Some(record) = &shown.record else {
        return words;
    };
    // Writing to a string cannot fail.
    if let Some(resumed) = record.resumes {
        let _ = writeln!(words, "  picks up run {resumed}");
    }
    if let Some(trigger) = &record.trigger {
        let _ = writeln!(words, "  started by {trigger}");
    }
    if let Some(option) = record.reuse.option() {
        let _ = writeln!(words, "  with {option}");
    }
    for (step, fault) in &record.faults {
        let _ = writeln!(words, "  as asked with --faults, step `{step}` {fault}");
    }
    for patch in &record.patches {
        let _ = writeln!(words, "  with {}", changes::patch(patch));
        for change in &patch.changes {
            let _ = writeln!(words, "    {}", changes::value(change));
        }
    }
    for (name, value) in &record.given {
        let _ = writeln!(words, "  with {name}={value}");
    }
    for (name, files) in &record.data {
        for file in files {
            let digest = text::short(&file.digest);
            let _ = writeln!(words, "\nread {name:12} {}  {digest}", file.path);
        }
    }
    for outcome in &record.loops {
        words.push_str(&outcome::looped(outcome));
    }
    for step in &record.steps {
        show_step(step, &mut words);
    }
    for told in &record.notifications {
        let (name, to, status) = (&told.name, &told.to, told.status.word());
        let _ = write!(words, "\n{name}  notification to {to}: {status}");
        let _ = match told.attempts {
            0 | 1 => writeln!(words),
            attempts => writeln!(words, " at attempt {attempts}"),
        };
        if let Some(reason) = &told.error {
            let _ = writeln!(words, "  {reason}");
        }
    }
    words
}

fn show_step(step: &StepRecord, words: &mut String) {
    let _ = writeln!(
        words,
        "\n{}  {}  {}, {} rows in {}",
        step.name,
        step.plugin,
        outcome::status(step),
        text::count(step.rows),
        text::seconds(step.seconds)
    );
    let _ = writeln!(words, "  with {}", step.params);
    if let Some(model) = step.predicted_by() {
        let _ = writeln!(words, "  predictions by {model}");
    }
    if !step.granted.is_empty() {
        let granted = step.granted.join(", ");
        let _ = writeln!(words, "  irreproducible: it was granted to {granted}");
    }
    for state in &step.states {
        let (digest, bytes) = (text::short(&state.digest), text::bytes(state.bytes));
        let _ = writeln!(words, "  state {} {digest} ({bytes})", state.name);
    }
    if let Some(outcome) = &step.outcome {
        show_outcome(outcome, words);
    }
    words.push_str(&outcome::gates(&step.gates));
    for (number, attempt) in (1..).zip(&step.attempts) {
        let (time, wait) = (
            text::seconds(attempt.seconds),
            text::seconds(attempt.waited),
        );
        let _ = writeln!(
            words,
            "  attempt {number} failed after {time}: {}; waited {wait}",
            attempt.error
        );
    }
    for reason in step.error.iter().chain(&step.skipped) {
        let _ = writeln!(words, "  {reason}");
    }
}

fn show_outcome(outcome: &Outcome, words: &mut String) {
    let _ = writeln!(words, "  {}", text::visible(&outcome.summary));
    for finding in &outcome.findings {
        let mark = if finding.passed { "ok " } else { "NOT" };
        let column = text::visible(finding.column.as_deref().unwrap_or_default());
        let (check, message) = (&finding.check, text::visible(&finding.message));
        let _ = writeln!(words, "  {mark} {check} {column}: {message}");
    }
    for metric in &outcome.metrics {
        let labels = metric.labels.iter();
        let labels: String = labels
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        let name = format!("{}{labels}", metric.name);
        let _ = writeln!(words, "  {name:40} {}", text::metric(metric.value));
    }
}
