//! `host schedule`: times, and runs that start others.

use std::{fmt::Write, fs};

use serde_json::json;

use crate::{
    history::{scene, snapshot},
    support::{Scene, example},
    waiting::Waiting,
};

#[test]
fn a_time_that_has_come_is_a_run() {
    let scene = scene();
    let arguments = ["schedule", "pipeline.toml", "--format", "json"];
    let cron = ["--cron", "* * * * * *", "--timezone", "Asia/Tokyo"];
    let schedule = Waiting::start_with(&scene, arguments.into_iter().chain(cron));
    let said = schedule.heard("waiting");
    assert!(said.starts_with("waiting: `numbers` runs at "), "{said}");
    assert!(said.ends_with(" JST"), "{said}");
    for run in 1..=2 {
        let line = schedule.json();
        assert_eq!(line["run"], run, "{line}");
        assert_eq!(line["outcome"], "done", "{line}");
        let trigger = &line["trigger"];
        assert_eq!(trigger["by"], "cron", "{line}");
        assert_eq!(trigger["cron"], "* * * * * *", "{line}");
        assert_eq!(trigger["timezone"], "Asia/Tokyo", "{line}");
    }
    // What goes wrong does not end it.
    let data = scene.path("data/test.csv");
    let moved = scene.path("data/elsewhere");
    fs::rename(&data, &moved).expect("the data");
    let outcome = |line: &serde_json::Value| line["outcome"].as_str().map(str::to_owned);
    while outcome(&schedule.json()).as_deref() != Some("refused") {}
    fs::rename(&moved, &data).expect("the data");
    while outcome(&schedule.json()).as_deref() != Some("done") {}
    schedule.signal("TERM");
    assert_eq!(schedule.end().0, Some(143));
    let record = &scene.json("runs show 1")["record"];
    assert_eq!(record["trigger"]["by"], "cron", "{record}");
}

const MONITOR: &str = r#"mlhost = 1
name = "monitor"

[trigger]
watch = true

[data.reference]
path = "data/part-1.csv"

[data.current]
path = "data/test.csv"

[steps.drift]
plugin = "drift"
input = { reference = "reference", current = "current" }
with.columns = ["x"]
"#;

const TRIGGER: &str = r#"
[trigger]
on = "drift"
of = "monitor.toml"
when = "drift.share_drifted > params.most"
"#;

/// The pipeline, to be started by drift, and its monitor.
fn drift_scene() -> Scene {
    let scene = scene();
    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    let text = text.replace("depth = 3", "depth = 3\nmost = 0.5");
    let text = text.replace("\ngate.r2 = { minimum = 0.5 }", "");
    scene.write("pipeline.toml", &format!("{text}{TRIGGER}"));
    scene.write("monitor.toml", MONITOR);
    scene
}

/// Data in which `x` is drawn from these numbers.
fn write_x(scene: &Scene, numbers: std::ops::Range<u32>) {
    let mut text = String::from("x,day,y\n");
    for row in 0..300 {
        let number = numbers.start + row % (numbers.end - numbers.start);
        let _ = writeln!(text, "{number}.5,{},{}", row % 7, 2 * number);
    }
    scene.write("data/test.csv", &text);
}

#[test]
fn drift_beyond_the_threshold_starts_the_training() {
    let scene = drift_scene();
    let words = "schedule monitor.toml pipeline.toml --format json";
    let schedule = Waiting::start(&scene, words);
    schedule.heard("waiting for changes");

    write_x(&scene, 0..83);
    let same = schedule.json();
    assert_eq!(same["pipeline"], "monitor", "{same}");
    assert_eq!(same["trigger"]["changed"], json!(["data/test.csv"]));
    schedule.heard("waiting for changes");
    write_x(&scene, 200..283);
    let drifted = schedule.json();
    // Nothing but the monitor has run in between.
    assert_eq!(drifted["pipeline"], "monitor", "{drifted}");
    assert_eq!(drifted["run"], 2, "{drifted}");
    let trained = schedule.json();
    assert_eq!(trained["pipeline"], "numbers", "{trained}");
    assert_eq!(trained["outcome"], "done", "{trained}");
    let trigger = json!({
        "by": "drift",
        "pipeline": "monitor",
        "run": 2,
        "when": "drift.share_drifted > params.most",
    });
    assert_eq!(trained["trigger"], trigger, "{trained}");
    schedule.signal("INT");
    assert_eq!(schedule.end().0, Some(130));
    let shown = scene.host("runs show 3").expect_code(0).stdout;
    let started = "started by drift, run 2 of `monitor`: drift.share_drifted > params.most";
    assert!(shown.contains(started), "{shown}");
}

#[test]
fn what_would_never_run_is_refused() {
    let scene = drift_scene();
    let told = |words: &[&str], code| {
        let arguments = ["schedule"].into_iter().chain(words.iter().copied());
        scene.host_with(arguments).expect_code(code).stderr
    };
    let alone = told(&["pipeline.toml"], 1);
    snapshot(&scene, "schedule-without-the-monitor", &alone);
    let cron = told(&["monitor.toml", "--cron", "every night"], 2);
    snapshot(&scene, "schedule-cron", &cron);
    let zone = [
        "monitor.toml",
        "--cron",
        "0 3 * * *",
        "--timezone",
        "Berlin",
    ];
    snapshot(&scene, "schedule-zone", &told(&zone, 2));
    let circle = MONITOR.replace(
        "watch = true",
        "on = \"drift\"\nof = \"pipeline.toml\"\nwhen = \"evaluate.r2 < 0.5\"",
    );
    scene.write("circle.toml", &circle);
    let text = fs::read_to_string(scene.path("pipeline.toml")).expect("the pipeline");
    scene.write(
        "pipeline.toml",
        &text.replace("monitor.toml", "circle.toml"),
    );
    let circle = told(&["pipeline.toml", "circle.toml"], 1);
    snapshot(&scene, "schedule-circle", &circle);
    scene.write(
        "monitor.toml",
        &MONITOR.replace("watch = true", "watch = false"),
    );
    let nothing = told(&["monitor.toml"], 2);
    snapshot(&scene, "schedule-nothing", &nothing);
}

#[test]
fn the_example_runs_as_it_stands() {
    let scene = Scene::new();
    let folder = example("drift-retraining");
    let path = |name| folder.join(name).display().to_string();
    let (monitor, train) = (path("monitor.toml"), path("train.toml"));
    let checked = scene.host(&format!("check {train}")).expect_code(0);
    assert!(checked.stdout.contains("is fine"), "{}", checked.stdout);
    let monitored = scene.json(&format!("run {monitor}"));
    let metrics = &monitored["steps"][0]["outcome"]["metrics"];
    let drifted = metrics.as_array().into_iter().flatten();
    let mut drifted = drifted.filter(|metric| metric["name"] == "share_drifted");
    let share = drifted.next().and_then(|metric| metric["value"].as_f64());
    assert!(share.is_some_and(|share| share > 0.2), "{metrics}");
    let trained = scene.json(&format!("run {train}"));
    assert_eq!(trained["outcome"], "done", "{trained}");
    assert_eq!(trained["models"][0]["name"], "arr-delay-recent");
}
