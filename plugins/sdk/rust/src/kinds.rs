//! The four interfaces and the five kinds of plugin, as traits.
//!
//! The traits mirror `wit/`: what can be wrong with parameters or schema is
//! found in `open`, before a row is read; a part says which columns it wants and
//! gets those only.

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Dataset, Outcome, Result};

/// What every plugin says about itself.
pub trait Plugin: 'static {
    /// Lower-case words joined by `-`.
    const NAME: &'static str;
    /// One paragraph: what it does, for whom.
    const SUMMARY: &'static str;
    /// The parameters. A field `seed` that the pipeline leaves out is filled in
    /// by the host; a field with `#[schemars(extend("x-mlhost-role" = "target"))]`
    /// names the column that the host takes away before it predicts.
    type Params: DeserializeOwned + JsonSchema;
}

/// Batches become a state, in one pass that any number of instances can share.
pub trait Fold: Sized + 'static {
    /// The plugin's parameters.
    type Params: DeserializeOwned;
    /// What is learned. Equal knowledge should serialise to equal bytes: sorted
    /// maps, no hash order.
    type State: Serialize + DeserializeOwned;

    /// Checks the parameters against the schema of the whole input.
    fn open(params: Self::Params, input: &Schema) -> Result<Self>;
    /// The columns that [`update`](Self::update) wants, in order.
    fn columns(&self) -> Vec<String>;
    /// Takes in the next rows.
    fn update(&mut self, rows: &RecordBatch) -> Result<()>;
    /// Takes in what was learned from the rows that follow this folder's own.
    fn merge(&mut self, later: Self::State) -> Result<()>;
    /// What was learned so far.
    fn state(&self) -> Self::State;
}

/// A dataset becomes a state, in as many passes as it takes.
pub trait Fit: Sized + 'static {
    /// The plugin's parameters.
    type Params: DeserializeOwned;
    /// What is learned.
    type State: Serialize + DeserializeOwned;

    /// Checks the parameters against the schema of the whole input.
    fn open(params: Self::Params, input: &Schema) -> Result<Self>;
    /// The columns that the dataset's batches are to hold, in order.
    fn columns(&self) -> Vec<String>;
    /// Trains.
    fn fit(self, rows: &dyn Dataset) -> Result<Self::State>;
}

/// What a transform emits.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The schema of every emitted batch.
    pub schema: SchemaRef,
    /// Whether each input row becomes exactly one output row, in order.
    pub row_wise: bool,
}

/// Where a transform's batches go.
pub type Emit<'a> = dyn FnMut(&RecordBatch) -> Result<()> + 'a;

/// Batches become batches, by what a state holds.
pub trait Transform: Sized + 'static {
    /// The plugin's parameters.
    type Params: DeserializeOwned;
    /// What was learned.
    type State: DeserializeOwned;

    /// Checks that the state can be applied to an input of this schema, in which
    /// the target column is missing when the host predicts.
    fn open(params: Self::Params, state: Self::State, input: &Schema) -> Result<Self>;
    /// The columns that [`apply`](Self::apply) wants, in order.
    fn columns(&self) -> Vec<String>;
    /// What will be emitted.
    fn output(&self) -> Output;
    /// Takes in the next rows and emits what comes of them.
    fn apply(&mut self, rows: &RecordBatch, emit: &mut Emit<'_>) -> Result<()>;
    /// The input has ended: emits what was held back.
    fn finish(&mut self, _emit: &mut Emit<'_>) -> Result<()> {
        Ok(())
    }
}

/// Are the rows what we expect?
pub trait Validator: Plugin {
    /// Observes the rows.
    type Fold: Fold<Params = Self::Params>;
    /// Judges what was observed.
    fn assess(params: Self::Params, state: <Self::Fold as Fold>::State) -> Result<Outcome>;
    /// Judges what was observed beside a reference, which was folded with the same parameters:
    /// another table, with a schema of its own. A validator that does not say how takes none.
    fn assess_beside(
        _params: Self::Params,
        _state: <Self::Fold as Fold>::State,
        _reference: <Self::Fold as Fold>::State,
    ) -> Result<Outcome> {
        Err(crate::Error::params(
            "",
            "it takes no `reference` among its inputs",
        ))
    }
}

/// Learns an encoding in one pass and applies it.
pub trait Preprocessor: Plugin {
    /// Learns.
    type Fold: Fold<Params = Self::Params>;
    /// Applies.
    type Transform: Transform<Params = Self::Params, State = <Self::Fold as Fold>::State>;
}

/// Learns in as many passes as it takes, and predicts.
pub trait Trainer: Plugin {
    /// Learns.
    type Fit: Fit<Params = Self::Params>;
    /// Predicts.
    type Transform: Transform<Params = Self::Params, State = <Self::Fit as Fit>::State>;
}

/// Tells what it has learned as well, once, after the training.
pub trait ExplainedTrainer: Trainer {
    /// Says of a fitted model what a person would ask of it: which columns it leans on, say.
    fn explain(params: Self::Params, state: <Self::Fit as Fit>::State) -> Result<Outcome>;
}

/// Has the input moved?
pub trait DriftDetector: Plugin {
    /// Profiles the reference and the current rows alike.
    type Fold: Fold<Params = Self::Params>;
    /// Compares the profiles.
    fn assess(
        params: Self::Params,
        reference: <Self::Fold as Fold>::State,
        current: <Self::Fold as Fold>::State,
    ) -> Result<Outcome>;
}

/// Scores predictions, and compares models.
pub trait Evaluator: Plugin {
    /// Observes a model's predictions beside the truth.
    type Fold: Fold<Params = Self::Params>;
    /// Judges one or more models, each under its name, all on the same rows.
    fn assess(
        params: Self::Params,
        models: Vec<(String, <Self::Fold as Fold>::State)>,
    ) -> Result<Outcome>;
}
