//! The findings on the table as a whole: on its rows, and on its columns.

use mlhost_plugin::{Finding, Severity};
use serde_json::json;

use crate::params::RowCount;
use crate::words::{bounds, counted, details, shortened};

/// Whether there are as many rows as there have to be.
pub(crate) fn row_count(range: RowCount, rows: u64) -> Finding {
    let RowCount { min, max, severity } = range;
    Finding {
        check: "row_count".to_owned(),
        column: None,
        passed: min.is_none_or(|min| rows >= min) && max.is_none_or(|max| rows <= max),
        severity,
        message: format!("{}; expected {}", counted(rows, "row"), bounds(min, max)),
        details: details([
            ("observed_value", json!(rows)),
            ("min", json!(min)),
            ("max", json!(max)),
        ]),
    }
}

/// Whether there are no columns but those that the parameters name.
pub(crate) fn extra_columns(extra: &[String], severity: Severity) -> Finding {
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
    Finding {
        check: "no_extra_columns".to_owned(),
        column: None,
        passed: extra.is_empty(),
        severity,
        message,
        details: details([("unexpected_columns", json!(extra))]),
    }
}
