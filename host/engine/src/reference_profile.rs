//! The reference that a model version keeps: the drift profile of its training data, with what the
//! model predicts for it, so that later rows can be compared without the training data.

use std::path::Path;

use mlhost_data::Table;
use mlhost_packages::Found;
use mlhost_pipeline::{PluginReference, Work};
use mlhost_store::{Digest, ReferenceProfile, Signature, Store};
use serde_json::{Value, json};

use crate::{
    Engine, Error, Result, RunRecord,
    dataset::{Dataset, Fitted, Scored, targets},
    fold::{Fold, fold_all},
    manifest::identity,
    params::fill,
    predicting::{fill_predictions, unfit, wanted},
    workshop::Workshop,
};

/// Whose work it is to profile the training data of a model when no step has done it.
const PROFILE: &str = "reference profile";

/// A model that is registered, and who profiles its training data.
pub(crate) struct Referrer<'a> {
    pub(crate) workshop: &'a Workshop,
    pub(crate) record: &'a RunRecord,
    pub(crate) store: &'a Store,
    pub(crate) engine: &'a Engine,
    /// Another drift detector than the standard one.
    pub(crate) profiler: Option<&'a Found>,
    /// Whether the profile is without predictions, as that of a version which is made again.
    pub(crate) is_plain: bool,
    /// The step that has made the model.
    pub(crate) step: &'a str,
    pub(crate) chain: &'a [Fitted],
    /// The table that it was trained on.
    pub(crate) source: &'a str,
    pub(crate) signature: &'a Signature,
}

/// Who profiles the training data, and how.
struct Profiling {
    found: Found,
    params: Value,
    /// What a drift step has made of these rows as they are.
    plain: Option<Digest>,
    /// What it has made of them with the predictions of the model.
    predicted: Option<Digest>,
}

