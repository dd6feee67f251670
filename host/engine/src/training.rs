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

    /// A scan that writes down what it gives, for the next one. If it does not come to its end, the
    /// next scan writes.
    fn spooling(&self, store: &Store, key: (usize, Vec<String>)) -> Result<Box<dyn Batches>> {
        let claim = Claim {
            parts: self.parts.clone(),
            key,
            spooled: None,
        };
        let (part, columns) = &claim.key;
        let schema = mlhost_data::select(&self.schema(), columns)?;
        let mut writing = Some(Writing::new(store, &schema)?);
        let mut batches = self.computed(*part, columns)?;
        let mut claim = Some(claim);
        Ok(Box::new(std::iter::from_fn(move || {
            // Nothing follows the end or an error.
            let mut spool = writing.take()?;
            let Some(batch) = batches.next() else {
                let spooled = match spool.finish() {
                    Ok(spooled) => spooled,
                    Err(error) => return Some(Err(error)),
                };
                // At once, and not only when the scan is dropped.
                if let Some(mut claim) = claim.take() {
                    claim.spooled = Some(spooled);
                }
                return None;
            };
            let batch = batch.and_then(|batch| spool.write(&batch).map(|()| batch));
            if batch.is_ok() {
                writing = Some(spool);
            }
            Some(batch)
        })))
    }
}

/// The right to write the spool of a part, which ends with the scan that does.
struct Claim {
    parts: Arc<Parts>,
    key: (usize, Vec<String>),
    spooled: Option<Spooled>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let now = self.spooled.take().map_or(Part::ScannedOnce, Part::Spooled);
        self.parts.lock().insert(self.key.clone(), now);
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

#[cfg(test)]
mod tests;
