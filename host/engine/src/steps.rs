//! What each kind of step does. Steps that start together do so in one piece of work, so that
//! those that read the same source share its scan.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mlhost_data::Table;
use mlhost_pipeline::{Moment, Work};
use mlhost_sandbox::{Context, Level, Outcome};
use mlhost_store::{Digest, RunId};
use serde_json::Value;

use crate::{
    Curve, Error, InputRecord, Result, StepKey,
    curves::CurveRecorder,
    dataset::{Dataset, Permutations, Permuted, Scored},
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
    /// What changed while it trained.
    pub(crate) curves: Vec<Curve>,
    /// Whether it was done before, and taken from the cache.
    pub(crate) cached: bool,
    /// The run that did it then, where that is known.
    pub(crate) computed_by: Option<RunId>,
    /// How many rows were read for it then.
    pub(crate) rows: u64,
}

/// What became of a step.
pub(crate) struct Worked {
    /// What decides its result, where that can be told.
    pub(crate) key: Option<StepKey>,
    /// Its parameters, where the host has filled in something that follows from what it reads.
    pub(crate) params: Option<Value>,
    pub(crate) result: Result<Done>,
    /// How long it waited until it was its turn.
    pub(crate) waited: Duration,
}

impl Worked {
    pub(crate) fn given_up() -> Self {
        Self {
            key: None,
            params: None,
            result: Err(Error::Cancelled),
            waited: Duration::ZERO,
        }
    }
}

/// Something that a step reads.
struct Read {
    /// What it is to the step: `data`, `reference`, `current`, or the name of a model.
    name: String,
    /// The name of the raw table that it is made of.
    table: String,
    dataset: Dataset,
    /// The model that predicts its rows, and the columns that come of it.
    predicted: Option<(String, Vec<String>)>,
}

/// A step that is about to work.
struct Prepared<'a> {
    step: &'a str,
    context: Context,
    curves: CurveRecorder,
    /// Parameters as JSON.
    params: String,
    /// The same, where the host has filled in something that follows from what is read.
    filled: Option<Value>,
    /// A trainer scans the one thing that it reads as it likes; anybody else folds each of them
    /// into a state of its own.
    reads: Vec<Read>,
    /// What decides the result, where what is read has a digest, and the name that follows of it.
    key: Option<(StepKey, Digest)>,
    /// Whether it is done even if its result is known.
    again: bool,
}

impl Workshop {
    /// Does the work of one step, whose needs have been done.
    pub(crate) fn work(&self, step: &str) -> Result<Done> {
        let worked = self.work_together(&[step]).pop();
        worked.unwrap_or_else(Worked::given_up).result
    }

    /// Does the work of several steps, whose needs have been done.
    pub(crate) fn work_together(&self, steps: &[&str]) -> Vec<Worked> {
        let mut worked: Vec<_> = steps.iter().map(|_| Worked::given_up()).collect();
        let cancel = steps
            .first()
            .map(|step| self.cancel_of(step))
            .unwrap_or_default();
        let arrived = Instant::now();
        let Some(_permit) = self.permits.one(&cancel) else {
            return worked;
        };
        let waited = arrived.elapsed();
        worked.iter_mut().for_each(|worked| worked.waited = waited);
        let mut prepared = Vec::new();
        let mut is_struck = false;
        for (position, step) in steps.iter().enumerate() {
            let worked = &mut worked[position];
            match self.prepare(step) {
                Err(error) => worked.result = Err(error),
                Ok(ready) => {
                    worked.key = ready.key.as_ref().map(|(key, _)| key.clone());
                    worked.params.clone_from(&ready.filled);
                    if let Some(error) = self.fault(step, Moment::Begin) {
                        worked.result = Err(error);
                        is_struck = true;
                        continue;
                    }
                    match self.recall(&ready) {
                        Some(done) => worked.result = Ok(done),
                        None => prepared.push((position, ready)),
                    }
                }
            }
        }
        if is_struck {
            // One that fails ends the scan that it shares with the others.
            return worked;
        }
        for (position, result) in self.compute(prepared) {
            let fault = || self.fault(steps[position], Moment::End).map_or(Ok(()), Err);
            worked[position].result = result.and_then(|done| fault().map(|()| done));
        }
        worked
    }

    /// What the step came to in an earlier run, if that is known; the step is done then.
    pub(crate) fn recall_step(&self, step: &str) -> Result<Option<Done>> {
        let ready = self.prepare(step)?;
        Ok(self.recall(&ready))
    }

    fn recall(&self, ready: &Prepared<'_>) -> Option<Done> {
        if let Work::CrossValidate { folds, .. } = self.planned(ready.step) {
            let outcome = self.cross_validated(folds);
            return outcome.map(|outcome| Done {
                outcome: Some(outcome),
                ..Done::default()
            });
        }
        let (_, key) = ready.key.as_ref().filter(|_| !ready.again)?;
        let warn = |error: &mlhost_store::Error| {
            let message = format!("{}; it is made again", with_causes(error));
            self.observer.log(ready.step, Level::Warn, &message);
        };
        let done = self.results.step(key, warn)?;
        self.keep_states(ready.step, &done.states);
        self.keep_outcome(ready.step, done.outcome.as_ref());
        Some(done)
    }

