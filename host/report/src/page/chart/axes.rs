//! What lines and standing bars have around them: the lines across, the names below, what both are.

use maud::{Markup, html};

use super::super::figure::Plot;
use super::scale::Scale;
use super::{BELOW, HEIGHT, MARGIN, WIDTH, at};
use crate::text;

/// The most characters of a name below.
const NAME: usize = 10;

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
