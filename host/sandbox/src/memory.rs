//! How much memory plugins and the batches on their way to them may hold together, and who holds
//! how much of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Context, Error, error::bytes};

/// Memory that is shared out among the steps of a run.
#[derive(Debug, Default)]
pub struct MemoryBudget {
    limit: Option<u64>,
    /// Bytes by the name of the step.
    held: Mutex<BTreeMap<String, u64>>,
}

/// Somebody wants more than there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "all steps together may hold {}, and step `{step}` wants {} more: {}",
    size(*limit), size(*wanted), holders(held)
)]
pub struct OverBudget {
    /// What all may hold together, in bytes.
    pub limit: u64,
    /// The step that wants more.
    pub step: String,
    /// How much more, in bytes.
    pub wanted: u64,
    /// Who holds how many bytes, the largest first.
    pub held: Vec<(String, u64)>,
}

impl MemoryBudget {
    /// So many bytes for all, or as many as anybody wants.
    pub fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            held: Mutex::default(),
        }
    }

    /// Lets a step hold so many bytes more.
    ///
    /// # Errors
    /// When that would be more than there is.
    pub fn take(&self, step: &str, wanted: u64) -> Result<(), OverBudget> {
        let mut held = self.held();
        let sum: u64 = held.values().sum();
        if let Some(limit) = self.limit
            && sum.saturating_add(wanted) > limit
        {
            let mut held: Vec<_> = held
                .clone()
                .into_iter()
                .filter(|(_, bytes)| *bytes > 0)
                .collect();
            held.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
            return Err(OverBudget {
                limit,
                step: step.to_owned(),
                wanted,
                held,
            });
        }
        match held.get_mut(step) {
            Some(bytes) => *bytes += wanted,
            None => {
                held.insert(step.to_owned(), wanted);
            }
        }
        Ok(())
    }

    /// Takes back what a step no longer holds.
    pub fn give_back(&self, step: &str, bytes: u64) {
        if let Some(held) = self.held().get_mut(step) {
            *held = held.saturating_sub(bytes);
        }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that are held in the name of a step until this is dropped.
#[derive(Debug)]
pub struct HeldMemory {
    budget: Arc<MemoryBudget>,
    step: String,
    bytes: u64,
}

impl Context {
    /// Counts bytes that the host holds for the plugin of this step, such as a batch on its way.
    ///
    /// # Errors
    /// [`Error::OverBudget`] when that is more than there is.
    pub fn hold(&self, bytes: u64) -> Result<HeldMemory, Error> {
        Ok(self.held(bytes)?)
    }

    /// [`hold`](Self::hold), within a call.
    pub(crate) fn held(&self, bytes: u64) -> Result<HeldMemory, OverBudget> {
        self.memory.take(&self.step, bytes)?;
        Ok(HeldMemory {
            budget: self.memory.clone(),
            step: self.step.clone(),
            bytes,
        })
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        self.budget.give_back(&self.step, self.bytes);
    }
}

fn holders(held: &[(String, u64)]) -> String {
    if held.is_empty() {
        return "nobody holds any yet".to_owned();
    }
    let holders = held.iter();
    let holders: Vec<_> = holders
        .map(|(step, bytes)| format!("`{step}` holds {}", size(*bytes)))
        .collect();
    holders.join(", ")
}

fn size(number: u64) -> String {
    bytes(&usize::try_from(number).unwrap_or(usize::MAX))
}
