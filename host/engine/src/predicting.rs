//! The model of a drift step: it predicts both tables on their way to the detector, batch by batch,
//! so that the detector sees how its predictions have moved. A step of the pipeline makes the model,
//! or it is a registered version, which is found before anything runs.

use std::{collections::HashMap, sync::Arc};

use mlhost_data::Table;
use mlhost_pipeline::{Diagnostic, Step};
use mlhost_pipeline::{ModelReference, ModelVersion, Pipeline, RegisteredReference, Work};
use mlhost_sandbox::{Context, Failure, Plugin};
use mlhost_store::{Model, Selector, Store};
use serde_json::{Map, Value};

use crate::{
    Engine, Error, FittedModel, Result, Supplies,
    check::with_hint,
    dataset::{Dataset, Fitted, OpenChain, Scored, columns::without, targets},
    params::{fill, parameter_of_role},
    with_causes,
    workshop::Workshop,
};

/// The role of the parameter of a drift detector that names the columns which a model predicts.
const PREDICTIONS: &str = "predictions";

/// The role of the one that says how much the model depends on each column.
const IMPORTANCES: &str = "importances";

/// The metric of evaluators that says so.
const IMPORTANCE: &str = "importance";

/// The registered models that steps read, by what the pipeline calls them.
pub(crate) type Registered = HashMap<ModelVersion, Arc<FittedModel>>;

/// A table with what a model predicts beside its rows.
pub(crate) struct Predicted {
    pub(crate) dataset: Dataset,
    /// What was predicted.
    pub(crate) columns: Vec<String>,
    /// The step or the version, for records.
    pub(crate) model: String,
}

/// A model that predicts for a drift detector.
pub(crate) struct Predictor<'a> {
    pub(crate) chain: Arc<[Fitted]>,
    /// The step or the version.
    pub(crate) name: String,
    version: Option<&'a FittedModel>,
}

impl Engine {
    /// Every registered model that steps of a pipeline read, in the store of the run or that of
    /// somebody who only checks it.
    ///
    /// # Errors
    /// [`Error::Pipeline`] with each that cannot be had, at its place.
    pub(crate) fn registered(
        &self,
        pipeline: &Pipeline,
        supplies: &Supplies,
    ) -> Result<Registered> {
        let mut diagnostics = pipeline.diagnostics();
        let mut found = Registered::new();
        for step in pipeline.steps.values() {
            let Some(RegisteredReference { version, span }) = step.input.registered_model() else {
                continue;
            };
            if found.contains_key(version) {
                continue;
            }
            let given = supplies.models.get(&version.to_string()).cloned();
            let store = supplies.registry.as_ref().or(supplies.store.as_ref());
            let model = match (given, store) {
                (Some(given), _) => Ok(given),
                (None, Some(store)) => self.version(store, version),
                (None, None) => Err(Error::NoRegistry(version.to_string())),
            };
            match model {
                Ok(model) => {
                    found.insert(version.clone(), model);
                }
                Err(error) => {
                    let diagnostic = Diagnostic::new(with_causes(&error)).at(span.clone());
                    diagnostics.push(with_hint(diagnostic, error.hint()));
                }
            }
        }
        Ok(diagnostics.into_result(found)?)
    }

    fn version(&self, store: &Store, version: &ModelVersion) -> Result<Arc<FittedModel>> {
        let selector: Selector = version.to_string().parse()?;
        let stored = store.model(&selector)?;
        Ok(Arc::new(self.open_model(store, stored)?))
    }
}

