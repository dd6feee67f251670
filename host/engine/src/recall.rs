//! Which steps of a pipeline were done before, so that a run has nothing to do for them.

use std::sync::Arc;

use mlhost_store::Store;

use crate::{Checked, check::workshop, results::Results, workshop::Workshop};

impl Checked {
    /// The steps whose results are in the cache of this store, so that a run has nothing to do for
    /// them, in the order of running.
    pub fn complete(&self, store: &Arc<Store>) -> Vec<String> {
        let workshop = recalling(self, store);
        let mut complete: Vec<String> = Vec::new();
        for step in &self.plan.steps {
            if step.needs.iter().all(|need| complete.contains(need))
                && matches!(workshop.recall_step(&step.name), Ok(Some(_)))
            {
                complete.push(step.name.clone());
            }
        }
        complete
    }
}

/// Whether every step of the pipeline was done before.
pub(crate) fn was_done(checked: &Checked, store: &Arc<Store>) -> bool {
    let workshop = recalling(checked, store);
    let mut steps = checked.plan.steps.iter();
    steps.all(|step| matches!(workshop.recall_step(&step.name), Ok(Some(_))))
}

/// Steps that only remember.
fn recalling(checked: &Checked, store: &Arc<Store>) -> Workshop {
    let tables = checked.tables.iter();
    let tables = tables.flat_map(|(name, opened)| opened.tables(name));
    let results = Results::of(store.clone(), &checked.reuse);
    workshop(checked, tables.collect(), results)
}
