//! What a person asks of a grown tree: how large it is, and which features it leans on, by what their
//! splits have lowered the impurity by (Breiman, Friedman, Olshen and Stone 1984, section 5.3;
//! scikit-learn's `feature_importances_`).

use mlhost_plugin::{Figure, Metric, Outcome};
use serde_json::json;

use crate::fit::Fitted;

/// So many features are named in the summary, those that matter most.
const FEATURES_NAMED: usize = 5;

/// So many have a metric and a bar: a table may have thousands of columns.
const FEATURES_SHOWN: usize = 20;

/// The size of the tree, and the share of each feature in the impurity that splits have lowered.
pub(crate) fn explain(fitted: &Fitted) -> Outcome {
    let tree = &fitted.tree;
    let (depth, leaves) = (tree.depth(), tree.leaves());
    let features = by_importance(fitted);
    let mut outcome = Outcome::new(
        true,
        format!(
            "a tree of depth {depth} with {leaves} leaves; {}",
            sentence(&features)
        ),
    );
    outcome.metrics = vec![
        metric("depth", depth as f64, None),
        metric("leaves", leaves as f64, None),
    ];
    let shown = &features[..features.len().min(FEATURES_SHOWN)];
    let of_features = shown.iter();
    outcome.metrics.extend(
        of_features.map(|(feature, share)| metric("impurity_importance", *share, Some(feature))),
    );
    if !shown.is_empty() {
        outcome.figures.push(bars(shown));
    }
    outcome
}

/// The features that splits ask for, the most important one first.
fn by_importance(fitted: &Fitted) -> Vec<(&str, f64)> {
    let features = fitted.features.iter().map(String::as_str);
    let shares = fitted.tree.importances().iter().copied();
    let mut important: Vec<_> = features
        .zip(shares)
        .filter(|(_, share)| *share > 0.0)
        .collect();
    important.sort_by(|(_, share), (_, other)| other.total_cmp(share));
    important
}

fn sentence(features: &[(&str, f64)]) -> String {
    if features.is_empty() {
        return "no split".to_owned();
    }
    let named = features.iter().take(FEATURES_NAMED);
    let named: Vec<_> = named
        .map(|(feature, share)| format!("{feature} {:.1} %", share * 100.0))
        .collect();
    format!("impurity lowered by {}", named.join(", "))
}

fn metric(name: &str, value: f64, feature: Option<&str>) -> Metric {
    let label = feature.map(|feature| ("column".to_owned(), feature.to_owned()));
    Metric {
        name: name.to_owned(),
        value,
        labels: label.into_iter().collect(),
        better: None,
    }
}

/// Exact enough to be drawn, and short on record.
fn to_six_decimals(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

fn bars(features: &[(&str, f64)]) -> Figure {
    let (names, shares): (Vec<_>, Vec<_>) = features
        .iter()
        .map(|(feature, share)| (*feature, to_six_decimals(*share)))
        .unzip();
    Figure {
        name: "impurity_importance".to_owned(),
        title: "Impurity importance".to_owned(),
        kind: "bars".to_owned(),
        data: json!({
            "x": names,
            "x_label": "feature",
            "y_label": "share of the impurity that splits have lowered",
            "series": [{ "name": "impurity_importance", "values": shares }],
        }),
    }
}
