//! Makes importances of scores.

use mlhost_plugin::{Error, Figure, Finding, Metric, Outcome, Result, Severity};
use mlhost_statistics::Moments;
use serde_json::{Map, Value, json};

use crate::fold::Scores;
use crate::params::Params;

/// So many columns are named in the summary.
const NAMED_COLUMNS: usize = 5;

/// So many columns have a bar.
const BARS: usize = 30;

/// How much a model depends on a column.
struct OfColumn<'a> {
    name: &'a str,
    /// What each permutation has cost.
    losses: Vec<f64>,
    mean: f64,
    deviation: f64,
}

/// The importances of all columns for each model.
pub(crate) fn assess(params: &Params, models: &[(String, Scores)]) -> Result<Outcome> {
    params.check()?;
    let labelled = models.len() > 1;
    let (mut metrics, mut figures, mut findings, mut sentences) = (vec![], vec![], vec![], vec![]);
    for (model, scores) in models {
        let label = labelled.then_some(model.as_str());
        if scores.unusable > 0 {
            let found = scores.unusable;
            return Err(Error::data(format!(
                "model `{model}`: {found} targets or predictions are infinite or missing"
            )));
        }
        let Some((score, rows)) = baseline(scores) else {
            let message = format!("{model}: there are no rows whose target differs to score by");
            sentences.push(message.clone());
            findings.push(finding(false, message, Map::new()));
            continue;
        };
        let columns = by_column(scores, score);
        let sentence = sentence(scores, score, &columns);
        let details = details(params, scores, (score, rows), &columns);
        let message = format!("{model}: {sentence}");
        sentences.push(if labelled { message.clone() } else { sentence });
        findings.push(finding(true, message, details));
        metrics.push(metric("score", score, label, None));
        for column in &columns {
            metrics.push(metric("importance", column.mean, label, Some(column.name)));
            let deviation = metric("importance_std", column.deviation, label, Some(column.name));
            metrics.push(deviation);
        }
        figures.push(bars(label, scores, &columns));
    }
    Ok(Outcome {
        metrics,
        figures,
        ..Outcome::from_findings(findings, sentences.join("; "))
    })
}

/// The score of the rows as they are, and how many there are.
fn baseline(scores: &Scores) -> Option<(f64, u64)> {
    let mut groups = scores.groups.iter();
    let as_it_is = &groups.find(|group| group.column.is_none())?.scored;
    Some((as_it_is.score(scores.score)?, as_it_is.rows()))
}

/// The most important one first.
fn by_column(scores: &Scores, baseline: f64) -> Vec<OfColumn<'_>> {
    let sign = if scores.score.is_better_higher() {
        1.0
    } else {
        -1.0
    };
    let mut columns: Vec<OfColumn<'_>> = vec![];
    for group in &scores.groups {
        let score = group.scored.score(scores.score);
        let (Some(name), Some(score)) = (&group.column, score) else {
            continue;
        };
        let loss = sign * (baseline - score);
        match columns.iter_mut().find(|column| column.name == name) {
            Some(column) => column.losses.push(loss),
            None => columns.push(OfColumn {
                name,
                losses: vec![loss],
                mean: 0.0,
                deviation: 0.0,
            }),
        }
    }
    for column in &mut columns {
        let mut moments = Moments::default();
        moments.update(&column.losses);
        column.mean = moments.mean().unwrap_or(0.0);
        column.deviation = moments.standard_deviation().unwrap_or(0.0);
    }
    columns.sort_by(|left, right| right.mean.total_cmp(&left.mean));
    columns
}

fn sentence(scores: &Scores, score: f64, columns: &[OfColumn<'_>]) -> String {
    let important = columns.iter().filter(|column| column.mean > 0.0);
    let named = important.take(NAMED_COLUMNS);
    let named: Vec<_> = named
        .map(|column| format!("{} ({:.4})", column.name, column.mean))
        .collect();
    let name = scores.score.name();
    if named.is_empty() {
        return format!("{name} {score:.4} depends on no column");
    }
    format!("{name} {score:.4} depends most on {}", named.join(", "))
}

fn details(
    params: &Params,
    scores: &Scores,
    (score, rows): (f64, u64),
    columns: &[OfColumn<'_>],
) -> Map<String, Value> {
    let losses = columns.iter().map(|column| {
        json!({ "column": column.name, "mean": column.mean, "std": column.deviation,
                "losses": column.losses })
    });
    let details = json!({
        "method": "permutation importance: what the score loses when a column is permuted",
        "score": scores.score.name(),
        "value": score,
        "rows": rows,
        "n_repeats": params.n_repeats,
        "seed": params.seed,
        "importances": losses.collect::<Vec<_>>(),
    });
    match details {
        Value::Object(details) => details,
        _ => Map::new(),
    }
}

fn finding(passed: bool, message: String, details: Map<String, Value>) -> Finding {
    Finding {
        check: "importance".to_owned(),
        column: None,
        passed,
        severity: Severity::Error,
        message,
        details,
    }
}

fn bars(model: Option<&str>, scores: &Scores, columns: &[OfColumn<'_>]) -> Figure {
    let shown = &columns[..columns.len().min(BARS)];
    let of = model
        .map(|model| format!(" of `{model}`"))
        .unwrap_or_default();
    let name = model.map(|model| format!("_{model}")).unwrap_or_default();
    Figure {
        name: format!("importance{name}"),
        title: format!("Permutation importance{of}"),
        kind: "bars".to_owned(),
        data: json!({
            "x": shown.iter().map(|column| column.name).collect::<Vec<_>>(),
            "x_label": "column",
            "y_label": format!("loss of {}", scores.score.name()),
            "series": [{
                "name": "importance",
                "values": shown.iter().map(|column| column.mean).collect::<Vec<_>>(),
            }],
        }),
    }
}

fn metric(name: &str, value: f64, model: Option<&str>, column: Option<&str>) -> Metric {
    let labels = [("model", model), ("column", column)];
    let labels = labels
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    Metric {
        name: name.to_owned(),
        value,
        labels: labels
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        better: None,
    }
}
