//! What becomes of a pipeline when its steps fail, wait, are skipped and repeated. Every folder in
//! `tests/control` with a `pipeline.toml` is a story: `faults.toml`, where there is one, says what
//! goes wrong, and `commands.txt`, where there is one, has a command a line in place of the one
//! `run pipeline.toml`; what `until` means there is told in `waiting_stories`. `expected.json` says how each command ends and what its run leaves behind,
//! and is written anew with `BLESS=1`.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::{Map, Value, json};

use crate::support::{Ended, Scene, finish, root};

/// How many stories go on at once: some of them mostly wait.
const WORKERS: usize = 4;

#[test]
fn each_story_ends_as_it_should() {
    let folder = root().join("tests/control");
    let entries = fs::read_dir(&folder).expect("the stories can be listed");
    let mut stories: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("pipeline.toml").is_file())
        .filter(|path| cfg!(unix) || !waits(path))
        .collect();
    stories.sort();
    assert!(stories.len() > 40, "{} stories", stories.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut failures = Vec::new();
        while let Some(story) = stories.get(next.fetch_add(1, Ordering::Relaxed)) {
            failures.extend(difference(story));
        }
        failures
    };
    let failures: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter();
        ended
            .flat_map(|worker| worker.join().expect("no worker panics"))
            .collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// What is not as it should be.
fn difference(story: &Path) -> Option<String> {
    let found = told(story);
    let found = serde_json::to_string_pretty(&found).expect("it is JSON") + "\n";
    let file = story.join("expected.json");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &found).expect("the story can be written");
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    let name = story.display();
    (found != expected).then(|| format!("{name}: expected\n{expected}\nfound\n{found}"))
}

/// Whether a story has a process that waits, which needs signals.
fn waits(story: &Path) -> bool {
    let commands = fs::read_to_string(story.join("commands.txt")).unwrap_or_default();
    commands.lines().any(|words| words.starts_with("until "))
}

/// What each command of a story comes to.
fn told(story: &Path) -> Value {
    let scene = Scene::new();
    let faults = match story.join("faults.toml").is_file() {
        true => " --faults faults.toml",
        false => "",
    };
    let only = format!("run pipeline.toml{faults}");
    let commands = fs::read_to_string(story.join("commands.txt")).unwrap_or(only);
    let ends = commands.lines().map(|words| {
        #[cfg(unix)]
        if let Some(until) = words.strip_prefix("until ") {
            let waited = crate::waiting_stories::wait(&scene, story, until);
            let run = scene.json(&format!("runs show {}", waited.run));
            return json!({
                "command": words,
                "code": waited.code,
                "trigger": waited.trigger,
                "run": outcome(&scene, story, &run),
            });
        }
        let before = number_of_runs(&scene);
        let mut command = scene.command(words.split_whitespace());
        let ended = finish(command.current_dir(story).spawn().expect("it starts"));
        let mut told = json!({ "command": words, "code": ended.code });
        if let Some(error) = error(&scene, &ended) {
            told["error"] = error;
        }
        match number_of_runs(&scene) {
            after if after > before => {
                let run = scene.json(&format!("runs show {after}"));
                told["run"] = outcome(&scene, story, &run);
            }
            // It is about runs, and changes none.
            _ if ended.code == Some(0) => {
                told["said"] = lines(&without_digests(&scene.plain(&ended.stdout)));
            }
            _ => {}
        }
        told
    });
    let ends = ends.collect();
    // Whatever has happened: nothing in the store is damaged or missing.
    if scene.path("store").exists() {
        scene.host("store verify").expect_code(0);
    }
    ends
}

fn number_of_runs(scene: &Scene) -> usize {
    match scene.path("store").exists() {
        true => scene.json("runs").as_array().expect("runs").len(),
        false => 0,
    }
}

/// The message, with its hint.
fn error(scene: &Scene, ended: &Ended) -> Option<Value> {
    let begins = |line: &&str| line.starts_with("error: ");
    let line = ended.stderr.lines().find(begins)?;
    let at = ended.stderr.find(&format!("{line}\n"))?;
    Some(lines(&scene.plain(&ended.stderr[at..])))
}

