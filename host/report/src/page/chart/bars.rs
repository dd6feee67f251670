//! Bars: lying, with their names beside them, where there is one series over names; else standing
//! side by side.

use maud::{Markup, html};

use super::super::figure::{Axis, Plot};
use super::scale::Scale;
use super::{BELOW, HEIGHT, MARGIN, WIDTH, at, axes, picture};
use crate::text;

/// The height of a lying bar with the room around it.
const ROW: f64 = 20.0;
/// The room for the names of lying bars, and the most characters that have room in it.
const NAMES: f64 = 176.0;
const NAME: usize = 24;
/// The most names below standing bars: more would lie on each other.
const MOST_NAMES: usize = 12;

pub(crate) fn bars(title: &str, plot: &Plot) -> Markup {
    match (&plot.x, plot.series.as_slice()) {
        (Axis::Labels(names), [series]) => lying(title, plot, names, &series.values),
        _ => standing(title, plot),
    }
}

fn lying(title: &str, plot: &Plot, names: &[String], values: &[Option<f64>]) -> Markup {
    let bottom = names.len() as f64 * ROW;
    let height = bottom + 26.0;
    let all = values.iter().flatten().copied().chain(plot.threshold);
    let scale = Scale::of(all, true).rounded().over(NAMES, WIDTH - 64.0);
    let zero = scale.at(0.0);
    let line = |value: f64| format!("M{} 0V{}", at(scale.at(value)), at(bottom));
    let content = html! {
        @for tick in scale.ticks() {
            path class="grid" d=(line(tick)) {}
            text class="tick middle" x=(at(scale.at(tick))) y=(at(height - 8.0)) { (text::number(tick)) }
        }
        @for (index, (name, value)) in names.iter().zip(values).enumerate() {
            @let top = index as f64 * ROW;
            text class="name end" x=(at(NAMES - 8.0)) y=(at(top + 14.0)) {
                (text::cut(&text::visible(name), NAME))
            }
            @if let Some(value) = value {
                @let end = scale.at(*value);
                rect class="bar s0" x=(at(end.min(zero))) y=(at(top + 3.0))
                    width=(at((end - zero).abs())) height=(at(ROW - 6.0)) {
                    title { (text::visible(name)) ": " (text::number(*value)) }
                }
                text class="value" x=(at(end.max(zero) + 5.0)) y=(at(top + 14.0)) {
                    (text::number(*value))
                }
            }
        }
        @if let Some(threshold) = plot.threshold {
            path class="threshold" d=(line(threshold)) { title { "threshold " (text::number(threshold)) } }
        }
    };
    picture(title, height, &content)
}

fn standing(title: &str, plot: &Plot) -> Markup {
    let values = plot.series.iter().flat_map(|series| &series.values);
    let all = values.flatten().copied().chain(plot.threshold);
    let scale = Scale::of(all, true).rounded().over(HEIGHT, 12.0);
    let zero = scale.at(0.0);
    let place = (WIDTH - MARGIN - 8.0) / plot.x.len().max(1) as f64;
    let wide = place * 0.84 / plot.series.len().max(1) as f64;
    let every = plot.x.len().div_ceil(MOST_NAMES).max(1);
    let content = html! {
        (axes::across(&scale, plot))
        @for (index, series) in plot.series.iter().enumerate() {
            @for (column, value) in series.values.iter().enumerate() {
                @if let Some(value) = value {
                    @let left = MARGIN + (column as f64 + 0.08) * place + index as f64 * wide;
                    @let end = scale.at(*value);
                    rect class=(format!("bar s{index}")) x=(at(left)) y=(at(end.min(zero)))
                        width=(at(wide.max(0.4))) height=(at((end - zero).abs())) {
                        title {
                            (text::visible(&plot.x.label(column))) ", " (text::visible(&series.name))
                            ": " (text::number(*value))
                        }
                    }
                }
            }
        }
        @for column in (0..plot.x.len()).step_by(every) {
            (axes::below(MARGIN + (column as f64 + 0.5) * place, &plot.x.label(column)))
        }
        (axes::labels(plot))
    };
    picture(title, HEIGHT + BELOW, &content)
}
