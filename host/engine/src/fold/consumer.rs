//! One fold of one part: rows of the source go in, pass the stages of the dataset, and reach the
//! plugin.

use arrow::record_batch::RecordBatch;
use mlhost_data::Table;
use mlhost_sandbox::Folder;

use super::Fold;
use crate::{Result, dataset::Passage};

/// A fold of one part under way.
pub(super) struct Consumer<'a> {
    fold: &'a Fold,
    passage: Passage,
    folder: Folder,
}

impl<'a> Consumer<'a> {
    pub(super) fn open(fold: &'a Fold) -> Result<Self> {
        let schema = fold.dataset.schema();
        let folder = fold.plugin.folder(&fold.context, &fold.params, &schema)?;
        Ok(Self {
            fold,
            passage: fold.dataset.open(folder.columns())?,
            folder,
        })
    }

    /// The columns of the source that it needs.
    pub(super) fn columns(&self) -> &[String] {
        self.passage.columns()
    }

    /// Takes the next rows of the source, with these columns and maybe more.
    pub(super) fn push(&mut self, rows: &RecordBatch) -> Result<()> {
        self.fold.reading.read(rows);
        for batch in self.passage.push(rows)? {
            self.folder.update(&batch)?;
        }
        Ok(())
    }

    /// What was learned of the part.
    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        for batch in self.passage.finish()? {
            self.folder.update(&batch)?;
        }
        Ok(self.folder.state()?)
    }
}
