//! Makes `model.json` of what a run has fitted, and registers it.

use std::path::Path;

use mlhost_data::Table;
use mlhost_packages::Found;
use mlhost_pipeline::Work;
use mlhost_sandbox::CONTRACT;
use mlhost_store::{
    ChainStep, DataFingerprint, DocumentKind, FileFingerprint, FormatVersion, Metric, Model,
    Promotion, Registration, RunId, Signature, Store,
};

use crate::{
    Engine, RegisteredModel, Result, RunRecord, StepRecord, StepStatus,
    dataset::{
        Fitted, OpenChain,
        columns::{signature, without},
        targets,
    },
    decided::Decided,
    opened::data_name,
    reference_profile::Referrer,
    workshop::Workshop,
};

/// Whether a step has made its model, is what its loop hands on, and was refused by nobody who has
/// scored it or looked at its predictions. A run may go on without it if its pipeline says so.
fn is_to_register(workshop: &Workshop, record: &RunRecord, step: &str) -> bool {
    let status = |name: &str| record.step(name).map(|step| step.status);
    let means = |model: &str| workshop.means(model, step);
    let mut scored = workshop
        .plan
        .steps
        .iter()
        .filter(|planned| planned.work.models().any(means));
    let is_refused =
        |name: &str| matches!(status(name), Some(StepStatus::Refused | StepStatus::Failed));
    status(step) == Some(StepStatus::Done)
        && workshop.is_handed_on(step)
        && !scored.any(|planned| is_refused(&planned.name))
}

/// A run whose steps have ended, and what its models are made of.
pub(crate) struct Maker<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) workshop: &'a Workshop,
    pub(crate) record: &'a RunRecord,
    pub(crate) store: &'a Store,
    /// Another drift detector than the standard one.
    pub(crate) profiler: Option<&'a Found>,
    /// Whether the profiles of training data are without predictions.
    pub(crate) plain_profiles: bool,
}

impl Maker<'_> {
    /// Registers every model that the pipeline asks for, all at once.
    pub(crate) fn register(&self, run: RunId) -> Result<Vec<RegisteredModel>> {
        let (workshop, record, store) = (self.workshop, self.record, self.store);
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
            let model = self.model(name, &planned.name)?;
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

    fn model(&self, name: &str, step: &str) -> Result<Model> {
        let (chain, source) = self.workshop.chain(step);
        let table = &self.workshop.tables[&source];
        let targets = targets(&chain);
        let context = self.workshop.context(&self.workshop.pipeline.steps[step]);
        let visible = without(&table.schema(), &targets);
        let open = OpenChain::open(&chain, &context, &visible)?;
        let inputs = mlhost_data::select(&visible, &open.columns())?;
        let signature = Signature {
            inputs: signature(&inputs),
            outputs: signature(&open.output()),
        };
        let referrer = Referrer {
            workshop: self.workshop,
            record: self.record,
            store: self.store,
            engine: self.engine,
            profiler: self.profiler,
            is_plain: self.plain_profiles,
            step,
            chain: &chain,
            source: &source,
            signature: &signature,
        };
        Ok(Model {
            format: FormatVersion,
            kind: DocumentKind::Model,
            name: name.to_owned(),
            target: targets.first().cloned(),
            reference: Some(referrer.profile()?),
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
}

/// Package and version of a plugin, for the record.
pub(crate) fn identity(found: &Found) -> (String, String) {
    let name = found.plugin.name();
    (name.name, name.version.unwrap_or_default())
}
