//! Scores of slices as metrics, figures and findings.

use mlhost_plugin::{Better, Figure, Finding, Metric, Result, Severity};
use serde_json::{Value, json};

use crate::Params;
use crate::assess::labels;
use crate::scores::{Scores, better, four_digits};
use crate::slices::{Entry, Slices, Tally};

/// What is told of the slices of a model.
#[derive(Debug, Default)]
pub(crate) struct Sliced {
    pub(crate) metrics: Vec<Metric>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) findings: Vec<Finding>,
}

/// A slice with its scores.
struct Slice<'a> {
    values: Vec<&'a str>,
    rows: u64,
    scores: Scores,
    is_small: bool,
}

/// The scores of each slice, as metrics with a label for each column, as a table, and as bars of the
/// leading one, of which the worst slice is told.
pub(crate) fn tell<T: Tally>(
    params: &Params,
    slices: &Slices<T>,
    whole: &T,
    leading: &'static str,
    model: Option<&str>,
) -> Result<Sliced> {
    let mut told = Sliced::default();
    let mut all: Vec<(Scores, bool)> = vec![];
    for entry in &slices.entries {
        let columns = entry.columns.join(", ");
        let Some(slices) = scored(params, entry, whole)? else {
            told.findings.push(too_many(params, &columns));
            continue;
        };
        let labels = labels(model);
        for slice in &slices {
            let labels = labels.iter().cloned();
            let values = entry.columns.iter().zip(&slice.values);
            let values = values.map(|(column, value)| (column.clone(), (*value).to_owned()));
            let labels: Vec<_> = labels.chain(values).collect();
            told.metrics.extend(slice.scores.metrics(&labels));
            told.metrics.push(Metric {
                name: "rows".to_owned(),
                value: slice.rows as f64,
                labels,
                better: None,
            });
        }
        if !slices.is_empty() {
            told.findings
                .push(worst(params, &columns, &slices, leading, model));
            told.figures.extend([
                table(entry, &slices),
                bars(&entry.columns, &slices, leading),
            ]);
        }
        let slices = slices.into_iter();
        all.extend(slices.map(|slice| (slice.scores, slice.is_small)));
    }
    told.metrics.extend(worst_of_each(&all, model));
    Ok(told)
}

/// Of each score, the worst of all slices that are not small: `r2_worst`. Without a label of a
/// column, so that a gate can ask for it; infinitely bad where all slices are small, which passes no
/// gate and is no number in a record.
fn worst_of_each(slices: &[(Scores, bool)], model: Option<&str>) -> Vec<Metric> {
    let names = Scores::names_of(slices.iter().map(|(scores, _)| scores));
    let worst = names.into_iter().map(|name| {
        let usable = slices.iter().filter(|(_, is_small)| !is_small);
        let values = usable.filter_map(|(scores, _)| scores.value(name));
        let better = better(name);
        let value = values.reduce(|worst, next| match better {
            Better::Higher => worst.min(next),
            Better::Lower => worst.max(next),
        });
        Metric {
            name: format!("{name}_worst"),
            value: value.unwrap_or(match better {
                Better::Higher => f64::NEG_INFINITY,
                Better::Lower => f64::INFINITY,
            }),
            labels: labels(model),
            better: Some(better),
        }
    });
    worst.collect()
}

/// The slices by their values; `None` if there are too many.
fn scored<'a, T: Tally>(
    params: &Params,
    entry: &'a Entry<T>,
    whole: &T,
) -> Result<Option<Vec<Slice<'a>>>> {
    let Some(slices) = &entry.slices else {
        return Ok(None);
    };
    let slices = slices.iter().map(|(values, tally)| {
        let rows = tally.rows().with_target;
        let values = values.iter();
        Ok(Slice {
            values: values
                .map(|value| value.as_deref().unwrap_or("null"))
                .collect(),
            rows,
            scores: tally.scores(params, whole)?,
            is_small: rows < params.min_slice_rows,
        })
    });
    slices.collect::<Result<_>>().map(Some)
}

