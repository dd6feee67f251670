//! Signals that end a run: the first Ctrl-C lets the running steps end, the second and SIGTERM end
//! them. Whatever came, the store is whole, and the run can be picked up.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    hostile,
    support::{Scene, finish, root},
};

/// A step that hangs until its time is up, one after it, and one that runs last.
fn hanging(timeout: &str) -> Scene {
    let scene = Scene::new();
    let data = root().join("tests/scenarios/data/houses.csv");
    let step = |name: &str, more: &str| {
        format!(
            "\n[steps.{name}]\nplugin = \"validate\"\ninput = \"houses\"\n{more}\n\
             with.row_count = {{ min = 1 }}\n"
        )
    };
    let text = format!(
        "mlhost = 1\nname = \"houses\"\n\n[data.houses]\npath = \"{}\"\n{}{}{}{}",
        data.display(),
        step("first", ""),
        step(
            "slow",
            &format!("after = [\"first\"]\ntimeout = \"{timeout}\"\non_failure = \"continue\"")
        ),
        step("later", "after = { steps = [\"slow\"], on = \"any\" }"),
        step("tell", "finally = true"),
    );
    scene.write("pipeline.toml", &text);
    scene.write("faults.toml", "[steps.slow]\nhang = \"always\"\n");
    scene
}

/// A run under way, whose standard error is read line by line.
struct Run {
    child: Child,
    said: Vec<String>,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Run {
    /// Begins it, and waits until its slow step hangs.
    fn begin(scene: &Scene) -> Self {
        let command = ["run", "pipeline.toml", "--faults", "faults.toml"];
        let mut child = scene.command(command).spawn().expect("the command starts");
        let stderr = BufReader::new(child.stderr.take().expect("standard error"));
        let mut run = Self {
            child,
            said: vec![],
            lines: Box::new(stderr.lines().map_while(Result::ok)),
        };
        run.wait_for("hangs, as was asked");
        run
    }

    #[track_caller]
    fn wait_for(&mut self, words: &str) {
        for line in self.lines.by_ref() {
            let found = line.contains(words);
            self.said.push(line);
            if found {
                return;
            }
        }
        panic!("nothing of `{words}` in:\n{}", self.said.join("\n"));
    }

    fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// The exit code.
    fn end(mut self) -> Option<i32> {
        // What nobody reads would fill the pipe.
        self.said.extend(self.lines);
        finish(self.child).code
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("`kill` starts").success());
}

/// How each step of the first run ended, once everything else was looked at.
fn outcomes(scene: &Scene) -> Vec<String> {
    scene.host("store verify").expect_code(0);
    let run = scene.json("runs show 1");
    assert_eq!(run["outcome"], "cancelled", "{run}");
    assert!(run["finished_at"].is_string(), "{run}");
    let steps = run["record"]["steps"].as_array().expect("steps");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = steps.iter();
    let outcomes = steps.map(|step| format!("{} {}", word(&step["name"]), word(&step["status"])));
    let outcomes = outcomes.collect();
    // Without the fault it goes on, and with nothing that is done already.
    let resumed = scene.json("run --resume");
    assert_eq!(resumed["outcome"], "done", "{resumed}");
    assert_eq!(resumed["resumes"], 1, "{resumed}");
    let first = &resumed["steps"][0];
    assert_eq!(
        (&first["name"], &first["cached"]),
        (&"first".into(), &true.into())
    );
    outcomes
}

#[test]
fn ctrl_c_lets_the_running_steps_end() {
    let scene = hanging("5s");
    let mut run = Run::begin(&scene);
    run.signal("INT");
    run.wait_for("stopping when the running steps have ended");
    assert_eq!(run.end(), Some(130));
    // The step has come to its own end, nothing was begun after it, and the last one has run.
    assert_eq!(outcomes(&scene), ["first done", "slow failed", "tell done"]);
}

#[test]
fn ctrl_c_twice_ends_the_running_steps() {
    let scene = hanging("10m");
    let mut run = Run::begin(&scene);
    run.signal("INT");
    run.wait_for("stopping when the running steps have ended");
    run.signal("INT");
    assert_eq!(run.end(), Some(130));
    assert_eq!(
        outcomes(&scene),
        ["first done", "slow cancelled", "tell cancelled"]
    );
}

#[test]
fn sigterm_ends_the_running_steps() {
    let scene = hanging("10m");
    let run = Run::begin(&scene);
    run.signal("TERM");
    assert_eq!(run.end(), Some(143));
    assert_eq!(
        outcomes(&scene),
        ["first done", "slow cancelled", "tell cancelled"]
    );
}

#[test]
fn a_plugin_that_never_ends_is_ended_too() {
    let scene = hostile::scene("endless-loop", 1200, "");
    let child = scene
        .command(["run", "pipeline.toml"])
        .spawn()
        .expect("the command starts");
    wait_for_a_run(&scene);
    signal(&child, "TERM");
    let ended = finish(child).expect_code(143);
    assert!(
        ended.stderr.contains("run 1 was cancelled"),
        "{}",
        ended.stderr
    );
    let runs = scene.json("runs");
    assert_eq!(runs[0]["outcome"], "cancelled", "{runs}");
    assert!(runs[0]["finished_at"].is_string(), "{runs}");
    // The step has not failed: it was given up.
    let record = &scene.json("runs show 1")["record"];
    assert_eq!(record["steps"][0]["status"], "cancelled", "{record}");
    assert!(record["steps"][0]["error"].is_null(), "{record}");
    let shown = scene.host("runs show 1").expect_code(0).stdout;
    assert!(shown.contains("  cancelled, "), "{shown}");
}

#[test]
fn a_run_that_was_killed_is_not_called_running() {
    let scene = hostile::scene("endless-loop", 1200, "");
    let mut child = scene
        .command(["run", "pipeline.toml"])
        .spawn()
        .expect("the command starts");
    wait_for_a_run(&scene);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    let runs = scene.json("runs");
    assert_eq!(runs[0]["outcome"], "died", "{runs}");
    let explained = scene.host("runs explain 1").expect_code(2);
    assert!(
        explained
            .stderr
            .contains("run 1 has no record of its steps: it died before it could write one"),
        "{}",
        explained.stderr
    );
}

/// Waits until the store has a run that is under way.
fn wait_for_a_run(scene: &Scene) {
    let start = Instant::now();
    loop {
        let ended = scene.host("runs --format json");
        if ended.stdout.contains("\"running\"") {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no run has begun: {}{}; the folder holds {:?}",
            ended.stdout,
            ended.stderr,
            fs::read_dir(scene.path("")).map(Iterator::count)
        );
        thread::sleep(Duration::from_millis(20));
    }
}
