//! Runs what `object_store` does on threads of its own, while the calling thread waits. The runtime
//! is made for the first remote file: whoever reads local files has none.

use std::future::Future;
use std::io;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::{Error, Result};

/// The most requests that are under way at the same time.
const THREADS: usize = 64;

static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();

/// Waits for a future. The calling thread must be one that may be blocked.
pub(super) fn run<F: Future>(future: F) -> Result<F::Output> {
    let runtime = RUNTIME.get_or_init(|| {
        // The one worker wakes those who wait before they ask again; requests block other threads.
        Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(THREADS)
            .thread_name("object-store")
            .enable_time()
            .build()
    });
    match runtime {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(Error::Computed(
            format!("cannot start a thread for requests: {error}").into(),
        )),
    }
}
