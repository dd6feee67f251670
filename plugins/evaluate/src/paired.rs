//! The differences between the first model and each of the others, as metrics.

use mlhost_plugin::{Error, Metric, Result};

use crate::Params;
use crate::bootstrap::{Bootstrap, Difference, Pair, differences};
use crate::fold::{Observed, OfTask};
use crate::resampled::Resampled;
use crate::scores::better;

/// What a bootstrap says of the models.
pub(crate) fn metrics(
    params: &Params,
    bootstrap: &Bootstrap,
    models: &[(String, Observed)],
) -> Result<Vec<Metric>> {
    let Some(((first_name, first), others)) = models.split_first() else {
        return Ok(vec![]);
    };
    let mut told = Vec::new();
    for (name, other) in others {
        if !first.has_rows_of(other) {
            return Err(Error::data(format!(
                "the models `{first_name}` and `{name}` were not scored on the same rows"
            )));
        }
        let mut asked = Vec::new();
        let mut pairs = Vec::new();
        for (metric, demand) in &bootstrap.metrics {
            let first = first.resampled(metric, params)?;
            let scores = first.zip(other.resampled(metric, params)?);
            let Some((first, second)) = scores else {
                continue;
            };
            asked.push(metric.as_str());
            pairs.push(Pair {
                first,
                second,
                better: better(metric),
                demand: *demand,
            });
        }
        let draws = bootstrap.draws(first.kept_rows())?;
        let found = differences(&pairs, bootstrap.resamples, draws);
        let names = (first_name.as_str(), name.as_str());
        for (metric, found) in asked.into_iter().zip(found) {
            told.extend(found.iter().flat_map(|found| tell(metric, names, found)));
        }
    }
    Ok(told)
}

fn tell<'a>(
    metric: &'a str,
    (model, than): (&'a str, &'a str),
    found: &Difference,
) -> impl Iterator<Item = Metric> + use<'a> {
    let (lower, upper) = found.interval.unzip();
    let statistics = [
        ("difference", Some(found.difference)),
        ("lower", lower),
        ("upper", upper),
        ("probability", Some(found.probability)),
        ("standard_error", found.standard_error),
    ];
    statistics
        .into_iter()
        .filter_map(move |(statistic, value)| {
            let labels = [("model", model), ("than", than), ("statistic", statistic)];
            let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
            Some(Metric {
                name: metric.to_owned(),
                value: value?,
                labels: labels.into(),
                better: None,
            })
        })
}

impl Observed {
    /// How many rows were kept.
    fn kept_rows(&self) -> usize {
        let kept = match &self.0 {
            OfTask::Regression(regression) => {
                let kept = regression.kept.as_ref();
                kept.map(|kept| kept.targets.len())
            }
            OfTask::Classification(classification) => {
                let kept = classification.kept.as_ref();
                kept.map(|kept| kept.targets.len())
            }
        };
        kept.unwrap_or_default()
    }

    /// Whether the rows are the same, by their targets.
    fn has_rows_of(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (OfTask::Regression(ours), OfTask::Regression(theirs)) => {
                match (&ours.kept, &theirs.kept) {
                    (Some(ours), Some(theirs)) => ours.targets == theirs.targets,
                    _ => false,
                }
            }
            (OfTask::Classification(ours), OfTask::Classification(theirs)) => {
                match (&ours.kept, &theirs.kept) {
                    (Some(ours), Some(theirs)) => {
                        ours.classes == theirs.classes && ours.targets == theirs.targets
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn resampled(&self, metric: &str, params: &Params) -> Result<Option<Box<dyn Resampled>>> {
        Ok(match &self.0 {
            OfTask::Regression(regression) => {
                let kept = regression.kept.as_ref();
                kept.and_then(|kept| kept.resampled(metric))
            }
            OfTask::Classification(classification) => {
                let averages = classification.averages(params)?;
                let kept = classification.kept.as_ref();
                kept.and_then(|kept| kept.resampled(metric, &averages))
            }
        })
    }
}
