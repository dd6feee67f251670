//! One instance of a plugin: a store with its limits, and the translation of
//! everything that can go wrong in a call.

use std::sync::Arc;

use wasmtime::{Store, Trap, component::Instance as WasmInstance};

use crate::{
    Context, Error, Failure, Reported,
    contract::types,
    convert::cut,
    plugin::Inner,
    session::{Session, Stopped},
};

/// A running plugin. After a trap it must not be entered again.
pub(crate) struct Instance {
    pub(crate) plugin: Arc<Inner>,
    pub(crate) store: Store<Session>,
    pub(crate) wasm: WasmInstance,
}

/// What a call into a plugin gives: wasmtime's own result, and the contract's.
pub(crate) type Called<T> = wasmtime::Result<Result<T, types::Error>>;

impl Instance {
    pub(crate) fn new(plugin: &Arc<Inner>, context: &Context) -> Result<Self, Error> {
        let mut store = Store::new(plugin.pre.engine(), Session::new(context.clone()));
        store.limiter(|session| session);
        store.set_hostcall_fuel(context.limits.returned_bytes);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(Session::at_tick);
        let wasm = match plugin.pre.instantiate(&mut store) {
            Ok(wasm) => wasm,
            Err(error) => return Err(failed(plugin, store.data_mut(), error)),
        };
        Ok(Self {
            plugin: plugin.clone(),
            store,
            wasm,
        })
    }

    /// Does a call, and tells what went wrong in the plugin's name.
    pub(crate) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut Store<Session>) -> Called<T>,
    ) -> Result<T, Error> {
        self.call_infallible(|store| call(store))?
            .map_err(|error| self.reported(error))
    }

    /// A call whose function returns no `result`.
    pub(crate) fn call_infallible<T>(
        &mut self,
        call: impl FnOnce(&mut Store<Session>) -> wasmtime::Result<T>,
    ) -> Result<T, Error> {
        // A call that makes no tick still has to notice that its time is up.
        let stopped = Session::at_tick(wasmtime::AsContextMut::as_context_mut(&mut self.store));
        let result = stopped.and_then(|_| {
            self.store
                .set_hostcall_fuel(self.store.data().context.limits.returned_bytes);
            call(&mut self.store)
        });
        result.map_err(|error| failed(&self.plugin, self.store.data_mut(), error))
    }

    /// The failure for a value that cannot be true.
    pub(crate) fn invalid(&self, what: impl Into<String>) -> Error {
        self.failure(Failure::Invalid(what.into()))
    }

    /// The failure for data that cannot be passed to this plugin.
    pub(crate) fn not_carried(&self, source: mlhost_arrow::Error) -> Error {
        Error::Arrow {
            step: self.step().to_owned(),
            source,
        }
    }

    fn reported(&self, error: types::Error) -> Error {
        let limit = self.store.data().context.limits.text_bytes;
        let types::Error {
            mut kind,
            mut message,
            mut at,
        } = error;
        cut(&mut message, limit);
        if let Some(at) = &mut at {
            cut(at, limit);
        }
        if !["invalid-params", "invalid-data", "transient"].contains(&kind.as_str()) {
            "failed".clone_into(&mut kind);
        }
        self.failure(Failure::Reported(Reported { kind, message, at }))
    }

    fn step(&self) -> &str {
        &self.store.data().context.step
    }

    fn failure(&self, failure: Failure) -> Error {
        plugin_error(&self.plugin, &self.store.data().context, failure)
    }
}

fn failed(plugin: &Inner, session: &mut Session, error: wasmtime::Error) -> Error {
    if let Some(error) = session.data_error.take() {
        return Error::Data(error);
    }
    let limits = &session.context.limits;
    let failure = match error.downcast_ref::<Stopped>() {
        Some(Stopped::TimedOut) => Failure::TimedOut(limits.time),
        Some(Stopped::Cancelled) => Failure::Cancelled,
        Some(Stopped::OutOfMemory { requested }) => Failure::OutOfMemory {
            requested: *requested,
            limit: limits.memory_bytes,
        },
        Some(Stopped::OverBudget(error)) => return Error::OverBudget(error.clone()),
        Some(Stopped::TooMuchReturned) => Failure::TooMuchReturned(limits.returned_bytes),
        Some(Stopped::TableTooLarge { requested }) => Failure::Trapped {
            reason: format!(
                "{requested} table elements, and the limit is {}",
                limits.table_elements
            ),
            last_words: None,
        },
        Some(Stopped::Invalid(what)) => Failure::Invalid(what.clone()),
        Some(Stopped::Data) | None => {
            let reason = match error.downcast_ref::<Trap>() {
                Some(trap) => trap.to_string(),
                None => format!("{error:#}"),
            };
            if reason.contains("fuel allocated for hostcalls has been exhausted") {
                Failure::TooMuchReturned(limits.returned_bytes)
            } else {
                Failure::Trapped {
                    reason,
                    last_words: session.last_words.take(),
                }
            }
        }
    };
    plugin_error(plugin, &session.context, failure)
}

fn plugin_error(plugin: &Inner, context: &Context, mut failure: Failure) -> Error {
    // What is wrong is told with the plugin's own words: names, formats, texts.
    if let Failure::Invalid(what) = &mut failure {
        cut(what, context.limits.text_bytes);
    }
    Error::Plugin {
        plugin: plugin.name(),
        step: context.step.clone(),
        failure: Box::new(failure),
    }
}
