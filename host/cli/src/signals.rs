//! What signals mean for a run: the first Ctrl-C lets the running steps end, the second ends them;
//! SIGTERM ends them at once.

use std::sync::{Arc, OnceLock};

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

/// Does what the signals say that come while a run goes on, and remembers the first.
pub(crate) async fn obey(interrupt: Interrupt, received: Arc<OnceLock<Signal>>) {
    let mut next = Signals::new();
    let first = next.signal().await;
    let _ = received.set(first);
    if first == Signal::Interrupt {
        interrupt.drain();
        eprintln!("stopping when the running steps have ended; Ctrl-C again stops them");
        next.signal().await;
    }
    interrupt.cancel();
}

/// The signals that end a run, where there are such.
struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: {
                use tokio::signal::unix::{SignalKind, signal};
                signal(SignalKind::terminate()).ok()
            },
        }
    }

    async fn signal(&mut self) -> Signal {
        tokio::select! {
            Ok(()) = tokio::signal::ctrl_c() => Signal::Interrupt,
            () = self.terminated() => Signal::Terminate,
            else => std::future::pending().await,
        }
    }

    #[cfg(unix)]
    async fn terminated(&mut self) {
        match &mut self.terminate {
            Some(terminate) => {
                terminate.recv().await;
            }
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn terminated(&mut self) {
        std::future::pending().await
    }
}
