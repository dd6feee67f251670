//! Scores the model of an evaluation beside others on the same rows, as its gates ask: versions of
//! the store, whose whole chain is applied again, and baselines. No number is remembered; what was
//! computed once from the same rows and models is not computed again.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_pipeline::{Rival, Step, Work};
use mlhost_sandbox::{Context, Outcome};
use mlhost_store::Digest;
use serde_json::{Map, Value, json};

use crate::{
    ComparedWith, Error, FittedModel, Result,
    baseline::{Baseline, Predicted},
    dataset::{Constant, Dataset, Fitted, Scored},
    fold::{Fold, fold_all},
    key::Key,
    params, rivals,
    workshop::Workshop,
};

/// How many draws a bootstrap makes where the pipeline does not say it.
pub(crate) const RESAMPLES: u64 = 1000;

/// A comparison that has been made.
pub(crate) struct Compared {
    /// What the gate calls the other model.
    pub(crate) rival: Rival,
    /// What that is.
    pub(crate) with: ComparedWith,
    /// The name that the model has in the outcome.
    pub(crate) model: String,
    /// The name that the other one has there.
    pub(crate) name: String,
    /// What the evaluator says of both; none if there was nothing to compare.
    pub(crate) outcome: Option<Outcome>,
    /// How many draws a bootstrap made, and its seed.
    pub(crate) bootstrap: Option<(u64, u64)>,
}

/// The model that is evaluated.
struct Candidate<'a> {
    /// The name of its step.
    name: &'a str,
    chain: Vec<Fitted>,
    /// The table that it was trained on.
    training: Arc<dyn Table>,
    /// The rows that it is evaluated on.
    source: Dataset,
}

/// A model that it is to be compared with.
enum Opponent {
    Version(Arc<FittedModel>),
    Baseline(Baseline),
}

impl Workshop {
    /// Makes the comparisons that the gates of a step ask for, one for each other model.
    ///
    /// # Errors
    /// [`Error::NotApplicable`] for a version that cannot be applied to the rows,
    /// [`Error::WrongBaseline`], [`Error::NoBootstrap`], and what a plugin reports.
    pub(crate) fn compare(&self, name: &str) -> Result<Vec<Compared>> {
        let step = &self.pipeline.steps[name];
        let mut compared: Vec<Compared> = Vec::new();
        let (Work::Evaluate { models, data }, true) = (self.planned(name), step.compares()) else {
            return Ok(compared);
        };
        let context = self.context(step);
        let (chain, training) = self.chain(&models[0]);
        let candidate = Candidate {
            name: &models[0],
            chain,
            training: self.tables[&training].clone(),
            source: self.dataset(data, &context)?,
        };
        let params = self.params_of_comparison(step)?;
        let mut open = Vec::new();
        for asked in step
            .gates
            .iter()
            .filter_map(|gate| gate.better_than.as_ref())
        {
            if compared.iter().any(|one| one.rival == asked.rival) {
                continue;
            }
            let (with, opponent) = self.opponent(step, &candidate, &asked.rival)?;
            open.extend(opponent.map(|opponent| (compared.len(), opponent)));
            compared.push(Compared {
                rival: asked.rival.clone(),
                name: with.to_string(),
                with,
                model: candidate.name.to_owned(),
                outcome: None,
                bootstrap: bootstrap(&params),
            });
        }
        let opponents = open.iter();
        let opponents: Vec<_> = opponents
            .map(|(at, opponent)| (compared[*at].name.as_str(), opponent))
            .collect();
        let outcomes = self.scored(step, &context, &params, &candidate, &opponents)?;
        for ((at, _), outcome) in open.iter().zip(outcomes) {
            compared[*at].outcome = Some(outcome);
        }
        Ok(compared)
    }

