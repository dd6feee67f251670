//! The quantiles of the columns that have them, as a table.

use comfy_table::CellAlignment::{Left, Right};
use mlhost_sandbox::Finding;

use super::shown;
use crate::{output, text};

/// The quantiles that are told, and their headings; the median stands beside the mean.
const TOLD: [(&str, &str); 6] = [
    ("0.01", "1 %"),
    ("0.05", "5 %"),
    ("0.25", "25 %"),
    ("0.75", "75 %"),
    ("0.95", "95 %"),
    ("0.99", "99 %"),
];

pub(super) fn words(findings: &[Finding]) -> String {
    let mut headings = vec![("QUANTILES", Left)];
    headings.extend(TOLD.map(|(_, heading)| (heading, Right)));
    let rows: Vec<Vec<String>> = findings.iter().filter_map(row).collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!("\n{}\n", output::table(&headings, rows)),
    }
}

fn row(finding: &Finding) -> Option<Vec<String>> {
    let quantiles = finding.details.get("quantiles")?;
    let name = text::visible(finding.column.as_deref().unwrap_or_default());
    let values = TOLD.map(|(quantile, _)| shown(&quantiles[quantile]));
    Some([name].into_iter().chain(values).collect())
}
