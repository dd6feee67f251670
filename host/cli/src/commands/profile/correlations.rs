//! The correlations of columns of numbers, from the figure that has all of them: the strong ones, or
//! every one in a table.

use comfy_table::CellAlignment::{Left, Right};
use mlhost_sandbox::{Figure, Outcome};
use serde_json::Value;

use crate::{output, text};

/// Correlations of at least this size are told.
const STRONG: f64 = 0.5;
/// So many of them at most.
const TOLD: usize = 10;

/// Two columns and their correlation.
type Pair = (String, String, f64);

pub(super) fn words(outcome: &Outcome, with_all: bool) -> String {
    let mut figures = outcome.figures.iter();
    let Some(figure) = figures.find(|figure| figure.name == "correlations") else {
        return String::new();
    };
    if with_all {
        return format!("\n{}\n", matrix(figure));
    }
    let mut pairs = pairs(figure);
    pairs.sort_by(|(.., r), (.., other)| other.abs().total_cmp(&r.abs()));
    let strong = pairs.iter().filter(|(.., r)| r.abs() >= STRONG).count();
    match (pairs.first(), strong) {
        (None, _) => String::new(),
        (Some(strongest), 0) => format!(
            "\nno correlation of {STRONG} or more; the strongest is\n{}",
            line(strongest)
        ),
        (Some(_), strong) => {
            let told = pairs.iter().take(strong.min(TOLD));
            let more = match strong.saturating_sub(TOLD) {
                0 => String::new(),
                more => format!("  and {more} more; `--correlations` prints all\n"),
            };
            let told: String = told.map(line).collect();
            format!("\ncorrelations of {STRONG} or more\n{told}{more}")
        }
    }
}

fn line((first, second, r): &Pair) -> String {
    let (first, second) = (text::visible(first), text::visible(second));
    format!("  {r:>6.3}  `{first}` and `{second}`\n")
}

fn pairs(figure: &Figure) -> Vec<Pair> {
    let names = &figure.data["columns"];
    let name = |place: usize| names[place + 1].as_str().unwrap_or_default().to_owned();
    let rows = figure.data["rows"].as_array().into_iter().flatten();
    let rows = rows.enumerate().flat_map(|(row, cells)| {
        (0..row).filter_map(move |other| Some((other, row, cells[other + 1].as_f64()?)))
    });
    rows.map(|(first, second, r)| (name(first), name(second), r))
        .collect()
}

/// The lower half of the matrix: a row and a column for each column of the table.
fn matrix(figure: &Figure) -> String {
    let rows = figure.data["rows"].as_array().into_iter().flatten();
    let rows: Vec<&Value> = rows.collect();
    let name = |cells: &Value| text::visible(cells[0].as_str().unwrap_or_default());
    let names: Vec<String> = rows.iter().map(|cells| name(cells)).collect();
    let mut headings = vec![("CORRELATIONS", Left)];
    headings.extend(names.iter().map(|name| (name.as_str(), Right)));
    let lines = rows.iter().enumerate().map(|(row, cells)| {
        let below = (0..names.len()).map(|column| match cells[column + 1].as_f64() {
            Some(r) if column < row => format!("{r:.2}"),
            _ => String::new(),
        });
        [name(cells)].into_iter().chain(below).collect()
    });
    output::table(&headings, lines).to_string()
}
