//! Every limit that there is, gone beyond: what is said of it names the limit, how much it allows, and
//! how a step may have more.

use std::sync::{Arc, Mutex};

use mlhost_pipeline::{Limit, LimitSet};
use mlhost_sandbox::{Context, Error, Level, Limits, Listener};

use crate::{
    entry::{Entry, reach},
    support::hostile,
};

/// Remembers warnings.
#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Listener for Warnings {
    fn log(&self, level: Level, message: &str) {
        if level == Level::Warn {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }
}

/// How little of something a plugin is to have, what it does with it, and where.
fn excess(limit: Limit) -> (u64, &'static str, Entry) {
    match limit {
        Limit::Timeout => (50, "loop", Entry::FolderOpen),
        Limit::CpuTime => (20, "loop", Entry::FolderOpen),
        Limit::Memory => (32 << 20, "endless-memory", Entry::Update),
        Limit::Stack => (256 << 10, "stack-overflow", Entry::Update),
        Limit::Instances => (1, "none", Entry::FolderOpen),
        Limit::Tables => (1, "none", Entry::FolderOpen),
        Limit::TableElements => (1, "none", Entry::FolderOpen),
        Limit::Handles => (9, "kept-scans", Entry::Fit),
        Limit::Returned => (64 << 10, "huge-state", Entry::State),
        Limit::State => (4, "none", Entry::State),
        Limit::Report => (1 << 10, "details-huge", Entry::Assess),
        Limit::Findings => (7, "many-findings", Entry::Assess),
        Limit::Metrics => (7, "many-metrics", Entry::Assess),
        Limit::Figures => (1, "figure-paths", Entry::Assess),
        Limit::Text => (100, "huge-name", Entry::Output),
        Limit::Fields => (50, "many-fields", Entry::Output),
        Limit::Depth => (8, "deep-nesting", Entry::Output),
        Limit::LogLines => (3, "much-talk", Entry::Update),
        Limit::LogBytes => (2 << 10, "much-talk", Entry::Update),
        Limit::MetricPoints => (5, "endless-metrics", Entry::Update),
        other => panic!("nobody goes beyond `{}`", other.key()),
    }
}

/// A plugin that has so much of one thing, and of all others what is usual.
fn go_beyond(limit: Limit, value: u64, attack: &str, entry: Entry) -> (Result<(), Error>, String) {
    let warnings = Arc::new(Warnings::default());
    let limits = Limits::from(&LimitSet::from_iter([(limit, value)]));
    let context = Context::with("attack", limits, warnings.clone());
    let params = match attack {
        // Any function can do it.
        "loop" => format!(r#"{{ "attack": "{attack}", "at": "{entry}" }}"#),
        _ => format!(r#"{{ "attack": "{attack}" }}"#),
    };
    let answer = reach(&hostile(), entry, &context, &params).map(drop);
    let warnings = warnings.0.lock().unwrap().join("\n");
    (answer, warnings)
}

#[test]
fn going_beyond_a_limit_tells_which_and_how_to_have_more() {
    // What is beyond that of compiling has tests of its own: no plugin comes of it.
    let limits = Limit::ALL.into_iter();
    for limit in limits.filter(|limit| *limit != Limit::CompileTime) {
        let (value, attack, entry) = excess(limit);
        let (answer, warnings) = go_beyond(limit, value, attack, entry);
        let is_of_log = matches!(limit, Limit::LogLines | Limit::LogBytes);
        assert_eq!(answer.is_ok(), is_of_log, "{limit:?}: {answer:?}");
        let told = match &answer {
            Ok(()) => warnings,
            Err(error) => format!("{error}\n{}", error.hint().unwrap_or_default()),
        };
        let how_to_have_more = format!("{} = ", limit.key());
        for part in [&limit.written(value), &how_to_have_more, "[steps.attack]"] {
            assert!(told.contains(part), "{limit:?} without `{part}`: {told}");
        }
    }
}

#[test]
fn a_step_may_have_more_stack_than_a_thread_has() {
    let attack = |stack: u64| {
        let (answer, _) = go_beyond(Limit::Stack, stack, "deep-recursion", Entry::Update);
        answer
    };
    let error = attack(1 << 20).unwrap_err().to_string();
    assert!(error.ends_with("and the limit `stack` is 1MiB"), "{error}");
    attack(64 << 20).unwrap();
}
