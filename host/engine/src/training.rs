//! The table that a trainer scans. Reading goes on ahead of training where a core is free for it,
//! and what is scanned again and again is computed only twice: the second scan of a part writes
//! it to a spool, from which later scans are served. A trainer that scans once pays nothing.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use mlhost_data::{Batches, Result, Table};
use mlhost_store::Store;

use crate::{
    dataset::Dataset,
    observer::Reading,
    permits::Permits,
    read_ahead::read_ahead,
    spool::{Spooled, Writing},
};

/// What a trainer scans.
pub(crate) struct TrainingTable {
    pub(crate) dataset: Dataset,
    pub(crate) reading: Reading,
    pub(crate) permits: Permits,
    /// Where a spool may be written; nowhere in a rehearsal.
    pub(crate) spools: Option<Arc<Store>>,
    pub(crate) parts: Arc<Parts>,
}

/// How often each part has been scanned for which columns, and its spool once there is one.
#[derive(Default)]
pub(crate) struct Parts(Mutex<HashMap<(usize, Vec<String>), Part>>);

#[derive(Clone)]
enum Part {
    ScannedOnce,
    /// Somebody writes it.
    Spooling,
    Spooled(Spooled),
}

impl Parts {
    fn lock(&self) -> MutexGuard<'_, HashMap<(usize, Vec<String>), Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TrainingTable {
    /// A scan of the dataset, ahead of its reader where a core is free.
    fn computed(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let batches = self.dataset.scan_part(part, columns)?;
        Ok(match self.permits.spare() {
            Some(permit) => read_ahead(batches, permit),
            None => batches,
        })
    }

    /// A scan that writes down what it gives, for the next one.
    fn spooling(&self, store: &Store, key: (usize, Vec<String>)) -> Result<Box<dyn Batches>> {
        let schema = mlhost_data::select(&self.schema(), &key.1)?;
        let parts = self.parts.clone();
        let mut writing = Some(Writing::new(store, &schema)?);
        let mut batches = self.computed(key.0, &key.1)?;
        Ok(Box::new(std::iter::from_fn(move || {
            let Some(spool) = &mut writing else {
                return batches.next();
            };
            match batches.next() {
                Some(Ok(batch)) => Some(spool.write(&batch).map(|()| batch)),
                Some(Err(error)) => Some(Err(error)),
                None => match writing.take()?.finish() {
                    Ok(spooled) => {
                        parts.lock().insert(key.clone(), Part::Spooled(spooled));
                        None
                    }
                    Err(error) => Some(Err(error)),
                },
            }
        })))
    }
}

impl Table for TrainingTable {
    fn schema(&self) -> SchemaRef {
        self.dataset.schema()
    }

    fn num_rows(&self) -> Option<u64> {
        self.dataset.num_rows()
    }

    fn num_parts(&self) -> usize {
        self.dataset.num_parts()
    }

    fn verify_part(&self, part: usize) -> Result<()> {
        self.dataset.verify_part(part)
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let key = (part, columns.to_vec());
        let before = {
            let mut parts = self.parts.lock();
            let before = parts.get(&key).cloned();
            let now = match &before {
                None => Part::ScannedOnce,
                Some(Part::ScannedOnce) if self.spools.is_some() => Part::Spooling,
                Some(other) => other.clone(),
            };
            parts.insert(key.clone(), now);
            before
        };
        let batches = match (before, &self.spools) {
            (Some(Part::Spooled(spooled)), _) => spooled.read(),
            (Some(Part::ScannedOnce), Some(store)) => self.spooling(store, key)?,
            _ => self.computed(part, columns)?,
        };
        let reading = self.reading.clone();
        Ok(Box::new(batches.inspect(
            move |batch: &Result<RecordBatch>| {
                if let Ok(batch) = batch {
                    reading.read(batch);
                }
            },
        )))
    }
}