    /// Who is meant, and against whom there is something to compute.
    fn opponent(
        &self,
        step: &Step,
        candidate: &Candidate<'_>,
        rival: &Rival,
    ) -> Result<(ComparedWith, Option<Opponent>)> {
        let baseline = match rival {
            Rival::Mean => Baseline::Mean,
            Rival::Majority => Baseline::Majority,
            Rival::Model { version, .. } => {
                let selector = rivals::selector(&self.pipeline, &self.plan, &step.name, rival);
                let found = selector.as_ref().and_then(|selector| self.rival(selector));
                let Some(found) = found else {
                    let model = selector.map(|selector| selector.name).unwrap_or_default();
                    let alias = version.clone();
                    return Ok((ComparedWith::Nothing { model, alias }, None));
                };
                let stored = found.stored();
                let (model, version) = (stored.name.clone(), stored.version);
                let digest = stored.digest.to_string();
                if identity(found.chain()) == identity(&candidate.chain) {
                    let same = ComparedWith::Same {
                        model,
                        version,
                        digest,
                    };
                    return Ok((same, None));
                }
                found.check(&candidate.source.schema())?;
                check_target(&found, candidate)?;
                let with = ComparedWith::Version {
                    model,
                    version,
                    digest,
                };
                return Ok((with, Some(Opponent::Version(found))));
            }
        };
        let with = ComparedWith::Baseline {
            baseline: baseline.name().to_owned(),
        };
        Ok((with, Some(Opponent::Baseline(baseline))))
    }

    /// The parameters of the evaluator, with what its gates ask of certainty.
    fn params_of_comparison(&self, step: &Step) -> Result<Value> {
        let mut params = self.params(&step.name);
        let plugin = &self.plugins[&step.name].plugin;
        for gate in &step.gates {
            let asked = gate.better_than.as_ref();
            let Some((asked, confidence)) =
                asked.and_then(|asked| Some((asked, asked.confidence?)))
            else {
                continue;
            };
            if !params::names(plugin).contains(&"bootstrap") {
                return Err(Error::NoBootstrap {
                    plugin: plugin.name().to_string(),
                });
            }
            let bootstrap = object(&mut params["bootstrap"]);
            bootstrap.entry("resamples").or_insert(RESAMPLES.into());
            let seed = self.pipeline.seed;
            bootstrap.entry("seed").or_insert(seed.into());
            let metrics = object(bootstrap.entry("metrics").or_insert(Value::Null));
            let demand = json!({ "margin": asked.by, "confidence": confidence });
            metrics.insert(gate.metric.clone(), demand);
        }
        Ok(params)
    }

    /// What the evaluator says of the model beside each of the others.
    fn scored(
        &self,
        step: &Step,
        context: &Context,
        params: &Value,
        candidate: &Candidate<'_>,
        opponents: &[(&str, &Opponent)],
    ) -> Result<Vec<Outcome>> {
        if opponents.is_empty() {
            return Ok(vec![]);
        }
        let key = self.key_of_comparison(step, params, candidate, opponents)?;
        let known = key.as_ref().filter(|_| !self.again.contains(&step.name));
        let known = known.and_then(|key| self.results.state(key));
        if let Some(outcomes) = known.and_then(|known| serde_json::from_slice(&known).ok()) {
            return Ok(outcomes);
        }
        let plugin = &self.plugins[&step.name].plugin;
        let source = &candidate.source;
        let of_chain = |chain: Arc<[Fitted]>| -> Result<Dataset> {
            let stage = Scored::new(chain, context.clone(), &source.schema())?;
            Ok(source.clone().then(stage))
        };
        let own = of_chain(candidate.chain.clone().into())?;
        let mut datasets = Vec::new();
        for (_, opponent) in opponents {
            datasets.push(match opponent {
                Opponent::Version(version) => of_chain(version.chain().clone())?,
                Opponent::Baseline(baseline) => {
                    self.scored_by_baseline(step, params, candidate, &own, *baseline)?
                }
            });
        }
        datasets.insert(0, own);
        let folds = datasets.into_iter().map(|dataset| Fold {
            plugin: plugin.clone(),
            context: context.clone(),
            params: params.to_string(),
            reading: self.reading(&step.name, &dataset),
            dataset,
            again: self.again.contains(&step.name),
        });
        let folds: Vec<_> = folds.collect();
        let Some(_permit) = self.permits.one(&self.cancel) else {
            return Err(Error::Cancelled);
        };
        let states =
            fold_all(&folds, &self.permits, &self.results).map_err(|failed| *failed.error)?;
        let (own, others) = states.split_first().ok_or(Error::Cancelled)?;
        let outcomes = opponents.iter().zip(others).map(|((name, _), state)| {
            let states = [
                (candidate.name.to_owned(), own.clone()),
                ((*name).to_owned(), state.clone()),
            ];
            Ok(plugin.assess(context, &params.to_string(), &states)?)
        });
        let outcomes = outcomes.collect::<Result<Vec<_>>>();
        for (fold, state) in folds.iter().zip(&states) {
            fold.settle(outcomes.as_ref().map(|_| state.as_slice()), &self.results);
        }
        let outcomes = outcomes?;
        if let Some(key) = &key {
            self.results
                .keep_state(key, &serde_json::to_vec(&outcomes)?);
        }
        Ok(outcomes)
    }

