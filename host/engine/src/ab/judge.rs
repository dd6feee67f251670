//! Who judges the models of an experiment: the evaluator of the champion's run, with the parameters
//! that it had there.

use std::path::Path;

use arrow::datatypes::Schema;
use mlhost_packages::Found;
use mlhost_pipeline::PluginReference;
use mlhost_store::{Column, Store};
use serde_json::{Value, json};

use super::{
    AbError,
    contestants::Contestant,
    metric::{Choice, Recorded, Task},
};
use crate::{
    Engine, Result,
    compare::{RESAMPLES, object},
    dataset::columns::signature,
    params,
};

/// More draws take longer, and tell nothing more.
const MOST_RESAMPLES: u64 = 10_000;
/// How many draws lie beyond each end of an interval at least, as far as that many are made.
const DRAWS_BEYOND: f64 = 25.0;

/// Whether a column holds numbers, or else texts or booleans; none of other types.
fn is_number(column: &Column) -> Option<bool> {
    match column.kind.as_str() {
        "integer" | "long" | "float" | "double" => Some(true),
        "string" | "boolean" => Some(false),
        _ => None,
    }
}

/// The evaluator, and what it is asked.
pub(super) struct Judge {
    pub(super) found: Found,
    pub(super) choice: Choice,
    params: Value,
    target: String,
    /// Where random numbers start if the parameters do not say.
    seed: u64,
    /// How many draws are made if they do not say.
    resamples: u64,
}

impl Judge {
    /// The judge of the champion's run, or the standard evaluator for a model that no run of this
    /// store has evaluated. `strictest` is the greatest confidence of an interval that it will be
    /// asked for.
    pub(super) fn of(
        engine: &Engine,
        store: &Store,
        champion: &Contestant,
        asked: Option<&str>,
        strictest: f64,
    ) -> Result<Self> {
        let model = &champion.stored.model;
        let recorded = Recorded::of(store, &champion.stored, champion.run)?;
        let choice = Choice::of(recorded.as_ref(), model, asked);
        let (found, params) = match &recorded {
            Some(Recorded { evaluation, .. }) => {
                let digest = evaluation.plugin.digest.parse()?;
                let found = engine.packages().load(store.blobs().get(&digest)?)?;
                (found, evaluation.params.clone())
            }
            None => {
                let standard = PluginReference::Package {
                    namespace: mlhost_pipeline::DEFAULT_NAMESPACE.to_owned(),
                    name: "evaluate".to_owned(),
                    version: None,
                };
                let found = engine.packages().find(&standard, Path::new("."))?;
                let task = Task::of(model).word();
                (found, json!({ "target": model.target, "task": task }))
            }
        };
        if !params::names(&found.plugin).contains(&"bootstrap") {
            let plugin = found.plugin.name().to_string();
            return Err(AbError::NoBootstrap { plugin }.into());
        }
        let target = params::targets(&found.plugin, &params).into_iter().next();
        let target = target.or_else(|| model.target.clone());
        let target = target.ok_or_else(|| AbError::UnknownTarget {
            model: champion.to_string(),
        })?;
        Ok(Self {
            found,
            choice,
            params,
            target,
            seed: model.seed,
            resamples: ((2.0 * DRAWS_BEYOND / (1.0 - strictest)).round() as u64)
                .clamp(RESAMPLES, MOST_RESAMPLES),
        })
    }

    /// The column that holds the truth.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Refuses a table that does not hold the truth, or holds texts where the champion was trained
    /// on numbers, or the other way round.
    pub(super) fn check_table(&self, schema: &Schema, champion: &Contestant) -> Result<()> {
        let (target, model) = (self.target.clone(), champion.to_string());
        let find = |columns: Vec<Column>| columns.into_iter().find(|one| one.name == self.target);
        let Some(found) = find(signature(schema)) else {
            return Err(AbError::NoTarget { target, model }.into());
        };
        let data = &champion.stored.model.data;
        let trained_on = data.iter().find_map(|data| find(data.schema.clone()));
        match trained_on {
            Some(expected)
                if is_number(&expected).is_some_and(|is| is_number(&found) == Some(!is)) =>
            {
                Err(AbError::OtherType {
                    target,
                    model,
                    found: found.kind,
                    expected: expected.kind,
                }
                .into())
            }
            _ => Ok(()),
        }
    }

    /// The parameters of the evaluator for an interval that holds this share of the draws.
    pub(super) fn params(&self, confidence: f64) -> Value {
        let mut params = self.params.clone();
        let bootstrap = object(&mut params["bootstrap"]);
        let resamples = self.resamples.into();
        bootstrap.entry("resamples").or_insert(resamples);
        bootstrap.entry("seed").or_insert(self.seed.into());
        let demand = json!({ "margin": 0.0, "confidence": confidence });
        let metric = self.choice.metric.clone();
        bootstrap.insert("metrics".to_owned(), json!({ metric: demand }));
        params
    }
}
