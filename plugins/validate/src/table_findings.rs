//! The findings on the table as a whole: on its rows, and on its columns.

use mlhost_plugin::Finding;
use serde_json::json;

use crate::asked::Asked;
use crate::assess::finding;
use crate::params::RowCount;
use crate::words::{bounds, counted, details, shortened};

/// Whether there are as many rows as there have to be.
pub(crate) fn row_count(asked: &Asked<'_>, range: &RowCount, rows: u64) -> Finding {
    let RowCount { min, max, .. } = *range;
    let of_which = match &range.condition {
        Some(condition) => format!(" where `{condition}`"),
        None => String::new(),
    };
    let (rows_of, expected) = (counted(rows, "row"), bounds(min, max));
    finding(
        asked,
        min.is_none_or(|min| rows >= min) && max.is_none_or(|max| rows <= max),
        format!("{rows_of}{of_which}; expected {expected}"),
        details([
            ("observed_value", json!(rows)),
            ("min", json!(min)),
            ("max", json!(max)),
        ]),
    )
}

/// Whether there are no columns but those that the parameters name.
pub(crate) fn extra_columns(asked: &Asked<'_>, extra: &[&String]) -> Finding {
    let message = if extra.is_empty() {
        "there are no columns but those that are named".to_owned()
    } else {
        let names = extra.iter().map(|name| format!("`{name}`")).collect();
        format!(
            "{} not named: {}",
            counted(extra.len() as u64, "column"),
            shortened(names)
        )
    };
    let more = details([("unexpected_columns", json!(extra))]);
    finding(asked, extra.is_empty(), message, more)
}

/// Whether the columns are these, in this order.
pub(crate) fn column_order(asked: &Asked<'_>, expected: &[String], columns: &[String]) -> Finding {
    let place = (0..expected.len().max(columns.len()))
        .find(|place| expected.get(*place) != columns.get(*place));
    let message = match place {
        None => "the columns are in the expected order".to_owned(),
        Some(place) => {
            let name = |names: &[String]| match names.get(place) {
                Some(name) => format!("`{name}`"),
                None => "no column".to_owned(),
            };
            let (found, wanted) = (name(columns), name(expected));
            format!("column {} is {found}; expected {wanted}", place + 1)
        }
    };
    let more = details([
        ("observed_value", json!(columns)),
        ("expected", json!(expected)),
    ]);
    finding(asked, place.is_none(), message, more)
}
