//! How sure scores are, and the differences between the first model and each of the others, as
//! metrics.

use mlhost_plugin::{Error, Metric, Result};

use crate::Params;
use crate::bootstrap::{Asked, Bootstrap, Difference, Interval, draw};
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
    check_rows(models)?;
    let asked = bootstrap.metrics.iter().map(|(metric, demand)| {
        let models = models.iter();
        let models = models.map(|(_, model)| model.resampled(metric, params));
        Ok(Asked {
            metric,
            demand: *demand,
            better: better(metric),
            models: models.collect::<Result<_>>()?,
        })
    });
    let draws = bootstrap.draws(first.kept_rows())?;
    let drawn = draw(asked.collect::<Result<_>>()?, bootstrap.resamples, draws);
    let mut told = Vec::new();
    for (place, (name, _)) in models.iter().enumerate() {
        let labels = if others.is_empty() {
            vec![]
        } else {
            vec![("model", name.as_str())]
        };
        for metric in &drawn {
            let interval = metric.interval(place);
            told.extend(
                interval
                    .iter()
                    .flat_map(|interval| tell(metric.asked.metric, &labels, of_interval(interval))),
            );
        }
    }
    for (place, (name, _)) in others.iter().enumerate() {
        let labels = [("model", first_name.as_str()), ("than", name.as_str())];
        for metric in &drawn {
            let difference = metric.difference(0, place + 1);
            told.extend(difference.iter().flat_map(|difference| {
                tell(metric.asked.metric, &labels, of_difference(difference))
            }));
        }
    }
    Ok(told)
}

/// Refuses models that were not scored on the same rows.
pub(crate) fn check_rows(models: &[(String, Observed)]) -> Result<()> {
    let Some(((first_name, first), others)) = models.split_first() else {
        return Ok(());
    };
    match others.iter().find(|(_, other)| !first.has_rows_of(other)) {
        Some((name, _)) => Err(Error::data(format!(
            "the models `{first_name}` and `{name}` were not scored on the same rows"
        ))),
        None => Ok(()),
    }
}

type Statistics = Vec<(&'static str, Option<f64>)>;

fn of_interval(interval: &Interval) -> Statistics {
    let (lower, upper) = interval.ends.unzip();
    vec![
        ("lower", lower),
        ("upper", upper),
        ("standard_error", interval.standard_error),
    ]
}

fn of_difference(found: &Difference) -> Statistics {
    let (lower, upper) = found.interval.ends.unzip();
    vec![
        ("difference", Some(found.difference)),
        ("lower", lower),
        ("upper", upper),
        ("probability", Some(found.probability)),
        ("standard_error", found.interval.standard_error),
    ]
}

/// Statistics of a metric, each labelled with its name.
pub(crate) fn tell(metric: &str, labels: &[(&str, &str)], statistics: Statistics) -> Vec<Metric> {
    let told = statistics.into_iter().filter_map(|(statistic, value)| {
        let labels = labels.iter().copied().chain([("statistic", statistic)]);
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Some(Metric {
            name: metric.to_owned(),
            value: value?,
            labels: labels.collect(),
            better: None,
        })
    });
    told.collect()
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
                kept.and_then(|kept| kept.resampled(metric, params))
            }
            OfTask::Classification(classification) => {
                let averages = classification.all.averages(params)?;
                let kept = classification.kept.as_ref();
                kept.and_then(|kept| kept.resampled(metric, &averages, params))
            }
        })
    }
}
