//! The parts of a report that come from the steps of a run: what is open, tables of steps and loops,
//! the pipeline with what became of each step, and a section for each of them.

use mlhost_engine::{Curve, LoopOutcome, RunRecord, StepRecord, StepStatus};
use mlhost_pipeline::Pipeline;
use mlhost_report::graph::{Graph, NodeKind, Note, Topic};
use mlhost_report::page::{Block, Cell, Evaluation, Gate, Located, Section, State, Table};
use mlhost_sandbox::{Better, Figure, Metric, Outcome, Verdict};
use serde_json::json;

use crate::{
    commands::outcome::{self, family, is_in_fold},
    text,
};

/// How a step ended, as far as a reader cares.
pub(super) fn state(step: &StepRecord) -> State {
    match step.status {
        StepStatus::Refused | StepStatus::Failed => State::Failed,
        StepStatus::Cancelled => State::Warned,
        StepStatus::Skipped => State::Neutral,
        StepStatus::Done => match &step.outcome {
            // What a trainer tells of its model judges nothing.
            Some(outcome) if outcome.verdict == Verdict::Passed && outcome.findings.is_empty() => {
                State::Neutral
            }
            Some(outcome) => outcome.verdict.into(),
            None => State::Neutral,
        },
    }
}

/// The steps that are told in full: of a loop the iteration that it hands on, if it hands on one.
fn told(record: &RunRecord) -> impl Iterator<Item = &StepRecord> {
    record.steps.iter().filter(|step| {
        let mut loops = record.loops.iter();
        !loops.any(|outcome| outcome.leaves_out(&step.name)) && !is_in_fold(&step.name)
    })
}

/// What was found by all steps and is not well, and what gates decided: the worst first.
pub(super) fn findings(record: &RunRecord) -> Section {
    let mut open = Vec::new();
    let mut checks = 0;
    // What steps that failed have found comes before the rest.
    let (failed, others): (Vec<&StepRecord>, Vec<&StepRecord>) =
        told(record).partition(|step| state(step) == State::Failed);
    for step in failed.into_iter().chain(others) {
        for finding in step.outcome.iter().flat_map(|outcome| &outcome.findings) {
            checks += 1;
            if !finding.passed {
                open.push(Located {
                    step: Some(step.name.clone()),
                    finding: finding.clone(),
                });
            }
        }
    }
    let gates: Vec<Gate> = told(record).flat_map(gates).collect();
    let errors = told(record).filter_map(|step| Some((step, step.error.as_ref()?)));
    let mut table = Table::new(["step", "why it failed"]);
    for (step, error) in errors {
        table.push([Cell::text(&step.name), Cell::text(error)]);
    }
    let failed = open
        .iter()
        .any(|located| State::of(&located.finding) == State::Failed);
    let state = match (failed, open.is_empty()) {
        _ if !table.rows.is_empty() || gates.iter().any(|gate| !gate.passed) => State::Failed,
        (true, _) => State::Failed,
        (false, false) => State::Warned,
        (false, true) => State::Passed,
    };
    let summary = match (checks, open.len()) {
        (0, _) => "No step checks anything.".to_owned(),
        (checks, 0) => format!("{}, all passed.", text::plural(checks, "check")),
        (checks, open) => format!("{open} of {} did not pass.", text::plural(checks, "check")),
    };
    Section::new("Findings", state)
        .saying(summary)
        .with(Block::Table(table))
        .with(Block::Gates(gates))
        .with(Block::Findings(open))
}

fn gates(step: &StepRecord) -> impl Iterator<Item = Gate> {
    step.gates.iter().map(|record| Gate {
        step: step.name.clone(),
        summary: outcome::observed(&record.summary, record.value),
        passed: record.passed,
        comparison: record
            .comparison
            .as_ref()
            .map(|compared| compared.summary.clone()),
    })
}

