//! Components that import WASI see an empty world.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mlhost_sandbox::{Context, Error, Failure, Level, Limits, Listener, Silent};

use crate::support::{failure, loaded_test, table};

/// What the worldly plugin answers.
fn answer(ask: &str) -> String {
    told(ask, &Context::new("ask")).unwrap()
}

pub(crate) fn told(ask: &str, context: &Context) -> Result<String, Error> {
    let plugin = loaded_test("worldly");
    let params = serde_json::json!({ "ask": ask }).to_string();
    let state = plugin
        .folder(context, &params, &table(1).schema())?
        .state()?;
    let states = [("data".to_owned(), state)];
    Ok(named(&plugin.assess(context, &params, &states)?.summary))
}

/// The cases of enums by their names alone, which bindings show with numbers and explanations.
fn named(text: &str) -> String {
    let mut named = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("ErrorCode { code: ") {
        let Some((_, after)) = after.split_once("name: \"") else {
            break;
        };
        let (name, after) = after.split_once('"').unwrap();
        named.push_str(before);
        named.push_str("ErrorCode::");
        for word in name.split('-') {
            let (first, others) = word.split_at(1);
            named.push_str(&first.to_uppercase());
            named.push_str(others);
        }
        rest = after.split_once("\" }").unwrap().1;
    }
    named + rest
}

#[derive(Default)]
struct Heard(Mutex<Vec<(Level, String)>>);

impl Listener for Heard {
    fn log(&self, level: Level, message: &str) {
        self.0.lock().unwrap().push((level, message.to_owned()));
    }
}

#[test]
fn there_is_nothing_to_see() {
    assert_eq!(answer("environment"), "[] [] None false");
    assert_eq!(answer("input"), "Err(StreamError::Closed)");
    assert_eq!(answer("files"), "[]");
    assert_eq!(
        answer("connect"),
        "Err(ErrorCode::AccessDenied) Err(ErrorCode::AccessDenied)"
    );
    assert_eq!(answer("resolve:localhost"), "Err(ErrorCode::AccessDenied)");
}

#[test]
fn time_passes_in_sleep_only_and_sleep_takes_none() {
    assert_eq!(answer("time"), "946684800.000000000 0");
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
fn sleep_without_end_ends_with_its_time() {
    let limits = Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    let context = Context::with("ask", limits, Arc::new(Silent));
    let failed = failure(told("sleep-for-ever", &context).unwrap_err());
    assert!(matches!(failed, Failure::TimedOut(_)), "{failed}");
}

#[test]
fn random_numbers_are_those_of_the_seed() {
    let drawn = |ask: &str, seed| told(ask, &Context::new("ask").with_seed(seed)).unwrap();
    for ask in ["drawn", "random", "seed"] {
        assert_eq!(drawn(ask, 7), drawn(ask, 7));
        assert_ne!(drawn(ask, 7), drawn(ask, 8));
    }
    assert_eq!(answer("random-bytes:1048576"), "1048576");
    let error = told("random-bytes:9999999999", &Context::new("ask")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin test:worldly@0.1.0 in step `ask`: returned a wish for 9999999999 random bytes at \
         once, and there are 1048576"
    );
}

#[test]
fn every_instance_draws_the_same_numbers() {
    let plugin = loaded_test("worldly");
    let params = r#"{ "ask": "drawn" }"#;
    let context = Context::new("ask").with_seed(7);
    let open = || plugin.folder(&context, params, &table(1).schema()).unwrap();
    let mut first = open();
    first.merge(&open().state().unwrap()).unwrap();
    let states = [("data".to_owned(), first.state().unwrap())];
    let outcome = plugin.assess(&context, params, &states).unwrap();
    let numbers: Vec<u64> = serde_json::from_str(&outcome.summary).unwrap();
    assert_eq!(numbers.len(), 2);
    assert_eq!(numbers[0], numbers[1]);
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
        "plugin test:worldly@0.1.0 in step `ask`: thread panicked at x.rs:1 (wasm trap: wasm \
         `unreachable` instruction executed)"
    );
}

#[test]
fn exit_is_an_error() {
    let error = told("exit", &Context::new("ask")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin test:worldly@0.1.0 in step `ask`: ended itself with exit code 1"
    );
    assert!(error.hint().is_some());
}
