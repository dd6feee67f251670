//! Tests of two models on the same rows: is what sets them apart more than chance?
//!
//! | test | of | hypothesis that is tested |
//! |---|---|---|
//! | McNemar's, exact | rows of which one model alone found the class | each is as likely (McNemar, "Note on the sampling error of the difference between correlated proportions or percentages", 1947; the binomial distribution instead of its approximation) |
//! | paired t-test | differences of the squared errors of a row | their mean is 0 (Student, "The Probable Error of a Mean", 1908) |
//! | Wilcoxon's signed ranks | the same | they lie evenly about 0 (Wilcoxon, "Individual Comparisons by Ranking Methods", 1945) |
//!
//! All are two-sided. With more than two models, the probabilities are also told as corrected for
//! their number by Holm, "A Simple Sequentially Rejective Multiple Test Procedure" (1979).

use mlhost_plugin::{Error, Finding, Metric, Result, Severity};
use mlhost_statistics::ExactMoments;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::fold::{Observed, OfTask};
use crate::paired::{check_rows, tell};
use crate::params::Task;
use crate::significance::{binomial, signed_ranks, student};

/// A test of two models on the same rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairedTest {
    /// Classification: McNemar's test, exact.
    Mcnemar,
    /// Regression: the paired t-test of the squared errors.
    TTest,
    /// Regression: Wilcoxon's signed-rank test of the squared errors.
    Wilcoxon,
}

/// What a test says of the first model and another one.
#[derive(Clone, Debug, PartialEq)]
struct Tested {
    statistic: f64,
    probability: f64,
    /// What it was made of, in words.
    words: String,
}

impl PairedTest {
    fn name(self) -> &'static str {
        match self {
            Self::Mcnemar => "mcnemar",
            Self::TTest => "t_test",
            Self::Wilcoxon => "wilcoxon",
        }
    }

    /// Refuses a test for the other task.
    pub(crate) fn check(self, task: Task, at: &str) -> Result<()> {
        let (needed, word) = match self {
            Self::Mcnemar => (Task::Classification, "a classification"),
            Self::TTest | Self::Wilcoxon => (Task::Regression, "a regression"),
        };
        if task == needed {
            return Ok(());
        }
        Err(Error::params(
            at,
            format!("`{}` is a test for {word}", self.name()),
        ))
    }

    fn of(self, first: &Observed, other: &Observed) -> Option<Tested> {
        match (&first.0, &other.0, self) {
            (OfTask::Classification(first), OfTask::Classification(other), Self::Mcnemar) => {
                let (first, other) = (first.kept.as_ref()?, other.kept.as_ref()?);
                mcnemar(first.is_right().zip(other.is_right()))
            }
            (OfTask::Regression(first), OfTask::Regression(other), test) => {
                let (first, other) = (first.kept.as_ref()?, other.kept.as_ref()?);
                let (first, other) = (first.squared_errors(), other.squared_errors());
                let differences = first.iter().zip(&other);
                let differences = differences.map(|(first, other)| first - other).collect();
                match test {
                    Self::TTest => t_test(differences),
                    Self::Wilcoxon => wilcoxon(differences),
                    Self::Mcnemar => None,
                }
            }
            _ => None,
        }
    }
}

/// Findings and metrics of the tests that are asked for.
pub(crate) fn tests(
    asked: &[PairedTest],
    models: &[(String, Observed)],
) -> Result<(Vec<Finding>, Vec<Metric>)> {
    let (mut findings, mut metrics) = (vec![], vec![]);
    let (Some(((first_name, first), others)), false) = (models.split_first(), asked.is_empty())
    else {
        return Ok((findings, metrics));
    };
    check_rows(models)?;
    for test in asked {
        let tested = others
            .iter()
            .map(|(name, other)| (name, test.of(first, other)));
        let tested = tested.filter_map(|(name, tested)| Some((name, tested?)));
        let tested: Vec<_> = tested.collect();
        let corrected = holm(&Vec::from_iter(
            tested.iter().map(|(_, one)| one.probability),
        ));
        for ((name, tested), corrected) in tested.iter().zip(corrected) {
            let labels = [("model", first_name.as_str()), ("than", name.as_str())];
            let statistics = vec![
                ("statistic", Some(tested.statistic)),
                ("p_value", Some(tested.probability)),
                ("p_value_holm", Some(corrected)),
            ];
            metrics.extend(tell(test.name(), &labels, statistics));
            findings.push(finding(*test, (first_name, name), tested, corrected));
        }
    }
    Ok((findings, metrics))
}

fn finding(test: PairedTest, (first, other): (&str, &str), tested: &Tested, holm: f64) -> Finding {
    let details = json!({
        "model": first,
        "than": other,
        "statistic": tested.statistic,
        "p_value": tested.probability,
        "p_value_holm": holm,
    });
    let probability = tested.probability;
    Finding {
        check: test.name().to_owned(),
        column: None,
        passed: true,
        severity: Severity::Warn,
        message: format!(
            "{first} against {other}: {}; p {probability:.4}, {holm:.4} corrected by Holm",
            tested.words
        ),
        details: details.as_object().cloned().unwrap_or_default(),
    }
}

/// Of rows, each with whether the first and whether the second model is right.
fn mcnemar(rows: impl Iterator<Item = (bool, bool)>) -> Option<Tested> {
    let (mut first, mut second) = (0_u64, 0_u64);
    for (first_is_right, second_is_right) in rows {
        first += u64::from(first_is_right && !second_is_right);
        second += u64::from(second_is_right && !first_is_right);
    }
    Some(Tested {
        statistic: first.min(second) as f64,
        probability: binomial(first, second),
        words: format!("alone right on {first} rows and {second}"),
    })
}

/// Nothing for fewer than two differences, or if all are equal.
fn t_test(differences: Vec<f64>) -> Option<Tested> {
    let moments: ExactMoments = differences.into_iter().collect();
    let count = moments.count() as f64;
    let (mean, deviation) = (moments.mean()?, moments.sample_standard_deviation()?);
    let statistic = mean / (deviation / count.sqrt());
    statistic.is_finite().then(|| Tested {
        statistic,
        probability: student(statistic, count - 1.0),
        words: format!("squared errors differ by {mean:.4} on average"),
    })
}

/// Differences of zero are left out, as Wilcoxon did; nothing if there are no others.
fn wilcoxon(differences: Vec<f64>) -> Option<Tested> {
    let ranks = signed_ranks(differences)?;
    let (up, down) = (ranks.positive, ranks.negative);
    Some(Tested {
        statistic: up.min(down),
        probability: ranks.probability(),
        words: format!(
            "ranks of the squared errors add up to {up} where the first is worse and {down} where it is better"
        ),
    })
}

/// Probabilities corrected for how many there are: the smallest times their number, the next times
/// one less, and so on, none below the one before and none above 1.
fn holm(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|left, right| probabilities[*left].total_cmp(&probabilities[*right]));
    let mut corrected = vec![0.0; probabilities.len()];
    let mut largest = 0.0_f64;
    for (place, at) in order.iter().enumerate() {
        let left = (probabilities.len() - place) as f64;
        largest = largest.max((probabilities[*at] * left).min(1.0));
        corrected[*at] = largest;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::holm;

    #[test]
    fn holm_corrects_as_statsmodels_does() {
        // multipletests([0.01, 0.04, 0.03, 0.005, 0.8], method="holm")[1]
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005, 0.8]);
        let expected = [0.04, 0.09, 0.09, 0.025, 0.8];
        for (found, expected) in corrected.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{corrected:?}");
        }
        assert_eq!(holm(&[]), Vec::<f64>::new());
    }
}
