//! Which experiments there are, who competes in them, and by what they are judged.

use std::collections::BTreeSet;

use mlhost_store::{Experiment, ExperimentEntry, Selector, Store, StoredModel, VersionSelector};
use serde::Serialize;

use super::{
    CHAMPION, MetricOrigin,
    metric::{Choice, Recorded},
};
use crate::Result;

/// An experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentView {
    /// Its name.
    pub name: String,
    /// The columns that its models predict: one, if they can be compared.
    pub targets: Vec<String>,
    /// What its models are compared by.
    pub metric: String,
    /// Why by that.
    pub metric_from: MetricOrigin,
    /// Its versions, sorted by name and number.
    pub versions: Vec<Contender>,
}

/// A version in an experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contender {
    /// The version, and how it entered.
    #[serde(flatten)]
    pub entry: ExperimentEntry,
    /// The column that it predicts.
    pub target: Option<String>,
    /// The metric as its own run has measured it, on the data of that run.
    pub value: Option<f64>,
}

/// Every experiment of a store, sorted by name.
///
/// # Errors
/// When models or records cannot be read.
pub fn experiments(store: &Store) -> Result<Vec<ExperimentView>> {
    let experiments = store.experiments()?.into_iter();
    experiments.map(|one| view(store, one)).collect()
}

/// The experiment of this name.
///
/// # Errors
/// Those of [`Store::experiment`], and when models or records cannot be read.
pub fn experiment(store: &Store, name: &str) -> Result<ExperimentView> {
    view(store, store.experiment(name)?)
}

fn view(store: &Store, experiment: Experiment) -> Result<ExperimentView> {
    let read = |entry: ExperimentEntry| {
        let selector = Selector {
            name: entry.model.clone(),
            version: VersionSelector::Number(entry.version),
        };
        let stored = store.model(&selector)?;
        let recorded = Recorded::of(store, &stored, Some(entry.run))?;
        Ok((entry, stored, recorded))
    };
    let read = experiment.entries.into_iter().map(read);
    let read: Vec<(ExperimentEntry, StoredModel, Option<Recorded>)> =
        read.collect::<Result<_>>()?;
    let is_champion = |(entry, ..): &&(ExperimentEntry, _, _)| {
        entry.aliases.iter().any(|alias| alias == CHAMPION)
    };
    let judged_by = read.iter().find(is_champion).or(read.last());
    let choice =
        judged_by.map(|(_, stored, recorded)| Choice::of(recorded.as_ref(), &stored.model, None));
    let (metric, metric_from) = match choice {
        Some(choice) => (choice.metric, choice.origin),
        // An experiment without versions is none.
        None => (String::new(), MetricOrigin::Default),
    };
    let targets: BTreeSet<_> = read
        .iter()
        .filter_map(|(_, stored, _)| stored.model.target.clone())
        .collect();
    let versions = read.into_iter().map(|(entry, stored, recorded)| Contender {
        entry,
        target: stored.model.target,
        value: recorded.and_then(|recorded| recorded.value(&metric)),
    });
    Ok(ExperimentView {
        name: experiment.name,
        targets: targets.into_iter().collect(),
        versions: versions.collect(),
        metric,
        metric_from,
    })
}
