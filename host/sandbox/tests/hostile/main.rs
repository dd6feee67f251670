//! The hostile collection: every attack, at every entry point where it applies, in one process.
//!
//! Each family of attacks is a list of names and entry points in a file of its own; what the
//! plugins do is in `tests/hostile`, in Rust and, where a compiler would refuse, as WebAssembly
//! text. What the host makes of them is a snapshot for each family. After every attack the process
//! must be as well as before: see [`well`]. That is why there is one test: others at the same time
//! would be taken for what an attack has left.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod anywhere;
#[path = "../all/asks.rs"]
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod asks;
mod attack;
mod batches;
mod compiled;
mod compiling;
mod damaged;
mod entry;
mod folders;
mod house;
mod loading;
#[allow(dead_code, reason = "the other tests use the rest of it")]
mod monsters;
mod reports;
mod requests;
mod reuse;
mod scans;
mod schemas;
mod servers;
mod shell;
mod soak;
mod states;
#[allow(dead_code, reason = "the other tests use the rest of it")]
#[path = "../all/support.rs"]
mod support;
mod text;
mod well;
mod words;
mod world;

use attack::Attack;
use well::Ground;

#[test]
fn the_host_survives_every_attack() {
    let families = families();
    let mut ground = Ground::new();
    for (family, attacks) in &families {
        make(family, attacks, &mut ground);
    }
    assert_is_large(&families);
    damaged::no_flipped_byte_does_harm(&mut ground);
    reuse::a_trapped_instance_cannot_be_entered_again();
    soak::ten_thousand_instances_fail(&mut ground);
}

/// The attacks under the names of their families.
fn families() -> Vec<(&'static str, Vec<Attack>)> {
    vec![
        ("anywhere", anywhere::attacks()),
        ("batches", batches::attacks()),
        ("boundary", text::attacks("boundary")),
        ("compiled", compiled::attacks()),
        ("compiling", compiling::attacks()),
        ("describe", text::attacks("describe")),
        ("folders", folders::attacks()),
        ("handles", text::attacks("handles")),
        ("loading", loading::attacks()),
        ("machine", text::attacks("machine")),
        ("reports", reports::attacks()),
        ("requests", requests::attacks()),
        ("scans", scans::attacks()),
        ("schemas", schemas::attacks()),
        ("states", states::attacks()),
        ("words", words::attacks()),
        ("world", world::attacks()),
    ]
}

/// Makes the attacks of a family and compares what comes of them with the family's snapshot.
fn make(family: &str, attacks: &[Attack], ground: &mut Ground) {
    let mut report = String::new();
    for attack in attacks {
        let answer = attack.answer();
        assert_harmless(&answer);
        report.push_str(&format!(
            "{attack}\n    {}\n",
            answer.replace('\n', "\n    ")
        ));
        ground.assert_well(&attack.to_string(), || drop(attack.answer()));
    }
    let filters = [
        (
            r"panicked at (tests/hostile/src/\w+\.rs):\d+:\d+",
            "panicked at $1:[place]",
        ),
        // What differs with the bytes of a component, or of a state that another plugin has made.
        (r"offset 0x[0-9a-f]+", "offset [place]"),
        (
            r"section range \d+\.\.\d+ is out of bounds \(bound = \d+\)",
            "section range [range] is out of bounds",
        ),
        // Ports that the system chose, and the address that it has first for this machine.
        (r"\[::1\]:\d{4,5}", "127.0.0.1:[port]"),
        (
            r"(127\.0\.0\.1|127\.1|0177\.0\.0\.1|2130706433|0x7f000001|localhost|LOCALHOST):\d{4,5}",
            "$1:[port]",
        ),
        (
            r"the state cannot be read: .*",
            "the state cannot be read: [reason]",
        ),
    ];
    insta::with_settings!({ filters => filters, omit_expression => true }, {
        insta::assert_snapshot!(family, report);
    });
}

/// Whatever a plugin says, nothing of it may be obeyed by a terminal or turn what a person reads.
fn assert_harmless(text: &str) {
    let is_obeyed = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(is_obeyed), "{text:?}");
}

fn assert_is_large(families: &[(&str, Vec<Attack>)]) {
    let attacks = families.iter().flat_map(|(_, attacks)| attacks);
    let mut names: Vec<_> = attacks.map(Attack::name).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() >= 80, "{} attacks", names.len());
}