/// The numbers that stand for whole steps.
pub(super) fn numbers(record: &RunRecord) -> Section {
    let scored = told(record).filter_map(|step| {
        let metrics = step.outcome.as_ref()?.metrics.iter();
        let headline = metrics.filter(|metric| metric.labels.is_empty());
        let named = headline.map(|metric| Metric {
            name: format!("{}.{}", step.name, metric.name),
            ..metric.clone()
        });
        Some(named.collect::<Vec<_>>())
    });
    let mut section =
        Section::new("Numbers", State::Neutral).with(Block::Metrics(scored.flatten().collect()));
    let mut evaluation = Evaluation::default();
    for step in told(record) {
        if let Some(outcome) = &step.outcome {
            section = section.with(Block::Table(by_model(&step.name, outcome)));
            evaluation.extend(Evaluation::of(Some(&step.name), outcome));
        }
    }
    for table in evaluation.tables() {
        section = section.with(Block::Table(table));
    }
    section
}

/// The scores of several models, a row for each score.
fn by_model(step: &str, outcome: &Outcome) -> Table {
    let (mut names, mut models): (Vec<&str>, Vec<&str>) = (vec![], vec![]);
    for metric in &outcome.metrics {
        let mut labels = metric.labels.iter();
        if let (Some((label, model)), None) = (labels.next(), labels.next())
            && label == "model"
        {
            if !names.contains(&metric.name.as_str()) {
                names.push(&metric.name);
            }
            if !models.contains(&model.as_str()) {
                models.push(model);
            }
        }
    }
    let headings = ["metric"].into_iter().chain(models.iter().copied());
    let mut table = Table::new(headings).titled(format!("Scores of {step} by model"));
    for name in names {
        let scores = models.iter().map(|model| {
            let metric = outcome.labelled(name, &[("model", model)]);
            Cell::Number(metric.and_then(|metric| metric.value))
        });
        table.push([Cell::text(name)].into_iter().chain(scores));
    }
    table
}

/// The steps that are not well, each with the reason that it gives.
pub(super) fn reasons(record: &RunRecord) -> Vec<String> {
    let reason = |step: &StepRecord| {
        let verdict = outcome::verdict(step)?;
        let outcome = step.outcome.as_ref()?;
        Some(format!("`{}` {verdict}: {}", step.name, outcome.summary))
    };
    let (failed, warned): (Vec<&StepRecord>, Vec<&StepRecord>) =
        told(record).partition(|step| state(step) == State::Failed);
    failed
        .into_iter()
        .chain(warned)
        .filter_map(reason)
        .collect()
}

/// Which way a number of a step is better, if the step says so.
pub(super) fn better(record: &RunRecord, step: &str, name: &str) -> Option<Better> {
    let step = record.steps.iter().find(|other| other.name == step)?;
    let mut metrics = step.outcome.as_ref()?.metrics.iter();
    metrics.find(|metric| metric.name == name)?.better
}

/// What ran, how long, and what came of it.
pub(super) fn steps(record: &RunRecord, pipeline: Option<&Pipeline>) -> Section {
    let mut table = Table::new(["step", "plugin", "rows", "time", "result"]);
    for (family, steps) in families(record) {
        let (name, result) = match steps.as_slice() {
            [step] => (step.name.clone(), outcome::status(step)),
            steps => (
                format!("{family} ({})", steps.len()),
                outcome::statuses(steps),
            ),
        };
        let rows: u64 = steps.iter().map(|step| step.rows).sum();
        let plugin = steps.first().map(|step| step.plugin.to_string());
        table.push([
            Cell::text(name),
            Cell::text(plugin.unwrap_or_default()),
            Cell::Number(Some(rows as f64)),
            Cell::Seconds(steps.iter().map(|step| step.seconds).sum()),
            Cell::text(result),
        ]);
    }
    let mut section = Section::new("Steps", State::Neutral).with(Block::Table(table));
    if let Some(graph) = pipeline.and_then(|pipeline| graph(pipeline, record)) {
        section = section.with(Block::Graph(Box::new(graph)));
    }
    section
}

