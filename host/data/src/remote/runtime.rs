//! Runs what `object_store` does on threads of its own, while the calling thread waits. The runtime
//! is made for the first remote file: whoever reads local files has none.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{Error, Result};

/// The most requests that are under way at the same time.
const THREADS: usize = 64;

static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();

/// Waits for a future, on any thread: on one of another runtime as well, where it blocks as reading a
/// local file would.
pub(super) fn run<F>(future: F) -> Result<F::Output>
where
    F: Future + Send,
    F::Output: Send,
{
    let runtime = RUNTIME.get_or_init(|| {
        // The one worker wakes those who wait before they ask again; requests block other threads.
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(THREADS)
            .thread_name("object-store")
            .enable_time()
            .build()
    });
    let failed = |error: &dyn std::fmt::Display| {
        Error::Computed(format!("cannot start a thread for requests: {error}").into())
    };
    let runtime = runtime.as_ref().map_err(|error| failed(error))?;
    if Handle::try_current().is_err() {
        return Ok(runtime.block_on(future));
    }
    // No thread may wait in one runtime for another.
    thread::scope(|scope| {
        let waiting = thread::Builder::new().spawn_scoped(scope, || runtime.block_on(future));
        match waiting.map_err(|error| failed(&error))?.join() {
            Ok(output) => Ok(output),
            Err(panic) => resume_unwind(panic),
        }
    })
}
