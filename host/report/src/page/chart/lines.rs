//! Lines over numbers, or over names at equal distances; a value that is missing interrupts its line.

use std::fmt::Write;

use maud::{Markup, html};

use super::super::figure::{Axis, Plot, Series};
use super::scale::Scale;
use super::{BELOW, HEIGHT, MARGIN, WIDTH, at, axes, picture};
use crate::text;

/// Up to so many points are marked.
const MARKED: usize = 40;

pub(crate) fn lines(title: &str, plot: &Plot) -> Markup {
    let places: Vec<f64> = match &plot.x {
        Axis::Numbers(numbers) => numbers.clone(),
        Axis::Labels(_) | Axis::Edges(_) => (0..plot.x.len()).map(|at| at as f64).collect(),
    };
    let x = Scale::of(places.iter().copied(), false).over(MARGIN, WIDTH - 12.0);
    let (from, to) = x.ends();
    let values = plot.series.iter().flat_map(|series| &series.values);
    let all = values.flatten().copied().chain(plot.threshold);
    let same = [from, to].into_iter().filter(|_| plot.diagonal);
    let y = Scale::of(all.chain(same), false)
        .rounded()
        .over(HEIGHT, 12.0);
    let place = |x_value: f64, y_value: f64| format!("{} {}", at(x.at(x_value)), at(y.at(y_value)));
    let content = html! {
        (axes::across(&y, plot))
        (names(plot, &places, &x))
        @if plot.diagonal {
            path class="diagonal" d=(format!("M{}L{}", place(from, from), place(to, to))) {}
        }
        @for (index, series) in plot.series.iter().enumerate() {
            path class=(format!("line s{index}")) d=(way(series, &places, &place)) {}
            @if places.len() <= MARKED {
                (dots(plot, index, &places, (&x, &y)))
            }
        }
        (axes::labels(plot))
    };
    picture(title, HEIGHT + BELOW, &content)
}

/// The numbers or names below.
fn names(plot: &Plot, places: &[f64], x: &Scale) -> Markup {
    let names: Vec<String> = (0..plot.x.len()).map(|at| plot.x.label(at)).collect();
    let distance = match places {
        [first, second, ..] => x.at(*second) - x.at(*first),
        _ => WIDTH,
    };
    let every = axes::every(names.iter().map(String::as_str), distance);
    html! {
        @match &plot.x {
            Axis::Numbers(_) => {
                @for tick in x.ticks() { (axes::below(x.at(tick), &text::number(tick))) }
            }
            Axis::Labels(_) | Axis::Edges(_) => {
                @for column in (0..places.len()).step_by(every) {
                    (axes::below(x.at(places[column]), &names[column]))
                }
            }
        }
    }
}

fn dots(plot: &Plot, index: usize, places: &[f64], (x, y): (&Scale, &Scale)) -> Markup {
    let series = &plot.series[index];
    html! {
        @for (column, value) in series.values.iter().enumerate() {
            @if let Some(value) = value {
                circle class=(format!("dot s{index}")) cx=(at(x.at(places[column])))
                    cy=(at(y.at(*value))) r="3" {
                    title {
                        (text::visible(&plot.x.label(column))) ", " (text::visible(&series.name)) ": "
                        (text::number(*value))
                        @if let Some(rows) = plot.rows.as_ref().and_then(|rows| rows[column]) {
                            ", " (text::number(rows)) " rows"
                        }
                    }
                }
            }
        }
    }
}

fn way(series: &Series, places: &[f64], place: &impl Fn(f64, f64) -> String) -> String {
    let mut way = String::new();
    let mut is_drawing = false;
    for (x, value) in places.iter().zip(&series.values) {
        if let Some(value) = value {
            let letter = if is_drawing { 'L' } else { 'M' };
            // Writing to a string cannot fail.
            let _ = write!(way, "{letter}{}", place(*x, *value));
        }
        is_drawing = value.is_some();
    }
    way
}
