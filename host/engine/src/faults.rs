//! Faults that somebody has asked for: at their moment a step fails in the way in which it would by
//! itself, so that everything that follows is what would follow then.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    process,
    sync::{Mutex, PoisonError},
};

use mlhost_pipeline::{Fault, FaultKind, Faults, Harm, Moment};
use mlhost_sandbox::{Failure, Level, Limits, Reported};

use crate::{Error, workshop::Workshop};

/// The faults of an execution, and how often each has happened.
#[derive(Default)]
pub(crate) struct Planned {
    faults: Faults,
    struck: Mutex<HashMap<String, u32>>,
}

impl Planned {
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            faults,
            struck: Mutex::default(),
        }
    }

    /// The fault of a step at this moment of an attempt, if it has one.
    fn due(&self, step: &str, written: &str, moment: Moment) -> Option<&Fault> {
        let fault = self.faults.get(step).or_else(|| self.faults.get(written))?;
        let mut struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        let before = struck.entry(step.to_owned()).or_default();
        if fault.at != moment || !fault.strikes(*before + 1) {
            return None;
        }
        *before += 1;
        Some(fault)
    }
}

impl Workshop {
    /// What goes wrong with a step at this moment because somebody has asked for it.
    pub(crate) fn fault(&self, step: &str, moment: Moment) -> Option<Error> {
        let written = &self.pipeline.steps[step].written;
        let fault = self.faults.due(step, written, moment)?;
        let message = fault.message.clone();
        let reported = |kind: &str, message| {
            let (kind, at) = (kind.to_owned(), None);
            Failure::Reported(Reported { kind, message, at })
        };
        let failure = match fault.harm {
            Harm::Fail { kind, .. } => match kind {
                FaultKind::Transient => reported("transient", message),
                FaultKind::Failed => reported("failed", message),
                FaultKind::InvalidData => reported("invalid-data", message),
                FaultKind::Trap => Failure::Trapped {
                    reason: "wasm `unreachable` instruction executed".to_owned(),
                    last_words: Some(message),
                },
                FaultKind::TimeOut => Failure::TimedOut(self.time_of(step)),
                FaultKind::Source => return Some(self.unreadable(step, message)),
            },
            Harm::Hang { .. } => {
                let said = format!("hangs, as was asked: {message}");
                self.observer.log(step, Level::Warn, &said);
                self.hang(step)
            }
            Harm::Crash => {
                let last = format!("the host ends here, as was asked: {message}");
                self.observer.log(step, Level::Warn, &last);
                process::abort()
            }
        };
        Some(Error::Sandbox(mlhost_sandbox::Error::Plugin {
            plugin: self.plugins[step].plugin.name(),
            step: step.to_owned(),
            failure: Box::new(failure),
            refused: None,
        }))
    }

    /// Waits until the time of a step is up, or somebody ends it.
    fn hang(&self, step: &str) -> Failure {
        let limit = self.time_of(step);
        match self.clock.wait(limit, &self.cancel_of(step)) {
            true => Failure::TimedOut(limit),
            false => Failure::Cancelled,
        }
    }

    fn time_of(&self, step: &str) -> std::time::Duration {
        let limit = self.pipeline.steps[step].timeout;
        limit.unwrap_or_else(|| Limits::default().time)
    }

    /// The data of a step, as it is when the disk or the network is to blame.
    fn unreadable(&self, step: &str, message: String) -> Error {
        let datasets = self.planned(step).datasets();
        let mut roots = datasets.iter().filter_map(|dataset| self.root(dataset));
        let data = roots.find_map(|root| self.pipeline.data.get(crate::opened::data_name(root)));
        Error::Data(mlhost_data::Error::Io {
            path: data.map_or_else(PathBuf::new, |data| PathBuf::from(&data.path)),
            source: io::Error::other(message),
        })
    }
}
