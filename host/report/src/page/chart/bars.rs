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
/// The room for a value beside its bar.
const VALUE: f64 = 48.0;

pub(crate) fn bars(title: &str, plot: &Plot) -> Markup {
    match (&plot.x, plot.series.as_slice()) {
        (Axis::Labels(names), [series]) => lying(title, plot, names, &series.values),
        _ => standing(title, plot),
    }
}

fn lying(title: &str, plot: &Plot, names: &[String], values: &[Option<f64>]) -> Markup {
    let bottom = names.len() as f64 * ROW;
    let label = plot.y_label.as_ref();
    let height = bottom + if label.is_some() { 44.0 } else { 26.0 };
    let all = values.iter().flatten().copied().chain(plot.threshold);
    let scale = Scale::of(all, true).rounded().over(NAMES, WIDTH - 64.0);
    let zero = scale.at(0.0);
    let threshold = plot.threshold.map(|threshold| scale.at(threshold));
    // A value stands behind the threshold where its line would go through it.
    let beside = |end: f64| match threshold {
        Some(place) if (end..end + VALUE).contains(&place) => place + 5.0,
        _ => end + 5.0,
    };
    let line = |value: f64| format!("M{} 0V{}", at(scale.at(value)), at(bottom));
    let content = html! {
        @for tick in scale.ticks() {
            path class="grid" d=(line(tick)) {}
            text class="tick middle" x=(at(scale.at(tick))) y=(at(bottom + 18.0)) { (text::number(tick)) }
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
                text class="value" x=(at(beside(end.max(zero)))) y=(at(top + 14.0)) {
                    (text::number(*value))
                }
            }
        }
        @if let Some(label) = label {
            text class="axis middle" x=(at((NAMES + WIDTH - 64.0) / 2.0)) y=(at(bottom + 36.0)) {
                (text::visible(label))
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
    let ground = Ground::of(&plot.x);
    let content = html! {
        (axes::across(&scale, plot))
        @for (index, series) in plot.series.iter().enumerate() {
            @for (column, value) in series.values.iter().enumerate() {
                @if let Some(value) = value {
                    @let (left, right) = ground.between(column);
                    @let wide = (right - left) / plot.series.len().max(1) as f64;
                    @let end = scale.at(*value);
                    rect class=(format!("bar s{index}")) x=(at(left + index as f64 * wide))
                        y=(at(end.min(zero))) width=(at(wide.max(0.4))) height=(at((end - zero).abs())) {
                        title {
                            (text::visible(&plot.x.label(column))) ", " (text::visible(&series.name))
                            ": " (text::number(*value))
                        }
                    }
                }
            }
        }
        (ground.names(&plot.x))
        (axes::labels(plot))
    };
    picture(title, HEIGHT + BELOW, &content)
}

/// Where bars stand: at equal distances, or each over its interval of numbers.
enum Ground {
    Places(f64),
    Numbers(Vec<f64>, Scale),
}

impl Ground {
    fn of(x: &Axis) -> Self {
        let end = WIDTH - 8.0;
        match x.numeric_edges() {
            Some(edges) => {
                let scale = Scale::of(edges.iter().copied(), false).over(MARGIN, end);
                Self::Numbers(edges, scale)
            }
            None => Self::Places((end - MARGIN) / x.len().max(1) as f64),
        }
    }

    /// From where to where the bars of a place stand.
    fn between(&self, column: usize) -> (f64, f64) {
        match self {
            Self::Places(place) => {
                let left = MARGIN + (column as f64 + 0.08) * place;
                (left, left + 0.84 * place)
            }
            Self::Numbers(edges, scale) => {
                let (left, right) = (scale.at(edges[column]), scale.at(edges[column + 1]));
                let between = ((right - left) * 0.08).min(1.0);
                (left + between / 2.0, right - between / 2.0)
            }
        }
    }

    /// What is written below.
    fn names(&self, x: &Axis) -> Markup {
        match self {
            Self::Places(place) => {
                let names: Vec<String> = (0..x.len()).map(|column| x.label(column)).collect();
                let every = axes::every(names.iter().map(String::as_str), *place);
                html! {
                    @for column in (0..x.len()).step_by(every) {
                        (axes::below(MARGIN + (column as f64 + 0.5) * place, &names[column]))
                    }
                }
            }
            Self::Numbers(_, scale) => html! {
                @for tick in scale.ticks() { (axes::below(scale.at(tick), &text::number(tick))) }
            },
        }
    }
}
