//! A dataset as a step sees it: a table, and the fitted steps that its rows pass through on the
//! way. Nothing is materialised: each scan reads the source and sends what it reads through every
//! stage, batch by batch.

mod chain;
pub(crate) mod columns;
mod constant;
mod passage;
mod permuted;
mod scored;
mod transformed;

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use mlhost_data::{Batches, Result as DataResult, Table};
use mlhost_store::Digest;

pub(crate) use chain::{Fitted, OpenChain, targets};
pub(crate) use constant::Constant;
pub(crate) use passage::{Flow, Passage};
pub(crate) use permuted::{Permutations, Permuted};
pub(crate) use scored::Scored;
pub use scored::ScoredTable;
pub(crate) use transformed::Transformed;

use crate::key::Key;

/// Something that rows pass through.
pub(crate) trait Stage: Send + Sync {
    /// The columns that come out.
    fn schema(&self) -> SchemaRef;

    /// Whether each row that goes in comes out as exactly one.
    fn row_wise(&self) -> bool;

    /// A digest of everything but the rows that decides what comes out.
    fn digest(&self) -> Digest;

    /// The fitted steps that it applies.
    fn steps(&self) -> Vec<String>;

    /// Opens it for the rows of one part; `columns` are those that are wanted of what comes out.
    fn open(&self, columns: &[String]) -> DataResult<Box<dyn Flow>>;
}

/// A table and the stages that its rows pass through. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Dataset {
    source: Arc<dyn Table>,
    stages: Vec<Arc<dyn Stage>>,
}

impl Dataset {
    /// A table as it is.
    pub(crate) fn of(source: Arc<dyn Table>) -> Self {
        Self {
            source,
            stages: vec![],
        }
    }

    /// The dataset that a stage makes of this one.
    #[must_use]
    pub(crate) fn then(mut self, stage: impl Stage + 'static) -> Self {
        self.stages.push(Arc::new(stage));
        self
    }

    /// The table that is read.
    pub(crate) fn source(&self) -> &Arc<dyn Table> {
        &self.source
    }

    /// Opens every stage for the rows of one part.
    pub(crate) fn open(&self, columns: &[String]) -> DataResult<Passage> {
        Passage::open(&self.stages, columns)
    }

    /// Digests of all that decides the rows of all parts, where that can be told.
    pub(crate) fn digests(&self) -> DataResult<Option<Digests>> {
        let mut rows = Key::new("dataset").with_schema(&self.source.schema());
        let mut whole = Key::new("dataset").with_schema(&self.schema());
        for part in 0..self.num_parts() {
            let Some(digest) = self.source.part_digest(part)? else {
                return Ok(None);
            };
            rows = rows.with(&digest);
            whole = whole.with(self.staged(digest));
        }
        Ok(Some(Digests {
            rows: rows.digest(),
            whole: whole.digest(),
        }))
    }

    /// The fitted steps that rows pass on the way.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.stages.iter().flat_map(|stage| stage.steps()).collect()
    }

    /// The digest of a part, of which that in the source is known.
    fn staged(&self, source: String) -> String {
        if self.stages.is_empty() {
            return source;
        }
        let key = Key::new("part").with(source);
        let key = key.with_schema(&self.source.schema());
        let stages = self.stages.iter();
        let key = stages.fold(key, |key, stage| key.with(stage.digest().bytes()));
        key.digest().to_string()
    }
}

/// Digests of what decides the rows of a dataset.
pub(crate) struct Digests {
    /// Those of the source, before any stage.
    pub(crate) rows: Digest,
    /// Those that come out.
    pub(crate) whole: Digest,
}

impl Table for Dataset {
    fn schema(&self) -> SchemaRef {
        let last = self.stages.last().map(|stage| stage.schema());
        last.unwrap_or_else(|| self.source.schema())
    }

    fn num_rows(&self) -> Option<u64> {
        let row_wise = self.stages.iter().all(|stage| stage.row_wise());
        row_wise.then(|| self.source.num_rows()).flatten()
    }

    fn num_parts(&self) -> usize {
        self.source.num_parts()
    }

    fn part_digest(&self, part: usize) -> DataResult<Option<String>> {
        let source = self.source.part_digest(part)?;
        Ok(source.map(|source| self.staged(source)))
    }

    fn verify_part(&self, part: usize) -> DataResult<()> {
        self.source.verify_part(part)
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> DataResult<Box<dyn Batches>> {
        mlhost_data::select(&self.schema(), columns)?;
        let passage = self.open(columns)?;
        let batches = self.source.scan_part(part, passage.columns())?;
        Ok(Box::new(passage.of(batches)))
    }
}
