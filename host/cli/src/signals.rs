//! What signals mean for runs: the first Ctrl-C lets the running steps end, the second ends them;
//! SIGTERM ends them at once. A process that waits for the next run ends with the first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstream::eprintln;
use mlhost_engine::Interrupt;

/// A signal that has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What `kill` sends, and a service manager or a container's runtime.
    Terminate,
}

impl Signal {
    /// 128 and the number of the signal, as a shell tells it.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// What signals have asked for, and the run that they end.
#[derive(Default)]
pub(crate) struct Ending {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    received: Vec<Signal>,
    run: Option<Interrupt>,
}

impl State {
    /// Whether nothing is to go on.
    fn is_over(&self) -> bool {
        self.received.len() > 1 || self.received.contains(&Signal::Terminate)
    }
}

impl Ending {
    /// The first signal that came.
    pub(crate) fn signal(&self) -> Option<Signal> {
        self.state().received.first().copied()
    }

    /// From now on signals end this run, also those that have come already.
    pub(crate) fn begin(&self, run: Interrupt) {
        let mut state = self.state();
        match state.is_over() {
            true => run.cancel(),
            false if !state.received.is_empty() => run.drain(),
            false => {}
        }
        state.run = Some(run);
    }

    /// The run has ended.
    pub(crate) fn ended(&self) {
        self.state().run = None;
    }

    fn received(&self, signal: Signal) {
        let mut state = self.state();
        state.received.push(signal);
        let is_over = state.is_over();
        let Some(run) = &state.run else { return };
        match is_over {
            true => run.cancel(),
            false => {
                run.drain();
                eprintln!("stopping when the running steps have ended; Ctrl-C again stops them");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what the signals say, for good. `wake` is called after each.
pub(crate) async fn obey(ending: Arc<Ending>, wake: impl Fn() + Send) {
    let mut next = Signals::new();
    loop {
        ending.received(next.signal().await);
        wake();
    }
}

/// The signals that end a run. None is lost that comes while another one is obeyed.
#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            interrupt: signal(SignalKind::interrupt()).ok(),
            terminate: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn signal(&mut self) -> Signal {
        async fn came(signal: &mut Option<tokio::signal::unix::Signal>) {
            let came = match signal {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if came.is_none() {
                std::future::pending().await
            }
        }
        tokio::select! {
            () = came(&mut self.interrupt) => Signal::Interrupt,
            () = came(&mut self.terminate) => Signal::Terminate,
        }
    }
}

/// The signal that ends a run.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn signal(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