    fn scored_by_baseline(
        &self,
        step: &Step,
        params: &Value,
        candidate: &Candidate<'_>,
        own: &Dataset,
        baseline: Baseline,
    ) -> Result<Dataset> {
        let plugin = &self.plugins[&step.name].plugin;
        let columns = Predicted::of(plugin, params).ok_or_else(|| Error::NoPrediction {
            plugin: plugin.name().to_string(),
        })?;
        baseline.check(candidate.name, &own.schema(), &columns)?;
        let target = candidate.target().unwrap_or_default();
        let prediction = baseline.learn(candidate.training.as_ref(), target, &columns)?;
        let source = candidate.source.clone();
        let stage = Constant::new(prediction, &source.schema());
        Ok(source.then(stage))
    }

    /// The name of a comparison: everything that decides it, where that can be told.
    fn key_of_comparison(
        &self,
        step: &Step,
        params: &Value,
        candidate: &Candidate<'_>,
        opponents: &[(&str, &Opponent)],
    ) -> Result<Option<Digest>> {
        let grants = self.grants_of(&step.name);
        if self.results.store().is_none() || !grants.is_nothing() {
            return Ok(None);
        }
        let plugin = &self.plugins[&step.name].plugin;
        let rows = candidate.source.digests()?;
        let training = Dataset::of(candidate.training.clone()).digests()?;
        let Some((rows, training)) = rows.zip(training) else {
            return Ok(None);
        };
        let key = Key::new("comparison").with_plugin(plugin, self.pipeline.seed, &grants);
        let key = key.with(params.to_string()).with(rows.whole.bytes());
        let key = key
            .with(candidate.name)
            .with(identity(&candidate.chain).bytes());
        let key = opponents.iter().fold(key, |key, (name, opponent)| {
            let key = key.with(name);
            match opponent {
                Opponent::Version(version) => key.with(identity(version.chain()).bytes()),
                Opponent::Baseline(_) => key
                    .with(training.whole.bytes())
                    .with(candidate.target().unwrap_or_default()),
            }
        });
        Ok(Some(key.digest()))
    }
}

impl Candidate<'_> {
    fn target(&self) -> Option<&str> {
        let mut targets = self.chain.iter().flat_map(|fitted| &fitted.targets);
        targets.next().map(String::as_str)
    }
}

/// A digest of what decides the predictions of a chain.
fn identity(chain: &[Fitted]) -> Digest {
    let key = Key::new("chain");
    chain
        .iter()
        .fold(key, |key, fitted| fitted.add_to(key))
        .digest()
}

/// Refuses a version that predicts something else: both would be scored by the same column.
fn check_target(version: &FittedModel, candidate: &Candidate<'_>) -> Result<()> {
    let stored = version.stored();
    let (theirs, ours) = (stored.model.target.as_deref(), candidate.target());
    if theirs == ours {
        return Ok(());
    }
    let name = |target: Option<&str>| match target {
        Some(target) => format!("predicts `{target}`"),
        None => "names no target".to_owned(),
    };
    Err(Error::NotApplicable {
        model: format!("{}@{}", stored.name, stored.version),
        reason: format!(
            "it {}, and step `{}` {}",
            name(theirs),
            candidate.name,
            name(ours)
        ),
    })
}

/// The value as an object, in the place of anything else.
pub(crate) fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(object) => object,
        _ => unreachable!("it is one now"),
    }
}

/// How many draws the parameters ask for, and with which seed.
fn bootstrap(params: &Value) -> Option<(u64, u64)> {
    let bootstrap = params.get("bootstrap")?;
    let number = |name| bootstrap.get(name).and_then(Value::as_u64);
    Some((number("resamples")?, number("seed")?))
}
