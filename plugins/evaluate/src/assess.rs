//! Puts the scores of one or more models into an outcome.

use mlhost_plugin::{Figure, Finding, Metric, Outcome, Result, Severity};
use serde_json::json;

use crate::Params;
use crate::fold::{Observed, OfTask};
use crate::paired;
use crate::rows::Rows;
use crate::scores::Scores;

/// Judges the models. The verdict is passed unless a model has no rows to be
/// judged by: which scores are good enough is the pipeline's to say.
pub(crate) fn assess(params: &Params, models: &[(String, Observed)]) -> Result<Outcome> {
    let labelled = models.len() > 1;
    let mut scored = Vec::with_capacity(models.len());
    let mut metrics = vec![];
    let mut figures = vec![];
    for (name, observed) in models {
        observed.rows().check(params, name)?;
        let scores = observed.scores(params)?;
        let label = labelled.then_some(name.as_str());
        metrics.extend(scores.metrics(label));
        metrics.extend(row_metrics(observed.rows(), label));
        if let OfTask::Classification(classification) = &observed.0 {
            figures.extend(classification.figures(label));
        }
        scored.push((name.as_str(), observed.rows(), scores));
    }
    if let Some(bootstrap) = &params.bootstrap {
        metrics.extend(paired::metrics(params, bootstrap, models)?);
    }
    if labelled {
        figures.insert(0, comparison(&scored));
    }
    let findings = scored
        .iter()
        .map(|(name, rows, scores)| finding(name, rows, scores));
    Ok(Outcome {
        metrics,
        figures,
        ..Outcome::from_findings(findings.collect(), summary(&scored))
    })
}

fn row_metrics(rows: &Rows, model: Option<&str>) -> [Metric; 2] {
    let metric = |name: &str, value: u64| Metric {
        name: name.to_owned(),
        value: value as f64,
        labels: Vec::from_iter(model.map(|model| ("model".to_owned(), model.to_owned()))),
        better: None,
    };
    [
        metric("rows", rows.with_target),
        metric("rows_without_target", rows.without_target),
    ]
}

fn finding(model: &str, rows: &Rows, scores: &Scores) -> Finding {
    let mut details = scores.details();
    details.insert("model".to_owned(), json!(model));
    details.insert("rows".to_owned(), json!(rows.with_target));
    details.insert("rows_without_target".to_owned(), json!(rows.without_target));
    Finding {
        check: "score".to_owned(),
        column: None,
        passed: rows.with_target > 0,
        severity: Severity::Error,
        message: format!("{model}: {}", sentence(rows, scores)),
        details,
    }
}

fn sentence(rows: &Rows, scores: &Scores) -> String {
    let left_out = match rows.without_target {
        0 => String::new(),
        rows => format!(" ({rows} without a target left out)"),
    };
    match rows.with_target {
        0 => format!("no row has a target to score by{left_out}"),
        count => format!("{scores} on {count} rows{left_out}"),
    }
}

fn summary(scored: &[(&str, &Rows, Scores)]) -> String {
    match scored {
        [] => "no model was scored".to_owned(),
        [(_, rows, scores)] => sentence(rows, scores),
        scored => {
            let names: Vec<&str> = scored.iter().map(|(name, ..)| *name).collect();
            format!("{} models were scored: {}", scored.len(), names.join(", "))
        }
    }
}

/// A row for each model, a column for each score.
fn comparison(scored: &[(&str, &Rows, Scores)]) -> Figure {
    let mut names: Vec<&str> = vec![];
    for name in scored.iter().flat_map(|(_, _, scores)| scores.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let rows = scored.iter().map(|(model, _, scores)| {
        let values = names.iter().map(|name| json!(scores.value(name)));
        let row = [json!(model)].into_iter().chain(values);
        row.collect::<Vec<_>>()
    });
    let rows: Vec<_> = rows.collect();
    let columns: Vec<&str> = ["model"].into_iter().chain(names.iter().copied()).collect();
    Figure {
        name: "models".to_owned(),
        title: "Scores by model".to_owned(),
        kind: "table".to_owned(),
        data: json!({ "columns": columns, "rows": rows }),
    }
}
