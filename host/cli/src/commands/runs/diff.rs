//! `host runs diff`: how one run differs from another, in words.

use std::fmt::Write;

use comfy_table::CellAlignment::{Left, Right};
use mlhost_engine::{MetricChange, PackageChange, PatchRecord, PluginRecord, RunDiff, RunSide};
use mlhost_store::RunId;

use crate::{commands::changes, output, text};

pub(super) fn words(diff: &RunDiff) -> String {
    let mut words = String::new();
    // Writing to a string cannot fail.
    for side in [&diff.before, &diff.after] {
        let _ = writeln!(words, "{}", outcome(side));
    }
    patches(diff, &mut words);
    section(
        "parameters",
        diff.params.iter().map(changes::value),
        &mut words,
    );
    let steps = diff
        .steps
        .iter()
        .map(|step| format!("{}: {}", step.step, changes::values(&step.changes)));
    section("parameters of steps", steps, &mut words);
    section("packages", diff.packages.iter().map(package), &mut words);
    section(
        "versions",
        diff.versions.iter().map(changes::version),
        &mut words,
    );
    let data = diff.data.iter().flat_map(|files| {
        let lines = changes::files(files).into_iter();
        lines.map(|line| format!("{}: {line}", files.data))
    });
    section("data", data, &mut words);
    section(
        "selections",
        diff.selections.iter().map(changes::value),
        &mut words,
    );
    words.push_str(&metrics(&diff.metrics));
    words
}

fn outcome(side: &RunSide) -> String {
    let mut words = format!("run {} of `{}`: {}", side.run, side.pipeline, side.outcome);
    if side.seconds > 0.0 {
        words.push_str(&format!(" in {}", text::seconds(side.seconds)));
    }
    if let Some(summary) = &side.summary {
        words.push_str(&format!("\n  {summary}"));
    }
    for model in &side.models {
        let digest = text::short(&model.digest);
        words.push_str(&format!("\n  {}@{} ({digest})", model.name, model.version));
    }
    words
}

/// The patches that one of the runs has and the other has not; most runs have none.
fn patches(diff: &RunDiff, words: &mut String) {
    let before = diff.patches.before.iter();
    let before = before.map(|patch| (diff.before.run, patch));
    let after = diff.patches.after.iter();
    let after = after.map(|patch| (diff.after.run, patch));
    let line = |(run, patch): (RunId, &PatchRecord)| {
        let (name, changes) = (changes::patch(patch), changes::values(&patch.changes));
        format!("run {run} only: {name}: {changes}")
    };
    let mut lines = before.chain(after).map(line).peekable();
    if lines.peek().is_some() {
        section("patches", lines, words);
    }
}

/// Lines under a heading, which says so when there are none.
fn section(heading: &str, lines: impl Iterator<Item = String>, words: &mut String) {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() {
        let _ = writeln!(words, "\n{heading}: the same");
        return;
    }
    let _ = writeln!(words, "\n{heading}");
    for line in lines {
        let _ = writeln!(words, "  {line}");
    }
}

fn package(change: &PackageChange) -> String {
    let word = |plugin: &Option<PluginRecord>| {
        plugin
            .as_ref()
            .map_or_else(|| "not reached".to_owned(), changes::plugin)
    };
    format!(
        "{}: {} → {}",
        change.step,
        word(&change.before),
        word(&change.after)
    )
}

/// The headline numbers; how many others differ is said below.
fn metrics(metrics: &[MetricChange]) -> String {
    let (headline, others): (Vec<_>, Vec<_>) =
        metrics.iter().partition(|metric| metric.is_headline());
    if headline.is_empty() {
        return "\nmetrics: none\n".to_owned();
    }
    let rows = headline.iter().map(|metric| {
        let model = metric
            .labels
            .get("model")
            .map(|model| format!(" of {model}"));
        vec![
            format!(
                "{}.{}{}",
                metric.step,
                metric.name,
                model.unwrap_or_default()
            ),
            text::metric(metric.before),
            text::metric(metric.after),
            text::difference(metric.difference),
        ]
    });
    let headings = [
        ("METRIC", Left),
        ("BEFORE", Right),
        ("AFTER", Right),
        ("DIFFERENCE", Right),
    ];
    let table = output::table(&headings, rows);
    let mut words = format!("\n{table}\n");
    if !others.is_empty() {
        let numbers = text::plural(others.len(), "number");
        let _ = writeln!(
            words,
            "\nof columns and classes, {numbers} differ: see `--format json`"
        );
    }
    words
}
