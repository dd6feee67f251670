//! How long a model takes for a row: what its chain makes of some rows in memory, on one thread.

use std::{sync::Arc, time::Instant};

use mlhost_data::{Limited, Table};

use crate::{
    FittedModel, Result,
    dataset::{OpenChain, columns::without},
};

/// Enough rows that a call counts for little.
const ROWS: u64 = 8192;
/// The fastest pass is the one that was disturbed least.
const PASSES: usize = 3;

/// Seconds for a row; none of a table without rows.
pub(super) fn seconds_per_row(model: &FittedModel, table: &Arc<dyn Table>) -> Result<Option<f64>> {
    let chain = model.chain();
    let targets: Vec<_> = chain
        .iter()
        .flat_map(|fitted| &fitted.targets)
        .cloned()
        .collect();
    let visible = without(&table.schema(), &targets);
    let mut open = OpenChain::open(chain, &model.context(), &visible)?;
    let first = Limited::new(table.clone(), ROWS);
    let Some(rows) = first.scan(&open.columns())?.next().transpose()? else {
        return Ok(None);
    };
    let mut fastest = f64::INFINITY;
    for _ in 0..PASSES {
        let started = Instant::now();
        open.apply(&rows)?;
        fastest = fastest.min(started.elapsed().as_secs_f64());
    }
    Ok(Some(fastest / rows.num_rows() as f64))
}
