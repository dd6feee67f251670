//! Whatever happens in a store, in whatever order: a collection takes nothing that is still needed,
//! and, once nothing is under way, all that is not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mlhost_store::{Collection, Digest, GRACE, Model, Outcome, RunId, Selector};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use crate::fixture::{Fixture, model};

const NAME: &str = "arr-delay";
const ALIAS: &str = "champion";

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    /// A run of a pipeline begins and puts two states, of which there are few.
    Begin {
        pipeline: u8,
        states: [u8; 2],
    },
    /// One that goes on ends, and may register a model of its states.
    End {
        run: Index,
        registers: bool,
    },
    /// The alias moves to a version.
    Move(Index),
    RollBack,
    /// A version is deleted, if no alias stands for it.
    Delete(Index),
    Pin(Index),
    Unpin(Index),
    /// A day goes by, unless a run goes on.
    Wait,
    Collect {
        keep_runs: u32,
        at_once: bool,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..2_u8, any::<[u8; 2]>()).prop_map(|(pipeline, states)| Event::Begin {
            pipeline,
            states: states.map(|state| state % 6),
        }),
        4 => (any::<Index>(), any::<bool>()).prop_map(|(run, registers)| Event::End { run, registers }),
        2 => any::<Index>().prop_map(Event::Move),
        1 => Just(Event::RollBack),
        2 => any::<Index>().prop_map(Event::Delete),
        1 => any::<Index>().prop_map(Event::Pin),
        1 => any::<Index>().prop_map(Event::Unpin),
        2 => Just(Event::Wait),
        3 => (0..3_u32, any::<bool>()).prop_map(|(keep_runs, at_once)| Event::Collect { keep_runs, at_once }),
    ]
}

/// A run as the test remembers it.
#[derive(Clone)]
struct Remembered {
    pipeline: u8,
    states: [u8; 2],
    pinned: bool,
}

/// A store, and what the test remembers of it.
#[derive(Default)]
struct History {
    going_on: Vec<RunId>,
    ended: BTreeMap<RunId, Remembered>,
    /// Runs that have not ended, with what they have put.
    begun: BTreeMap<RunId, Remembered>,
    versions: BTreeMap<u32, (RunId, [u8; 2])>,
    deleted: BTreeMap<u32, [u8; 2]>,
    /// Every version that the alias has stood for.
    moves: Vec<u32>,
}

fn content(state: u8) -> Vec<u8> {
    format!("state {state}").into_bytes()
}

fn text(pipeline: u8) -> Vec<u8> {
    format!("mlhost = 1\nname = \"{pipeline}\"").into_bytes()
}

/// A model that is made of two states.
fn model_of(states: [u8; 2]) -> Model {
    let mut made = model(NAME, 1);
    let [first, second] = states.map(|state| Digest::of(&content(state)));
    made.chain[0].component = first;
    made.chain[0].state = second;
    made.reference = None;
    made
}

fn parts(states: [u8; 2]) -> Vec<Digest> {
    let mut parts = states.map(|state| Digest::of(&content(state))).to_vec();
    parts.push(model_of(states).digest().unwrap());
    parts
}

impl History {
    fn happen(&mut self, fixture: &Fixture, event: &Event) {
        let store = &fixture.store;
        match event {
            Event::Begin { pipeline, states } => {
                let text = store.blobs().put(&text(*pipeline)).unwrap();
                let run = store.begin_run(&pipeline.to_string(), &text).unwrap();
                for state in states {
                    store.blobs().put(&content(*state)).unwrap();
                }
                self.going_on.push(run);
                let remembered = Remembered {
                    pipeline: *pipeline,
                    states: *states,
                    pinned: false,
                };
                self.begun.insert(run, remembered);
            }
            Event::End { run, registers } if !self.going_on.is_empty() => {
                let run = self.going_on.swap_remove(run.index(self.going_on.len()));
                self.end(fixture, run, *registers);
            }
            Event::Move(index) if !self.versions.is_empty() => {
                let version = *index.get(&self.versions.keys().copied().collect::<Vec<_>>());
                store.set_alias(NAME, ALIAS, version, "ann", "").unwrap();
                self.moves.push(version);
            }
            Event::RollBack => {
                if let Ok((_, version)) = store.roll_back(NAME, ALIAS, "ann", "") {
                    self.moves.push(version);
                }
            }
            Event::Delete(index) if !self.versions.is_empty() => {
                let version = *index.get(&self.versions.keys().copied().collect::<Vec<_>>());
                let deleted = store.delete_version(NAME, version, "ann");
                assert_eq!(deleted.is_err(), self.moves.last() == Some(&version));
                if deleted.is_ok() {
                    let (_, states) = self.versions.remove(&version).unwrap();
                    self.deleted.insert(version, states);
                }
            }
            Event::Pin(index) if !self.ended.is_empty() => self.pin(fixture, index, true),
            Event::Unpin(index) if !self.ended.is_empty() => self.pin(fixture, index, false),
            Event::Wait if self.going_on.is_empty() => fixture.make_all_old(),
            Event::Collect { keep_runs, at_once } => self.collect(fixture, *keep_runs, *at_once),
            _ => {}
        }
    }

