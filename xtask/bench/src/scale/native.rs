//! The plugins' own code without a sandbox: each part of a table on one of the threads, and the
//! states merged in the order of the parts, as the host does it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::Result;
use arrow::datatypes::SchemaRef;
use mlhost_data::Table;
use mlhost_plugin::{Fold, testing};
use serde::Serialize;

use crate::clock::process_cpu_time;

use super::kernel::Kernel;

/// What the work of a kernel took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Time {
    pub(crate) wall_seconds: f64,
    /// Of all threads.
    pub(crate) cpu_seconds: f64,
}

/// Does the work of a pipeline, from opening its files to its verdict.
///
/// # Errors
/// When the pipeline or its data cannot be read, or the verdict is bad.
pub(super) fn time(kernel: &Kernel, params: &[(String, String)], threads: usize) -> Result<Time> {
    let (start, cpu_start) = (Instant::now(), process_cpu_time());
    (kernel.native)(&kernel.read(params)?, threads)?;
    Ok(Time {
        wall_seconds: start.elapsed().as_secs_f64(),
        cpu_seconds: (process_cpu_time() - cpu_start).as_secs_f64(),
    })
}

/// What is known of all rows.
///
/// # Errors
/// When the parameters are wrong or the data cannot be read.
pub(super) fn fold<F>(params: &str, table: &dyn Table, threads: usize) -> Result<F::State>
where
    F: Fold<State: Send>,
{
    let schema = table.schema();
    let next = AtomicUsize::new(0);
    let states: Mutex<BTreeMap<usize, Result<F::State>>> = Mutex::default();
    let work = || {
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= table.num_parts() {
                break;
            }
            let state = fold_part::<F>(params, &schema, table, part);
            let mut states = states.lock().unwrap_or_else(PoisonError::into_inner);
            states.insert(part, state);
        }
    };
    thread::scope(|scope| {
        (0..threads).for_each(|_| drop(scope.spawn(work)));
    });
    let mut whole = F::open(testing::params(params)?, &schema)?;
    let states = states.into_inner().unwrap_or_else(PoisonError::into_inner);
    for state in states.into_values() {
        whole.merge(state?)?;
    }
    Ok(whole.state())
}

fn fold_part<F: Fold>(
    params: &str,
    schema: &SchemaRef,
    table: &dyn Table,
    part: usize,
) -> Result<F::State> {
    let mut fold = F::open(testing::params(params)?, schema)?;
    for batch in table.scan_part(part, &fold.columns())? {
        fold.update(&batch?)?;
    }
    Ok(fold.state())
}
