//! A plugin on the bench: what a host does with it, with limits and an ear for what it says.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use mlhost_data::MemoryTable;
use mlhost_pipeline::Kind;
use mlhost_sandbox::{
    Context, Error, Failure, Level, Limits, Listener, Outcome, Plugin, Reported, Transformer,
};

use super::{case::Case, report::Objection};

/// How a call ended that did not succeed.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The plugin says that parameters or data are wrong.
    Refused(Reported),
    /// It wants a column that its input does not have.
    Wish(String),
    /// What it emits, or announces, cannot be true.
    Output(String),
    /// It says that it is row-wise, and is not.
    NotRowWise(String),
    /// It used up its time or memory, or handed over too much.
    OverLimits(String),
    /// Anything else, which is never right.
    Broken(String),
}

impl Trouble {
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Refused(reported) => format!("`{}`: {}", reported.kind, reported.message),
            Self::Wish(words)
            | Self::Output(words)
            | Self::NotRowWise(words)
            | Self::OverLimits(words)
            | Self::Broken(words) => words.clone(),
        }
    }

    /// Only a refusal is a way for a plugin to say no.
    pub(crate) fn unless_refused(self, doing: &str) -> Result<Reported, Objection> {
        match self {
            Self::Refused(reported) => Ok(reported),
            other => Err(Objection::new(format!("{doing}: it {}", other.words()))),
        }
    }
}

impl Trouble {
    /// The sandbox has seen through something, and says what in words that begin like this.
    fn invalid(what: &str) -> Self {
        let is = |beginnings: &[&str]| beginnings.iter().any(|start| what.starts_with(start));
        if is(&["a wish for column"]) {
            Self::Wish(format!("has {what}"))
        } else if what.ends_with("it says it is row-wise") {
            Self::NotRowWise(format!("emits {what}"))
        } else if is(&[
            "a batch that is not valid",
            "an output schema",
            "an unusable output schema",
            "a schema of",
        ]) {
            Self::Output(format!("emits {what}"))
        } else {
            Self::Broken(format!("returns {what}"))
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let Error::Plugin { failure, .. } = error else {
            return Self::Broken(format!("cannot be used: {error}"));
        };
        match *failure {
            Failure::Reported(reported) => match reported.kind.as_str() {
                "invalid-params" | "invalid-data" => Self::Refused(reported),
                kind => Self::Broken(format!("says `{kind}`: {}", reported.message)),
            },
            Failure::Invalid(what) => Self::invalid(&what),
            Failure::TimedOut(_)
            | Failure::OutOfMemory { .. }
            | Failure::TooMuchReturned(_)
            | Failure::OverLimit { .. } => Self::OverLimits(failure.to_string()),
            Failure::Trapped { .. } => {
                let words = failure.to_string();
                Self::Broken(format!("traps: {}", words.trim_start_matches("trapped: ")))
            }
            other => Self::Broken(other.to_string()),
        }
    }
}

/// What came of a transform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Applied {
    pub(crate) schema: SchemaRef,
    pub(crate) row_wise: bool,
    /// Of each batch that was applied, and at last of the end, what was emitted.
    pub(crate) emitted: Vec<Vec<RecordBatch>>,
    /// What a trainer tells of its state, if it does.
    pub(crate) told: Option<Outcome>,
}

impl Applied {
    pub(crate) fn all(&self) -> Vec<RecordBatch> {
        self.emitted.iter().flatten().cloned().collect()
    }
}

/// What a state is good for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Consequence {
    Rows(Applied),
    Judged(Outcome),
}

/// Counts log lines.
#[derive(Debug, Default)]
struct Ear(AtomicUsize);

impl Listener for Ear {
    fn log(&self, _: Level, _: &str) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A plugin that can be tried out again and again, in instances of its own each time.
pub(crate) struct Bench {
    plugin: Plugin,
    limits: Limits,
    ear: Arc<Ear>,
}

impl Bench {
    pub(crate) fn new(plugin: Plugin, limits: Limits) -> Self {
        Self {
            plugin,
            limits,
            ear: Arc::default(),
        }
    }

    pub(crate) fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    pub(crate) fn kind(&self) -> Kind {
        self.plugin.kind()
    }

    pub(crate) fn folds(&self) -> bool {
        self.kind() != Kind::Trainer
    }

    pub(crate) fn transforms(&self) -> bool {
        matches!(self.kind(), Kind::Preprocessor | Kind::Trainer)
    }

    /// How many lines were logged since this was last asked.
    pub(crate) fn take_lines(&self) -> usize {
        self.ear.0.swap(0, Ordering::Relaxed)
    }

    fn context(&self) -> Context {
        Context::with("conformance", self.limits.clone(), self.ear.clone())
    }

    /// Checks the parameters against a schema, and tells the columns that are wanted.
    pub(crate) fn open(&self, params: &str, schema: &Schema) -> Result<Vec<String>, Trouble> {
        let context = self.context();
        Ok(match self.folds() {
            true => {
                let folder = self.plugin.folder(&context, params, schema)?;
                folder.columns().to_vec()
            }
            false => {
                let trainer = self.plugin.trainer(&context, params, schema)?;
                trainer.columns().to_vec()
            }
        })
    }

