//! The stack of a plugin's calls. wasmtime has one size for all code of an engine, and takes it from
//! the thread that calls: a step with another size than the usual one has its plugin in another
//! engine, and with a larger one calls it on threads that have the room.

use std::{
    collections::BTreeMap,
    panic,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{Error, Sandbox, inner::Inner};

/// Bytes that a call may have on any thread: threads have 2 MiB.
pub(crate) const USUAL: usize = 1 << 20;

/// Bytes that the host itself needs of the thread of a call.
const OF_HOST: usize = 1 << 20;

/// A plugin once more for every other size of its stack.
pub(crate) struct Stacks {
    sandbox: Sandbox,
    plugins: Mutex<BTreeMap<usize, Arc<Inner>>>,
}

impl Stacks {
    /// Of a plugin in this sandbox.
    pub(crate) fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            plugins: Mutex::default(),
        }
    }

    /// The plugin, whose calls have so many bytes; `usual` is the one with the usual number.
    ///
    /// # Errors
    /// When there can be no engine with a stack of that size.
    pub(crate) fn plugin(&self, usual: &Arc<Inner>, bytes: usize) -> Result<Arc<Inner>, Error> {
        if bytes == USUAL {
            return Ok(usual.clone());
        }
        let mut plugins = self.plugins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plugin) = plugins.get(&bytes) {
            return Ok(plugin.clone());
        }
        let plugin = Arc::new(usual.moved(&self.sandbox.with_stack(bytes)?)?);
        plugins.insert(bytes, plugin.clone());
        Ok(plugin)
    }
}

/// Does a call where there are so many bytes for it: on this thread, or on one of its own.
///
/// # Errors
/// [`Error::Engine`] when the system has no such thread.
pub(crate) fn with_room<T: Send>(
    bytes: usize,
    call: impl FnOnce() -> T + Send,
) -> Result<T, Error> {
    if bytes <= USUAL {
        return Ok(call());
    }
    let failed = |error| Error::Engine(format!("no thread with a stack of {bytes} bytes: {error}"));
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("plugin".to_owned())
            .stack_size(bytes.saturating_add(OF_HOST))
            .spawn_scoped(scope, call)
            .map_err(failed)?;
        thread
            .join()
            .map_err(|panicked| panic::resume_unwind(panicked))
    })
}
