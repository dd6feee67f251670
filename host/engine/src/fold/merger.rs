//! Puts the states of the parts together, in the order of the parts, as they come in: a state
//! that has its turn is merged at once and forgotten, so that few of them are held at a time.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use mlhost_data::Table;
use mlhost_sandbox::Folder;

use mlhost_store::Digest;

use super::Fold;
use crate::{Result, results::Results};

/// The state of a whole dataset in the making.
pub(super) struct Merger<'a> {
    fold: &'a Fold,
    results: &'a Results,
    /// States whose turn has not come, by part.
    early: Mutex<BTreeMap<usize, Early>>,
    merged: Mutex<Merged>,
}

/// The state of a part, and the name that it is kept under once it was merged.
type Early = (Vec<u8>, Option<Digest>);

/// What the first parts have made.
#[derive(Default)]
struct Merged {
    /// `None` before the first merge.
    folder: Option<Folder>,
    /// How many parts that is.
    parts: usize,
}

impl<'a> Merger<'a> {
    pub(super) fn new(fold: &'a Fold, results: &'a Results) -> Self {
        Self {
            fold,
            results,
            early: Mutex::default(),
            merged: Mutex::default(),
        }
    }

    /// Takes the state of one part, which is kept under its key when it was merged.
    pub(super) fn add(&self, part: usize, state: Vec<u8>, key: Option<Digest>) -> Result<()> {
        self.early().insert(part, (state, key));
        // Whoever is merging now comes to this state as well, or `state` does at the end.
        match self.merged.try_lock() {
            Ok(mut merged) => self.merge(&mut merged),
            Err(_) => Ok(()),
        }
    }

    /// The state of all parts.
    pub(super) fn state(self) -> Result<Vec<u8>> {
        let lock = self.merged.lock();
        let mut merged = lock.unwrap_or_else(PoisonError::into_inner);
        // The only part there is needs no merging.
        if self.fold.dataset.num_parts() == 1
            && let Some((state, _)) = self.early().remove(&0)
        {
            return Ok(state);
        }
        self.merge(&mut merged)?;
        match merged.folder.take() {
            Some(mut folder) => Ok(folder.state()?),
            None => Ok(self.folder()?.state()?),
        }
    }

    /// Merges the states whose turn has come.
    fn merge(&self, merged: &mut Merged) -> Result<()> {
        if self.fold.dataset.num_parts() == 1 {
            return Ok(());
        }
        loop {
            let Some((state, key)) = self.early().remove(&merged.parts) else {
                return Ok(());
            };
            let folder = match &mut merged.folder {
                Some(folder) => folder,
                empty => empty.insert(self.folder()?),
            };
            folder.merge(&state)?;
            if let Some(key) = key {
                self.results.keep_state(&key, &state);
            }
            merged.parts += 1;
        }
    }

    /// A fold over no rows yet.
    fn folder(&self) -> Result<Folder> {
        let Fold {
            plugin,
            context,
            params,
            dataset,
            ..
        } = self.fold;
        Ok(plugin.folder(context, params, &dataset.schema())?)
    }

    fn early(&self) -> MutexGuard<'_, BTreeMap<usize, Early>> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