    /// A state of the rows, in one instance.
    pub(crate) fn learn(
        &self,
        params: &str,
        rows: &[RecordBatch],
        schema: &Schema,
    ) -> Result<Vec<u8>, Trouble> {
        match self.folds() {
            true => self.fold(params, rows, schema),
            false => {
                let trainer = self.plugin.trainer(&self.context(), params, schema)?;
                let table = MemoryTable::new(schema, rows.to_vec());
                let table = table.map_err(|error| Trouble::Broken(error.to_string()))?;
                Ok(trainer.fit(Arc::new(table))?)
            }
        }
    }

    fn fold(
        &self,
        params: &str,
        rows: &[RecordBatch],
        schema: &Schema,
    ) -> Result<Vec<u8>, Trouble> {
        let mut folder = self.plugin.folder(&self.context(), params, schema)?;
        let wanted = projection(schema, folder.columns());
        for batch in rows {
            folder.update(&project(batch, &wanted))?;
        }
        let state = folder.state()?;
        match folder.state()? == state {
            true => Ok(state),
            false => Err(Trouble::Broken(
                "gives two states, one right after the other, that are not the same".to_owned(),
            )),
        }
    }

    /// States that were folded apart, merged in order.
    pub(crate) fn merge(
        &self,
        params: &str,
        schema: &Schema,
        states: &[Vec<u8>],
    ) -> Result<Vec<u8>, Trouble> {
        let mut folder = self.plugin.folder(&self.context(), params, schema)?;
        for state in states {
            folder.merge(state)?;
        }
        Ok(folder.state()?)
    }

    /// States that were folded apart, merged in order into one that has seen rows of its own.
    pub(crate) fn fold_and_merge(
        &self,
        params: &str,
        first: &[RecordBatch],
        schema: &Schema,
        later: &[Vec<u8>],
    ) -> Result<Vec<u8>, Trouble> {
        let mut folder = self.plugin.folder(&self.context(), params, schema)?;
        let wanted = projection(schema, folder.columns());
        for batch in first {
            folder.update(&project(batch, &wanted))?;
        }
        for state in later {
            folder.merge(state)?;
        }
        Ok(folder.state()?)
    }

    pub(crate) fn transformer(
        &self,
        params: &str,
        state: &[u8],
        schema: &Schema,
    ) -> Result<Transformer, Trouble> {
        Ok(self
            .plugin
            .transformer(&self.context(), params, state, schema)?)
    }

    /// Applies a state to batches, in one instance.
    pub(crate) fn apply(
        &self,
        params: &str,
        state: &[u8],
        rows: &[RecordBatch],
        schema: &Schema,
    ) -> Result<Applied, Trouble> {
        let mut transformer = self.transformer(params, state, schema)?;
        let wanted = projection(schema, transformer.columns());
        let mut emitted = Vec::new();
        for batch in rows {
            emitted.push(transformer.apply(&project(batch, &wanted))?);
        }
        emitted.push(transformer.finish()?);
        Ok(Applied {
            schema: transformer.schema().clone(),
            row_wise: transformer.row_wise(),
            emitted,
            told: None,
        })
    }

    pub(crate) fn assess(
        &self,
        params: &str,
        states: &[(String, Vec<u8>)],
    ) -> Result<Outcome, Trouble> {
        Ok(self.plugin.assess(&self.context(), params, states)?)
    }

    /// What a trainer tells of a state; nothing, if it does not.
    pub(crate) fn explain(&self, params: &str, state: &[u8]) -> Result<Option<Outcome>, Trouble> {
        if !self.plugin.explains() {
            return Ok(None);
        }
        let model = [("model".to_owned(), state.to_vec())];
        self.assess(params, &model).map(Some)
    }

    /// What a state leads to: rows, or a verdict.
    pub(crate) fn consequence(&self, case: &Case, state: &[u8]) -> Result<Consequence, Trouble> {
        let params = case.text();
        if self.transforms() {
            let rows = case.applied();
            let told = self.explain(&params, state)?;
            let applied = self.apply(&params, state, std::slice::from_ref(rows), &rows.schema())?;
            return Ok(Consequence::Rows(Applied { told, ..applied }));
        }
        let second = |case: &Case| match &case.second {
            Some(rows) => self.learn(&params, std::slice::from_ref(rows), &rows.schema()),
            None => Ok(state.to_vec()),
        };
        let states = match self.kind() {
            Kind::DriftDetector => vec![
                ("reference".to_owned(), state.to_vec()),
                ("current".to_owned(), second(case)?),
            ],
            Kind::Evaluator if case.second.is_some() => vec![
                ("one".to_owned(), state.to_vec()),
                ("other".to_owned(), second(case)?),
            ],
            Kind::Evaluator => vec![("model".to_owned(), state.to_vec())],
            _ => vec![("data".to_owned(), state.to_vec())],
        };
        Ok(Consequence::Judged(self.assess(&params, &states)?))
    }
}

/// Where the columns are; one that is not there is refused by the sandbox when it opens a plugin.
pub(crate) fn projection(schema: &Schema, columns: &[String]) -> Vec<usize> {
    let indices = columns.iter().filter_map(|name| schema.index_of(name).ok());
    indices.collect()
}

/// The columns of a batch that were asked for.
pub(crate) fn project(batch: &RecordBatch, wanted: &[usize]) -> RecordBatch {
    batch.project(wanted).unwrap_or_else(|_| batch.clone())
}
