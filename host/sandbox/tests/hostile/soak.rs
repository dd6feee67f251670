//! Ten thousand instances that fail, one after the other and on several threads at once, and a
//! process that is as well as before.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use mlhost_sandbox::{Context, Plugin};

use crate::{
    entry::{Entry, reach},
    support::{hostile, sandbox},
    text,
    well::{Ground, good_step},
};

/// Instances that fail.
const INSTANCES: usize = 10_000;

/// How many of them there are between two looks at the process.
const ROUND: usize = 2_000;

/// Threads that make attacks.
const THREADS: usize = 2;

/// A plugin, its parameters, and where it fails. All of them fail quickly.
struct Failing {
    plugin: Plugin,
    params: String,
    entry: Entry,
}

pub(crate) fn ten_thousand_instances_fail(ground: &mut Ground) {
    let failing = failing();
    failing.iter().for_each(fail);
    ground.stand();
    let failed = AtomicUsize::new(0);
    for _ in 0..INSTANCES / ROUND {
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (failing, failed) = (&failing, &failed);
                scope.spawn(move || {
                    for turn in 0..ROUND / THREADS {
                        fail(&failing[(turn + thread) % failing.len()]);
                        failed.fetch_add(1, Ordering::Relaxed);
                        if turn % 250 == 0 {
                            good_step();
                        }
                    }
                });
            }
        });
        ground.assert_well("ten thousand failing instances", || {});
    }
    assert_eq!(failed.load(Ordering::Relaxed), INSTANCES);
}

fn fail(failing: &Failing) {
    let Failing {
        plugin,
        params,
        entry,
    } = failing;
    let answer = reach(plugin, *entry, &Context::new("soak"), params);
    assert!(answer.is_err(), "{params} at {entry}: {answer:?}");
}

/// A mix of everything that fails quickly.
fn failing() -> Vec<Failing> {
    let rust = [
        ("unknown-column", Entry::FolderColumns),
        ("index-out-of-bounds", Entry::Update),
        ("unknown-error-kind", Entry::Update),
        ("emit-in-update", Entry::Update),
        ("unknown-format", Entry::Output),
        ("wrapping-children", Entry::Output),
        ("column-twice", Entry::Output),
        ("offsets-outside", Entry::Apply),
        ("invalid-utf8", Entry::Apply),
        ("buffer-behind-all", Entry::Apply),
        ("other-type-later", Entry::Apply),
        ("rows-at-the-end", Entry::Finish),
        ("details-not-json", Entry::Assess),
        ("unknown-verdict", Entry::Assess),
    ];
    let rust = rust.map(|(attack, entry)| Failing {
        plugin: hostile(),
        params: format!(r#"{{ "attack": "{attack}" }}"#),
        entry,
    });
    let panics = Entry::CALLS.map(|entry| Failing {
        plugin: hostile(),
        params: format!(r#"{{ "attack": "panic", "at": "{entry}" }}"#),
        entry,
    });
    let text = [
        ("machine", "unreachable", Entry::Update),
        ("machine", "endless-recursion", Entry::Update),
        ("boundary", "list-of-minus-one", Entry::FolderColumns),
        ("boundary", "memory-that-traps", Entry::FolderOpen),
        ("boundary", "trap-after-the-result", Entry::FolderColumns),
        ("handles", "guessed-far-away", Entry::Fit),
        ("handles", "scan-dropped-twice", Entry::Fit),
        ("handles", "dataset-that-is-kept", Entry::Fit),
    ];
    let text = text.map(|(family, name, entry)| Failing {
        plugin: sandbox().load(&text::component_of(family, name)).unwrap(),
        params: "{}".to_owned(),
        entry,
    });
    rust.into_iter().chain(panics).chain(text).collect()
}
