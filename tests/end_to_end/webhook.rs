//! Notifications: what is sent where, when, how often, and that nothing is sent that nobody granted.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    history::{PIPELINE, scene},
    support::{Ended, Scene},
};

/// A server on this machine that takes what is sent to it, or does not.
struct Hook {
    address: String,
    received: Receiver<Received>,
}

/// A request.
struct Received {
    /// The first line and the fields.
    head: String,
    body: Value,
}

impl Hook {
    /// The server answers the first requests with these statuses, and all others with 200.
    fn start(statuses: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (sender, received) = channel();
        let mut statuses = statuses.iter();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let status = statuses.next().copied().unwrap_or("200 OK");
                let request = answer(stream.expect("a connection"), status);
                if sender.send(request).is_err() {
                    break;
                }
            }
        });
        Self { address, received }
    }

    fn origin(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The next request that came.
    #[track_caller]
    fn next(&self) -> Received {
        let patience = Duration::from_secs(60);
        self.received.recv_timeout(patience).expect("a request")
    }

    /// How many requests came that nobody has looked at.
    fn others(&self) -> usize {
        self.received.try_iter().count()
    }
}

fn answer(mut stream: TcpStream, status: &str) -> Received {
    let mut reader = BufReader::new(stream.try_clone().expect("the stream"));
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if line.trim().is_empty() {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(bytes) = line.strip_prefix("content-length:") {
            length = bytes.trim().parse().expect("a length");
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let moved = "location: http://127.0.0.1:9/\r\n";
    let answer =
        format!("HTTP/1.1 {status}\r\n{moved}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).expect("the answer");
    Received {
        head,
        body: serde_json::from_slice(&body).expect("JSON"),
    }
}

/// A folder with a pipeline that tells a server of its runs.
fn telling(hook: &Hook, more: &str) -> Scene {
    let scene = scene();
    let url = format!("{}secret-path?token=secret-token", hook.origin());
    let step = format!("\n[steps.tell]\nwebhook = \"{url}\"\n{more}\n");
    scene.write("pipeline.toml", &format!("{PIPELINE}{step}"));
    scene
}

fn run(scene: &Scene, hook: &Hook, words: &str) -> Ended {
    let origin = hook.origin();
    scene.host(&format!(
        "run pipeline.toml --grant-url {origin} --format json {words}"
    ))
}

/// What is on the latest record of the notification.
fn told(run: &Ended) -> Value {
    run.json()["notifications"][0].clone()
}

#[test]
fn a_run_is_told_when_it_has_ended() {
    let hook = Hook::start(&[]);
    let scene = telling(&hook, "finally = true");
    let ended = run(&scene, &hook, "").expect_code(0);
    let Received { head, body } = hook.next();
    let first = "post /secret-path?token=secret-token http/1.1";
    assert!(head.starts_with(first), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(body["version"], 1, "{body}");
    assert_eq!(body["run"], 1, "{body}");
    assert_eq!(body["pipeline"], "numbers", "{body}");
    assert_eq!(body["outcome"], "done", "{body}");
    assert_eq!(body["models"][0]["version"], 1, "{body}");
    let steps = body["steps"].as_array().expect("steps");
    let names: Vec<_> = steps.iter().map(|step| step["name"].clone()).collect();
    assert_eq!(names, ["validate", "preprocess", "tree", "evaluate"]);
    assert!(steps[3]["metrics"]["r2"].is_f64(), "{body}");
    assert!(body.get("params").is_none(), "{body}");

    let record = told(&ended);
    assert_eq!(record["status"], "done", "{record}");
    assert_eq!(record["attempts"], 1, "{record}");
    assert_eq!(record["to"], format!("{}…", hook.origin()), "{record}");
    let shown = scene
        .host("runs show 1 --format json")
        .expect_code(0)
        .stdout;
    assert!(!shown.contains("secret"), "{shown}");
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
}

#[test]
fn what_may_pass_is_sent_again_and_what_stays_is_not() {
    let retry = "retry = { limit = 3, delay = \"1ms\" }";
    let hook = Hook::start(&[
        "503 Service Unavailable",
        "500 Oh",
        "200 OK",
        "404 Not Found",
    ]);
    let scene = telling(&hook, retry);
    let record = told(&run(&scene, &hook, "").expect_code(0));
    assert_eq!(record["status"], "done", "{record}");
    assert_eq!(record["attempts"], 3, "{record}");

    let refused = run(&scene, &hook, "").expect_code(0);
    let record = told(&refused);
    assert_eq!(record["status"], "failed", "{record}");
    assert_eq!(record["attempts"], 1, "{record}");
    assert_eq!(record["error"], "the server answered 404 Not Found");
    let warning = "was not told: the server answered 404 Not Found";
    assert!(refused.stderr.contains(warning), "{}", refused.stderr);
    let shown = scene.host("runs show 2").expect_code(0).stdout;
    let line = format!("tell  notification to {}…: failed\n", hook.origin());
    assert!(shown.contains(&line), "{shown}");
}

#[test]
fn a_server_that_is_not_there_fails_no_run() {
    let hook = Hook::start(&[]);
    let scene = telling(&hook, "retry = { limit = 1, delay = \"1ms\" }");
    // A port that was free a moment ago.
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://{}/", closed.local_addr().expect("an address"));
    drop(closed);
    let words = format!("run pipeline.toml --grant-url {origin} --format json");
    let set = format!("steps.tell.webhook={origin}");
    let arguments = words.split_whitespace().chain(["--set", set.as_str()]);
    let ended = scene.host_with(arguments).expect_code(0);
    let record = told(&ended);
    assert_eq!(record["status"], "failed", "{record}");
    assert_eq!(record["attempts"], 2, "{record}");
    assert_eq!(hook.others(), 0);
}

#[test]
fn nobody_is_sent_on_to_another_server() {
    let hook = Hook::start(&["307 Temporary Redirect"]);
    let scene = telling(&hook, "");
    let record = told(&run(&scene, &hook, "").expect_code(0));
    assert_eq!(record["status"], "failed", "{record}");
    let error = record["error"].as_str().unwrap_or_default();
    assert!(error.contains("307"), "{record}");
    hook.next();
    assert_eq!(hook.others(), 0);
}

#[test]
fn only_runs_that_are_asked_for_are_told() {
    let hook = Hook::start(&[]);
    let more = "on = [\"failed\", \"refused\"]\nwhen = \"tree.outcome == 'done'\"";
    let scene = telling(&hook, more);
    let record = told(&run(&scene, &hook, "").expect_code(0));
    assert_eq!(record["status"], "skipped", "{record}");
    let words = "--set steps.evaluate.gate.r2.minimum=2";
    run(&scene, &hook, words).expect_code(1);
    assert_eq!(hook.next().body["outcome"], "refused");
    let words = "--set steps.validate.with.row_count.min=100000";
    run(&scene, &hook, words).expect_code(1);
    let record = scene.json("runs show 3")["record"]["notifications"][0].clone();
    assert_eq!(record["status"], "skipped", "{record}");
    assert_eq!(hook.others(), 0);
}

#[test]
fn nothing_is_sent_that_is_not_granted() {
    let hook = Hook::start(&[]);
    let scene = telling(&hook, "");
    let origin = hook.origin();
    for words in [
        "run pipeline.toml",
        "check pipeline.toml",
        "watch pipeline.toml",
    ] {
        let refused = scene.host(words).expect_code(1);
        let said = format!("step `tell` is to send something to {origin}…, which is not granted");
        assert!(refused.stderr.contains(&said), "{}", refused.stderr);
        let hint = format!("give `--grant-url {origin}`");
        assert!(refused.stderr.contains(&hint), "{}", refused.stderr);
    }
    let other = format!("run pipeline.toml --grant-url {origin}another/path");
    scene.host(&other).expect_code(1);
    // Neither a run nor a store has come of it.
    assert!(!scene.path("store").exists());
    assert_eq!(hook.others(), 0);

    let configuration = format!("[grants]\nurls = [\"{origin}secret-path\"]\n");
    let configuration = scene.write("config.toml", &configuration);
    let mut command = scene.command(["run", "pipeline.toml"]);
    let child = command.env("MLHOST_CONFIG", configuration).spawn();
    crate::support::finish(child.expect("the command starts")).expect_code(0);
    hook.next();

    // A run that is made again tells nobody.
    let reproduced = scene.host("reproduce doubler@1").expect_code(0);
    assert!(!reproduced.stderr.contains("told"), "{}", reproduced.stderr);
    assert_eq!(hook.others(), 0);
}

#[test]
fn a_run_that_a_trigger_starts_says_so() {
    let hook = Hook::start(&[]);
    let scene = telling(&hook, "");
    let origin = hook.origin();
    let words = format!("watch pipeline.toml --grant-url {origin}");
    let watch = crate::waiting::Waiting::start(&scene, &words);
    let trigger = json!({"by": "watch", "changed": []});
    assert_eq!(hook.next().body["trigger"], trigger);
    watch.signal("TERM");
    assert_eq!(watch.end().0, Some(143));
}
