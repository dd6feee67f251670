//! What sections show: findings, gates, numbers, tables, figures and pipelines.

use maud::{Markup, PreEscaped, html};
use mlhost_sandbox::{Better, Figure, Metric};
use serde_json::{Map, Value};

use super::super::chart;
use super::super::figure::{Drawing, Plot};
use super::super::model::{Block, Gate, Located, State};
use super::super::numbers::{Pivot, headline, labelled};
use super::budget::Budget;
use super::{badge, shown_text, tables};
use crate::graph::Graph;
use crate::text;

/// The most findings of one kind that are listed.
const MOST_FINDINGS: usize = 200;
/// The most characters of one detail of a finding.
const DETAIL: usize = 300;

/// The block, or what has no room.
pub(super) fn block(block: &Block, budget: &mut Budget) -> Markup {
    let (what, markup) = match block {
        Block::Findings(all) => ("the findings", findings(all)),
        Block::Gates(all) => ("the gates", gates(all)),
        Block::Metrics(all) => ("the numbers", metrics(all)),
        Block::Table(table) => {
            let title = table.title.as_deref().unwrap_or("table");
            (
                title,
                titled(table.title.as_deref(), &tables::table(table, title)),
            )
        }
        Block::Figure(figure) => (figure.title.as_str(), drawn(figure)),
        Block::Graph(graph) => ("the drawing of the pipeline", pipeline(graph)),
    };
    budget.admit(markup).unwrap_or_else(|| {
        html! {
            p class="left-out" {
                (shown_text(what)) " had no room on this page: the report as JSON has everything."
            }
        }
    })
}

fn titled(title: Option<&str>, content: &Markup) -> Markup {
    html! {
        @if let Some(title) = title { h3 { (shown_text(title)) } }
        (content)
    }
}

fn findings(all: &[Located]) -> Markup {
    let (open, passed): (Vec<&Located>, Vec<&Located>) =
        all.iter().partition(|located| !located.finding.passed);
    let (failed, warned): (Vec<&Located>, Vec<&Located>) = open
        .into_iter()
        .partition(|located| State::of(&located.finding) == State::Failed);
    let open: Vec<&Located> = failed.into_iter().chain(warned).collect();
    html! {
        @if !open.is_empty() { (list(&open, "what was found")) }
        @if !passed.is_empty() {
            details {
                summary { (text::plural(passed.len(), "passed check")) }
                (list(&passed, "passed checks"))
            }
        }
    }
}

fn list(findings: &[&Located], name: &str) -> Markup {
    let has_steps = findings.iter().any(|located| located.step.is_some());
    html! {
        div class="frame" tabindex="0" role="region" aria-label=(name) {
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
                    @for Located { step, finding } in findings.iter().take(MOST_FINDINGS) {
                        tr {
                            td { (badge(State::of(finding))) }
                            @if has_steps { td { (shown_text(step.as_deref().unwrap_or_default())) } }
                            td { code { (shown_text(&finding.check)) } }
                            td { @if let Some(column) = &finding.column { code { (shown_text(column)) } } }
                            td { (shown_text(&finding.message)) (details(&finding.details)) }
                        }
                    }
                }
            }
        }
        @if findings.len() > MOST_FINDINGS {
            p class="left-out" { "and " (text::plural(findings.len() - MOST_FINDINGS, "more finding")) }
        }
    }
}

fn details(details: &Map<String, Value>) -> Markup {
    let words = |value: &Value| match value {
        Value::String(text) => text::cut(text, DETAIL),
        Value::Number(number) => number.as_f64().map(text::number).unwrap_or_default(),
        other => text::cut(&other.to_string(), DETAIL),
    };
    html! {
        @if !details.is_empty() {
            details {
                summary { "details" }
                dl class="details" {
                    @for (name, value) in details {
                        div { dt { (shown_text(name)) } dd { (shown_text(&words(value))) } }
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
                    " " (shown_text(&gate.step)) ": " (shown_text(&gate.summary))
                    @if let Some(comparison) = &gate.comparison {
                        p class="note" { (shown_text(comparison)) }
                    }
                }
            }
        }
    }
}

fn metrics(all: &[Metric]) -> Markup {
    let headline = headline(all);
    let pivots = labelled(all);
    let count: usize = pivots.iter().map(Pivot::numbers).sum();
    html! {
        @if !headline.is_empty() {
            dl class="metrics" {
                @for metric in headline {
                    div {
                        dt {
                            (shown_text(&metric.name))
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
        @if count > 0 {
            details {
                summary { (text::plural(count, "number")) " by column, class or the like" }
                @for pivot in &pivots { (tables::table(&pivot.table, "numbers")) }
            }
        }
    }
}

fn drawn(figure: &Figure) -> Markup {
    let drawing = Drawing::of(figure);
    let chart = |plot: &Plot, chart: Markup, are_lines| {
        html! {
            div class="drawing" { (chart::legend(plot, are_lines)) (chart) }
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
            figcaption { (shown_text(&figure.title)) }
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
