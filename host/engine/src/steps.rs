//! What each kind of step does. Steps that start together do so in one piece of work, so that
//! those that read the same source share its scan.

use std::sync::Arc;

use mlhost_data::Table;
use mlhost_pipeline::Work;
use mlhost_sandbox::{Context, Level, Outcome};
use mlhost_store::Digest;

use crate::{
    Error, Result,
    dataset::{Dataset, Scored},
    fold::{Fold, fold_all},
    key::Key,
    training::{Parts, TrainingTable},
    with_causes,
    workshop::Workshop,
};

/// What a step has done.
#[derive(Default)]
pub(crate) struct Done {
    /// What was learned, by the name of what it was learned from.
    pub(crate) states: Vec<(String, Vec<u8>)>,
    pub(crate) outcome: Option<Outcome>,
    /// Whether an earlier run did it.
    pub(crate) cached: bool,
}

/// What a step reads, and how.
enum Reads {
    /// Each of these is folded into a state of its own.
    Folded(Vec<(String, Dataset)>),
    /// This one is scanned as the plugin likes.
    Scanned(Dataset),
}

/// A step that is about to work.
struct Prepared<'a> {
    step: &'a str,
    context: Context,
    /// Parameters as JSON.
    params: String,
    reads: Reads,
    /// The name of the result, where what is read has a digest.
    key: Option<Digest>,
}

impl Workshop {
    /// Does the work of one step, whose needs have been done.
    pub(crate) fn work(&self, step: &str) -> Result<Done> {
        let mut done = self.work_together(&[step]);
        done.pop().unwrap_or(Err(Error::Cancelled))
    }

