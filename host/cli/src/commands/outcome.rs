//! Steps, findings, metrics and gates in words: shared by `run`, `runs` and
//! `drift`.

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::{GateRecord, StepRecord, StepStatus};
use mlhost_sandbox::{Finding, Metric, Outcome};
use serde_json::Value;

use crate::{output, text};

/// A table of steps, and below it what they found.
pub(super) fn steps(steps: &[StepRecord]) -> String {
    let rows = steps.iter().map(|step| {
        vec![
            step.name.clone(),
            step.plugin.to_string(),
            text::count(step.rows),
            text::seconds(step.seconds),
            status(step),
        ]
    });
    let headings = [
        ("STEP", Left),
        ("PLUGIN", Left),
        ("ROWS", Right),
        ("TIME", Right),
        ("RESULT", Left),
    ];
    let mut words = format!("{}\n", output::table(&headings, rows));
    for step in steps {
        if let Some(outcome) = &step.outcome {
            words.push_str(&format!("\n{}: {}\n", step.name, outcome.summary));
            words.push_str(&open_findings(&outcome.findings));
            words.push_str(&headline(&outcome.metrics));
        }
        words.push_str(&gates(&step.gates));
        if let Some(error) = &step.error {
            words.push_str(&format!("\n{}: {error}\n", step.name));
        }
    }
    words
}

/// How a step ended; of one that was done before, by which run.
pub(super) fn status(step: &StepRecord) -> String {
    match (step.status, step.cached_from) {
        (StepStatus::Done, Some(run)) if step.cached => format!("cached, from run {run}"),
        (StepStatus::Done, None) if step.cached => "cached".to_owned(),
        (status, _) => status.to_string(),
    }
}

/// An outcome on its own.
pub(super) fn words(outcome: &Outcome) -> String {
    format!(
        "{}\n{}{}",
        outcome.summary,
        open_findings(&outcome.findings),
        headline(&outcome.metrics)
    )
}

/// The findings that have not passed.
fn open_findings(findings: &[Finding]) -> String {
    let open = findings.iter().filter(|finding| !finding.passed);
    open.map(|finding| {
        let column = finding
            .column
            .as_ref()
            .map(|name| format!(" of `{name}`"))
            .unwrap_or_default();
        format!("  {}{column}: {}\n", finding.check, finding.message)
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
            record["passed"] == true,
            record["comparison"]["summary"].as_str(),
        )
    };
    gates.map(gate).collect()
}

fn gate(demand: &str, passed: bool, compared: Option<&str>) -> String {
    let passed = if passed { "passed" } else { "not passed" };
    let compared = compared.map(|compared| format!("    {compared}\n"));
    format!(
        "  gate {demand}: {passed}\n{}",
        compared.unwrap_or_default()
    )
}
