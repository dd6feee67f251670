//! What a step grants its plugin, and nothing more.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use mlhost_pipeline::Allow;
use mlhost_sandbox::{Context, Error, Failure, Grants, Level, Limits, Listener};

use crate::{
    asks::{dir, network, told},
    support::failure,
};

/// Hears warnings.
#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Listener for Warnings {
    fn log(&self, level: Level, message: &str) {
        if level == Level::Warn {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }
}

/// A context of a step that allows this much.
fn granted(allow: &Allow, base: &Path) -> (Context, Arc<Warnings>) {
    let warnings = Arc::new(Warnings::default());
    let context = Context::with("ask", Limits::default(), warnings.clone());
    let grants = Grants::open(allow, base).unwrap();
    (context.with_grants(Arc::new(grants)), warnings)
}

fn answer(ask: &str, allow: &Allow) -> String {
    let (context, _) = granted(allow, Path::new("."));
    told(ask, &context).unwrap()
}

#[test]
fn a_folder_is_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("data/inner")).unwrap();
    fs::write(folder.path().join("data/a.txt"), "a text of some length").unwrap();
    fs::write(folder.path().join("data/inner/b.txt"), "b").unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let allow = Allow {
        dirs: vec![dir("data", "/data", false)],
        ..Allow::default()
    };
    let (context, warnings) = granted(&allow, folder.path());
    let ask = |ask: &str| told(ask, &context).unwrap();
    assert_eq!(ask("files"), r#"["/data"]"#);
    assert_eq!(ask("read:/data/a.txt"), r#"Ok("a text of some length")"#);
    assert_eq!(ask("read:/data/inner/b.txt"), r#"Ok("b")"#);
    assert_eq!(
        ask("read:/data/inner/../a.txt"),
        r#"Ok("a text of some length")"#
    );
    assert_eq!(ask("read:/data/nothing"), "Err(ErrorCode::NoEntry)");
    assert_eq!(ask("read:/other/a.txt"), "Err(ErrorCode::NoEntry)");
    assert!(warnings.0.lock().unwrap().is_empty());

    for path in ["write:/data/a.txt", "read:/data/../secret.txt"] {
        ask(path);
    }
    // Each instance tells of the same refusal once, and each question had one of its own.
    let mut told = warnings.0.lock().unwrap().clone();
    told.dedup();
    assert_eq!(
        told,
        [
            "the plugin was refused to write to `/data`; `allow.dirs = [{ path = \"…\", as = \
             \"/data\", mode = \"write\" }]` in [steps.ask] would grant it",
            "the plugin was refused to reach something outside of its folders; `allow.dirs = [{ \
             path = \"…\", as = \"/…\" }]` in [steps.ask] would grant it",
        ]
    );
}

#[test]
fn a_folder_that_may_be_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let allow = Allow {
        dirs: vec![dir(".", "/out", true)],
        ..Allow::default()
    };
    let (context, _) = granted(&allow, folder.path());
    assert_eq!(told("write:/out/c.txt", &context).unwrap(), "Ok(16)");
    let text = fs::read_to_string(folder.path().join("c.txt")).unwrap();
    assert_eq!(text, "what was written");
}

#[test]
fn files_tell_their_times_to_whoever_may_know_the_time() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    for clock in [true, false] {
        let allow = Allow {
            dirs: vec![dir(".", "/data", false)],
            clock,
            ..Allow::default()
        };
        let (context, _) = granted(&allow, folder.path());
        let told = told("times:/data/a.txt", &context).unwrap();
        assert_eq!(told, format!("Ok(({clock}, {clock}, {clock}))"));
    }
}

#[test]
fn what_is_given_up_can_be_had_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    let allow = Allow {
        dirs: vec![dir(".", "/data", false)],
        ..Allow::default()
    };
    let (context, _) = granted(&allow, folder.path());
    assert_eq!(
        told("often:/data/a.txt|1000", &context).unwrap(),
        r#"{"Ok(\"a\")"}"#
    );
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let allow = Allow {
        dirs: vec![dir("missing", "/data", false)],
        ..Allow::default()
    };
    let error = Grants::open(&allow, folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("missing`, which `allow.dirs` names"),
        "{error}"
    );
}

#[test]
fn the_environment_has_what_is_granted_and_nothing_else() {
    let allow = |names: &[&str]| Allow {
        env: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Allow::default()
    };
    // Cargo sets it for tests.
    let seen = answer(
        "environment",
        &allow(&["CARGO_PKG_NAME", "NOBODY_HAS_SET_THIS"]),
    );
    assert_eq!(
        seen,
        r#"[("CARGO_PKG_NAME", "mlhost-sandbox")] [] None false"#
    );
    assert_eq!(answer("environment", &allow(&[])), "[] [] None false");
}

#[test]
fn a_clock_goes_and_its_sleep_ends_with_the_step() {
    let allow = Allow {
        clock: true,
        ..Allow::default()
    };
    let before = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let time = answer("time", &allow);
    let seconds: u64 = time.split('.').next().unwrap().parse().unwrap();
    assert!(seconds >= before, "{time}");

    let limits = Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    };
    let grants = Grants::open(&allow, Path::new(".")).unwrap();
    let context = Context::with("ask", limits, Arc::new(Warnings::default()));
    let context = context.with_grants(Arc::new(grants));
    let began = Instant::now();
    let failed = failure(told("sleep:3600", &context).unwrap_err());
    assert!(matches!(failed, Failure::TimedOut(_)), "{failed}");
    assert!(began.elapsed() < Duration::from_secs(3600));
}

#[test]
fn random_numbers_are_those_of_the_system() {
    let allow = Allow {
        random: true,
        ..Allow::default()
    };
    assert_ne!(answer("random", &allow), answer("random", &allow));
}

/// A server that tells what it was asked, once.
fn server() -> (u16, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut block = [0; 1024];
        while !asked.ends_with(b"a question") {
            match stream.read(&mut block).unwrap() {
                0 => break,
                read => asked.extend(&block[..read]),
            }
        }
        stream
            .write_all(b"HTTP/1.1 201 Created\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nan answer")
            .unwrap();
        String::from_utf8(asked).unwrap()
    });
    (port, asked)
}

#[test]
fn a_request_goes_where_it_may() {
    let (port, asked) = server();
    let allow = network(&[&format!("127.0.0.1:{port}")]);
    let told = answer(
        &format!("post:http://127.0.0.1:{port}/a?b=c|a question"),
        &allow,
    );
    assert_eq!(told, "201 text/plain an answer");
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("x-asked-by: hostile\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\na question"), "{asked}");
}

#[test]
fn what_was_refused_is_the_hint_of_a_failure() {
    let context = Context::new("ask");
    let error = told("fail-after-post:https://api.example.com/", &context).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin test:hostile@0.1.0 in step `ask`: no answer: ErrorCode::HttpRequestDenied"
    );
    assert_eq!(
        error.hint().unwrap(),
        "the plugin was refused to send an HTTP request to `api.example.com:443`; `allow.network = \
         [\"api.example.com:443\"]` in [steps.ask] would grant it"
    );
    let Error::Plugin { refused, .. } = error else {
        panic!("{error}");
    };
    assert!(refused.is_some());
}
