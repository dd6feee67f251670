//! One instance of a plugin: a store with its limits, and the translation of
//! everything that can go wrong in a call.

use std::sync::Arc;

use mlhost_pipeline::{Limit, printable};
use wasmtime::{Store, Trap, component::Instance as WasmInstance};

use crate::{
    Context, Error, Failure, Limits, Reported,
    contract::types,
    convert::cut,
    inner::Inner,
    limits::over,
    session::{Session, Stopped},
    stack,
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
        store.set_max_component_handles(context.limits.handles);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(Session::at_tick);
        let begin = || plugin.pre.instantiate(&mut store);
        let wasm = match stack::with_room(context.limits.stack_bytes, begin)? {
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
    pub(crate) fn call<T: Send>(
        &mut self,
        call: impl FnOnce(&mut Store<Session>) -> Called<T> + Send,
    ) -> Result<T, Error> {
        self.call_infallible(|store| call(store))?
            .map_err(|error| self.reported(error))
    }

    /// A call whose function returns no `result`.
    pub(crate) fn call_infallible<T: Send>(
        &mut self,
        call: impl FnOnce(&mut Store<Session>) -> wasmtime::Result<T> + Send,
    ) -> Result<T, Error> {
        let limits = &self.store.data().context.limits;
        let (returned, stack) = (limits.returned_bytes, limits.stack_bytes);
        // A call that makes no tick still has to notice that its time is up.
        let result = match self.store.data().check_time() {
            Ok(()) => {
                self.store.set_hostcall_fuel(returned);
                // Otherwise the time since the call before would count as a tick of this one.
                self.store.set_epoch_deadline(1);
                stack::with_room(stack, || call(&mut self.store))?
            }
            Err(stopped) => Err(stopped),
        };
        self.store.data_mut().end_lines();
        result.map_err(|error| failed(&self.plugin, self.store.data_mut(), error))
    }

    /// The functions of one interface of this instance.
    pub(crate) fn guest<G: Send>(
        &mut self,
        load: impl FnOnce(&mut Store<Session>, &WasmInstance) -> wasmtime::Result<G> + Send,
    ) -> Result<G, Error> {
        let wasm = self.wasm;
        self.call_infallible(|store| load(store, &wasm))
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

    /// A limit of what is returned, which some return value is beyond.
    pub(crate) fn within<T>(
        &self,
        value: T,
        check: impl FnOnce(&Limits, &T) -> Result<(), Failure>,
    ) -> Result<T, Error> {
        match check(&self.store.data().context.limits, &value) {
            Ok(()) => Ok(value),
            Err(failure) => Err(self.failure(failure)),
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
        // One sentence is what is promised; what breaks it is in the name of a column.
        message = printable(message.trim_end());
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
        plugin_error(&self.plugin, self.store.data(), failure)
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
        Some(Stopped::Failed(failure)) => failure.clone(),
        Some(Stopped::Invalid(what)) => Failure::Invalid(what.clone()),
        Some(Stopped::Exited(code)) => Failure::Exited {
            code: *code,
            last_words: session.last_words(),
        },
        Some(Stopped::Data | Stopped::Unanswered(_)) | None => {
            let trap = error.downcast_ref::<Trap>();
            let reason = match trap {
                Some(trap) => trap.to_string(),
                None => format!("{error:#}"),
            };
            match counted(&reason, limits) {
                _ if trap == Some(&Trap::StackOverflow) => {
                    let value = limits.stack_bytes as u64;
                    over("used up the stack of its calls", Limit::Stack, value)
                }
                Some(failure) => failure,
                None => Failure::Trapped {
                    reason,
                    last_words: session.last_words(),
                },
            }
        }
    };
    plugin_error(plugin, session, failure)
}

/// The failure of going beyond a limit that wasmtime counts itself, and tells of in words only.
fn counted(reason: &str, limits: &Limits) -> Option<Failure> {
    let all = [
        ("fuel allocated for hostcalls", None),
        (
            "instance count too high",
            Some((Limit::Instances, limits.instances)),
        ),
        ("table count too high", Some((Limit::Tables, limits.tables))),
        (
            "store handle limit exceeded",
            Some((Limit::Handles, limits.handles)),
        ),
    ];
    let (_, limit) = all.into_iter().find(|(words, _)| reason.contains(words))?;
    Some(match limit {
        None => Failure::TooMuchReturned(limits.returned_bytes),
        Some((limit, value)) => {
            let what = match limit {
                Limit::Instances => "has more module instances than it may",
                Limit::Tables => "has more tables than it may",
                _ => "holds more things than it may",
            };
            over(what, limit, value as u64)
        }
    })
}

fn plugin_error(plugin: &Inner, session: &Session, mut failure: Failure) -> Error {
    let context = &session.context;
    // What is wrong is told with the plugin's own words: names, formats, texts.
    if let Failure::Invalid(what) = &mut failure {
        cut(what, context.limits.text_bytes);
    }
    Error::Plugin {
        plugin: plugin.name(),
        step: context.step.clone(),
        failure: Box::new(failure),
        refused: session.world.refused().last().cloned(),
    }
}
