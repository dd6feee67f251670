//! Makes `model.json` of what a run has fitted, and registers it.

use std::path::Path;

use mlhost_data::Table;
use mlhost_packages::Found;
use mlhost_pipeline::{PluginReference, Work};
use mlhost_sandbox::CONTRACT;
use mlhost_store::{
    ChainStep, DataFingerprint, Digest, DocumentKind, FileFingerprint, FormatVersion, Metric,
    Model, Promotion, ReferenceProfile, Registration, RunId, Signature, Store,
};
use serde_json::{Value, json};

use crate::{
    Engine, Error, RegisteredModel, Result, RunRecord, StepRecord, StepStatus,
    dataset::{
        Dataset, Fitted, OpenChain,
        columns::{signature, without},
    },
    decided::Decided,
    fold::{Fold, fold_all},
    opened::data_name,
    params::fill,
    workshop::Workshop,
};

/// Whose work it is to profile the training data of a model when no step has done it.
const PROFILE: &str = "reference profile";

/// Registers every model that the pipeline asks for, all at once.
pub(crate) fn register(
    engine: &Engine,
    workshop: &Workshop,
    record: &RunRecord,
    store: &Store,
    run: RunId,
    profiler: Option<&Found>,
) -> Result<Vec<RegisteredModel>> {
    let mut wanted = Vec::new();
    for planned in &workshop.plan.steps {
        let Work::Train {
            register: Some(name),
            alias,
            ..
        } = &planned.work
        else {
            continue;
        };
        if !is_to_register(workshop, record, &planned.name) {
            continue;
        }
        let model = Maker {
            engine,
            workshop,
            record,
            store,
            profiler,
        }
        .model(name, &planned.name)?;
        let decided = Decided::on(workshop, record, &planned.name);
        let (reason, gates) = (decided.reason(), decided.to_json()?);
        wanted.push((model, alias.as_deref(), decided, reason, gates));
    }
    let registrations = wanted.iter().map(|(model, alias, decided, reason, gates)| {
        let promotion = alias.map(|alias| Promotion {
            alias,
            reason,
            expected: decided.compared_with(&model.name, alias),
        });
        let gates = gates.clone();
        let registration = Registration {
            gates,
            promotion,
            experiment: workshop.pipeline.experiment.as_deref(),
        };
        (model, registration)
    });
    let registrations: Vec<_> = registrations.collect();
    let models = registrations.iter();
    let models: Vec<_> = models.map(|(model, said)| (*model, said)).collect();
    let kept = store.register_all(run, &models)?;
    let registered = wanted.iter().zip(kept);
    let registered = registered.map(|((model, alias, ..), kept)| RegisteredModel {
        name: model.name.clone(),
        version: kept.version,
        digest: kept.digest.to_string(),
        new: kept.new,
        alias: alias.map(str::to_owned),
        before: kept.before,
    });
    Ok(registered.collect())
}

/// Whether a step has made its model, is what its loop hands on, and was refused by nobody who has
/// scored it. A run may go on without it if its pipeline says so.
fn is_to_register(workshop: &Workshop, record: &RunRecord, step: &str) -> bool {
    let status = |name: &str| record.step(name).map(|step| step.status);
    let means = |model: &String| workshop.means(model, step);
    let mut scored = workshop
        .plan
        .steps
        .iter()
        .filter(|planned| planned.work.scored().iter().any(means));
    let is_refused =
        |name: &str| matches!(status(name), Some(StepStatus::Refused | StepStatus::Failed));
    status(step) == Some(StepStatus::Done)
        && workshop.is_handed_on(step)
        && !scored.any(|planned| is_refused(&planned.name))
}

struct Maker<'a> {
    engine: &'a Engine,
    workshop: &'a Workshop,
    record: &'a RunRecord,
    store: &'a Store,
    /// Another drift detector than the standard one.
    profiler: Option<&'a Found>,
}

