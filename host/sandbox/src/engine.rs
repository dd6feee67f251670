//! The engine: the one place where wasmtime's settings are chosen.
//!
//! Compiled code fits only the settings it was compiled with, and results may
//! depend on them, so nothing else makes an engine.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::Duration,
};

use wasmtime::{
    Config, Engine,
    component::{HasSelf, Linker},
};

use crate::{
    Compiler, Error, Limits, Plugin,
    compile::CompileCache,
    contract::{Everything, emit},
    session::Session,
    stack, wasi,
};

/// How often a running plugin is asked whether it should still run.
pub(crate) const TICK: Duration = Duration::from_millis(5);

/// Virtual memory set aside for one instance: growing within it moves nothing.
const MEMORY_RESERVATION: u64 = 4 << 30;

/// How a [`Sandbox`] is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where compiled components are kept; `None` compiles every time.
    pub cache: Option<PathBuf>,
    /// The file with the key that says of a compiled component that this user has made it; it is made
    /// if it is not there. `None` has it in the folder of the cache.
    pub key: Option<PathBuf>,
    /// Who compiles components, within bounds; `None` compiles in this process, and as long as it takes.
    pub compiler: Option<Compiler>,
}

/// The engine that all plugins of a process run in. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) engine: Engine,
    pub(crate) linker: Arc<Linker<Session>>,
    pub(crate) ticker: Arc<Ticker>,
    cache: Arc<CompileCache>,
    /// Others, for calls with more or less stack.
    by_stack: Arc<Mutex<BTreeMap<usize, Self>>>,
}

/// The ticker thread runs as long as this lives: for every plugin until its last call has ended.
pub(crate) struct Ticker;

impl Sandbox {
    /// Starts the engine.
    ///
    /// # Errors
    /// [`Error::Engine`] when this machine cannot run it.
    pub fn new(options: Options) -> Result<Self, Error> {
        let engine = Engine::new(&config(stack::USUAL)).map_err(engine_error)?;
        let cache = CompileCache::new(&engine, options);
        Self::of(engine, Arc::new(cache))
    }

    /// What plugins run in, in an engine with these settings.
    pub(crate) fn of(engine: Engine, cache: Arc<CompileCache>) -> Result<Self, Error> {
        let mut linker = Linker::new(&engine);
        Everything::add_to_linker::<_, HasSelf<Session>>(&mut linker, |session| session)
            .map_err(engine_error)?;
        emit::add_to_linker(&mut linker).map_err(engine_error)?;
        wasi::add_to_linker(&mut linker).map_err(engine_error)?;
        let ticker = Arc::new(Ticker);
        tick(engine.clone(), Arc::downgrade(&ticker))?;
        Ok(Self {
            engine,
            linker: Arc::new(linker),
            ticker,
            cache,
            by_stack: Arc::default(),
        })
    }

    /// A sandbox whose calls have so many bytes of stack: the same for all who ask for that.
    ///
    /// # Errors
    /// [`Error::Engine`] when there can be no such engine.
    pub(crate) fn with_stack(&self, bytes: usize) -> Result<Self, Error> {
        let mut by_stack = self.by_stack.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sandbox) = by_stack.get(&bytes) {
            return Ok(sandbox.clone());
        }
        let sandbox = Self::of(
            Engine::new(&config(bytes)).map_err(engine_error)?,
            self.cache.clone(),
        )?;
        by_stack.insert(bytes, sandbox.clone());
        Ok(sandbox)
    }

    /// Compiles a component, or takes the compiled form from the cache, and asks
    /// it to describe itself.
    ///
    /// # Errors
    /// [`Error::NotAPlugin`] when it is no component, imports what the contract
    /// does not offer, exports no kind of plugin, or fails to describe itself;
    /// [`Error::CompileTime`] and [`Error::CompilerEnded`] when it takes too much to compile.
    pub fn load(&self, component: &[u8]) -> Result<Plugin, Error> {
        self.load_known(component, &crate::digest(component), &Limits::default())
    }

    /// The same for a component whose [`digest`](crate::digest) the caller knows, which is compiled
    /// within these limits.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_known(
        &self,
        component: &[u8],
        digest: &str,
        limits: &Limits,
    ) -> Result<Plugin, Error> {
        let compiled = self
            .cache
            .compile(&self.engine, component, digest, limits)?;
        Plugin::load(self, &compiled, component, digest)
    }
}

/// Instances get their memory from the system, each its own, and not from a pool: opening one takes
/// some 40 µs, once for all batches of a part, so that there is little to save. A pool has a fixed
/// number of places, and a run with more steps, folds and threads than that would fail; and setting
/// it aside took longer than loading a compiled plugin does. An instance that has worked is never
/// used for anything else, for what a plugin left in its memory must not decide a result.
pub(crate) fn config(stack_bytes: usize) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        .relaxed_simd_deterministic(true)
        .memory_reservation(MEMORY_RESERVATION)
        .memory_may_move(false)
        .max_wasm_stack(stack_bytes)
        // Nothing is called on such stacks, but they may not be the smaller ones.
        .async_stack_size(stack_bytes.saturating_add(stack::USUAL))
        // A backtrace would name addresses, and differ from one build of a plugin to the next.
        .wasm_backtrace_max_frames(None);
    config
}

/// Increments the engine's epoch until the last sandbox is gone.
fn tick(engine: Engine, alive: Weak<Ticker>) -> Result<(), Error> {
    let ticking = move || {
        while alive.strong_count() > 0 {
            thread::sleep(TICK);
            engine.increment_epoch();
        }
    };
    thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(ticking)
        .map(drop)
        .map_err(|error| Error::Engine(error.to_string()))
}

fn engine_error(error: wasmtime::Error) -> Error {
    Error::Engine(format!("{error:#}"))
}
