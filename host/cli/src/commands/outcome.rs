//! Steps, findings, metrics and gates in words: shared by `run`, `runs` and
//! `drift`.

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::{GateRecord, IterationOutcome, LoopOutcome, RunRecord, StepRecord, StepStatus};
use mlhost_report::page::Evaluation;
use mlhost_sandbox::{Finding, Metric, Outcome, Verdict};
use serde_json::Value;

use crate::{output, text};

/// A table of steps, and below it what they found. Of a loop only the iteration is told in full
/// that it hands on, if it hands on one.
pub(super) fn steps(record: &RunRecord) -> String {
    let headings = [
        ("STEP", Left),
        ("PLUGIN", Left),
        ("ROWS", Right),
        ("TIME", Right),
        ("RESULT", Left),
    ];
    let mut words = format!("{}\n", output::table(&headings, rows(record)));
    for outcome in &record.loops {
        words.push_str(&looped(outcome));
    }
    for step in &record.steps {
        if record
            .loops
            .iter()
            .any(|outcome| outcome.leaves_out(&step.name))
            || is_in_fold(&step.name)
        {
            continue;
        }
        if let Some(outcome) = &step.outcome {
            let summary = text::visible(&outcome.summary);
            words.push_str(&format!("\n{}: {summary}\n", step.name));
            words.push_str(&open_findings(&outcome.findings));
            words.push_str(&headline(&outcome.metrics));
            words.push_str(&evaluation(outcome));
        }
        words.push_str(&gates(&step.gates));
        for reason in step.error.iter().chain(&step.skipped) {
            words.push_str(&format!("\n{}: {reason}\n", step.name));
        }
    }
    words
}

/// A line for each step, and one for all iterations or folds of a step.
fn rows(record: &RunRecord) -> Vec<Vec<String>> {
    let mut families: Vec<(String, Vec<&StepRecord>)> = Vec::new();
    for step in &record.steps {
        let family = family(&step.name);
        match families.iter_mut().find(|(other, _)| *other == family) {
            Some((_, members)) => members.push(step),
            None => families.push((family, vec![step])),
        }
    }
    let row = |(family, steps): &(String, Vec<&StepRecord>)| {
        let (name, result) = match steps.as_slice() {
            [step] => (step.name.clone(), status(step)),
            steps => (format!("{family} ({})", steps.len()), statuses(steps)),
        };
        let plugin = steps.first().map(|step| step.plugin.to_string());
        vec![
            name,
            plugin.unwrap_or_default(),
            text::count(steps.iter().map(|step| step.rows).sum()),
            text::seconds(steps.iter().map(|step| step.seconds).sum()),
            result,
        ]
    };
    families.iter().map(row).collect()
}

