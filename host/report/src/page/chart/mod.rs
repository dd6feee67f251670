//! Draws bars and lines as SVG that takes its colours from the page it is on. Series differ by colour
//! and, as lines, by their dashes; what a pointer rests on says its value.

mod axes;
mod bars;
mod lines;
mod scale;

use maud::{Markup, html};

use super::figure::Plot;
use crate::text;

pub(super) use bars::bars;
pub(super) use lines::lines;

/// The width of every chart, in units of its own.
const WIDTH: f64 = 640.0;
/// The room that a number takes at the left of an axis.
const MARGIN: f64 = 56.0;
/// The height of the part in which lines are drawn and bars stand, and the room below it.
const HEIGHT: f64 = 220.0;
const BELOW: f64 = 44.0;

/// A coordinate, to a tenth of a unit.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The picture around what is drawn.
fn picture(title: &str, height: f64, content: &Markup) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"
            aria-label=(text::visible(title).replace('`', "")) viewBox=(format!("0 0 {} {}", at(WIDTH), at(height))) {
            (content)
        }
    }
}

/// The names of the series with their colours, where there is more than one.
pub(super) fn legend(plot: &Plot, are_lines: bool) -> Markup {
    html! {
        @if plot.series.len() > 1 {
            ul class="legend" {
                @for (index, series) in plot.series.iter().enumerate() {
                    li {
                        svg class="key" viewBox="0 0 22 10" aria-hidden="true" {
                            @if are_lines {
                                path class=(format!("line s{index}")) d="M0 5H22" {}
                            } @else {
                                rect class=(format!("bar s{index}")) width="22" height="10" {}
                            }
                        }
                        (text::visible(&series.name))
                    }
                }
            }
        }
    }
}
