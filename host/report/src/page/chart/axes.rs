//! What lines and standing bars have around them: the lines across, the names below, what both are.

use maud::{Markup, html};

use super::super::figure::Plot;
use super::scale::Scale;
use super::{BELOW, HEIGHT, MARGIN, WIDTH, at};
use crate::text;

/// The most characters of a name below.
const NAME: usize = 16;
/// The most that a character of a name is wide, and the least room between two names.
const CHARACTER: f64 = 6.4;
const BETWEEN: f64 = 10.0;

/// Lines across at the round numbers, with the numbers, and the threshold.
pub(super) fn across(scale: &Scale, plot: &Plot) -> Markup {
    let line = |value: f64| {
        format!(
            "M{} {}H{}",
            at(MARGIN),
            at(scale.at(value)),
            at(WIDTH - 8.0)
        )
    };
    html! {
        @for tick in scale.ticks() {
            path class="grid" d=(line(tick)) {}
            text class="tick end" x=(at(MARGIN - 6.0)) y=(at(scale.at(tick) + 4.0)) { (text::number(tick)) }
        }
        @if let Some(threshold) = plot.threshold {
            path class="threshold" d=(line(threshold)) { title { "threshold " (text::number(threshold)) } }
        }
    }
}

/// A word or number below, at its middle.
pub(super) fn below(x: f64, words: &str) -> Markup {
    html! {
        text class="tick middle" x=(at(x)) y=(at(HEIGHT + 16.0)) {
            (text::cut(&text::visible(words), NAME))
        }
    }
}

/// Of how many places each has its name below, when they are so far apart, such that no name lies on
/// another.
pub(super) fn every<'a>(names: impl Iterator<Item = &'a str>, distance: f64) -> usize {
    let lengths = names.map(|name| name.chars().count().min(NAME + 1));
    let widest = lengths.max().unwrap_or(0) as f64 * CHARACTER + BETWEEN;
    (widest / distance.max(1e-9)).ceil().max(1.0) as usize
}

/// What the axes are.
pub(super) fn labels(plot: &Plot) -> Markup {
    let upright = format!("translate(11 {}) rotate(-90)", at(HEIGHT / 2.0));
    html! {
        @if let Some(label) = &plot.x_label {
            text class="axis middle" x=(at((MARGIN + WIDTH) / 2.0)) y=(at(HEIGHT + BELOW - 8.0)) {
                (text::visible(label))
            }
        }
        @if let Some(label) = &plot.y_label {
            text class="axis middle" transform=(upright) { (text::visible(label)) }
        }
    }
}