    fn end(&mut self, fixture: &Fixture, run: RunId, registers: bool) {
        let store = &fixture.store;
        let remembered = self.begun.remove(&run).unwrap();
        if registers {
            // It has put the states long ago, and relies on them.
            let made = model_of(remembered.states);
            let registered = store.register(&made, run).unwrap();
            if registered.new {
                let version = (run, remembered.states);
                self.versions.insert(registered.version, version);
            }
        }
        let states = remembered.states.map(|state| Digest::of(&content(state)));
        let states = states.map(|digest| json!({ "name": "data", "digest": digest }));
        let mut record = json!({
            "steps": [{ "states": states, "text": "as in every record ".repeat(9), "run": run }],
        });
        store
            .set_apart(&mut record["steps"][0], &["states", "text"])
            .unwrap();
        store.finish_run(run, Outcome::Done, "", &record).unwrap();
        self.ended.insert(run, remembered);
    }

    fn pin(&mut self, fixture: &Fixture, index: &Index, pinned: bool) {
        let run = *index.get(&self.ended.keys().copied().collect::<Vec<_>>());
        let remembered = self.ended.get_mut(&run).unwrap();
        let changed = match pinned {
            true => fixture.store.pin_run(run),
            false => fixture.store.unpin_run(run),
        };
        assert_eq!(changed.unwrap(), remembered.pinned != pinned);
        remembered.pinned = pinned;
    }

    fn collect(&mut self, fixture: &Fixture, keep_runs: u32, at_once: bool) {
        let grace = if at_once { Duration::ZERO } else { GRACE };
        let collection = |dry_run| Collection {
            keep_runs: Some(keep_runs),
            grace,
            dry_run,
            ..Collection::default()
        };
        let told = fixture.store.collect(&collection(true)).unwrap();
        let mut done = fixture.store.collect(&collection(false)).unwrap();
        assert!(!done.dry_run);
        done.dry_run = true;
        assert_eq!(done, told);
        let kept = self.kept_runs(keep_runs);
        let gone: Vec<_> = self
            .ended
            .keys()
            .filter(|run| !kept.contains(run))
            .collect();
        assert_eq!(done.runs.iter().collect::<Vec<_>>(), gone);
        self.ended.retain(|run, _| kept.contains(run));
        self.check(fixture);
    }

    /// The runs that have ended and stay.
    fn kept_runs(&self, keep_runs: u32) -> BTreeSet<RunId> {
        let makers: BTreeSet<_> = self.versions.values().map(|(run, _)| *run).collect();
        let mut kept = BTreeSet::new();
        for (run, remembered) in &self.ended {
            let later = self
                .ended
                .iter()
                .chain(&self.begun)
                .filter(|(other, it)| *other > run && it.pipeline == remembered.pipeline);
            if remembered.pinned || makers.contains(run) || (later.count() as u32) < keep_runs {
                kept.insert(*run);
            }
        }
        kept
    }

    /// The blobs that may never be taken away.
    fn needed(&self) -> BTreeSet<Digest> {
        let versions = self.versions.values().map(|(_, states)| states);
        let deleted = self.deleted.iter();
        let told_of = deleted
            .filter(|(version, _)| self.moves.contains(version))
            .map(|(_, states)| states);
        let of_models = versions.chain(told_of).flat_map(|states| parts(*states));
        let runs = self.ended.values().chain(self.begun.values());
        let of_runs = runs.flat_map(|run| {
            let states = run.states.map(|state| Digest::of(&content(state)));
            states.into_iter().chain([Digest::of(&text(run.pipeline))])
        });
        of_models.chain(of_runs).collect()
    }

    fn check(&self, fixture: &Fixture) {
        let store = &fixture.store;
        for version in self.versions.keys() {
            let selector: Selector = format!("{NAME}@{version}").parse().unwrap();
            let stored = store.model(&selector).unwrap();
            for part in stored.model.parts() {
                store.blobs().get(&part.digest).unwrap();
            }
            let run = store.run(stored.run.unwrap()).unwrap();
            assert!(run.record.is_some() || self.begun.contains_key(&run.run.id));
        }
        for run in self.ended.keys() {
            assert!(store.run(*run).unwrap().record.unwrap()["steps"][0]["states"].is_array());
        }
        for digest in self.needed() {
            store.blobs().get(&digest).unwrap();
        }
        let verified = store.verify().unwrap();
        assert!(verified.is_sound(), "{verified:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_collection_takes_what_nothing_needs_and_nothing_else(
        events in proptest::collection::vec(event(), 1..40)
    ) {
        let fixture = Fixture::new();
        let mut history = History::default();
        for event in &events {
            history.happen(&fixture, event);
        }
        for run in std::mem::take(&mut history.going_on) {
            history.end(&fixture, run, false);
        }
        fixture.make_all_old();
        history.collect(&fixture, 1, true);
        let left: BTreeSet<_> = fixture.blobs().into_iter().collect();
        prop_assert_eq!(left, history.needed());
        // Each run has a record of its own; pieces are as many as there are pairs of states.
        let pairs: BTreeSet<_> = history.ended.values().map(|run| run.states).collect();
        prop_assert_eq!(fixture.count("documents"), history.ended.len() + pairs.len());
    }
}