    /// Does the work of several steps, whose needs have been done.
    pub(crate) fn work_together(&self, steps: &[&str]) -> Vec<Result<Done>> {
        let Some(_permit) = self.permits.one(&self.cancel) else {
            return steps.iter().map(|_| Err(Error::Cancelled)).collect();
        };
        let mut results: Vec<Option<Result<Done>>> = Vec::new();
        let mut prepared = Vec::new();
        for step in steps {
            let result = self.prepare(step).map(|ready| match self.recall(&ready) {
                Some(done) => Some(done),
                None => {
                    prepared.push((results.len(), ready));
                    None
                }
            });
            results.push(result.transpose());
        }
        for (position, result) in self.compute(prepared) {
            results[position] = Some(result);
        }
        let given_up = || Err(Error::Cancelled);
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(given_up))
            .collect()
    }

    /// What the step came to in an earlier run, if that is known; the step is done then.
    pub(crate) fn recall_step(&self, step: &str) -> Result<Option<Done>> {
        let ready = self.prepare(step)?;
        Ok(self.recall(&ready))
    }

    fn recall(&self, ready: &Prepared<'_>) -> Option<Done> {
        let warn = |error: &mlhost_store::Error| {
            let message = format!("{}; it is made again", with_causes(error));
            self.observer.log(ready.step, Level::Warn, &message);
        };
        let done = self.results.step(ready.key.as_ref()?, warn)?;
        self.keep_states(ready.step, &done.states);
        Some(done)
    }

    fn prepare<'a>(&self, step: &'a str) -> Result<Prepared<'a>> {
        let context = self.context(&self.pipeline.steps[step]);
        let params = self.params(step).to_string();
        let reads = self.reads(step, &context)?;
        let key = match self.results.store() {
            Some(_) => self.key(step, &params, &reads)?,
            None => None,
        };
        Ok(Prepared {
            step,
            context,
            params,
            reads,
            key,
        })
    }

    fn reads(&self, step: &str, context: &Context) -> Result<Reads> {
        let one = |name: &str, reference| -> Result<_> {
            Ok((name.to_owned(), self.dataset(reference, context)?))
        };
        Ok(match self.planned(step) {
            Work::Validate { input } | Work::Preprocess { input } => {
                Reads::Folded(vec![one("data", input)?])
            }
            Work::Train { input, .. } => Reads::Scanned(self.dataset(input, context)?),
            Work::DetectDrift { reference, current } => {
                Reads::Folded(vec![one("reference", reference)?, one("current", current)?])
            }
            Work::Evaluate { models, data } => {
                let source = self.dataset(data, context)?;
                let scored = models.iter().map(|model| {
                    let (chain, _) = self.chain(model);
                    let stage = Scored::new(chain.into(), context.clone(), &source.schema())?;
                    Ok((model.clone(), source.clone().then(stage)))
                });
                Reads::Folded(scored.collect::<Result<_>>()?)
            }
        })
    }

    /// The name of what a step comes to: plugin, parameters, and all that it reads.
    fn key(&self, step: &str, params: &str, reads: &Reads) -> Result<Option<Digest>> {
        let digest = self.plugins[step].plugin.digest();
        let mut key = Key::new("step").with(digest).with(params);
        let datasets: Vec<(&str, &Dataset)> = match reads {
            Reads::Folded(datasets) => {
                let datasets = datasets.iter();
                datasets
                    .map(|(name, dataset)| (name.as_str(), dataset))
                    .collect()
            }
            Reads::Scanned(dataset) => vec![("data", dataset)],
        };
        for (name, dataset) in datasets {
            match dataset.digest()? {
                Some(digest) => key = key.with(name).with(digest.bytes()),
                None => return Ok(None),
            }
        }
        Ok(Some(key.digest()))
    }

    /// Computes steps that nobody has done before; each result comes with the number it came with.
    fn compute(&self, prepared: Vec<(usize, Prepared<'_>)>) -> Vec<(usize, Result<Done>)> {
        let mut folds = Vec::new();
        // Which step each of the folds belongs to.
        let mut owners = Vec::new();
        for (owner, (_, ready)) in prepared.iter().enumerate() {
            if let Reads::Folded(datasets) = &ready.reads {
                for (_, dataset) in datasets {
                    folds.push(self.fold(ready, dataset));
                    owners.push(owner);
                }
            }
        }
        let states = match fold_all(&folds, &self.permits, &self.results) {
            Ok(states) => states,
            Err(failed) => {
                let (position, _) = &prepared[owners[failed.fold]];
                return vec![(*position, Err(failed.error))];
            }
        };
        let mut states = states.into_iter();
        let conclude = |(position, ready): (usize, Prepared<'_>)| {
            let states = match &ready.reads {
                Reads::Folded(datasets) => {
                    let names = datasets.iter().map(|(name, _)| name.clone());
                    Ok(names.zip(states.by_ref()).collect())
                }
                Reads::Scanned(dataset) => self.fit(&ready, dataset),
            };
            let done = states.and_then(|states| self.conclude(&ready, states));
            (position, done)
        };
        prepared.into_iter().map(conclude).collect()
    }

    fn fold(&self, ready: &Prepared<'_>, dataset: &Dataset) -> Fold {
        Fold {
            plugin: self.plugins[ready.step].plugin.clone(),
            context: ready.context.clone(),
            params: ready.params.clone(),
            reading: self.reading(ready.step, dataset),
            dataset: dataset.clone(),
        }
    }

    fn fit(&self, ready: &Prepared<'_>, dataset: &Dataset) -> Result<Vec<(String, Vec<u8>)>> {
        let plugin = &self.plugins[ready.step].plugin;
        let trainer = plugin.trainer(&ready.context, &ready.params, &dataset.schema())?;
        let table = TrainingTable {
            dataset: dataset.clone(),
            reading: self.reading(ready.step, dataset),
            permits: self.permits.clone(),
            spools: self.results.store().cloned(),
            parts: Arc::new(Parts::default()),
        };
        Ok(vec![("data".to_owned(), trainer.fit(Arc::new(table))?)])
    }

    fn conclude(&self, ready: &Prepared<'_>, states: Vec<(String, Vec<u8>)>) -> Result<Done> {
        let plugin = &self.plugins[ready.step].plugin;
        let outcome = match self.planned(ready.step) {
            Work::Preprocess { .. } | Work::Train { .. } => None,
            Work::Validate { .. } | Work::DetectDrift { .. } | Work::Evaluate { .. } => {
                Some(plugin.assess(&ready.context, &ready.params, &states)?)
            }
        };
        self.keep_states(ready.step, &states);
        let done = Done {
            states,
            outcome,
            cached: false,
        };
        if let Some(key) = &ready.key {
            self.results.keep_step(key, &done)?;
        }
        Ok(done)
    }

    /// Keeps what a preprocessor or trainer has fitted for the steps after it.
    fn keep_states(&self, step: &str, states: &[(String, Vec<u8>)]) {
        let fitted = matches!(
            self.planned(step),
            Work::Preprocess { .. } | Work::Train { .. }
        );
        if let (true, Some((_, state))) = (fitted, states.first()) {
            self.keep_fitted(step, state);
        }
    }
}