impl Maker<'_> {
    fn model(&self, name: &str, step: &str) -> Result<Model> {
        let (chain, source) = self.workshop.chain(step);
        let table = &self.workshop.tables[&source];
        let targets: Vec<String> = chain
            .iter()
            .flat_map(|fitted| fitted.targets.clone())
            .collect();
        let context = self.workshop.context(&self.workshop.pipeline.steps[step]);
        let visible = without(&table.schema(), &targets);
        let open = OpenChain::open(&chain, &context, &visible)?;
        let inputs = mlhost_data::select(&visible, &open.columns())?;
        let signature = Signature {
            inputs: signature(&inputs),
            outputs: signature(&open.output()),
        };
        Ok(Model {
            format: FormatVersion,
            kind: DocumentKind::Model,
            name: name.to_owned(),
            target: targets.first().cloned(),
            reference: Some(self.reference(
                &source,
                &signature,
                targets.first().map(String::as_str),
            )?),
            signature,
            chain: chain
                .iter()
                .map(|fitted| self.chain_step(fitted))
                .collect::<Result<_>>()?,
            metrics: self.metrics(step),
            data: self.data(&source)?,
            contract: CONTRACT.to_owned(),
            host: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.workshop.pipeline.seed,
        })
    }

    fn chain_step(&self, fitted: &Fitted) -> Result<ChainStep> {
        let (package, version) = identity(&fitted.found);
        Ok(ChainStep {
            step: fitted.step.clone(),
            package,
            version,
            component: self.store.blobs().put(&fitted.found.component)?,
            params: fitted.params.clone(),
            state: self.store.blobs().put(&fitted.state)?,
            granted: fitted.terms.grants.in_words(),
        })
    }

    /// What this run has written down of a step.
    fn step(&self, name: &str) -> Option<&StepRecord> {
        let mut steps = self.record.steps.iter();
        steps.find(|record| record.name == name)
    }

    /// What the evaluators of this run have measured on the model.
    fn metrics(&self, step: &str) -> Vec<Metric> {
        let mut metrics = Vec::new();
        // In the order of the plan: that in which steps end is the machine's.
        for planned in &self.workshop.plan.steps {
            let models = planned.work.scored();
            let outcome = self.step(&planned.name);
            let outcome = outcome.and_then(|record| record.outcome.as_ref());
            let scored = models.iter().any(|model| self.workshop.means(model, step));
            let Some(outcome) = outcome.filter(|_| scored) else {
                continue;
            };
            for metric in &outcome.metrics {
                let other = metric
                    .labels
                    .get("model")
                    .is_some_and(|model| !self.workshop.means(model, step));
                if !other {
                    metrics.push(Metric {
                        step: self.workshop.pipeline.steps[&planned.name].written.clone(),
                        name: metric.name.clone(),
                        value: metric.value.unwrap_or(f64::NAN),
                        labels: metric.labels.clone(),
                    });
                }
            }
        }
        metrics
    }

    fn data(&self, source: &str) -> Result<Vec<DataFingerprint>> {
        let file = |file: &crate::FileRecord| -> Result<FileFingerprint> {
            let name = Path::new(&file.path).file_name().unwrap_or_default();
            Ok(FileFingerprint {
                name: name.to_string_lossy().into_owned(),
                digest: file.digest.parse()?,
                rows: file.rows,
            })
        };
        let data = data_name(source);
        let files = self.record.data.get(data).into_iter().flatten();
        let selection = self.record.selections.get(data);
        Ok(vec![DataFingerprint {
            name: source.to_owned(),
            files: files.map(file).collect::<Result<_>>()?,
            selection: selection.map(serde_json::to_value).transpose()?,
            schema: signature(&self.workshop.tables[source].schema()),
        }])
    }

    /// The drift profile of the training data: the one that a drift step of the
    /// pipeline has made, or one by the standard package.
    fn reference(
        &self,
        source: &str,
        signature: &Signature,
        target: Option<&str>,
    ) -> Result<ReferenceProfile> {
        for planned in &self.workshop.plan.steps {
            let Work::DetectDrift { reference, .. } = &planned.work else {
                continue;
            };
            if let Some(record) = self.step(&planned.name)
                && self.workshop.raw_source(reference) == Some(source)
                && let Some(state) = record.states.iter().find(|state| state.name == "reference")
            {
                let found = &self.workshop.plugins[&planned.name];
                let params = self.with_target(found, &record.params, source, target)?;
                return self.profile(found, params, state.digest.parse()?);
            }
        }
        let standard = PluginReference::Package {
            namespace: mlhost_pipeline::DEFAULT_NAMESPACE.to_owned(),
            name: "drift".to_owned(),
            version: None,
        };
        let found = match self.profiler {
            Some(given) => given.clone(),
            None => self.engine.packages().find(&standard, Path::new("."))?,
        };
        let columns: Vec<_> = signature.inputs.iter().map(|column| &column.name).collect();
        let mut params = json!({ "columns": columns });
        if let Some(target) = target {
            fill(&found.plugin, &mut params, "target", target.into());
        }
        let dataset = Dataset::of(self.workshop.tables[source].clone());
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
        let state = self.store.blobs().put(&state)?;
        self.profile(&found, params, state)
    }

    /// The parameters of a drift detector that has profiled the training data, with the target of
    /// the model where it has read that column and nobody has told it what it is: later rows are
    /// often without.
    fn with_target(
        &self,
        found: &Found,
        params: &Value,
        source: &str,
        target: Option<&str>,
    ) -> Result<Value> {
        let mut params = params.clone();
        let Some(target) = target else {
            return Ok(params);
        };
        let schema = self.workshop.tables[source].schema();
        let context = self.workshop.context_of(PROFILE);
        let folder = found
            .plugin
            .folder(&context, &params.to_string(), &schema)?;
        if folder.columns().iter().any(|column| column == target) {
            fill(&found.plugin, &mut params, "target", target.into());
        }
        Ok(params)
    }

    fn profile(&self, found: &Found, params: Value, state: Digest) -> Result<ReferenceProfile> {
        let (package, version) = identity(found);
        let component = self.store.blobs().put(&found.component)?;
        Ok(ReferenceProfile {
            package,
            version,
            component,
            params,
            state,
        })
    }
}

/// Package and version of a plugin, for the record.
fn identity(found: &Found) -> (String, String) {
    let name = found.plugin.name();
    (name.name, name.version.unwrap_or_default())
}