fn too_many(params: &Params, columns: &str) -> Finding {
    let most = params.max_slices;
    Finding {
        check: "slices".to_owned(),
        column: Some(columns.to_owned()),
        passed: false,
        severity: Severity::Warn,
        message: format!(
            "there are more than {most} slices by {columns}, and none was scored; `max_slices` allows more"
        ),
        details: json!({ "max_slices": most })
            .as_object()
            .cloned()
            .unwrap_or_default(),
    }
}

/// Which slice is worst by a score, of those that are not small.
fn worst(
    params: &Params,
    columns: &str,
    slices: &[Slice<'_>],
    leading: &str,
    model: Option<&str>,
) -> Finding {
    let small: Vec<String> = slices
        .iter()
        .filter(|slice| slice.is_small)
        .map(Slice::name)
        .collect();
    let usable = slices.iter().filter(|slice| !slice.is_small);
    let usable = usable.filter_map(|slice| Some((slice, slice.scores.value(leading)?)));
    // A higher key is worse; of equally bad slices the first.
    let key = |value: f64| match better(leading) {
        Better::Higher => -value,
        Better::Lower => value,
    };
    let worst = usable.reduce(|worst, next| {
        if key(next.1) > key(worst.1) {
            next
        } else {
            worst
        }
    });
    let few = match small.len() {
        0 => String::new(),
        count => format!("; {count} of fewer than {} rows", params.min_slice_rows),
    };
    let told = match worst {
        Some((slice, value)) => {
            let (name, rows, value) = (slice.name(), slice.rows, four_digits(value));
            format!(", the worst is {name} with {leading} {value} on {rows} rows")
        }
        None => String::new(),
    };
    let of_model = model.map_or_else(String::new, |model| format!("{model}: "));
    let details = json!({
        "model": model,
        "slices": slices.len(),
        "worst": worst.map(|(slice, _)| slice.name()),
        "score": leading,
        leading: worst.map(|(_, value)| value),
        "rows": worst.map(|(slice, _)| slice.rows),
        "small": small,
        "min_slice_rows": params.min_slice_rows,
    });
    Finding {
        check: "slices".to_owned(),
        column: Some(columns.to_owned()),
        passed: true,
        severity: Severity::Warn,
        message: format!("{of_model}{} slices by {columns}{told}{few}", slices.len()),
        details: details.as_object().cloned().unwrap_or_default(),
    }
}

fn table<T>(entry: &Entry<T>, slices: &[Slice<'_>]) -> Figure {
    let names = Scores::names_of(slices.iter().map(|slice| &slice.scores));
    let rows = slices.iter().map(|slice| {
        let values = slice.values.iter().map(|value| json!(value));
        let scores = names.iter().map(|name| json!(slice.scores.value(name)));
        let note = if slice.is_small { "few rows" } else { "" };
        let row = values.chain([json!(slice.rows)]).chain(scores);
        row.chain([json!(note)]).collect::<Vec<Value>>()
    });
    let columns = entry.columns.iter().map(String::as_str);
    let columns = columns.chain(["rows"]).chain(names.iter().copied());
    let columns: Vec<_> = columns.chain(["note"]).collect();
    Figure {
        name: format!("slices_{}", entry.columns.join("_")),
        title: format!("Scores by {}", entry.columns.join(" and ")),
        kind: "table".to_owned(),
        data: json!({ "columns": columns, "rows": rows.collect::<Vec<_>>() }),
    }
}

fn bars(columns: &[String], slices: &[Slice<'_>], leading: &str) -> Figure {
    let drawn = slices.iter();
    let drawn = drawn.filter_map(|slice| Some((slice.name(), slice.scores.value(leading)?)));
    let (names, values): (Vec<_>, Vec<_>) = drawn.unzip();
    Figure {
        name: format!("{leading}_by_{}", columns.join("_")),
        title: format!("{leading} by {}", columns.join(" and ")),
        kind: "bars".to_owned(),
        data: json!({
            "x": names,
            "x_label": columns.join(", "),
            "y_label": leading,
            "series": [{ "name": leading, "values": values }],
        }),
    }
}

impl Slice<'_> {
    fn name(&self) -> String {
        self.values.join(", ")
    }
}
