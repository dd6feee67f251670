//! `host runs`: what was run, and how each step ended.

use std::{fmt::Write, path::Path, process::ExitCode};

use comfy_table::CellAlignment::{Left, Right};
use mlhost_store::{Run, RunId, Store, StoredRun};
use serde_json::{Value, json};

use crate::{
    arguments::{RunsArguments, RunsCommand},
    error::Failure,
    output::{self, Output},
    places, text,
};

pub(super) fn runs(
    arguments: &RunsArguments,
    store: Option<&Path>,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    let store = places::existing_store(store)?;
    match &arguments.command {
        None => output.print(&store.runs(arguments.limit)?, |runs| list(runs))?,
        Some(RunsCommand::Show { run }) => {
            output.print(&store.run(*run)?, show)?;
        }
        Some(RunsCommand::Pin { run }) => pin(&store, *run, true, output)?,
        Some(RunsCommand::Unpin { run }) => pin(&store, *run, false, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Pins a run, or takes the pin from it.
fn pin(store: &Store, run: RunId, pinned: bool, output: &mut Output) -> Result<(), Failure> {
    let changed = match pinned {
        true => store.pin_run(run)?,
        false => store.unpin_run(run)?,
    };
    let result = json!({ "run": run, "pinned": pinned, "changed": changed });
    output.print(&result, |_| match (pinned, changed) {
        (true, true) => format!("run {run} is pinned: it is kept until `host runs unpin {run}`"),
        (true, false) => format!("run {run} was pinned before"),
        (false, true) => format!("run {run} is no longer pinned"),
        (false, false) => format!("run {run} was not pinned"),
    })
}

fn list(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "nothing has run yet".to_owned();
    }
    let rows = runs.iter().map(|run| {
        vec![
            run.id.to_string(),
            run.pipeline.clone(),
            run.started_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            duration(run),
            outcome(run),
            run.summary.clone().unwrap_or_default(),
        ]
    });
    let headings = [
        ("RUN", Right),
        ("PIPELINE", Left),
        ("STARTED (UTC)", Left),
        ("TIME", Right),
        ("OUTCOME", Left),
        ("SUMMARY", Left),
    ];
    output::table(&headings, rows).to_string()
}

fn outcome(run: &Run) -> String {
    let pinned = if run.pinned { ", pinned" } else { "" };
    format!("{}{pinned}", run.outcome)
}

fn duration(run: &Run) -> String {
    let finished = run
        .finished_at
        .map(|at| at.duration_since(run.started_at).as_secs_f64());
    finished.map(text::seconds).unwrap_or_default()
}

fn show(stored: &StoredRun) -> String {
    let run = &stored.run;
    let mut words = format!("run {} of `{}`: {}", run.id, run.pipeline, outcome(run));
    if run.finished_at.is_some() {
        words.push_str(&format!(" in {}", duration(run)));
    }
    if let Some(summary) = &run.summary {
        words.push_str(&format!("\n  {summary}"));
    }
    words.push('\n');
    let Some(record) = &stored.record else {
        return words;
    };
    for (name, files) in record["data"].as_object().into_iter().flatten() {
        for file in files.as_array().into_iter().flatten() {
            let _ = writeln!(
                words,
                "\nread {name:12} {}  {}",
                string(&file["path"]),
                text::short(string(&file["digest"]))
            );
        }
    }
    for step in record["steps"].as_array().into_iter().flatten() {
        show_step(step, &mut words);
    }
    words
}

/// A record may be of another version of the host, so it is read as it comes.
fn show_step(step: &Value, words: &mut String) {
    let plugin = &step["plugin"];
    let version = plugin["version"]
        .as_str()
        .map(|version| format!("@{version}"));
    let _ = writeln!(
        words,
        "\n{}  {}{}  {}, {} rows in {}",
        string(&step["name"]),
        string(&plugin["name"]),
        version.unwrap_or_default(),
        string(&step["status"]),
        text::count(step["rows"].as_u64().unwrap_or_default()),
        text::seconds(step["seconds"].as_f64().unwrap_or_default())
    );
    let _ = writeln!(words, "  with {}", step["params"]);
    for state in step["states"].as_array().into_iter().flatten() {
        let _ = writeln!(
            words,
            "  state {} {} ({})",
            string(&state["name"]),
            text::short(string(&state["digest"])),
            text::bytes(state["bytes"].as_u64().unwrap_or_default())
        );
    }
    let outcome = &step["outcome"];
    if let Some(summary) = outcome["summary"].as_str() {
        let _ = writeln!(words, "  {summary}");
    }
    for finding in outcome["findings"].as_array().into_iter().flatten() {
        let mark = if finding["passed"] == true {
            "ok "
        } else {
            "NOT"
        };
        let column = finding["column"].as_str().unwrap_or_default();
        let check = string(&finding["check"]);
        let _ = writeln!(
            words,
            "  {mark} {check} {column}: {}",
            string(&finding["message"])
        );
    }
    for metric in outcome["metrics"].as_array().into_iter().flatten() {
        let labels: String = metric["labels"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!(" {key}={}", string(value)))
            .collect();
        let name = format!("{}{labels}", string(&metric["name"]));
        let _ = writeln!(
            words,
            "  {name:40} {}",
            text::metric(metric["value"].as_f64())
        );
    }
    if let Some(error) = step["error"].as_str() {
        let _ = writeln!(words, "  {error}");
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