/// Steps with the iterations and folds of each together.
fn families(record: &RunRecord) -> Vec<(String, Vec<&StepRecord>)> {
    let mut families: Vec<(String, Vec<&StepRecord>)> = Vec::new();
    for step in &record.steps {
        let family = family(&step.name);
        match families.iter_mut().find(|(other, _)| *other == family) {
            Some((_, members)) => members.push(step),
            None => families.push((family, vec![step])),
        }
    }
    families
}

/// The pipeline with what became of its steps.
fn graph(pipeline: &Pipeline, record: &RunRecord) -> Option<Graph> {
    let mut graph = Graph::of(pipeline).ok()?;
    for (family, steps) in families(record) {
        let result = match steps.as_slice() {
            [step] => outcome::status(step),
            steps => outcome::statuses(steps),
        };
        let seconds: f64 = steps.iter().map(|step| step.seconds).sum();
        let note = Note {
            topic: Topic::Outcome,
            text: format!("{result}, {}", text::seconds(seconds)),
        };
        graph.note(NodeKind::Step, &family, &note);
    }
    Some(graph)
}

/// What the loops came to, each as a table.
pub(super) fn loops(record: &RunRecord) -> Section {
    let mut section = Section::new("Loops", State::Neutral);
    for outcome in &record.loops {
        section = section.with(Block::Table(looped(outcome)));
    }
    section
}

fn looped(outcome: &LoopOutcome) -> Table {
    let names = outcome.iterations.first();
    let names: Vec<&String> = names
        .map(|first| first.values.keys().collect())
        .unwrap_or_default();
    let headings = ["#"]
        .into_iter()
        .chain(names.iter().map(|name| name.as_str()));
    let headings = headings.chain(outcome.metric.as_deref()).chain(["result"]);
    let mut table = Table::new(headings).titled(outcome.name.as_str());
    for (number, iteration) in (1..).zip(&outcome.iterations) {
        let mut row = vec![Cell::Number(Some(number as f64))];
        row.extend(
            names
                .iter()
                .map(|name| match &iteration.values[name.as_str()] {
                    serde_json::Value::Number(number) => Cell::Number(number.as_f64()),
                    serde_json::Value::String(words) => Cell::text(words),
                    other => Cell::text(other.to_string()),
                }),
        );
        if outcome.metric.is_some() {
            row.push(Cell::Number(iteration.metric));
        }
        row.push(Cell::text(match iteration.status {
            StepStatus::Done if outcome.selected == Some(number) => "selected",
            status => status.word(),
        }));
        table.push(row);
    }
    table
}

/// A section for each step that has something to show.
pub(super) fn sections(record: &RunRecord) -> Vec<Section> {
    told(record).filter_map(section).collect()
}

fn section(step: &StepRecord) -> Option<Section> {
    let mut section = match &step.outcome {
        Some(outcome) => Section::of_outcome(&step.name, outcome),
        None if step.curves.is_empty() => return None,
        None => Section::new(&step.name, State::Neutral),
    };
    section.state = state(step);
    if let Some(model) = step.predicted_by() {
        section = section.fact("predictions by", model);
    }
    if let Some(outcome) = &step.outcome {
        section = section.first(Block::Table(super::drift::of_model(outcome)));
    }
    for curve in &step.curves {
        section = section.with(Block::Figure(learning_curve(curve)));
    }
    Some(
        section
            .fact("plugin", step.plugin.to_string())
            .fact("rows", text::count(step.rows))
            .fact("time", text::seconds(step.seconds)),
    )
}

fn learning_curve(curve: &Curve) -> Figure {
    let (x, values): (Vec<_>, Vec<_>) = curve.points.iter().copied().unzip();
    Figure {
        name: format!("curve_{}", curve.name),
        title: format!("Learning curve: {}", curve.name),
        kind: "lines".to_owned(),
        data: json!({
            "x": x, "x_label": "pass", "y_label": curve.name,
            "series": [{ "name": curve.name, "values": values }],
        }),
    }
}
