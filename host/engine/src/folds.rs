//! Sums up a cross-validation: what the evaluators of the folds have measured, in one report.

use std::fmt::Write as _;

use mlhost_sandbox::{Metric, Outcome, Verdict};

/// The report of a cross-validation. Of each metric that stands for the whole of a fold it has the
/// mean over the folds, with the sample standard deviation under the label `statistic = "std"`, and
/// the value of each fold under `fold`. That is how scikit-learn's `cross_val_score` is read.
pub(crate) fn summed_up(folds: &[Outcome]) -> Outcome {
    let names = folds.first().into_iter().flat_map(|first| &first.metrics);
    let names: Vec<&Metric> = names.filter(|metric| metric.labels.is_empty()).collect();
    let mut metrics = Vec::new();
    let mut summary = String::new();
    for first in names {
        let values = folds.iter().map(|fold| fold.headline(&first.name)?.value);
        let Some(values) = values.collect::<Option<Vec<f64>>>() else {
            continue;
        };
        let (mean, deviation) = mean_and_deviation(&values);
        let metric = |value: f64, label: Option<(&str, String)>| Metric {
            value: Some(value),
            labels: label
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
            ..first.clone()
        };
        metrics.push(metric(mean, None));
        metrics.push(metric(deviation, Some(("statistic", "std".to_owned()))));
        let of_fold =
            |(number, value): (usize, &f64)| metric(*value, Some(("fold", number.to_string())));
        metrics.extend((1..).zip(&values).map(of_fold));
        // Counts of rows say nothing of the model.
        if first.better.is_some() {
            let separator = if summary.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(
                summary,
                "{separator}{} {mean:.4} ± {deviation:.4}",
                first.name
            );
        }
    }
    let verdicts = folds.iter().map(|fold| fold.verdict);
    let failed = verdicts.clone().any(|verdict| verdict == Verdict::Failed);
    let warned = verdicts.clone().any(|verdict| verdict == Verdict::Warned);
    let findings = folds.iter().flat_map(|fold| &fold.findings);
    Outcome {
        verdict: match (failed, warned) {
            (true, _) => Verdict::Failed,
            (false, true) => Verdict::Warned,
            (false, false) => Verdict::Passed,
        },
        summary: format!("{summary} over {} folds", folds.len()),
        findings: findings
            .filter(|finding| !finding.passed)
            .cloned()
            .collect(),
        metrics,
        figures: vec![],
    }
}

/// Mean, and sample standard deviation (with n - 1).
fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let number = values.len() as f64;
    let mean = values.iter().sum::<f64>() / number;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (number - 1.0).max(1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::mean_and_deviation;

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        let (mean, deviation) = mean_and_deviation(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(mean, 2.5);
        assert!((deviation - 1.290_994_448_735_805_6).abs() < 1e-15);
    }
}
