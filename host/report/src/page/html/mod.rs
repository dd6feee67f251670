//! A report as one page of HTML. It needs nothing but itself: no scripts, no fonts, no pictures from
//! elsewhere, and its policy forbids a browser to fetch or run any. It is read with a keyboard, on a
//! phone, in the dark and on paper, and stays under 1 MB: what has no room is named and left out.

mod blocks;
mod tables;
mod words;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::words::{name, sentence, shown_text};
use super::model::{Block, Fact, Report, Section, State};
use super::room::{Extent, Medium, Placed, Room, placed};
use crate::text;

const STYLE: &str = include_str!("style.css");

/// Nothing is loaded, nothing runs, no form is sent; the style is that of the page itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The most bytes of what a report holds; head, style and frames take the rest of a megabyte.
const MOST: usize = 850_000;
/// The most bytes of what is said on that which is left out.
const MOST_NOTES: usize = 50_000;
/// The most facts of the report or a section, and the most characters of a way to a section.
const MOST_FACTS: usize = 100;
const MOST_OF_ENTRY: usize = 80;

/// A page, as a medium of sections.
struct Page;

impl Medium for Page {
    const MOST_FIGURES: usize = 24;

    fn entry(&self, number: usize, section: &Section) -> String {
        let title = text::cut(&section.title, MOST_OF_ENTRY);
        let entry = html! {
            li { a href=(format!("#s{number}")) { (dot(section.state)) (shown_text(&title)) } }
        };
        entry.into_string()
    }

    fn beginning(&self, number: usize, section: &Section) -> String {
        part(number, section).into_string()
    }

    fn block(&self, _: &Section, block: &Block, extent: Extent) -> String {
        blocks::block(block, extent).into_string()
    }
}

impl Report {
    /// The report as a page.
    pub fn html(&self) -> String {
        let mut room = Room::of(MOST);
        let mut notes = Room::of(MOST_NOTES);
        let facts = room.admit(facts(&self.facts).into_string());
        let sections = placed(self, &Page, &mut room);
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
                            (badge(self.state)) " " (sentence(&self.summary))
                        }
                        (PreEscaped(facts.unwrap_or_default()))
                    }
                    nav aria-label="Sections" {
                        ul { @for section in &sections { (PreEscaped(&section.entry)) } }
                    }
                    main id="report" {
                        @for section in &sections { (self::section(section, &mut notes)) }
                        @if sections.len() < self.sections.len() {
                            p class="left-out" {
                                (text::plural(self.sections.len() - sections.len(), "section"))
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

fn section(placed: &Placed, notes: &mut Room) -> Markup {
    let note = placed.left_out.as_ref().and_then(|words| {
        let note = html! { p class="left-out" { (sentence(words)) } };
        notes.admit(note.into_string())
    });
    html! {
        section id=(format!("s{}", placed.number)) {
            (PreEscaped(&placed.beginning))
            @for block in &placed.blocks { (PreEscaped(block)) }
            (PreEscaped(note.unwrap_or_default()))
        }
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
        @if let Some(summary) = &section.summary { p { (sentence(summary)) } }
        (facts(&section.facts))
    }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl class="facts" {
                @for fact in facts.iter().take(MOST_FACTS) {
                    div { dt { (name(&fact.name)) } dd { (shown_text(&fact.value)) } }
                }
            }
            @if facts.len() > MOST_FACTS {
                p class="left-out" { "and " (text::plural(facts.len() - MOST_FACTS, "more fact")) }
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
