//! What keeps the models of an experiment from being compared.

use mlhost_pipeline::printable;

use crate::error::quoted;

/// Why there is no A/B test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AbError {
    /// No version of the experiment has the alias of the champion.
    #[error(
        "experiment `{experiment}` has no champion: none of its versions has the alias `{alias}`"
    )]
    NoChampion {
        /// The experiment.
        experiment: String,
        /// The alias.
        alias: String,
        /// Its versions.
        versions: Vec<String>,
    },
    /// Several models of the experiment have a champion.
    #[error(
        "experiment `{experiment}` has {} champions: {}",
        champions.len(),
        champions.join(" and ")
    )]
    SeveralChampions {
        /// The experiment.
        experiment: String,
        /// Their versions.
        champions: Vec<String>,
    },
    /// The same, and they predict different things.
    #[error(
        "experiment `{experiment}` has champions for different targets: {}",
        champions.join(", ")
    )]
    SeveralTargets {
        /// The experiment.
        experiment: String,
        /// What each of them predicts.
        champions: Vec<String>,
    },
    /// There is nothing to compare the champion with.
    #[error("experiment `{experiment}` has no challenger of {champion}")]
    NoChallenger {
        /// The experiment.
        experiment: String,
        /// The champion.
        champion: String,
        /// The other versions of the experiment.
        others: Vec<String>,
    },
    /// The champion was named as a challenger.
    #[error("{model} is the champion, and cannot challenge itself")]
    ChallengesItself {
        /// The version.
        model: String,
    },
    /// A challenger predicts something else than the champion.
    #[error("{model}, and the champion {champion}: they cannot be compared")]
    OtherTarget {
        /// The challenger, and what it predicts.
        model: String,
        /// The same of the champion.
        champion: String,
    },
    /// Nothing says which column holds the truth.
    #[error("nothing says which column {model} predicts")]
    UnknownTarget {
        /// The champion.
        model: String,
    },
    /// The data does not hold what the models predict.
    #[error(
        "the data has no column `{}`, which {model} predicts",
        printable(target)
    )]
    NoTarget {
        /// The column.
        target: String,
        /// The champion.
        model: String,
    },
    /// The data holds the truth in another type.
    #[error(
        "column `{}` of the data holds values of type {found}, and {model} was trained on those of \
         type {expected}",
        printable(target)
    )]
    OtherType {
        /// The column.
        target: String,
        /// Its type in the words of a signature.
        found: String,
        /// The champion.
        model: String,
        /// The type in its training data.
        expected: String,
    },
    /// No row has a truth.
    #[error("none of the rows of `{data}` has a value of `{target}`")]
    NoTruth {
        /// The data, as it was named.
        data: String,
        /// The column.
        target: String,
    },
    /// The evaluator cannot compare models by this metric.
    #[error("the models cannot be compared by `{metric}`: {reason}")]
    WrongMetric {
        /// The metric.
        metric: String,
        /// What the evaluator says of it.
        reason: String,
    },
    /// The metric does not exist for a model on these rows.
    #[error("{model} has no `{metric}` on these rows")]
    NoValue {
        /// The model.
        model: String,
        /// The metric.
        metric: String,
    },
    /// Nobody says which way a metric is good.
    #[error("nobody says whether a higher `{metric}` is better or a lower one")]
    NoDirection {
        /// The metric.
        metric: String,
    },
    /// An evaluator that does not resample.
    #[error(
        "plugin {plugin} cannot tell how sure a difference is: it has no parameter `bootstrap`"
    )]
    NoBootstrap {
        /// The evaluator.
        plugin: String,
    },
}

impl AbError {
    /// Whether it is the data that is at fault, and not what was asked.
    pub fn is_of_data(&self) -> bool {
        matches!(
            self,
            Self::NoTarget { .. }
                | Self::NoTruth { .. }
                | Self::OtherType { .. }
                | Self::NoValue { .. }
        )
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoChampion {
                versions, alias, ..
            } => format!(
                "`host models alias {} {alias}` makes one, and `--champion NAME@VERSION` names one \
                 for this time; the experiment has {}",
                versions.last().map_or("NAME@VERSION", String::as_str),
                quoted(versions)
            ),
            Self::SeveralChampions { champions, .. } => format!(
                "choose with `--champion {}`: then the others are challengers",
                champions.first().map_or("NAME@VERSION", String::as_str)
            ),
            Self::SeveralTargets { .. } => {
                "the models of an experiment predict one column: give the \
                 pipelines of the others an `experiment` of their own, or choose with `--champion` \
                 and `--challenger`"
                    .to_owned()
            }
            Self::NoChallenger {
                experiment, others, ..
            } => match others.last() {
                Some(other) => format!(
                    "name one, such as `--challenger {other}`: the experiment has {} as well",
                    quoted(others)
                ),
                None => format!(
                    "run a pipeline with `experiment = \"{experiment}\"` that registers another model"
                ),
            },
            Self::ChallengesItself { .. } => {
                "name another one, or leave `--challenger` out".to_owned()
            }
            Self::OtherTarget { .. } => {
                "`--challenger` names those that are to be compared; give models that predict \
                 something else an `experiment` of their own"
                    .to_owned()
            }
            Self::OtherType { .. } => {
                "a text file may write a missing value in a way that `--null-value` can name"
                    .to_owned()
            }
            Self::NoTarget { .. } | Self::NoTruth { .. } => {
                "an A/B test needs rows whose truth is known by now".to_owned()
            }
            Self::WrongMetric { .. } => "`--metric` names another one".to_owned(),
            Self::NoValue { .. } => {
                "`--metric` names another one; see that the rows have more than \
                 one value of the target, and every model the columns that the metric is made of"
                    .to_owned()
            }
            Self::NoDirection { metric } => format!(
                "a gate says it: `{metric} = {{ better_than = \"champion\", better = \"lower\" }}`"
            ),
            Self::NoBootstrap { .. } | Self::UnknownTarget { .. } => {
                "evaluate the model in its pipeline with `mlhost:evaluate`".to_owned()
            }
        })
    }
}
