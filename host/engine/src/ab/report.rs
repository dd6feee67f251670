//! What an A/B test has found, for programs and in words.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_pipeline::Direction;
use serde::Serialize;

use super::{
    AbRequest, MetricOrigin, POWER, Verdict,
    judge::Judge,
    sample_size::rows_to_decide,
    scoring::Scoring,
    speed::seconds_per_row,
    verdict::{Decided, decide},
};
use crate::{
    FittedModel, PluginRecord, Result,
    gate_record::{number, percent},
};

/// What an A/B test has found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbReport {
    /// The experiment.
    pub experiment: String,
    /// The data, as it was named.
    pub data: String,
    /// The column that the models predict.
    pub target: String,
    /// What they are compared by.
    pub metric: String,
    /// Why by that.
    pub metric_from: MetricOrigin,
    /// Which value of it is better.
    pub better: Direction,
    /// How many rows all of them were scored on, where the evaluator tells it.
    pub rows: Option<u64>,
    /// How many rows were left out because their truth is not known.
    pub rows_without_target: Option<u64>,
    /// How sure all verdicts together are.
    pub confidence: f64,
    /// How likely a difference is to be found among the rows that are told to decide it.
    pub power: f64,
    /// How the intervals came about.
    pub bootstrap: AbBootstrap,
    /// What has scored the models.
    pub evaluator: PluginRecord,
    /// The champion.
    pub champion: AbContestant,
    /// Those that were compared with it.
    pub challengers: Vec<AbChallenger>,
}

/// A paired bootstrap over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AbBootstrap {
    /// How often the rows were drawn.
    pub resamples: Option<u64>,
    /// Where the random numbers started.
    pub seed: Option<u64>,
}

/// A version, and what was measured on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbContestant {
    /// Its name.
    pub model: String,
    /// Its version.
    pub version: u32,
    /// Its identity.
    pub digest: String,
    /// The metric.
    pub value: f64,
    /// How long its whole chain takes for a row, on one thread.
    pub seconds_per_row: Option<f64>,
}

/// A challenger beside the champion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AbChallenger {
    /// The challenger.
    #[serde(flatten)]
    pub contestant: AbContestant,
    /// Its metric minus that of the champion.
    pub difference: f64,
    /// The lower end of the percentile interval of the difference.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// The share of the draws that the interval holds: more than was asked for where there are
    /// several challengers.
    pub confidence: f64,
    /// The standard error of the difference, where the evaluator tells it.
    pub standard_error: Option<f64>,
    /// Which of the two is better.
    pub verdict: Verdict,
    /// How many rows would decide a difference of this size; none if there is no difference, or the
    /// evaluator does not tell its standard error.
    pub rows_to_decide: Option<u64>,
    /// All of it in words.
    pub summary: String,
}

/// `arr-delay@7`
impl std::fmt::Display for AbContestant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.model, self.version)
    }
}

/// Decides the comparisons, and puts them together.
pub(super) fn report(
    request: &AbRequest,
    judge: &Judge,
    scoring: &Scoring<'_>,
    models: &[FittedModel],
    table: &Arc<dyn Table>,
) -> Result<AbReport> {
    let contestant = |model: &FittedModel, value: f64| -> Result<AbContestant> {
        let stored = model.stored();
        Ok(AbContestant {
            model: stored.name.clone(),
            version: stored.version,
            digest: stored.digest.to_string(),
            value,
            seconds_per_row: seconds_per_row(model, table)?,
        })
    };
    let champion = contestant(&models[0], scoring.champion()?)?;
    let better = scoring.better()?;
    let told = |at, confidence| scoring.difference(at, confidence);
    let decided = decide(models.len() - 1, request.confidence, better, told)?;
    let challengers = models[1..].iter().zip(decided);
    let challengers = challengers.map(|(model, decided)| {
        let contestant = contestant(model, decided.difference.value)?;
        let words = Words {
            metric: &judge.choice.metric,
            champion: &champion,
            challenger: &contestant,
        };
        Ok(challenger(words, &decided, scoring.rows()))
    });
    let params = judge.params(request.confidence);
    let draws = |name: &str| params["bootstrap"][name].as_u64();
    Ok(AbReport {
        experiment: request.experiment.clone(),
        data: request.data.clone(),
        target: judge.target().to_owned(),
        metric: judge.choice.metric.clone(),
        metric_from: judge.choice.origin,
        better,
        rows: scoring.rows(),
        rows_without_target: scoring.rows_without_target(),
        confidence: request.confidence,
        power: POWER,
        bootstrap: AbBootstrap {
            resamples: draws("resamples"),
            seed: draws("seed"),
        },
        evaluator: PluginRecord::of(&judge.found.plugin),
        challengers: challengers.collect::<Result<_>>()?,
        champion,
    })
}

fn challenger(words: Words<'_>, decided: &Decided, rows: Option<u64>) -> AbChallenger {
    let told = decided.difference;
    let known = rows.zip(told.standard_error);
    let rows_to_decide = known.and_then(|(rows, standard_error)| {
        rows_to_decide(rows, told.difference, standard_error, decided.confidence)
    });
    AbChallenger {
        difference: told.difference,
        lower: told.lower,
        upper: told.upper,
        confidence: decided.confidence,
        standard_error: told.standard_error,
        verdict: decided.verdict,
        rows_to_decide,
        summary: words.of(decided, rows_to_decide),
        contestant: words.challenger.clone(),
    }
}

/// What a comparison is told by.
struct Words<'a> {
    metric: &'a str,
    champion: &'a AbContestant,
    challenger: &'a AbContestant,
}

impl Words<'_> {
    fn of(&self, decided: &Decided, rows_to_decide: Option<u64>) -> String {
        let (champion, challenger) = (self.champion, self.challenger);
        let told = decided.difference;
        let verdict = match decided.verdict {
            Verdict::ChallengerBetter => format!("{challenger} is better than {champion}"),
            Verdict::ChampionBetter => format!("{champion} is better than {challenger}"),
            Verdict::Undecided => {
                format!("whether {challenger} is better than {champion} is undecided")
            }
        };
        let mut words = format!(
            "{verdict}: {} {} against {}, a difference of {} ({} interval {} to {})",
            self.metric,
            number(challenger.value),
            number(champion.value),
            number(told.difference),
            percent(decided.confidence),
            number(told.lower),
            number(told.upper),
        );
        if decided.verdict == Verdict::Undecided {
            words.push_str(&match rows_to_decide {
                _ if told.difference == 0.0 => {
                    "; no number of rows decides a difference of 0".to_owned()
                }
                Some(rows) => format!("; about {rows} rows would decide a difference of this size"),
                None => String::new(),
            });
        }
        words
    }
}
