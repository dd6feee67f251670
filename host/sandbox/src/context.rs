//! What a plugin is opened with: whose step it works for, how much it may use,
//! and who hears what it says.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use crate::{Grants, Limits, MemoryBudget, limits::Usage};

/// What the plugin of a step is opened with, whichever step reads what it makes.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// How much it may use.
    pub limits: Limits,
    /// What random numbers of WASI follow from: the same in all instances.
    pub seed: u64,
    /// What it may reach beside its rows.
    pub grants: Arc<Grants>,
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every detail.
    Trace,
    /// For the plugin's author.
    Debug,
    /// For whoever wants to know.
    Info,
    /// Something that may be wrong.
    Warn,
    /// Something that is wrong.
    Error,
}

/// Hears what a plugin says while it works. Called on the thread of the plugin.
pub trait Listener: Send + Sync {
    /// A log line.
    fn log(&self, level: Level, message: &str) {
        let _ = (level, message);
    }
    /// How far a long call has come.
    fn progress(&self, done: u64, total: Option<u64>) {
        let _ = (done, total);
    }
    /// A point of a training curve.
    fn metric(&self, name: &str, step: u64, value: f64) {
        let _ = (name, step, value);
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Listener for Silent {}

/// Ends the calls of every context that holds it, at their next tick.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Ends every call that is under way, and every later one.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that has happened.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whose step a plugin works for. Instances of one step share a context, and with
/// it the deadline.
#[derive(Clone)]
pub struct Context {
    pub(crate) step: String,
    pub(crate) limits: Limits,
    pub(crate) seed: u64,
    pub(crate) grants: Arc<Grants>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) cancel: CancelToken,
    pub(crate) memory: Arc<MemoryBudget>,
    /// What the instances of the step have used.
    pub(crate) usage: Arc<Usage>,
}

impl Context {
    /// A step with default limits that nobody listens to.
    pub fn new(step: impl Into<String>) -> Self {
        Self::with(step, Limits::default(), Arc::new(Silent))
    }

    /// A step with these limits, whose time starts now.
    pub fn with(step: impl Into<String>, limits: Limits, listener: Arc<dyn Listener>) -> Self {
        Self {
            step: step.into(),
            deadline: Instant::now().checked_add(limits.time),
            limits,
            seed: 0,
            grants: Arc::default(),
            listener,
            cancel: CancelToken::default(),
            memory: Arc::default(),
            usage: Arc::default(),
        }
    }

    /// The context with a token that can end its calls.
    #[must_use]
    pub fn with_cancel(self, cancel: CancelToken) -> Self {
        Self { cancel, ..self }
    }

    /// The context with the memory that its step shares with others.
    #[must_use]
    pub fn with_memory(self, memory: Arc<MemoryBudget>) -> Self {
        Self { memory, ..self }
    }

    /// The context with a seed that random numbers of WASI follow from.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The context with what its plugin may reach beside its rows.
    #[must_use]
    pub fn with_grants(self, grants: Arc<Grants>) -> Self {
        Self { grants, ..self }
    }

    /// What its plugin may reach beside its rows.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// What random numbers of WASI follow from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The context for the plugin of another step, on the terms of that step, whose
    /// time starts now. Who listens and who may cancel stays the same.
    #[must_use]
    pub fn of_step(&self, step: impl Into<String>, terms: &Terms) -> Self {
        let other = Self::with(step, terms.limits.clone(), self.listener.clone());
        other
            .with_seed(terms.seed)
            .with_grants(terms.grants.clone())
            .with_cancel(self.cancel.clone())
            .with_memory(self.memory.clone())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("step", &self.step)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
