//! Puts the scores of one or more models into an outcome.

use mlhost_plugin::{Figure, Finding, Metric, Outcome, Result, Severity};
use serde_json::{Value, json};

use crate::Params;
use crate::fold::{Observed, OfTask};
use crate::paired;
use crate::paired_tests;
use crate::rows::Rows;
use crate::scores::Scores;
use crate::sliced;
use crate::slices::Tally;

/// One model and its numbers.
struct Scored<'a> {
    name: &'a str,
    rows: &'a Rows,
    scores: Scores,
    /// What the scores of a large number of rows are off by at most.
    errors: Vec<(&'static str, f64)>,
}

/// Judges the models. The verdict is passed unless a model has no rows to be
/// judged by: which scores are good enough is the pipeline's to say.
pub(crate) fn assess(params: &Params, models: &[(String, Observed)]) -> Result<Outcome> {
    let labelled = models.len() > 1;
    let mut all = Vec::with_capacity(models.len());
    let mut metrics = vec![];
    let mut of_slices = vec![];
    let mut figures = vec![];
    let mut findings = vec![];
    for (name, observed) in models {
        let label = labelled.then_some(name.as_str());
        let scored = scored(params, name, observed)?;
        let labels = labels(label);
        metrics.extend(scored.scores.metrics(&labels));
        metrics.extend(row_metrics(scored.rows, &labels));
        let (drawn, sliced) = match &observed.0 {
            OfTask::Regression(regression) => (
                regression.figures(),
                sliced::tell(params, &regression.slices, &regression.all, "rmse", label)?,
            ),
            OfTask::Classification(classification) => (
                classification.figures(),
                sliced::tell(
                    params,
                    &classification.slices,
                    &classification.all,
                    "accuracy",
                    label,
                )?,
            ),
        };
        figures.extend(
            drawn
                .into_iter()
                .chain(sliced.figures)
                .map(|figure| of_model(figure, label)),
        );
        findings.push(scored.finding());
        findings.extend(sliced.findings);
        of_slices.extend(sliced.metrics);
        all.push(scored);
    }
    metrics.extend(of_slices);
    if let Some(bootstrap) = &params.bootstrap {
        metrics.extend(paired::metrics(params, bootstrap, models)?);
    }
    let (tested, of_tests) = paired_tests::tests(&params.tests, models)?;
    findings.extend(tested);
    metrics.extend(of_tests);
    if labelled {
        figures.insert(0, comparison(&all));
    }
    Ok(Outcome {
        metrics,
        figures,
        ..Outcome::from_findings(findings, summary(&all))
    })
}

fn scored<'a>(params: &Params, name: &'a str, observed: &'a Observed) -> Result<Scored<'a>> {
    let (rows, scores, errors) = match &observed.0 {
        OfTask::Regression(regression) => {
            let all = &regression.all;
            all.rows().check(params, name)?;
            (all.rows(), all.scores(params, all)?, vec![])
        }
        OfTask::Classification(classification) => {
            let all = &classification.all;
            all.rows().check(params, name)?;
            let (area, precision) = all.ranking_errors();
            let errors = vec![
                ("roc_auc_error", area),
                ("average_precision_error", precision),
            ];
            (all.rows(), all.scores(params, all)?, errors)
        }
    };
    Ok(Scored {
        name,
        rows,
        scores,
        errors,
    })
}

/// The label of a model, where there is more than one.
pub(crate) fn labels(model: Option<&str>) -> Vec<(String, String)> {
    let label = model.map(|model| ("model".to_owned(), model.to_owned()));
    label.into_iter().collect()
}

/// A figure with the name of the model that it is of, where there is more than one.
fn of_model(figure: Figure, model: Option<&str>) -> Figure {
    let Some(model) = model else { return figure };
    Figure {
        name: format!("{}_{model}", figure.name),
        title: format!("{} of {model}", figure.title),
        ..figure
    }
}

fn row_metrics(rows: &Rows, labels: &[(String, String)]) -> [Metric; 2] {
    let metric = |name: &str, value: u64| Metric {
        name: name.to_owned(),
        value: value as f64,
        labels: labels.to_vec(),
        better: None,
    };
    [
        metric("rows", rows.with_target),
        metric("rows_without_target", rows.without_target),
    ]
}

impl Scored<'_> {
    fn finding(&self) -> Finding {
        let mut details = self.scores.details();
        let mut add = |name: &str, value: Value| details.insert(name.to_owned(), value);
        add("model", json!(self.name));
        add("rows", json!(self.rows.with_target));
        add("rows_without_target", json!(self.rows.without_target));
        for (name, error) in self.errors.iter().filter(|(_, error)| *error > 0.0) {
            add(name, json!(error));
        }
        Finding {
            check: "score".to_owned(),
            column: None,
            passed: self.rows.with_target > 0,
            severity: Severity::Error,
            message: format!("{}: {}", self.name, self.sentence()),
            details,
        }
    }

    fn sentence(&self) -> String {
        let left_out = match self.rows.without_target {
            0 => String::new(),
            rows => format!(" ({rows} without a target left out)"),
        };
        match self.rows.with_target {
            0 => format!("no row has a target to score by{left_out}"),
            count => format!("{} on {count} rows{left_out}", self.scores),
        }
    }
}

fn summary(scored: &[Scored<'_>]) -> String {
    match scored {
        [] => "no model was scored".to_owned(),
        [scored] => scored.sentence(),
        scored => {
            let names: Vec<&str> = scored.iter().map(|scored| scored.name).collect();
            format!("{} models were scored: {}", scored.len(), names.join(", "))
        }
    }
}

/// A row for each model, a column for each score.
fn comparison(scored: &[Scored<'_>]) -> Figure {
    let names = Scores::names_of(scored.iter().map(|scored| &scored.scores));
    let rows = scored.iter().map(|scored| {
        let values = names.iter().map(|name| json!(scored.scores.value(name)));
        let row = [json!(scored.name)].into_iter().chain(values);
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
