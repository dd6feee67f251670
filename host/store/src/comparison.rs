//! Two models side by side: what was measured on each, and what differs in how they came about.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    ChainStep, Column, DataFingerprint, Digest, Metric, Model, ReferenceProfile, ValueChange,
    float, value_changes,
};

/// The label by which an evaluator tells the models apart that it compares.
const MODEL_LABEL: &str = "model";

/// How two models compare. What has no counterpart in the other is `None` there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What was measured on either, in the order of the first.
    pub metrics: Vec<MetricPair>,
    /// The input columns that differ.
    pub inputs: Vec<Pair<Column>>,
    /// The output columns that differ.
    pub outputs: Vec<Pair<Column>>,
    /// The steps of either, in the order of the first, and the reference profile.
    pub steps: Vec<StepPair>,
    /// The data of either.
    pub data: Vec<Pair<DataFingerprint>>,
    /// Target, seed, and the versions of host and contract, where they differ.
    pub settings: Vec<Pair<Value>>,
}

/// A thing of a name, in the one model and in the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair<T> {
    /// What it is called.
    pub name: String,
    /// What it is in the first model.
    pub left: Option<T>,
    /// What it is in the second.
    pub right: Option<T>,
}

/// A metric of the one model and of the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricPair {
    /// The step that measured it.
    pub step: String,
    /// What was measured.
    pub name: String,
    /// On what, without the name of the model.
    pub labels: BTreeMap<String, String>,
    /// How much in the first model.
    pub left: Option<Measured>,
    /// How much in the second.
    pub right: Option<Measured>,
    /// The second less the first.
    pub difference: Option<Measured>,
}

/// A float of which JSON says all values, as in [`Metric`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Measured(#[serde(with = "float")] pub f64);

/// A step of the one model and of the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepPair {
    /// Its name in the pipeline; for the reference profile, that.
    pub name: String,
    /// Its plugin and state in the first model.
    pub left: Option<StepSide>,
    /// The same in the second.
    pub right: Option<StepSide>,
    /// The parameters that differ, where both have the step.
    pub params: Vec<ValueChange>,
}

/// What does a step in one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepSide {
    /// The package, `namespace:name`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The component.
    pub component: Digest,
    /// What it has fitted.
    pub state: Digest,
}

impl<T: PartialEq> Pair<T> {
    /// Whether both are the same.
    pub fn is_same(&self) -> bool {
        self.left == self.right
    }
}

impl StepPair {
    /// Whether both have the same plugin, parameters and state.
    pub fn is_same(&self) -> bool {
        self.left == self.right && self.params.is_empty()
    }
}

impl Comparison {
    /// Compares two models.
    pub fn of(left: &Model, right: &Model) -> Self {
        let changed = |left: &[Column], right: &[Column]| {
            let mut columns = pairs(left, right, |column| column.name.clone());
            columns.retain(|pair| !pair.is_same());
            columns
        };
        let (left_signature, right_signature) = (&left.signature, &right.signature);
        Self {
            metrics: metrics(left, right),
            inputs: changed(&left_signature.inputs, &right_signature.inputs),
            outputs: changed(&left_signature.outputs, &right_signature.outputs),
            steps: steps(left, right),
            data: pairs(&left.data, &right.data, |data| data.name.clone()),
            settings: settings(left, right),
        }
    }
}

/// Things by name: those of the left in their order, then those that only the right has.
fn pairs<T: Clone>(left: &[T], right: &[T], name: impl Fn(&T) -> String) -> Vec<Pair<T>> {
    let find = |things: &[T], wanted: &str| {
        let found = things.iter().find(|thing| name(thing) == wanted);
        found.cloned()
    };
    let mut names: Vec<String> = Vec::new();
    for thing in left.iter().chain(right) {
        let name = name(thing);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let pair = |name: String| Pair {
        left: find(left, &name),
        right: find(right, &name),
        name,
    };
    names.into_iter().map(pair).collect()
}

fn metrics(left: &Model, right: &Model) -> Vec<MetricPair> {
    let comparable = |model: &Model| -> Vec<Metric> {
        let metrics = model.metrics.iter().cloned();
        metrics.map(|metric| without_model(metric, model)).collect()
    };
    let key = |metric: &Metric| {
        let labels: Vec<_> = metric.labels.iter().collect();
        format!("{:?}", (&metric.step, &metric.name, labels))
    };
    let pairs = pairs(&comparable(left), &comparable(right), key);
    let pair = |pair: Pair<Metric>| {
        let value = |metric: &Option<Metric>| metric.as_ref().map(|metric| metric.value);
        let (left, right) = (value(&pair.left), value(&pair.right));
        let difference = left.zip(right).map(|(left, right)| right - left);
        let Metric {
            step, name, labels, ..
        } = pair.left.or(pair.right)?;
        Some(MetricPair {
            step,
            name,
            labels,
            left: left.map(Measured),
            right: right.map(Measured),
            difference: difference.map(Measured),
        })
    };
    pairs.into_iter().filter_map(pair).collect()
}

/// A metric without the label that says which of the models of its run it belongs to.
fn without_model(mut metric: Metric, model: &Model) -> Metric {
    let own = |name: &String| model.chain.iter().any(|step| step.step == *name);
    if metric.labels.get(MODEL_LABEL).is_some_and(own) {
        metric.labels.remove(MODEL_LABEL);
    }
    metric
}

fn steps(left: &Model, right: &Model) -> Vec<StepPair> {
    let all = |model: &Model| {
        let profile = model.reference.iter().map(profile_step);
        model
            .chain
            .iter()
            .cloned()
            .chain(profile)
            .collect::<Vec<_>>()
    };
    let pairs = pairs(&all(left), &all(right), |step| step.step.clone());
    let pair = |pair: Pair<ChainStep>| {
        let params = match (&pair.left, &pair.right) {
            (Some(left), Some(right)) => value_changes(&left.params, &right.params),
            _ => Vec::new(),
        };
        StepPair {
            name: pair.name,
            left: pair.left.map(side),
            right: pair.right.map(side),
            params,
        }
    };
    pairs.into_iter().map(pair).collect()
}

/// The reference profile as a step; no step has a space in its name.
fn profile_step(profile: &ReferenceProfile) -> ChainStep {
    ChainStep {
        granted: vec![],
        step: "reference profile".to_owned(),
        package: profile.package.clone(),
        version: profile.version.clone(),
        component: profile.component,
        params: profile.params.clone(),
        state: profile.state,
    }
}

fn side(step: ChainStep) -> StepSide {
    StepSide {
        package: step.package,
        version: step.version,
        component: step.component,
        state: step.state,
    }
}

fn settings(left: &Model, right: &Model) -> Vec<Pair<Value>> {
    let of = |model: &Model| {
        [
            ("target", model.target.clone().into()),
            ("seed", model.seed.into()),
            ("host", model.host.clone().into()),
            ("contract", model.contract.clone().into()),
        ]
    };
    let pair = |((name, left), (_, right)): ((&str, Value), (&str, Value))| Pair {
        name: name.to_owned(),
        left: Some(left),
        right: Some(right),
    };
    let pairs = of(left).into_iter().zip(of(right)).map(pair);
    pairs.filter(|pair| !pair.is_same()).collect()
}