impl Referrer<'_> {
    /// The profile by a drift step of the pipeline that compares with the training data, or by the
    /// standard package. Where the step has not had the model predict, it is made anew with
    /// predictions.
    ///
    /// # Errors
    /// Whatever the detector finds wrong with the training data.
    pub(crate) fn profile(&self) -> Result<ReferenceProfile> {
        let profiling = match self.by_a_step() {
            Some(profiling) => profiling,
            None => self.by_the_standard()?,
        };
        let found = &profiling.found;
        let plain = self.with_target(found, profiling.params)?;
        let mut params = plain.clone();
        let predictions = match self.is_plain {
            true => vec![],
            false => self.predictions(found, &mut params),
        };
        if let Some(state) = profiling.predicted.filter(|_| !predictions.is_empty()) {
            return self.kept(found, params, state, predictions);
        }
        if !predictions.is_empty()
            && let Some(dataset) = self.predicted(&predictions)?
        {
            let state = self.fold(found, &params, dataset)?;
            return self.kept(found, params, state, predictions);
        }
        let state = match profiling.plain {
            Some(state) => state,
            None => self.fold(found, &plain, self.rows())?,
        };
        self.kept(found, plain, state, vec![])
    }

    /// A drift step whose reference is the training data, if there is one: that with this model rather
    /// than another.
    fn by_a_step(&self) -> Option<Profiling> {
        let steps = self.workshop.plan.steps.iter();
        let compared = steps.filter_map(|planned| {
            let Work::DetectDrift {
                reference, model, ..
            } = &planned.work
            else {
                return None;
            };
            let record = self.record.step(&planned.name)?;
            let state = record
                .states
                .iter()
                .find(|state| state.name == "reference")?;
            (self.workshop.raw_source(reference) == Some(self.source)).then_some(())?;
            let state: Digest = state.digest.parse().ok()?;
            let mut models = planned.work.models();
            let is_own = models.any(|model| self.workshop.means(model, self.step));
            Some(Profiling {
                found: self.workshop.plugins[&planned.name].clone(),
                // Without what the host has filled in: that of another model may be among it.
                params: self.workshop.params(&planned.name),
                plain: model.is_none().then_some(state),
                predicted: is_own.then_some(state),
            })
        });
        let mut compared: Vec<_> = compared.collect();
        let own = compared.iter().position(|one| one.predicted.is_some());
        (!compared.is_empty()).then(|| compared.swap_remove(own.unwrap_or(0)))
    }

    fn by_the_standard(&self) -> Result<Profiling> {
        let standard = PluginReference::Package {
            namespace: mlhost_pipeline::DEFAULT_NAMESPACE.to_owned(),
            name: "drift".to_owned(),
            version: None,
        };
        let found = match self.profiler {
            Some(given) => given.clone(),
            None => self.engine.packages().find(&standard, Path::new("."))?,
        };
        let inputs = self.signature.inputs.iter();
        let columns: Vec<_> = inputs.map(|column| &column.name).collect();
        let mut params = json!({ "columns": columns });
        if let Some(target) = targets(self.chain).first() {
            fill(&found.plugin, &mut params, "target", target.as_str().into());
        }
        Ok(Profiling {
            found,
            params,
            plain: None,
            predicted: None,
        })
    }

    /// The columns of predictions that the detector is to have, which its parameters say then.
    fn predictions(&self, found: &Found, params: &mut Value) -> Vec<String> {
        let outputs = self.signature.outputs.iter();
        let outputs: Vec<String> = outputs.map(|column| column.name.clone()).collect();
        if let Some(mut wanted) = wanted(&found.plugin, params) {
            wanted.retain(|name| outputs.contains(name));
            return wanted;
        }
        match fill_predictions(&found.plugin, params, &outputs) {
            true => outputs,
            false => vec![],
        }
    }

    /// The training data as it is.
    fn rows(&self) -> Dataset {
        Dataset::of(self.workshop.tables[self.source].clone())
    }

    /// The training data with these predictions of the model; none where the model cannot predict
    /// beside its columns.
    fn predicted(&self, predictions: &[String]) -> Result<Option<Dataset>> {
        let (rows, context) = (self.rows(), self.workshop.context_of(PROFILE));
        match Scored::new(self.chain.into(), context, &rows.schema()) {
            Ok(scored) => Ok(Some(rows.then(scored.showing(predictions)))),
            Err(error) if unfit(&error).is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn fold(&self, found: &Found, params: &Value, dataset: Dataset) -> Result<Digest> {
        let (context, text) = (self.workshop.context_of(PROFILE), params.to_string());
        let folds = [Fold {
            plugin: found.plugin.clone(),
            context: context.clone(),
            params: text.clone(),
            reading: self.workshop.reading(PROFILE, &dataset),
            dataset,
            again: false,
        }];
        let Some(_permit) = self.workshop.permits.one(&self.workshop.cancel) else {
            return Err(Error::Cancelled);
        };
        let results = &self.workshop.results;
        let states = fold_all(&folds, &self.workshop.permits, results);
        let states = states.map_err(|failed| *failed.error)?;
        let state = states.into_iter().next().unwrap_or_default();
        // A state that its own plugin does not take is no state, and must not be kept.
        let states = ["reference", "current"].map(|name| (name.to_owned(), state.clone()));
        let taken = found.plugin.assess(&context, &text, &states);
        let taken = taken.map_err(Error::from);
        folds[0].settle(taken.as_ref().map(|_| state.as_slice()), results);
        taken?;
        Ok(self.store.blobs().put(&state)?)
    }

    /// The parameters of a drift detector that has profiled the training data, with the target of
    /// the model where it has read that column and nobody has told it what it is: later rows are
    /// often without.
    fn with_target(&self, found: &Found, mut params: Value) -> Result<Value> {
        let targets = targets(self.chain);
        let Some(target) = targets.first() else {
            return Ok(params);
        };
        let schema = self.workshop.tables[self.source].schema();
        let context = self.workshop.context_of(PROFILE);
        let text = params.to_string();
        let folder = found.plugin.folder(&context, &text, &schema)?;
        if folder.columns().iter().any(|column| column == target) {
            fill(&found.plugin, &mut params, "target", target.as_str().into());
        }
        Ok(params)
    }

    fn kept(
        &self,
        found: &Found,
        params: Value,
        state: Digest,
        predictions: Vec<String>,
    ) -> Result<ReferenceProfile> {
        let (package, version) = identity(found);
        let component = self.store.blobs().put(&found.component)?;
        Ok(ReferenceProfile {
            package,
            version,
            component,
            params,
            state,
            predictions,
        })
    }
}
