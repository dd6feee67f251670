//! Components that import WASI see an empty world.

use std::sync::{Arc, Mutex};

use mlhost_sandbox::{Context, Level, Limits, Listener};

use crate::{
    asks::{params, told},
    support::{hostile, table},
};

/// What the plugin is told that asks for this.
fn answer(ask: &str) -> String {
    told(ask, &Context::new("ask")).unwrap()
}

#[derive(Default)]
struct Heard(Mutex<Vec<(Level, String)>>);

impl Listener for Heard {
    fn log(&self, level: Level, message: &str) {
        self.0.lock().unwrap().push((level, message.to_owned()));
    }
}

#[test]
fn time_passes_in_sleep_only_and_sleep_takes_none() {
    assert_eq!(
        answer("sleep:3600"),
        "[1] 946688400.000000000 3600000000000"
    );
    assert_eq!(
        answer("sleep:100000000000"),
        "[0, 1] 19393428873.709551615 18446744073709551615"
    );
}

#[test]
fn random_numbers_are_those_of_the_seed() {
    let drawn = |ask: &str, seed| told(ask, &Context::new("ask").with_seed(seed)).unwrap();
    for ask in ["random", "insecure", "seed"] {
        assert_eq!(drawn(ask, 7), drawn(ask, 7));
        assert_ne!(drawn(ask, 7), drawn(ask, 8));
    }
    assert_eq!(answer("random-bytes:1048576"), "1048576");
}

#[test]
fn every_instance_draws_the_same_numbers() {
    let heard = Arc::new(Heard::default());
    let context = Context::with("ask", Limits::default(), heard.clone()).with_seed(7);
    for _ in 0..2 {
        let params = params("random", "folder-open");
        let opened = hostile().folder(&context, &params, &table(1).schema());
        opened.unwrap();
    }
    let heard = heard.0.lock().unwrap();
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0], heard[1]);
}

#[test]
fn what_is_written_becomes_lines_of_the_log() {
    let heard = Arc::new(Heard::default());
    let context = Context::with("ask", Limits::default(), heard.clone());
    assert_eq!(told("print:one\ntwo", &context).unwrap(), "printed");
    let heard = heard.0.lock().unwrap();
    let lines = [
        (Level::Info, "one"),
        (Level::Info, "two"),
        (Level::Warn, "what went wrong"),
        (Level::Info, "and a line without end"),
    ];
    assert_eq!(*heard, lines.map(|(level, line)| (level, line.to_owned())));
}

#[test]
fn the_last_words_of_a_program_are_told() {
    let error = told("panic:thread panicked at x.rs:1", &Context::new("ask")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin test:hostile@0.1.0 in step `ask`: thread panicked at x.rs:1 (wasm trap: wasm \
         `unreachable` instruction executed)"
    );
}
