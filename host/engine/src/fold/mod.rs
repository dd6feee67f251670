//! Folds datasets into states: each part in an instance of its own, merged in the order of the
//! parts.
//!
//! The parts are fixed by the data and never by the machine, so a state has the same bits however
//! many instances work at once. Folds that read one source share its scan: each batch is read
//! once and goes to all of them. A part that was folded before is not read again.

mod consumer;
mod merger;
mod trust;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, Scope},
};

use mlhost_data::Table;
use mlhost_sandbox::{Context, Plugin};
use mlhost_store::Digest;

use crate::{
    Error, Result, dataset::Dataset, key::Key, observer::Reading, permits::Permits,
    results::Results,
};
use consumer::Consumer;
use merger::Merger;

/// What is to be folded, and by whom.
pub(crate) struct Fold {
    pub(crate) plugin: Plugin,
    pub(crate) context: Context,
    /// Parameters as JSON.
    pub(crate) params: String,
    pub(crate) dataset: Dataset,
    /// Whether parts that were folded before are folded again.
    pub(crate) again: bool,
    /// Hears what is read.
    pub(crate) reading: Reading,
}

impl Fold {
    /// The name of the state of one part, where the rows of the part have a digest.
    fn key(&self, part: usize) -> Result<Option<Digest>> {
        if !self.context.grants().is_nothing() {
            return Ok(None);
        }
        let Some(rows) = self.dataset.part_digest(part)? else {
            return Ok(None);
        };
        let key = Key::new("part state")
            .with_plugin(&self.plugin, self.context.seed(), self.context.grants())
            .with(&self.params)
            .with_schema(&self.dataset.schema())
            .with(rows);
        Ok(Some(key.digest()))
    }
}

/// What has gone wrong in one of several folds; the others were given up.
pub(crate) struct Failed {
    /// Which of them.
    pub(crate) fold: usize,
    /// Boxed, because it is much larger than what else there is.
    pub(crate) error: Box<Error>,
    /// Whether it went wrong when a state was merged.
    is_of_state: bool,
}

impl Failed {
    fn of(fold: usize, error: Error) -> Self {
        let error = Box::new(error);
        Self {
            fold,
            error,
            is_of_state: false,
        }
    }

    /// When a state was merged.
    fn of_state(fold: usize, error: Error) -> Self {
        let is_of_state = trust::is_refusal(&error);
        Self {
            is_of_state,
            ..Self::of(fold, error)
        }
    }
}

/// The state of each dataset. The caller holds one permit; more are taken while they are free.
pub(crate) fn fold_all(
    folds: &[Fold],
    permits: &Permits,
    results: &Results,
) -> Result<Vec<Vec<u8>>, Failed> {
    let work = Work::new(folds, permits, results);
    thread::scope(|scope| work.help(scope, &|| false));
    let failed = work.failed.into_inner();
    let states = match failed.unwrap_or_else(PoisonError::into_inner) {
        Some(failed) => Err(failed),
        None => {
            let states = work.mergers.into_iter().enumerate();
            let state = |(fold, merger): (usize, Merger<'_>)| {
                merger
                    .state()
                    .map_err(|error| Failed::of_state(fold, error))
            };
            states.map(state).collect()
        }
    };
    if let Err(failed) = &states
        && failed.is_of_state
    {
        folds[failed.fold].forget(results);
    }
    states
}

/// The state of one dataset, of which nothing is kept.
pub(crate) fn fold_one(fold: Fold, permits: &Permits) -> Result<Vec<u8>> {
    let states = fold_all(&[fold], permits, &Results::default()).map_err(|failed| *failed.error)?;
    Ok(states.into_iter().next().unwrap_or_default())
}

/// Folds that read the same source.
struct Sharing {
    source: Arc<dyn Table>,
    /// Positions in the list of all folds.
    folds: Vec<usize>,
}

/// One part of one source.
struct Unit {
    sharing: usize,
    part: usize,
}

/// All that is to be done, and what has come of it.
struct Work<'a> {
    folds: &'a [Fold],
    permits: &'a Permits,
    results: &'a Results,
    sharings: Vec<Sharing>,
    units: Mutex<VecDeque<Unit>>,
    mergers: Vec<Merger<'a>>,
    failed: Mutex<Option<Failed>>,
}