/// A model's digest is that of its plugins too, which any change of the compiler changes.
fn without_digests(text: &str) -> String {
    let begin = "sha256:";
    let pieces = text.split(begin).enumerate().map(|(at, piece)| match at {
        0 => piece,
        _ => piece.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()),
    });
    pieces.collect::<Vec<_>>().join(&format!("{begin}…"))
}

fn lines(text: &str) -> Value {
    text.trim_end().lines().collect()
}

fn outcome(scene: &Scene, story: &Path, run: &Value) -> Value {
    let record = &run["record"];
    let pipeline = fs::read_to_string(story.join("pipeline.toml")).expect("the pipeline");
    // Others are drawn at random.
    let waits_are_known = pipeline.contains("jitter = \"none\"");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let steps = list(&record["steps"]);
    let steps = steps
        .iter()
        .map(|step| step_outcome(scene, step, waits_are_known));
    let mut told = Map::new();
    told.insert("outcome".to_owned(), run["outcome"].clone());
    for key in ["resumes", "given", "faults"] {
        told.extend(present(record, key));
    }
    if let Some(summary) = run["summary"].as_str() {
        told.insert("summary".to_owned(), scene.plain(summary).into());
    }
    let patches = list(&record["patches"]);
    if !patches.is_empty() {
        let changes = patches.iter().map(|patch| {
            let (kind, from) = (patch["kind"].clone(), patch["from"].clone());
            json!({ "kind": kind, "from": from, "changes": patch["changes"] })
        });
        told.insert("patches".to_owned(), changes.collect());
    }
    told.insert("steps".to_owned(), steps.collect());
    let loops = list(&record["loops"]);
    if !loops.is_empty() {
        told.insert("loops".to_owned(), loops.iter().map(rounded).collect());
    }
    let notifications = list(&record["notifications"]);
    let notifications = notifications.iter().map(|told| {
        let (step, status) = (told["name"].clone(), told["status"].clone());
        json!({ "step": step, "status": status, "attempts": told["attempts"] })
    });
    let notifications: Vec<_> = notifications.collect();
    if !notifications.is_empty() {
        told.insert("notifications".to_owned(), notifications.into());
    }
    let models = list(&record["models"]);
    let models = models.iter().map(|model| {
        let (name, version) = (model["name"].as_str(), &model["version"]);
        json!(format!("{}@{version}", name.unwrap_or_default()))
    });
    let models: Vec<_> = models.collect();
    if !models.is_empty() {
        told.insert("models".to_owned(), models.into());
    }
    told.into()
}

/// A key with its value, unless it says nothing.
fn present(object: &Value, key: &str) -> Option<(String, Value)> {
    let value = &object[key];
    let says_nothing = match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    (!says_nothing).then(|| (key.to_owned(), value.clone()))
}

fn step_outcome(scene: &Scene, step: &Value, waits_are_known: bool) -> Value {
    let mut told = Map::new();
    told.insert("step".to_owned(), step["name"].clone());
    told.insert("status".to_owned(), step["status"].clone());
    for key in ["each", "cached", "cached_from", "skipped"] {
        told.extend(present(step, key));
    }
    let attempts = step["attempts"].as_array().cloned().unwrap_or_default();
    let attempts = attempts.iter().map(|attempt| {
        let error = scene.plain(attempt["error"].as_str().unwrap_or_default());
        match waits_are_known {
            true => json!({ "error": error, "waited": attempt["waited"] }),
            false => json!({ "error": error }),
        }
    });
    let attempts: Vec<_> = attempts.collect();
    if !attempts.is_empty() {
        told.insert("attempts".to_owned(), attempts.into());
    }
    if let Some(error) = step["error"].as_str() {
        told.insert("error".to_owned(), scene.plain(error).into());
    }
    let gates = step["gates"].as_array().cloned().unwrap_or_default();
    let gates = gates.iter().map(|gate| gate["summary"].clone());
    let gates: Vec<_> = gates.collect();
    if !gates.is_empty() {
        told.insert("gates".to_owned(), gates.into());
    }
    told.into()
}

/// Metrics to four digits: what comes after them is not what a story is about.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or_default();
            json!((number * 1e4).round() / 1e4)
        }
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(key, value)| (key.clone(), rounded(value)))
                .collect()
        }
        other => other.clone(),
    }
}
