//! The report of a run.

use mlhost_engine::RunRecord;
use mlhost_report::page::{Block, Cell, Report, Section, State, Table};
use mlhost_store::{Outcome, Run, RunId, RunOutcome, Store};

use super::steps;
use crate::{error::Failure, text};

/// The most steps of which the verdict says why they did not pass.
const MOST_REASONS: usize = 3;

pub(super) fn report(store: &Store, run: RunId) -> Result<Report, Failure> {
    let (stored, record) = RunRecord::read(store, run)?;
    let run = stored.run;
    let record = record.unwrap_or_default();
    // An older pipeline may not be one any more; the rest can be told.
    let pipeline = record.pipeline(store, &run).ok();
    let mut report = facts(head(&run, &record), &run, &record)
        .with(steps::findings(&record))
        .with(steps::numbers(&record))
        .with(models(&record))
        .with(steps::steps(&record, pipeline.as_ref()))
        .with(steps::loops(&record));
    for section in steps::sections(&record) {
        report = report.with(section);
    }
    Ok(report.with(data(&record)))
}

fn head(run: &Run, record: &RunRecord) -> Report {
    let findings = steps::findings(record);
    let state = match run.outcome {
        RunOutcome::Ended(Outcome::Done) => findings.state,
        RunOutcome::Running => State::Neutral,
        RunOutcome::Ended(Outcome::Cancelled) => State::Warned,
        _ => State::Failed,
    };
    let summary = run.summary.as_deref().filter(|summary| !summary.is_empty());
    let ended = match (summary, run.finished_at) {
        // The verdict has said it.
        (Some(summary), _) if run.outcome == RunOutcome::Ended(Outcome::Done) => summary.to_owned(),
        (Some(summary), _) => format!("{}: {summary}", run.outcome),
        (None, Some(_)) => format!("{} in {}", run.outcome, text::seconds(record.seconds)),
        (None, None) => run.outcome.to_string(),
    };
    let reasons = match run.outcome {
        RunOutcome::Ended(Outcome::Done) => steps::reasons(record),
        _ => vec![],
    };
    let summary = said(&reasons, ended);
    let title = format!("Run {} of {}", run.id, run.pipeline);
    Report::new(title, state, summary)
}

/// What a reader wants to know first: what is not well and why, and then how the run ended.
fn said(reasons: &[String], ended: String) -> String {
    let mut parts: Vec<String> = reasons.iter().take(MOST_REASONS).cloned().collect();
    if let more @ 1.. = reasons.len().saturating_sub(MOST_REASONS) {
        parts.push(format!("{} did not pass", text::plural(more, "more step")));
    }
    parts.push(ended);
    parts.join("; ")
}

fn facts(report: Report, run: &Run, record: &RunRecord) -> Report {
    let mut report = report.fact(
        "started",
        run.started_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    );
    report = report.fact("time", text::seconds(record.seconds));
    if let Some(experiment) = &record.experiment {
        report = report.fact("experiment", experiment);
    }
    report = report.fact("seed", record.seed.to_string());
    if let Some(trigger) = &record.trigger {
        report = report.fact("started by", trigger.to_string());
    }
    if let Some(resumed) = record.resumes {
        report = report.fact("picks up", format!("run {resumed}"));
    }
    for (name, value) in &record.given {
        report = report.fact(name, value);
    }
    for patch in &record.patches {
        report = report.fact("with", crate::commands::changes::patch(patch));
    }
    for (name, version) in &record.versions {
        report = report.fact(name, version);
    }
    report
}

fn models(record: &RunRecord) -> Section {
    let mut table = Table::new(["model", "digest", "alias", "before"]);
    for model in &record.models {
        let new = if model.new {
            ""
        } else {
            " (registered before)"
        };
        let before = model
            .before
            .map(|before| format!("{}@{before}", model.name));
        table.push([
            Cell::text(format!("{}@{}{new}", model.name, model.version)),
            Cell::text(text::short(&model.digest)),
            Cell::text(model.alias.as_deref().unwrap_or_default()),
            Cell::text(before.unwrap_or_default()),
        ]);
    }
    Section::new("Models", State::Neutral).with(Block::Table(table))
}

fn data(record: &RunRecord) -> Section {
    let mut table = Table::new(["data", "file", "rows", "size", "SHA-256"]);
    for (name, files) in &record.data {
        for file in files {
            table.push([
                Cell::text(name),
                Cell::text(&file.path),
                Cell::Number(file.rows.map(|rows| rows as f64)),
                Cell::text(text::bytes(file.bytes)),
                Cell::text(text::short(&file.digest)),
            ]);
        }
    }
    Section::new("Data", State::Neutral).with(Block::Table(table))
}