/// What iterations and folds of a step have in common: `tree` of `tree[2]`, and `cv/*/tree` of
/// `cv[2]/3/tree`.
pub(super) fn family(step: &str) -> String {
    let parts = step.split('/').map(|part| match part.split_once('[') {
        Some((name, _)) => name,
        None if is_number(part) => "*",
        None => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether a step is one of a fold of a cross-validation.
pub(super) fn is_in_fold(step: &str) -> bool {
    step.split('/').skip(1).any(is_number)
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// How several steps ended.
pub(super) fn statuses(steps: &[&StepRecord]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for step in steps {
        let word = match step.status {
            StepStatus::Done if step.cached => "cached",
            status => status.word(),
        };
        match counts.iter_mut().find(|(other, _)| *other == word) {
            Some((_, number)) => *number += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts = counts
        .iter()
        .map(|(word, number)| format!("{number} {word}"));
    counts.collect::<Vec<_>>().join(", ")
}

/// How a step ended.
pub(super) fn status(step: &StepRecord) -> String {
    let ended = match (step.status, step.attempts.len()) {
        (StepStatus::Done, 0) if step.cached => cached(step),
        (status, 0) => status.word().to_owned(),
        (status, before) => format!("{} at attempt {}", status.word(), before + 1),
    };
    match verdict(step) {
        Some(verdict) => format!("{ended}, {verdict}"),
        None => ended,
    }
}

/// The verdict of a step that is done and not well.
pub(super) fn verdict(step: &StepRecord) -> Option<&'static str> {
    match (step.status, step.outcome.as_ref()?.verdict) {
        (StepStatus::Done, Verdict::Warned) => Some("warned"),
        (StepStatus::Done, Verdict::Failed) => Some("failed"),
        _ => None,
    }
}

/// The most iterations that are listed.
const LISTED: usize = 50;

/// A loop as a table: its variables, and what it is judged by. A search is in the order of its
/// metric, the one that was selected first.
pub(super) fn looped(outcome: &LoopOutcome) -> String {
    let mut iterations: Vec<(usize, &IterationOutcome)> = (1..).zip(&outcome.iterations).collect();
    let best = outcome
        .selected
        .and_then(|selected| outcome.iterations.get(selected - 1)?.metric);
    if let Some(best) = best {
        let behind = |iteration: &IterationOutcome| match iteration.metric {
            Some(metric) => (metric - best).abs(),
            None => f64::INFINITY,
        };
        iterations.sort_by(|(_, one), (_, other)| behind(one).total_cmp(&behind(other)));
    }
    let names: Vec<&String> = match outcome.iterations.first() {
        Some(first) => first.values.keys().collect(),
        None => return format!("\n{}: no iterations\n", outcome.name),
    };
    let mut headings = vec![("#", Right)];
    headings.extend(names.iter().map(|name| (name.as_str(), Right)));
    headings.extend(outcome.metric.iter().map(|metric| (metric.as_str(), Right)));
    headings.push(("", Left));
    let rows = iterations.iter().take(LISTED).map(|(number, iteration)| {
        let mut row = vec![number.to_string()];
        row.extend(
            names
                .iter()
                .map(|name| match &iteration.values[name.as_str()] {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
        );
        if outcome.metric.is_some() {
            row.push(text::metric(iteration.metric));
        }
        row.push(match iteration.status {
            StepStatus::Done if outcome.selected == Some(*number) => "selected".to_owned(),
            StepStatus::Done => String::new(),
            status => status.word().to_owned(),
        });
        row
    });
    let left_out = match iterations.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("and {more} more\n"),
    };
    format!(
        "\n{}\n{}\n{left_out}",
        outcome.name,
        output::table(&headings, rows)
    )
}

/// That a step was done before, and by which run.
pub(super) fn cached(step: &StepRecord) -> String {
    match step.cached_from {
        Some(run) => format!("cached, from run {run}"),
        None => "cached".to_owned(),
    }
}

/// An outcome on its own.
pub(super) fn words(outcome: &Outcome) -> String {
    format!(
        "{}
{}{}{}",
        text::visible(&outcome.summary),
        open_findings(&outcome.findings),
        headline(&outcome.metrics),
        evaluation(outcome)
    )
}

/// How models compare, how sure their scores are, and where they are worst: a line each.
fn evaluation(outcome: &Outcome) -> String {
    let lines = Evaluation::of(None, outcome).lines();
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

/// The findings that have not passed.
fn open_findings(findings: &[Finding]) -> String {
    let open = findings.iter().filter(|finding| !finding.passed);
    open.map(|finding| {
        let column = finding
            .column
            .as_ref()
            .map(|name| format!(" of `{}`", text::visible(name)))
            .unwrap_or_default();
        let message = text::visible(&finding.message);
        format!("  {}{column}: {message}\n", finding.check)
    })
    .collect()
}

/// The numbers that stand for the whole in one line, and those of each model in
/// one of its own. Numbers by column or class are in the record.
fn headline(metrics: &[Metric]) -> String {
    let mut lines: Vec<(Option<&str>, Vec<String>)> = Vec::new();
    for metric in metrics {
        let model = metric.labels.get("model").map(String::as_str);
        if metric.labels.len() > usize::from(model.is_some()) {
            continue;
        }
        let number = format!("{} {}", metric.name, text::metric(metric.value));
        match lines.iter_mut().find(|(other, _)| *other == model) {
            Some((_, numbers)) => numbers.push(number),
            None => lines.push((model, vec![number])),
        }
    }
    let line = |(model, numbers): &(Option<&str>, Vec<String>)| {
        let model = model.map(|model| format!("{model}: ")).unwrap_or_default();
        format!("  {model}{}\n", numbers.join(", "))
    };
    lines.iter().map(line).collect()
}

/// What the gates of a step decided, a line each.
pub(super) fn gates(gates: &[GateRecord]) -> String {
    let gate = |record: &GateRecord| {
        let compared = record.comparison.as_ref();
        gate(
            &record.summary,
            record.value,
            record.passed,
            compared.map(|compared| compared.summary.as_str()),
        )
    };
    gates.iter().map(gate).collect()
}

/// The gates of a record, which may be of another version of the host.
pub(super) fn recorded_gates(gates: &Value) -> String {
    let gates = gates.as_array().into_iter().flatten();
    let gate = |record: &Value| {
        let summary = record["summary"].as_str().or(record["metric"].as_str());
        gate(
            summary.unwrap_or_default(),
            record["value"].as_f64(),
            record["passed"] == true,
            record["comparison"]["summary"].as_str(),
        )
    };
    gates.map(gate).collect()
}

fn gate(demand: &str, value: Option<f64>, passed: bool, compared: Option<&str>) -> String {
    let passed = if passed { "passed" } else { "not passed" };
    let value = text::metric(value);
    let compared = compared.map(|compared| format!("    {compared}\n"));
    format!(
        "  gate {demand}: {passed} with {value}\n{}",
        compared.unwrap_or_default()
    )
}

/// What a gate demands, and what was observed.
pub(super) fn observed(demand: &str, value: Option<f64>) -> String {
    format!("{demand}, observed {}", text::metric(value))
}
