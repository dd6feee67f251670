//! Which steps of a pipeline were done before, so that a run has nothing to do for them.

use std::sync::Arc;

use mlhost_store::Store;

use crate::{
    Checked,
    check::workshop,
    opened,
    results::Results,
    schedule::{Facts, Next, Schedule},
    workshop::Workshop,
};

impl Checked {
    /// The steps whose results are in the cache of this store, so that a run has nothing to do for
    /// them, in the order of running.
    pub fn complete(&self, store: &Arc<Store>) -> Vec<String> {
        let mut complete = rehearse(self, store).complete;
        complete.sort_by_key(|name| self.plan.position(name));
        complete
    }
}

/// Whether every step of the pipeline was done before.
pub(crate) fn was_done(checked: &Checked, store: &Arc<Store>) -> bool {
    rehearse(checked, store).is_whole
}

/// What a run would find in the cache.
struct Recalled {
    complete: Vec<String>,
    /// Whether it would find all that it needs.
    is_whole: bool,
}

/// Goes through a run in which steps only remember.
fn rehearse(checked: &Checked, store: &Arc<Store>) -> Recalled {
    let workshop = recalling(checked, store);
    let mut schedule = Schedule::new(checked.pipeline.clone(), &checked.plan);
    let mut complete = Vec::new();
    let mut is_whole = true;
    loop {
        let following = schedule.next();
        if following.is_empty() {
            return Recalled { complete, is_whole };
        }
        for next in following {
            let start = match next {
                Next::Run(start) => start,
                Next::Skip { .. } => continue,
                Next::Judge { of, .. } => {
                    schedule.closed(&of);
                    continue;
                }
                Next::Fail { .. } | Next::Lost { .. } => {
                    is_whole = false;
                    continue;
                }
            };
            let begun = workshop.begin(&mut schedule, &start);
            match (begun, workshop.recall_step(&start.step)) {
                (Ok(()), Ok(Some(done))) => {
                    let facts = Facts::done(done.outcome).with_rows(done.rows);
                    schedule.ended(&start.step, facts);
                    complete.push(start.step);
                }
                // What needs the step does not come up: it is never told that it ended.
                _ => is_whole = false,
            }
        }
    }
}

/// Steps that only remember.
fn recalling(checked: &Checked, store: &Arc<Store>) -> Workshop {
    let tables = opened::tables(&checked.pipeline, &checked.tables);
    let results = Results::of(store.clone(), &checked.reuse);
    workshop(checked, tables, results)
}
