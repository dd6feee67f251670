//! Results of earlier runs, so that what was computed once is not computed again: the states of
//! parts, and what whole steps have learned and said.

use std::sync::{Arc, OnceLock};

use mlhost_sandbox::Outcome;
use mlhost_store::{Digest, RunId, Store};
use serde::{Deserialize, Serialize};

use crate::{Curve, Reuse, key::Key, steps::Done};

/// Where results are kept; nowhere in a rehearsal, whose rows are not those of the run.
#[derive(Clone, Default)]
pub(crate) struct Results {
    store: Option<Arc<Store>>,
    /// Whether nothing is taken from the cache.
    is_write_only: bool,
    /// The run whose results are kept, once it has a number.
    run: Arc<OnceLock<RunId>>,
}

/// What a whole step has come to. The states are blobs of the store.
#[derive(Serialize, Deserialize)]
struct Kept {
    states: Vec<(String, Digest)>,
    outcome: Option<Outcome>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    curves: Vec<Curve>,
    /// The run that did the work.
    #[serde(default)]
    run: Option<RunId>,
    /// How many rows were read for it.
    #[serde(default)]
    rows: u64,
}

impl Results {
    /// Results that are kept in the cache of this store, and taken from there as far as that is
    /// wanted at all. It is for the caller to leave out single steps.
    pub(crate) fn of(store: Arc<Store>, reuse: &Reuse) -> Self {
        Self {
            store: Some(store),
            is_write_only: *reuse == Reuse::Nothing,
            run: Arc::default(),
        }
    }

    /// Says in which run the work is done from now on.
    pub(crate) fn begin(&self, run: RunId) {
        self.run.get_or_init(|| run);
    }

    /// The store, where there is one.
    pub(crate) fn store(&self) -> Option<&Arc<Store>> {
        self.store.as_ref()
    }

    /// The state of a part that was folded before. A cache that cannot be read has none.
    pub(crate) fn state(&self, key: &Digest) -> Option<Vec<u8>> {
        let store = self.store.as_ref().filter(|_| !self.is_write_only)?;
        store.cache().get(key).ok()?
    }

    /// Keeps the state of a part. One that cannot be kept is computed again next time.
    pub(crate) fn keep_state(&self, key: &Digest, state: &[u8]) {
        if let Some(store) = &self.store {
            let _ = store.cache().put(key, state);
        }
    }

    /// Forgets the state of a part. One that cannot be taken away is refused again.
    pub(crate) fn forget(&self, key: &Digest) {
        if let Some(store) = &self.store {
            let _ = store.cache().forget(key);
        }
    }

    /// What a step came to before, if all of it is still there, and as it was: `damaged` hears of
    /// what is not, which is computed and put again.
    pub(crate) fn step(
        &self,
        key: &Digest,
        damaged: impl Fn(&mlhost_store::Error),
    ) -> Option<Done> {
        let store = self.store.as_ref()?;
        let kept: Kept = serde_json::from_slice(&self.state(key)?).ok()?;
        let states = kept.states.into_iter();
        let states = states.map(|(name, digest)| match store.blobs().get(&digest) {
            Ok(state) => Some((name, state)),
            // Nobody has promised to keep it.
            Err(mlhost_store::Error::MissingBlob { .. }) => None,
            Err(error) => {
                damaged(&error);
                None
            }
        });
        Some(Done {
            states: states.collect::<Option<_>>()?,
            outcome: kept.outcome,
            curves: kept.curves,
            cached: true,
            computed_by: kept.run,
            rows: kept.rows,
        })
    }

    /// Keeps what a step came to, for which it has read so many rows; its states are put into the
    /// store for it.
    pub(crate) fn keep_step(
        &self,
        key: &Digest,
        done: &Done,
        rows: u64,
    ) -> Result<(), mlhost_store::Error> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        let states = done.states.iter();
        let states = states.map(|(name, state)| Ok((name.clone(), store.blobs().put(state)?)));
        let kept = Kept {
            states: states.collect::<Result<_, mlhost_store::Error>>()?,
            outcome: done.outcome.clone(),
            curves: done.curves.clone(),
            run: self.run.get().copied(),
            rows,
        };
        if let Ok(json) = serde_json::to_vec(&kept) {
            self.keep_state(key, &json);
        }
        Ok(())
    }
}

impl mlhost_data::DigestMemory for Results {
    fn recall(&self, key: &str) -> Option<String> {
        let key = Key::new("file digest").with(key).digest();
        String::from_utf8(self.state(&key)?).ok()
    }

    fn remember(&self, key: &str, digest: &str) {
        let key = Key::new("file digest").with(key).digest();
        self.keep_state(&key, digest.as_bytes());
    }
}
