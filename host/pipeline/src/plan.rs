//! What a pipeline does, step by step, in the order of running.

use std::collections::HashMap;

use serde::Serialize;

use crate::kind::Kind;
use crate::model_version::ModelVersion;

/// The steps of a pipeline in an order in which each comes after those it needs; among steps that
/// could come next, the order of the file decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<PlannedStep>,
    /// Where each of them is, by its name.
    #[serde(skip)]
    index: HashMap<String, usize>,
}

impl Plan {
    pub(crate) fn new(steps: Vec<PlannedStep>) -> Self {
        let names = steps.iter().map(|step| step.name.clone());
        let index = names.enumerate().map(|(at, name)| (name, at)).collect();
        Self { steps, index }
    }

    /// Where the step of this name is among the steps.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The step of this name.
    pub fn step(&self, name: &str) -> Option<&PlannedStep> {
        self.steps.get(*self.index.get(name)?)
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// The name of the step.
    pub name: String,
    /// What it does.
    pub work: Work,
    /// The steps that must have ended before it starts, in the order of the file.
    pub needs: Vec<String>,
}

/// What a step does with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Work {
    /// Checks a table.
    #[serde(rename = "validator")]
    Validate {
        /// The table.
        input: DatasetReference,
        /// Another table that it is looked at beside: the values that may occur, for example.
        #[serde(skip_serializing_if = "Option::is_none")]
        reference: Option<DatasetReference>,
    },
    /// Learns a transformation from a table.
    #[serde(rename = "preprocessor")]
    Preprocess {
        /// The table.
        input: DatasetReference,
    },
    /// Learns a model from a table.
    #[serde(rename = "trainer")]
    Train {
        /// The table.
        input: DatasetReference,
        /// The name under which the model is registered when the run passes.
        register: Option<String>,
        /// The alias that is moved to that version with it.
        #[serde(skip_serializing_if = "Option::is_none")]
        alias: Option<String>,
    },
    /// Compares two tables.
    #[serde(rename = "drift-detector")]
    DetectDrift {
        /// The table that shows what is usual.
        reference: DatasetReference,
        /// The table that may have moved.
        current: DatasetReference,
        /// The model that predicts both, whose predictions may have moved with them.
        #[serde(skip_serializing_if = "Option::is_none")]
        model: Option<ModelReference>,
    },
    /// Scores models on a table.
    #[serde(rename = "evaluator")]
    Evaluate {
        /// The names of trainer steps: one to score, several to compare.
        models: Vec<String>,
        /// The table, as the raw input of the models.
        data: DatasetReference,
    },
    /// Sums up how a model was scored in the folds of a cross-validation.
    #[serde(rename = "cross-validation")]
    CrossValidate {
        /// The trainer step.
        model: String,
        /// The evaluators of the folds.
        folds: Vec<String>,
    },
}

impl Work {
    /// The kind of plugin that does it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Validate { .. } => Kind::Validator,
            Self::Preprocess { .. } => Kind::Preprocessor,
            Self::Train { .. } => Kind::Trainer,
            Self::DetectDrift { .. } => Kind::DriftDetector,
            Self::Evaluate { .. } | Self::CrossValidate { .. } => Kind::Evaluator,
        }
    }

    /// The tables it reads.
    pub fn datasets(&self) -> Vec<&DatasetReference> {
        match self {
            Self::Validate { input, reference } => {
                std::iter::once(input).chain(reference).collect()
            }
            Self::Preprocess { input } | Self::Train { input, .. } => vec![input],
            Self::DetectDrift {
                reference, current, ..
            } => vec![reference, current],
            Self::Evaluate { data, .. } => vec![data],
            Self::CrossValidate { .. } => vec![],
        }
    }

    /// The models that it scores, by the names of trainer steps.
    pub fn scored(&self) -> &[String] {
        match self {
            Self::Evaluate { models, .. } => models,
            Self::CrossValidate { model, .. } => std::slice::from_ref(model),
            _ => &[],
        }
    }

    /// The models that it reads, by the names of trainer steps: those that it scores, and the one that
    /// predicts the tables of a drift detector.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        let predicting = match self {
            Self::DetectDrift {
                model: Some(ModelReference::Step(step)),
                ..
            } => Some(step),
            _ => None,
        };
        let read = self.scored().iter().chain(predicting);
        read.map(String::as_str)
    }
}

/// A model as a step gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelReference {
    /// That of the trainer step of this name.
    Step(String),
    /// A registered version.
    Registered(ModelVersion),
}

/// A table as a step gets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetReference {
    /// The data of this name, as it is read.
    Data(String),
    /// What a step makes of its input: a validator the same rows, a preprocessor the transformed
    /// ones, a trainer the rows with predictions.
    Step(String),
}

impl DatasetReference {
    /// The name of the data or step.
    pub fn name(&self) -> &str {
        match self {
            Self::Data(name) | Self::Step(name) => name,
        }
    }
}
