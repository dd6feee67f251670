//! What sections show: findings, gates, numbers, tables, figures and pipelines.

use maud::{Markup, PreEscaped, html};
use mlhost_sandbox::{Better, Figure, Finding, Metric};
use serde_json::Value;

use super::super::chart;
use super::super::figure::{Drawing, Plot};
use super::super::findings::{listed, parted};
use super::super::model::{Block, Gate, Located, State};
use super::super::numbers::{Pivot, headline, labelled};
use super::super::room::Extent;
use super::words::{list as list_of, name, sentence, shown_text};
use super::{badge, tables};
use crate::graph::Graph;
use crate::text;

/// The most findings of one kind that are listed, and in brief.
const MOST_FINDINGS: usize = 200;
const FEW_FINDINGS: usize = 60;
/// The most characters of one detail of a finding.
const DETAIL: usize = 300;

/// The block.
pub(super) fn block(block: &Block, extent: Extent) -> Markup {
    match block {
        Block::Findings(all) => findings(all, extent),
        Block::Gates(all) => gates(all),
        Block::Metrics(all) => metrics(all, extent),
        Block::Table(table) => {
            let title = table.title.as_deref();
            titled(title, &tables::table(table, title.unwrap_or("table")))
        }
        Block::Figure(figure) => drawn(figure),
        Block::Graph(graph) => pipeline(graph),
    }
}

fn titled(title: Option<&str>, content: &Markup) -> Markup {
    html! {
        @if let Some(title) = title { h3 { (sentence(title)) } }
        (content)
    }
}

fn findings(all: &[Located], extent: Extent) -> Markup {
    let (open, passed) = parted(all);
    html! {
        @if !open.is_empty() { (list(&open, "what was found", extent)) }
        @if !passed.is_empty() {
            details {
                summary { (text::plural(passed.len(), "passed check")) }
                (list(&passed, "passed checks", extent))
            }
        }
    }
}

fn list(findings: &[&Located], label: &str, extent: Extent) -> Markup {
    let has_steps = findings.iter().any(|located| located.step.is_some());
    let is_full = extent == Extent::Full;
    let listed = listed(findings, if is_full { MOST_FINDINGS } else { FEW_FINDINGS });
    html! {
        div class="frame" tabindex="0" role="region" aria-label=(label) {
            table class="findings" {
                thead {
                    tr {
                        th scope="col" { "result" }
                        @if has_steps { th scope="col" { "step" } }
                        th scope="col" { "check" }
                        th scope="col" { "column" }
                        th scope="col" { "what was seen" }
                    }
                }
                tbody {
                    @for Located { step, finding } in &listed.shown {
                        tr {
                            td { (badge(State::of(finding))) }
                            @if has_steps { td { (name(step.as_deref().unwrap_or_default())) } }
                            td { code { (shown_text(&finding.check)) } }
                            td { @if let Some(column) = &finding.column { code { (shown_text(column)) } } }
                            td {
                                (sentence(&finding.message))
                                @if is_full { (details(finding, step.is_none())) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(left_out) = &listed.left_out { p class="left-out" { (shown_text(left_out)) } }
    }
}

/// What else was observed. What has not passed has it on paper, too, in the section of its step.
fn details(finding: &Finding, is_at_home: bool) -> Markup {
    let is_printed = is_at_home && !finding.passed;
    let details = &finding.details;
    let words = |value: &Value| match value {
        Value::String(text) => text::cut(text, DETAIL),
        Value::Number(number) => number.as_f64().map(text::number).unwrap_or_default(),
        other => text::cut(&other.to_string(), DETAIL),
    };
    html! {
        @if !details.is_empty() {
            details class=[is_printed.then_some("evidence")] {
                summary { "details" }
                dl class="details" {
                    @for (key, value) in details {
                        div { dt { (name(key)) } dd { (list_of(&words(value))) } }
                    }
                }
            }
        }
    }
}

fn gates(gates: &[Gate]) -> Markup {
    html! {
        ul class="gates" {
            @for gate in gates {
                li {
                    (badge(if gate.passed { State::Passed } else { State::Failed }))
                    " " (name(&gate.step)) ": " (sentence(&gate.summary))
                    @if let Some(comparison) = &gate.comparison {
                        p class="note" { (sentence(comparison)) }
                    }
                }
            }
        }
    }
}

fn metrics(all: &[Metric], extent: Extent) -> Markup {
    let headline = headline(all);
    let pivots = labelled(all);
    let count: usize = pivots.iter().map(Pivot::numbers).sum();
    html! {
        @if !headline.is_empty() {
            dl class="metrics" {
                @for metric in headline {
                    div {
                        dt {
                            (name(&metric.name))
                            @match metric.better {
                                Some(Better::Higher) => span class="better" title="higher is better" { " ↑" },
                                Some(Better::Lower) => span class="better" title="lower is better" { " ↓" },
                                None => {},
                            }
                        }
                        dd { (metric.value.map_or_else(|| "no value".to_owned(), text::number)) }
                    }
                }
            }
        }
        @if count > 0 && extent == Extent::Full {
            details {
                summary { (text::plural(count, "number")) " by column, class or the like" }
                @for pivot in &pivots { (tables::table(&pivot.table, "numbers")) }
            }
        }
    }
}

fn drawn(figure: &Figure) -> Markup {
    let drawing = Drawing::of(figure);
    let chart = |plot: &Plot, chart: Markup, are_lines: bool| {
        html! {
            // The coordinates of curves are not printed.
            div class=(if are_lines { "drawing curve" } else { "drawing" }) { (chart::legend(plot, are_lines)) (chart) }
            @if let Some(left_out) = &plot.left_out { p class="left-out" { "shown: " (left_out) } }
        }
    };
    let picture = match &drawing {
        Drawing::Bars(plot) => chart(plot, chart::bars(&figure.title, plot), false),
        Drawing::Lines(plot) => chart(plot, chart::lines(&figure.title, plot), true),
        Drawing::Table(_) => html! {},
        Drawing::Text(text) => html! { pre { (shown_lines(text)) } },
    };
    html! {
        figure {
            figcaption { (sentence(&figure.title)) }
            (picture)
            @if let Some(numbers) = drawing.numbers() { (tables::table(&numbers, &figure.title)) }
        }
    }
}

fn shown_lines(text: &str) -> String {
    text.lines().map(|line| shown_text(line) + "\n").collect()
}

fn pipeline(graph: &Graph) -> Markup {
    html! {
        div class="frame pipeline" tabindex="0" role="region" aria-label="the pipeline" {
            (PreEscaped(graph.svg()))
        }
    }
}
