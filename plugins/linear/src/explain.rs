//! What a person asks of a linear model: its coefficients, as scikit-learn's `coef_` and `intercept_`
//! have them.

use mlhost_plugin::{Figure, Metric, Outcome};
use serde_json::json;

use crate::model::{Linear, Model, Predictor};

/// So many coefficients are named in the summary, the largest.
const COEFFICIENTS_NAMED: usize = 5;

/// So many of each function have a metric and a bar: a table may have thousands of columns.
const COEFFICIENTS_SHOWN: usize = 20;

/// The coefficients of each function of the model, the largest in magnitude first.
pub(crate) fn explain(model: &Model) -> Outcome {
    let functions = functions(&model.predictor);
    let is_one = functions.len() == 1;
    let mut outcome = Outcome::new(true, summary(model, &functions));
    for (class, linear) in functions {
        // The one function of a model is not named after what it is for.
        let class = class.filter(|_| !is_one);
        outcome
            .metrics
            .push(metric("intercept", linear.intercept, class, None));
        let terms = largest(model, linear);
        let shown = &terms[..terms.len().min(COEFFICIENTS_SHOWN)];
        outcome.metrics.extend(
            shown
                .iter()
                .map(|(feature, value)| metric("coefficient", *value, class, Some(feature))),
        );
        if !shown.is_empty() {
            outcome.figures.push(bars(class, shown));
        }
    }
    outcome
}

/// Each function with the class that it speaks for; of two classes, the second.
fn functions(predictor: &Predictor) -> Vec<(Option<&str>, &Linear)> {
    match predictor {
        Predictor::Regression(linear) => vec![(None, linear)],
        Predictor::Classification { classes, logits } => {
            let classes = &classes[classes.len() - logits.len()..];
            let classes = classes.iter().map(|class| Some(class.as_str()));
            classes.zip(logits).collect()
        }
    }
}

fn largest<'a>(model: &'a Model, linear: &Linear) -> Vec<(&'a str, f64)> {
    let features = model.features.iter().map(String::as_str);
    let mut terms: Vec<_> = features.zip(linear.coefficients.iter().copied()).collect();
    terms.sort_by(|(_, value), (_, other)| other.abs().total_cmp(&value.abs()));
    terms
}

fn summary(model: &Model, functions: &[(Option<&str>, &Linear)]) -> String {
    let zero = |linear: &&Linear| {
        linear
            .coefficients
            .iter()
            .filter(|value| **value == 0.0)
            .count()
    };
    let features = model.features.len();
    let [(class, linear)] = functions else {
        return format!("{} functions of {features} features", functions.len());
    };
    let terms = largest(model, linear);
    let named = terms.iter().take(COEFFICIENTS_NAMED);
    let named: Vec<_> = named
        .map(|(feature, value)| format!("{feature} {value:.4}"))
        .collect();
    let of = class
        .map(|class| format!("the odds of `{class}`, "))
        .unwrap_or_default();
    let dropped = match zero(linear) {
        0 => String::new(),
        dropped => format!(", {dropped} of them at zero"),
    };
    format!(
        "{of}{features} coefficients{dropped}; largest: {}",
        match named.is_empty() {
            true => "none".to_owned(),
            false => named.join(", "),
        }
    )
}

fn metric(name: &str, value: f64, class: Option<&str>, feature: Option<&str>) -> Metric {
    let labels = [("class", class), ("column", feature)];
    let labels = labels
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
    Metric {
        name: name.to_owned(),
        value,
        labels: labels.collect(),
        better: None,
    }
}

fn bars(class: Option<&str>, terms: &[(&str, f64)]) -> Figure {
    let (names, values): (Vec<_>, Vec<_>) = terms.iter().copied().unzip();
    let of = class
        .map(|class| format!(" for `{class}`"))
        .unwrap_or_default();
    let name = class.map(|class| format!("_{class}")).unwrap_or_default();
    Figure {
        name: format!("coefficients{name}"),
        title: format!("Coefficients{of}"),
        kind: "bars".to_owned(),
        data: json!({
            "x": names,
            "x_label": "feature",
            "y_label": "coefficient",
            "series": [{ "name": "coefficient", "values": values }],
        }),
    }
}