impl Workshop {
    /// The model of a drift step, if it names one.
    pub(crate) fn predictor(&self, step: &str) -> Option<Predictor<'_>> {
        let Work::DetectDrift {
            model: Some(model), ..
        } = self.planned(step)
        else {
            return None;
        };
        Some(match model {
            ModelReference::Step(name) => Predictor {
                chain: self.chain(name).0.into(),
                name: name.clone(),
                version: None,
            },
            ModelReference::Registered(version) => {
                // The check has found them all.
                let version = self.registered[version].as_ref();
                Predictor {
                    chain: version.chain().clone(),
                    name: version.name(),
                    version: Some(version),
                }
            }
        })
    }

    /// A table that a drift step reads, which is `key` to it, with what its model predicts.
    ///
    /// # Errors
    /// [`Error::Unpredictable`] when the model cannot be applied to the columns of the table.
    pub(crate) fn predicted(
        &self,
        step: &Step,
        predictor: &Predictor<'_>,
        (key, table): (&str, &str),
        (source, context): (Dataset, &Context),
    ) -> Result<Predicted> {
        let refuse = |reason: String| Error::Unpredictable {
            model: predictor.name.clone(),
            input: key.to_owned(),
            table: table.to_owned(),
            reason,
        };
        let chain = predictor.chain.clone();
        let scored = match Scored::new(chain, context.clone(), &source.schema()) {
            Ok(scored) => scored,
            Err(error) => {
                let Some(reason) = unfit(&error) else {
                    return Err(error);
                };
                let lacking = self.lacking(predictor, &source, context)?;
                return Err(refuse(match lacking.is_empty() {
                    true => reason,
                    false => lacks(&lacking),
                }));
            }
        };
        let scored = match predictor.version {
            Some(_) => scored.by_a_version(),
            None => scored,
        };
        let plugin = &self.plugins[&step.name].plugin;
        let scored = match wanted(plugin, &self.params(&step.name)) {
            Some(wanted) => scored.showing(&wanted),
            None => scored,
        };
        Ok(Predicted {
            columns: scored.predictions(),
            dataset: source.then(scored),
            model: predictor.name.clone(),
        })
    }

    /// The columns that a model reads and a table has not.
    fn lacking(
        &self,
        predictor: &Predictor<'_>,
        source: &Dataset,
        context: &Context,
    ) -> Result<Vec<String>> {
        let schema = source.schema();
        let read = match predictor.version {
            Some(version) => version.inputs(),
            None => {
                let (chain, trained_on) = self.chain(&predictor.name);
                let visible = without(&self.tables[&trained_on].schema(), &targets(&chain));
                OpenChain::open(&chain, context, &visible)?.columns()
            }
        };
        let lacking = read
            .into_iter()
            .filter(|name| schema.index_of(name).is_err());
        Ok(lacking.collect())
    }

    /// The parameters of a drift step with what follows from its model: the columns that it predicts,
    /// and how much it depends on each column, where that was measured before the step began.
    pub(crate) fn params_with_model(&self, step: &Step, predicted: &[String]) -> Value {
        let plugin = &self.plugins[&step.name].plugin;
        let mut params = self.params(&step.name);
        fill_predictions(plugin, &mut params, predicted);
        let importances = match self.predictor(&step.name) {
            Some(Predictor {
                version: Some(version),
                ..
            }) => importances(&version.stored().model),
            Some(Predictor { name, .. }) => self.measured(step, &name),
            None => Map::new(),
        };
        fill_importances(plugin, &mut params, importances);
        params
    }

    /// The importances that the steps before one have measured on a model.
    fn measured(&self, step: &Step, model: &str) -> Map<String, Value> {
        let needs = self.plan.step(&step.name);
        let needs = needs.into_iter().flat_map(|planned| &planned.needs);
        let of_model = |need: &&String| {
            let mut scored = self.planned(need).scored().iter();
            scored.any(|scored| self.resolve(scored) == self.resolve(model))
        };
        let reports = needs
            .filter(of_model)
            .filter_map(|need| self.report_of(need));
        let mut found = Map::new();
        for outcome in reports {
            for metric in &outcome.metrics {
                if let Some((column, value)) =
                    importance(&metric.name, &metric.labels, metric.value)
                {
                    found.insert(column, value);
                }
            }
        }
        found
    }
}

/// That a table lacks columns.
pub(crate) fn lacks(columns: &[String]) -> String {
    let plural = if columns.len() == 1 {
        "column"
    } else {
        "columns"
    };
    format!("it lacks {plural} {}", crate::error::quoted(columns))
}

/// Why a model cannot be applied to columns, where that is what an error says.
pub(crate) fn unfit(error: &Error) -> Option<String> {
    match error {
        Error::NotApplicable { reason, .. } => Some(reason.clone()),
        Error::Sandbox(mlhost_sandbox::Error::Plugin { failure, .. })
            if matches!(failure.as_ref(), Failure::Reported(_)) =>
        {
            Some(error.to_string())
        }
        _ => None,
    }
}

/// The columns of predictions that the parameters of a drift detector name themselves.
pub(crate) fn wanted(plugin: &Plugin, params: &Value) -> Option<Vec<String>> {
    let named = params.get(parameter_of_role(plugin, PREDICTIONS)?)?;
    let names = match named {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => return None,
    };
    Some(names)
}

/// Tells a drift detector which columns a model predicts, if it wants to know. Says whether it does.
pub(crate) fn fill_predictions(plugin: &Plugin, params: &mut Value, columns: &[String]) -> bool {
    fill(plugin, params, PREDICTIONS, columns.into());
    parameter_of_role(plugin, PREDICTIONS).is_some()
}

/// Tells a drift detector how much a model depends on each column, where it wants to know and that was
/// measured: drift of a column counts as much.
pub(crate) fn fill_importances(
    plugin: &Plugin,
    params: &mut Value,
    importances: Map<String, Value>,
) {
    if !importances.is_empty() {
        fill(plugin, params, IMPORTANCES, importances.into());
    }
}

/// The importances that were measured on a model version, by column.
pub(crate) fn importances(model: &Model) -> Map<String, Value> {
    let metrics = model.metrics.iter();
    let found =
        metrics.filter_map(|metric| importance(&metric.name, &metric.labels, Some(metric.value)));
    found.collect()
}

/// The column and its importance, if that is what a metric is.
fn importance(
    name: &str,
    labels: &std::collections::BTreeMap<String, String>,
    value: Option<f64>,
) -> Option<(String, Value)> {
    let column = labels.get("column").filter(|_| name == IMPORTANCE)?;
    Some((column.clone(), value?.into()))
}