    fn prepare<'a>(&self, step: &'a str) -> Result<Prepared<'a>> {
        let curves = CurveRecorder::default();
        let context = self.context_recording(&self.pipeline.steps[step], curves.clone());
        let reads = self.reads(step, &context)?;
        let predicted = reads.first().and_then(|read| read.predicted.as_ref());
        let filled = predicted
            .map(|(_, columns)| self.params_with_model(&self.pipeline.steps[step], columns));
        let params = filled.clone().unwrap_or_else(|| self.params(step));
        let params = params.to_string();
        let is_summed_up = matches!(self.planned(step), Work::CrossValidate { .. });
        let key = match self.results.store() {
            Some(_) if !is_summed_up => self.key(step, &params, &reads)?,
            _ => None,
        };
        Ok(Prepared {
            step,
            context,
            curves,
            params,
            filled,
            reads,
            key,
            again: self.again.contains(step),
        })
    }

    fn reads(&self, step: &str, context: &Context) -> Result<Vec<Read>> {
        let read = |name: &str, reference, dataset| Read {
            name: name.to_owned(),
            table: self.root(reference).unwrap_or_default().to_owned(),
            dataset,
            predicted: None,
        };
        let one = |name: &str, reference| -> Result<Read> {
            Ok(read(name, reference, self.dataset(reference, context)?))
        };
        match self.planned(step) {
            Work::Validate { input, reference } => {
                let reference = reference
                    .iter()
                    .map(|reference| one("reference", reference));
                std::iter::once(one("data", input))
                    .chain(reference)
                    .collect()
            }
            Work::Preprocess { input } | Work::Train { input, .. } => Ok(vec![one("data", input)?]),
            Work::DetectDrift {
                reference, current, ..
            } => {
                let mut reads = vec![one("reference", reference)?, one("current", current)?];
                let Some(predictor) = self.predictor(step) else {
                    return Ok(reads);
                };
                let step = &self.pipeline.steps[step];
                for (read, reference) in reads.iter_mut().zip([reference, current]) {
                    let as_named = (read.name.as_str(), reference.name());
                    let source = (read.dataset.clone(), context);
                    let predicted = self.predicted(step, &predictor, as_named, source)?;
                    read.dataset = predicted.dataset;
                    read.predicted = Some((predicted.model, predicted.columns));
                }
                Ok(reads)
            }
            Work::Evaluate { models, data } => {
                let source = self.dataset(data, context)?;
                // Of the models of a loop, those that were made.
                let made = models.iter().filter(|model| self.is_fitted(model));
                let scored = made.map(|model| {
                    let (chain, _) = self.chain(model);
                    let stage = Scored::new(chain.into(), context.clone(), &source.schema())?;
                    let evaluator = &self.plugins[step].plugin;
                    let scored = match Permutations::of(evaluator, &self.params(step)) {
                        None => source.clone().then(stage),
                        Some(asked) => {
                            let rows = Permuted::new(model, source.clone(), stage, asked)?;
                            Dataset::of(Arc::new(rows))
                        }
                    };
                    Ok(read(model, data, scored))
                });
                scored.collect()
            }
            Work::CrossValidate { .. } => Ok(vec![]),
        }
    }

    /// The name of what a step comes to: plugin, parameters, and all that it reads. Where the plugin
    /// may reach anything else, nobody knows what it comes to.
    fn key(&self, step: &str, params: &str, reads: &[Read]) -> Result<Option<(StepKey, Digest)>> {
        let grants = self.grants_of(step);
        if !grants.is_nothing() {
            return Ok(None);
        }
        let plugin = &self.plugins[step].plugin;
        let mut key = Key::new("step").with_plugin(plugin, self.pipeline.seed, &grants);
        key = key.with(params);
        let mut inputs = Vec::with_capacity(reads.len());
        for read in reads {
            let Some(digests) = read.dataset.digests()? else {
                return Ok(None);
            };
            key = key.with(&read.name).with(digests.whole.bytes());
            inputs.push(InputRecord {
                name: read.name.clone(),
                table: read.table.clone(),
                rows: digests.rows.to_string(),
                steps: read.dataset.steps(),
                model: read.predicted.as_ref().map(|(model, _)| model.clone()),
            });
        }
        let digest = key.digest();
        let key = StepKey {
            digest: digest.to_string(),
            inputs,
        };
        Ok(Some((key, digest)))
    }

    /// Computes steps that nobody has done before; each result comes with the number it came with.
    fn compute(&self, prepared: Vec<(usize, Prepared<'_>)>) -> Vec<(usize, Result<Done>)> {
        let mut folds = Vec::new();
        // Which step each of the folds belongs to.
        let mut owners = Vec::new();
        for (owner, (_, ready)) in prepared.iter().enumerate() {
            if self.is_folded(ready) {
                for read in &ready.reads {
                    folds.push(self.fold(ready, &read.dataset));
                    owners.push(owner);
                }
            }
        }
        let states = match fold_all(&folds, &self.permits, &self.results) {
            Ok(states) => states,
            Err(failed) => {
                let (position, _) = &prepared[owners[failed.fold]];
                return vec![(*position, Err(*failed.error))];
            }
        };
        let (mut folds, mut states) = (folds.iter(), states.into_iter());
        let conclude = |(position, ready): (usize, Prepared<'_>)| {
            if !self.is_folded(&ready) {
                let scanned = ready.reads.iter().map(|read| self.fit(&ready, read));
                let states = scanned.collect::<Result<_>>();
                return (
                    position,
                    states.and_then(|states| self.conclude(&ready, states)),
                );
            }
            let names = ready.reads.iter().map(|read| read.name.clone());
            let done = self.conclude(&ready, names.zip(states.by_ref()).collect());
            let own = folds.by_ref().take(ready.reads.len());
            match &done {
                Ok(done) => own.zip(&done.states).for_each(|(fold, (_, state))| {
                    fold.settle(Ok(state), &self.results);
                }),
                Err(error) => own.for_each(|fold| fold.settle(Err(error), &self.results)),
            }
            (position, done)
        };
        prepared.into_iter().map(conclude).collect()
    }

    fn is_folded(&self, ready: &Prepared<'_>) -> bool {
        !matches!(self.planned(ready.step), Work::Train { .. })
    }

    fn fold(&self, ready: &Prepared<'_>, dataset: &Dataset) -> Fold {
        Fold {
            plugin: self.plugins[ready.step].plugin.clone(),
            context: ready.context.clone(),
            params: ready.params.clone(),
            reading: self.reading(ready.step, dataset),
            dataset: dataset.clone(),
            again: ready.again,
        }
    }

    fn fit(&self, ready: &Prepared<'_>, read: &Read) -> Result<(String, Vec<u8>)> {
        let dataset = &read.dataset;
        let plugin = &self.plugins[ready.step].plugin;
        let trainer = plugin.trainer(&ready.context, &ready.params, &dataset.schema())?;
        let table = TrainingTable {
            dataset: dataset.clone(),
            reading: self.reading(ready.step, dataset),
            permits: self.permits.clone(),
            spools: self.results.store().cloned(),
            parts: Arc::new(Parts::default()),
        };
        Ok((read.name.clone(), trainer.fit(Arc::new(table))?))
    }

    fn conclude(&self, ready: &Prepared<'_>, states: Vec<(String, Vec<u8>)>) -> Result<Done> {
        let plugin = &self.plugins[ready.step].plugin;
        let outcome = match self.planned(ready.step) {
            Work::Preprocess { .. } | Work::Train { .. } => {
                // A state that its own plugin does not take is no state, and must not be kept.
                for (read, (_, state)) in ready.reads.iter().zip(&states) {
                    let schema = read.dataset.schema();
                    plugin.transformer(&ready.context, &ready.params, state, &schema)?;
                }
                self.explained(ready, &states)?
            }
            Work::Validate { .. } | Work::DetectDrift { .. } | Work::Evaluate { .. } => {
                Some(plugin.assess(&ready.context, &ready.params, &states)?)
            }
            Work::CrossValidate { folds, .. } => {
                let step = ready.step.to_owned();
                let outcome = self.cross_validated(folds);
                Some(outcome.ok_or(Error::FoldsMissing { step })?)
            }
        };
        self.keep_states(ready.step, &states);
        self.keep_outcome(ready.step, outcome.as_ref());
        Ok(Done {
            states,
            outcome,
            curves: ready.curves.curves(),
            ..Done::default()
        })
    }

    /// What a trainer tells of what it has learned, if it does.
    fn explained(
        &self,
        ready: &Prepared<'_>,
        states: &[(String, Vec<u8>)],
    ) -> Result<Option<Outcome>> {
        let plugin = &self.plugins[ready.step].plugin;
        let Some((_, state)) = states.first().filter(|_| plugin.explains()) else {
            return Ok(None);
        };
        let model = [("model".to_owned(), state.clone())];
        Ok(Some(plugin.assess(
            &ready.context,
            &ready.params,
            &model,
        )?))
    }

    /// Keeps what an evaluator has reported for a step that sums it up.
    fn keep_outcome(&self, step: &str, outcome: Option<&Outcome>) {
        if let (Work::Evaluate { .. }, Some(outcome)) = (self.planned(step), outcome) {
            self.keep_report(step, outcome);
        }
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
