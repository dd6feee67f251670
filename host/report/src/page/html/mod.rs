//! A report as one page of HTML. It needs nothing but itself: no scripts, no fonts, no pictures from
//! elsewhere, and its policy forbids a browser to fetch or run any. It is read with a keyboard, on a
//! phone, in the dark and on paper, and stays under 1 MB: what has no room is named and left out.

mod blocks;
mod budget;
mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::budget::Budget;
use super::model::{Fact, Report, Section, State};
use crate::text;

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded, nothing runs, no form is sent; the style is that of the page itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The most characters of one text.
const LONGEST: usize = 2000;

impl Report {
    /// The report as a page.
    pub fn html(&self) -> String {
        let mut budget = Budget::default();
        let sections: Vec<Option<Markup>> = self
            .sections
            .iter()
            .enumerate()
            .map(|(number, section)| {
                budget.admit(part(number, section)).map(|begun| {
                    let blocks = section
                        .blocks
                        .iter()
                        .map(|block| blocks::block(block, &mut budget));
                    let blocks: Vec<Markup> = blocks.collect();
                    html! {
                        section id=(format!("s{number}")) {
                            (begun)
                            @for block in &blocks { (block) }
                        }
                    }
                })
            })
            .collect();
        let shown = sections.iter().flatten().count();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(concat!("mlhost ", env!("CARGO_PKG_VERSION")));
                    title { (shown_text(&self.title)) ": " (self.state.word()) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a class="skip" href="#report" { "Skip to the report" }
                    header {
                        h1 { (shown_text(&self.title)) }
                        p class=(format!("verdict {}", self.state.word())) {
                            (badge(self.state)) " " (shown_text(&self.summary))
                        }
                        (facts(&self.facts))
                    }
                    nav aria-label="Sections" {
                        ul {
                            @for (number, section) in self.sections.iter().enumerate().take(shown) {
                                li { a href=(format!("#s{number}")) { (dot(section.state)) (shown_text(&section.title)) } }
                            }
                        }
                    }
                    main id="report" {
                        @for section in sections.iter().flatten() { (section) }
                        @if shown < self.sections.len() {
                            p class="left-out" {
                                (text::plural(self.sections.len() - shown, "section"))
                                " had no room on this page: the report as JSON has everything."
                            }
                        }
                    }
                    footer { "Made by mlhost " (env!("CARGO_PKG_VERSION")) }
                }
            }
        };
        page.into_string()
    }
}

/// The beginning of a section.
fn part(number: usize, section: &Section) -> Markup {
    html! {
        h2 {
            (shown_text(&section.title)) " "
            @if section.state != State::Neutral { (badge(section.state)) }
            a class="anchor" href=(format!("#s{number}")) aria-label="Link to this section" { "#" }
        }
        @if let Some(summary) = &section.summary { p { (shown_text(summary)) } }
        (facts(&section.facts))
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl class="facts" {
                @for fact in facts {
                    div { dt { (shown_text(&fact.name)) } dd { (shown_text(&fact.value)) } }
                }
            }
        }
    }
}

/// The word for a state, in its colour.
fn badge(state: State) -> Markup {
    html! { span class=(format!("badge {}", class(state))) { (state.word()) } }
}

/// A state where there is room for a point only; the word is there for those who do not see it.
fn dot(state: State) -> Markup {
    html! {
        span class=(format!("dot {}", class(state))) aria-hidden="true" {}
        @if matches!(state, State::Failed | State::Warned) {
            span class="unseen" { (state.word()) ": " }
        }
    }
}

fn class(state: State) -> &'static str {
    match state {
        State::Neutral => "neutral",
        other => other.word(),
    }
}

/// What somebody else has written, as far as it has room.
fn shown_text(words: &str) -> String {
    text::cut(&text::visible(words), LONGEST)
}
