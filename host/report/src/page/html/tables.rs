//! Tables on a page: they scroll within their own frame, so that a page is never wider than a phone.

use maud::{Markup, html};

use super::super::table::{Cell, Table};
use super::words::{self, shown_text};
use crate::text;

/// The most rows and columns that are laid out.
const MOST_ROWS: usize = 200;
const MOST_COLUMNS: usize = 40;

/// Up to so many characters a text may be as narrow as it likes.
const SHORT: usize = 40;

pub(super) fn table(table: &Table, name: &str) -> Markup {
    let longest = table.longest();
    let numeric: Vec<bool> = (0..table.columns.len())
        .map(|at| table.is_numeric(at))
        .collect();
    html! {
        div class="frame" tabindex="0" role="region" aria-label=(shown_text(name).replace('`', "")) {
            table {
                thead {
                    tr {
                        @for (column, numeric) in table.columns.iter().zip(&numeric).take(MOST_COLUMNS) {
                            th scope="col" class=[numeric.then_some("number")] { (shown_text(column)) }
                        }
                    }
                }
                tbody {
                    @for row in table.rows.iter().take(MOST_ROWS) {
                        tr {
                            @for (cell, numeric) in row.iter().zip(&numeric).take(MOST_COLUMNS) {
                                (self::cell(cell, *numeric, longest))
                            }
                        }
                    }
                }
            }
        }
        (left_out(table))
    }
}

fn cell(cell: &Cell, is_numeric: bool, longest: f64) -> Markup {
    let words = match cell {
        Cell::Text(words) => words::list(words),
        cell => html! { (cell.words()) },
    };
    html! {
        @match cell {
            Cell::Seconds(seconds) if longest > 0.0 => {
                td class="number time" {
                    span class="share" aria-hidden="true"
                        style=(format!("width:{:.1}%", 100.0 * seconds / longest)) {}
                    span { (words) }
                }
            }
            Cell::Text(text) if text.chars().count() > SHORT => td class="words" { (words) },
            _ => td class=[is_numeric.then_some("number")] { (words) },
        }
    }
}

fn left_out(table: &Table) -> Markup {
    let rows = table.rows.len().saturating_sub(MOST_ROWS);
    let columns = table.columns.len().saturating_sub(MOST_COLUMNS);
    html! {
        @if rows > 0 {
            p class="left-out" { "and " (text::plural(rows, "more row")) }
        }
        @if columns > 0 {
            p class="left-out" { "and " (text::plural(columns, "more column")) }
        }
    }
}
