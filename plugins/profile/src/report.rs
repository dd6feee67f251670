//! The outcome: a finding for each column, and figures of all of them.

use mlhost_plugin::{Figure, Outcome};
use serde_json::{Value as Json, json};

use crate::describe::{finding, number};
use crate::fold::Profiled;
use crate::params::Params;

pub(crate) fn report(params: &Params, profiled: &Profiled) -> Outcome {
    let Profiled { rows, columns, .. } = profiled;
    let count =
        |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let summary = format!(
        "{} of {}",
        count(*rows, "row"),
        count(columns.len() as u64, "column")
    );
    let findings: Vec<_> = columns
        .iter()
        .map(|column| finding(params, column, *rows))
        .collect();
    let names = ["type", "nulls", "distinct", "min", "max", "mean", "stdev"];
    let table = findings.iter().map(|finding| {
        let details = names
            .iter()
            .map(|name| finding.details.get(*name).cloned().unwrap_or(Json::Null));
        std::iter::once(json!(finding.column))
            .chain(details)
            .collect::<Vec<_>>()
    });
    let headings = std::iter::once("column").chain(names);
    let columns_figure = Figure {
        name: "columns".to_owned(),
        title: "Columns".to_owned(),
        kind: "table".to_owned(),
        data: json!({"columns": headings.collect::<Vec<_>>(), "rows": table.collect::<Vec<_>>()}),
    };
    let histograms = findings.iter().filter_map(|finding| {
        let name = finding.column.as_ref()?;
        let histogram = finding.details.get("histogram")?;
        Some(Figure {
            name: format!("histogram_{name}"),
            title: format!("How often values of `{name}` occur"),
            kind: "bars".to_owned(),
            data: json!({
                "x": histogram["edges"].as_array().map(|edges| &edges[..edges.len() - 1]),
                "x_label": name,
                "y_label": "rows",
                "edges": histogram["edges"],
                "series": [{"name": "rows", "values": histogram["counts"]}],
            }),
        })
    });
    let mut figures = vec![columns_figure];
    figures.extend(histograms);
    figures.extend(correlations(profiled));
    let mut outcome = Outcome::new(true, summary);
    outcome.findings = findings;
    outcome.figures = figures;
    outcome
        .metric("rows", *rows as f64)
        .metric("columns", columns.len() as f64)
}

/// The matrix of correlations, with nothing where there is none.
fn correlations(profiled: &Profiled) -> Option<Figure> {
    let correlations = profiled.correlations.as_ref()?;
    let places = &correlations.columns;
    if places.len() < 2 {
        return None;
    }
    let names: Vec<&str> = places
        .iter()
        .map(|place| profiled.columns[*place].name.as_str())
        .collect();
    let rows = names.iter().enumerate().map(|(row, name)| {
        let cells = (0..names.len()).map(|column| match column {
            same if same == row => json!(1),
            other => correlations.of(row, other).map_or(Json::Null, number),
        });
        std::iter::once(json!(name))
            .chain(cells)
            .collect::<Vec<_>>()
    });
    let headings: Vec<&str> = std::iter::once("column")
        .chain(names.iter().copied())
        .collect();
    Some(Figure {
        name: "correlations".to_owned(),
        title: "Pearson's correlations".to_owned(),
        kind: "table".to_owned(),
        data: json!({"columns": headings, "rows": rows.collect::<Vec<_>>()}),
    })
}