impl<'a> Work<'a> {
    fn new(folds: &'a [Fold], permits: &'a Permits, results: &'a Results) -> Self {
        let sharings = sharings(folds);
        let units = sharings.iter().enumerate().flat_map(|(sharing, one)| {
            (0..one.source.num_parts()).map(move |part| Unit { sharing, part })
        });
        Self {
            units: Mutex::new(units.collect()),
            mergers: folds
                .iter()
                .map(|fold| Merger::new(fold, results))
                .collect(),
            failed: Mutex::default(),
            folds,
            permits,
            results,
            sharings,
        }
    }

    /// Works on one unit after the other until there are none, or somebody else should go on.
    /// Whenever there is more to do and a permit is free, another thread comes to help.
    fn help<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, until: &dyn Fn() -> bool) {
        while !until() {
            let (unit, more) = {
                let mut units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
                (units.pop_front(), !units.is_empty())
            };
            let Some(unit) = unit else { break };
            if more && let Some(permit) = self.permits.spare() {
                scope.spawn(move || self.help(scope, &|| permit.is_wanted()));
            }
            if let Err(failed) = self.fold(&unit) {
                self.give_up(failed);
            }
        }
    }

    /// The first failure is the one that is told, and nobody needs to start on the rest.
    fn give_up(&self, failed: Failed) {
        let mut units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        units.clear();
        drop(units);
        let mut first = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failed);
    }

    /// Folds one part for everybody who has not folded it before.
    fn fold(&self, unit: &Unit) -> Result<(), Failed> {
        let Sharing { source, folds } = &self.sharings[unit.sharing];
        let part = unit.part;
        let mut consumers = Vec::with_capacity(folds.len());
        for &fold in folds {
            let failed = |error| Failed::of(fold, error);
            let key = self.folds[fold].key(part).map_err(failed)?;
            let known = key.as_ref().filter(|_| !self.folds[fold].again);
            match known.and_then(|key| self.results.state(key)) {
                Some(state) => self.add(fold, part, state, None)?,
                None => {
                    let consumer = Consumer::open(&self.folds[fold]).map_err(failed)?;
                    consumers.push((fold, key, consumer));
                }
            }
        }
        let Some((first, ..)) = consumers.first() else {
            return Ok(());
        };
        let reader = *first;
        let unreadable = |error: mlhost_data::Error| Failed::of(reader, error.into());
        let mut columns: Vec<String> = Vec::new();
        for (.., consumer) in &consumers {
            let new = consumer.columns().iter();
            columns.extend(
                new.filter(|name| !columns.contains(name))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        for batch in source.scan_part(part, &columns).map_err(unreadable)? {
            let batch = batch.map_err(unreadable)?;
            let bytes = mlhost_data::batch_bytes(&batch) as u64;
            let held = self.folds[reader].context.hold(bytes);
            let _held = held.map_err(|error| Failed::of(reader, error.into()))?;
            for (fold, _, consumer) in &mut consumers {
                let failed = |error| Failed::of(*fold, error);
                consumer.push(&batch).map_err(failed)?;
            }
        }
        for (fold, key, consumer) in consumers {
            let failed = |error| Failed::of(fold, error);
            let state = consumer.finish().map_err(failed)?;
            self.add(fold, part, state, key)?;
        }
        Ok(())
    }

    /// Merges the state of a part, and keeps it under its key, if it has one.
    fn add(
        &self,
        fold: usize,
        part: usize,
        state: Vec<u8>,
        key: Option<Digest>,
    ) -> Result<(), Failed> {
        let added = self.mergers[fold].add(part, state, key);
        added.map_err(|error| Failed::of_state(fold, error))
    }
}

/// Which folds read which source. Tables that are the same object are the same source.
fn sharings(folds: &[Fold]) -> Vec<Sharing> {
    let mut sharings: Vec<Sharing> = Vec::new();
    for (position, fold) in folds.iter().enumerate() {
        let source = fold.dataset.source();
        match sharings
            .iter_mut()
            .find(|sharing| Arc::ptr_eq(&sharing.source, source))
        {
            Some(sharing) => sharing.folds.push(position),
            None => sharings.push(Sharing {
                source: source.clone(),
                folds: vec![position],
            }),
        }
    }
    sharings
}
