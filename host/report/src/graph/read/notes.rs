//! What is written of data and steps beside their connections, in words.

use mlhost_pipeline::{Data, Gate, OnFailure, Pipeline, Policy, Sample, Split, Step};

use crate::graph::model::{Note, Topic};
use crate::graph::words;

fn note(topic: Topic, text: impl Into<String>) -> Note {
    Note {
        topic,
        text: text.into(),
    }
}

/// Which rows of its files data has.
pub(super) fn of_data(data: &Data) -> Vec<Note> {
    let selection = &data.selection;
    let conditions = match selection.comparisons.len() {
        0 => None,
        1 => Some("where 1 condition holds".to_owned()),
        many => Some(format!("where {many} conditions hold")),
    };
    let sample = selection.sample.as_ref().map(|sample| match sample {
        Sample::Fraction { fraction, .. } => format!("sample of {fraction} of the rows"),
        Sample::Rows { rows, .. } => format!("sample of {rows} rows"),
    });
    let split = selection.split.as_ref().map(|split| match split {
        Split::Random { .. } => "split at random".to_owned(),
        Split::Hash { columns, .. } => format!("split by {}", columns.join(", ")),
        Split::Time { column, .. } => format!("split by time, {column}"),
    });
    let rows: Vec<String> = [conditions, sample, split].into_iter().flatten().collect();
    match rows.is_empty() {
        true => Vec::new(),
        false => vec![note(Topic::Rows, rows.join("; "))],
    }
}

/// When a step runs, what its metrics must be, and what follows if it fails.
pub(super) fn of_step(step: &Step, pipeline: &Pipeline) -> Vec<Note> {
    let control = &step.control;
    let mut notes = Vec::new();
    if control.finally {
        notes.push(note(
            Topic::Finally,
            "finally, whatever became of the others",
        ));
    }
    if let Some(when) = &control.when {
        let text = words::one_line(when.expression.text());
        notes.push(note(Topic::When, format!("when {text}")));
    }
    if control.after_any {
        let text = "whatever became of what it is after";
        notes.push(note(Topic::When, text));
    }
    match step.folds().len() {
        0 => {}
        folds => notes.push(note(
            Topic::Folds,
            format!("cross-validated in {folds} folds"),
        )),
    }
    notes.extend(
        step.gates
            .iter()
            .map(|gate| note(Topic::Gate, passes(gate))),
    );
    let retry = &control.retry;
    if retry.limit > 0 && retry.policy != Policy::Never {
        let reason = match retry.policy {
            Policy::Transient => " if the failure is transient",
            Policy::Always | Policy::Never => "",
        };
        let limit = usize::try_from(retry.limit).unwrap_or(usize::MAX);
        let text = format!("retry {}{reason}", words::times(limit));
        notes.push(note(Topic::Retry, text));
    }
    let limits = [
        step.timeout.map(words::duration),
        step.memory.map(words::bytes),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    if !limits.is_empty() {
        notes.push(note(
            Topic::Limit,
            format!("at most {}", limits.join(" and ")),
        ));
    }
    match &control.on_failure {
        OnFailure::Continue => notes.push(note(Topic::Failure, "if it fails, the run goes on")),
        // A step that is called is drawn with an edge of its own.
        OnFailure::Step(called, _) if pipeline.notifications.contains_key(called) => {
            let text = format!("if it fails, the run goes on and sends {called}");
            notes.push(note(Topic::Failure, text));
        }
        OnFailure::Step(..) | OnFailure::Stop => {}
    }
    notes
}

/// What a gate asks for.
fn passes(gate: &Gate) -> String {
    let minimum = gate.minimum.map(|minimum| format!(">= {minimum}"));
    let maximum = gate.maximum.map(|maximum| format!("<= {maximum}"));
    let better = gate.better_than.as_ref().map(|better| {
        let by = match better.by {
            0.0 => String::new(),
            by => format!(" by {by}"),
        };
        let confidence = better.confidence;
        let confidence = confidence.map(|confidence| format!(" with confidence {confidence}"));
        let confidence = confidence.unwrap_or_default();
        format!("better than {}{by}{confidence}", better.rival)
    });
    let bounds = [minimum, maximum, better];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    format!("gate {} {}", gate.metric, bounds.join(", "))
}
