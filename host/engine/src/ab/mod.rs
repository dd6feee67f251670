//! A/B tests: which model of an experiment is the best on rows that are at hand.
//!
//! The user names the experiment. Who competes are its [champion and challengers](contestants); they
//! are judged by the [evaluator](judge) of the champion's run, by the [metric](metric) of its gate.
//! Every model is [scored](scoring) with its whole chain, from raw columns, on the same rows in the
//! same order; the difference of each challenger from the champion has an interval by a paired
//! bootstrap over rows, and the interval gives the [verdict](verdict). How many [rows](sample_size)
//! would decide a difference of the size that was seen is told as well.

mod contestants;
mod error;
mod judge;
mod metric;
mod overview;
mod report;
mod sample_size;
mod scoring;
mod speed;
mod verdict;

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_store::{Selector, Store};

pub use error::AbError;
pub use metric::MetricOrigin;
pub use overview::{Contender, ExperimentView, experiment, experiments};
pub use report::{AbBootstrap, AbChallenger, AbContestant, AbReport};
pub use verdict::Verdict;

use crate::{Engine, Error, FittedModel, Result, opened::has_rows};
use contestants::{Contestant, Contestants};
use judge::Judge;
use scoring::Scoring;

/// The alias of the model that the others have to beat.
pub const CHAMPION: &str = "champion";

/// How likely a difference of the size that was seen is to be found among the rows that are told to
/// decide it.
pub const POWER: f64 = 0.8;

/// What is asked of an A/B test.
#[derive(Clone, Debug)]
pub struct AbRequest {
    /// The experiment.
    pub experiment: String,
    /// The metric, if not that of the gate.
    pub metric: Option<String>,
    /// How sure a verdict has to be, between 0 and 1.
    pub confidence: f64,
    /// Who is the champion, if not the version with the alias [`CHAMPION`].
    pub champion: Option<Champion>,
    /// Who challenges it, if not those that the experiment has.
    pub challengers: Vec<Selector>,
    /// What the table is called in messages.
    pub data: String,
}

/// How a champion is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Champion {
    /// The version of the experiment that this alias stands for.
    Alias(String),
    /// This version, whether it is in the experiment or not.
    Version(Selector),
}

impl Engine {
    /// Scores champion and challengers of an experiment on the rows of a table.
    ///
    /// # Errors
    /// [`AbError`] for what keeps them from being compared, [`Error::NotApplicable`] for a table
    /// that lacks a column which a model needs, [`Error::NoRows`], what a plugin reports, and what
    /// keeps models and records from being read.
    pub fn ab(
        &self,
        store: &Store,
        request: &AbRequest,
        table: Arc<dyn Table>,
    ) -> Result<AbReport> {
        let Contestants {
            champion,
            challengers,
        } = Contestants::of(store, request)?;
        let strictest = verdict::level(request.confidence, challengers.len());
        let asked = request.metric.as_deref();
        let judge = Judge::of(self, store, &champion, asked, strictest)?;
        judge.check_table(&table.schema(), &champion)?;
        if !has_rows(table.as_ref())? {
            return Err(Error::NoRows {
                data: request.data.clone(),
                reason: "there are none in it".to_owned(),
                is_selected: false,
            });
        }
        let open = |contestant: Contestant| -> Result<FittedModel> {
            let model = self.open_model(store, contestant.stored)?;
            model.check(&table.schema())?;
            Ok(model)
        };
        let models = std::iter::once(champion).chain(challengers).map(open);
        let models: Vec<_> = models.collect::<Result<_>>()?;
        let scoring = Scoring::of(&judge, &models, &table, strictest)?;
        if scoring.rows() == Some(0) {
            return Err(AbError::NoTruth {
                data: request.data.clone(),
                target: judge.target().to_owned(),
            }
            .into());
        }
        report::report(request, &judge, &scoring, &models, &table)
    }
}
