//! Stories of processes that wait for a reason to run: `until NAME: COMMAND` in a `commands.txt` is
//! the command until a run of the pipeline `NAME` has ended, and then a signal that ends it. The
//! story and its data are copied, so that a file can change: `change.csv` takes the place of `data.csv`
//! when the process waits for changes.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

use crate::{
    support::{Scene, root},
    waiting::Waiting,
};

/// How such a command ended, the number of the run that ended it, and why that began.
pub(crate) struct Waited {
    pub(crate) code: Option<i32>,
    pub(crate) run: u64,
    pub(crate) trigger: Value,
}

/// Runs a command of a story, given without its `until `.
pub(crate) fn wait(scene: &Scene, story: &Path, words: &str) -> Waited {
    let (pipeline, command) = words.split_once(": ").expect("`until NAME: COMMAND`");
    let folder = Path::new("tests/control").join(story.file_name().expect("the name of a story"));
    copy(story, &scene.path(&folder.display().to_string()));
    let data = "tests/scenarios/data";
    copy(&root().join(data), &scene.path(data));
    let words = command.split_whitespace().chain(["--format", "json"]);
    let waiting = Waiting::start_in(scene, &folder, words);
    let change = story.join("change.csv");
    if change.is_file() {
        waiting.heard("waiting for changes");
        let data = scene.path(&folder.join("data.csv").display().to_string());
        fs::copy(change, data).expect("the data can be changed");
    }
    let line = loop {
        let line = waiting.json();
        if line["pipeline"] == pipeline {
            break line;
        }
    };
    waiting.signal("TERM");
    Waited {
        code: waiting.end().0,
        run: line["run"].as_u64().expect("the number of a run"),
        trigger: without_times(&line["trigger"]),
    }
}

/// What started a run, without what differs from one time to the next.
fn without_times(trigger: &Value) -> Value {
    let fields = trigger.as_object().cloned().unwrap_or_default();
    let varies = ["due", "missed", "run"];
    let fields = fields
        .into_iter()
        .filter(|(key, _)| !varies.contains(&key.as_str()));
    json!(fields.collect::<Map<_, _>>())
}

/// Copies the files of a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
