//! Puts the states of the parts together, in the order of the parts, as they come in: a state
//! that has its turn is merged at once and forgotten, so that few of them are held at a time.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use mlhost_data::Table;
use mlhost_sandbox::Folder;

use super::Fold;
use crate::Result;

/// The state of a whole dataset in the making.
pub(super) struct Merger<'a> {
    fold: &'a Fold,
    /// States whose turn has not come, by part.
    early: Mutex<BTreeMap<usize, Vec<u8>>>,
    merged: Mutex<Merged>,
}

/// What the first parts have made.
#[derive(Default)]
struct Merged {
    /// `None` before the first merge.
    folder: Option<Folder>,
    /// How many parts that is.
    parts: usize,
}

impl<'a> Merger<'a> {
    pub(super) fn new(fold: &'a Fold) -> Self {
        Self {
            fold,
            early: Mutex::default(),
            merged: Mutex::default(),
        }
    }

    /// Takes the state of one part.
    pub(super) fn add(&self, part: usize, state: Vec<u8>) -> Result<()> {
        self.early().insert(part, state);
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
            && let Some(state) = self.early().remove(&0)
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
            let Some(state) = self.early().remove(&merged.parts) else {
                return Ok(());
            };
            let folder = match &mut merged.folder {
                Some(folder) => folder,
                empty => empty.insert(self.folder()?),
            };
            folder.merge(&state)?;
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

    fn early(&self) -> MutexGuard<'_, BTreeMap<usize, Vec<u8>>> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
