//! What is reached for through WASI without any grant: an empty world, at every entry point.

use mlhost_sandbox::{Grants, Limits};

use crate::{
    attack::{Attack, short},
    entry::Entry,
    text,
};

pub(crate) fn attacks() -> Vec<Attack> {
    // What is there, and what is refused; and what ends a call or takes too long.
    let anywhere = [
        "environment",
        "input",
        "files",
        "connect",
        "resolve:localhost",
        "time",
        "random",
        "post:http://169.254.169.254/latest/meta-data/",
        "exit",
    ];
    let anywhere = anywhere
        .into_iter()
        .flat_map(|ask| Entry::CALLS.map(|entry| asked(ask, entry, Limits::default())));
    let endless = ["sleep-for-ever", "print-without-end"];
    let endless = endless
        .into_iter()
        .flat_map(|ask| Entry::CALLS.map(|entry| asked(ask, entry, short())));
    let once = [
        "exit:well",
        "insecure",
        "seed",
        "sleep:3600",
        "poll-nothing",
        "random-bytes:9999999999",
        "resolve:metadata.google.internal",
        "print:one\u{1b}[2J\rtwo",
        "panic:all is lost\u{1b}[2J",
        "print-all-at-once",
        "handles",
        "many-bodies",
        "many-headers",
        "headers-without-end",
        "long-host",
        "fail-after-post:http://[::1]:80/",
    ];
    let once = once.map(|ask| asked(ask, Entry::Update, Limits::default()));
    let line = asked("print-a-line-without-end", Entry::Update, short());
    let mut attacks: Vec<_> = anywhere.chain(endless).chain(once).chain([line]).collect();
    attacks.extend(text::attacks("world"));
    attacks
}

fn asked(ask: &'static str, entry: Entry, limits: Limits) -> Attack {
    Attack::asked(ask, entry, limits, Grants::default)
}
