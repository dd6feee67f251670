//! `kill -9` at any moment of the flights example, on all of its rows: the store opens, what is
//! registered is whole, nothing half-written is visible, and the next run picks up what was
//! complete.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mlhost_data::{Scan, Table, column_names};
use mlhost_pipeline::{CsvOptions, Format};
use serde_json::Value;

use crate::support::{Scene, example, finish};

/// How often a run is killed.
const KILLS: usize = 200;
/// How many at once: most of the time a run waits for the disk.
const WORKERS: usize = 4;
/// After so many kills a worker goes on with a new store.
const KILLS_A_STORE: usize = 5;

/// The same numbers in every test run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The flights example; of another depth each time, so that a run has something to do.
fn scene() -> Scene {
    let scene = Scene::new();
    let folder = example("flights");
    let text = fs::read_to_string(folder.join("pipeline.toml")).expect("the example");
    let data = format!("path = \"{}/data/", folder.display());
    let here = text
        .replace("path = \"data/", &data)
        // Every run is to register its model, whatever came before it.
        .replace(
            ", better_than = \"champion\", by = 0.001, confidence = 0.95",
            "",
        );
    assert_eq!(here.matches(&data).count(), 3);
    assert!(!here.contains("better_than"));
    scene.write("pipeline.toml", &here);
    few_rows(
        &folder.join("data/flights_m08.parquet"),
        &scene.path("few.parquet"),
    );
    scene
}

/// Writes the first rows of a table into another file.
fn few_rows(from: &Path, to: &Path) {
    let pattern = from.display().to_string();
    let options = CsvOptions::for_path(&pattern);
    let table = mlhost_data::open(&pattern, Path::new("/"), Format::Parquet, &options);
    let table = Arc::new(table.expect("the table opens"));
    let schema = table.schema();
    let mut rows = Scan::new(table, &column_names(&schema)).expect("the table can be read");
    let first = rows
        .next()
        .map(|batch| batch.map(|batch| batch.slice(0, 100)));
    mlhost_data::write(to, Format::Parquet, &schema, first).expect("the table can be written");
}

/// A run of a depth: of all steps, or of those that the store does not know.
#[derive(Clone, Copy)]
struct Run {
    depth: usize,
    whole: bool,
}

impl Run {
    fn arguments(self) -> Vec<String> {
        let depth = self.depth;
        let words = format!("run pipeline.toml --param minimum_r2=0.0 --param max_depth={depth}");
        let words = words.split(' ').map(str::to_owned);
        let whole = self.whole.then(|| "--no-cache".to_owned());
        words.chain(whole).collect()
    }
}

fn run(scene: &Scene, run: Run) -> Value {
    let arguments = run.arguments();
    let words = arguments.iter().map(String::as_str);
    let ended = scene.host_with(words.chain(["--format", "json"]));
    ended.expect_code(0).json()
}

fn duration(work: impl FnOnce() -> Value) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What is known of a run that was killed.
struct Killed {
    /// Whether it was still under way.
    under_way: bool,
    /// The steps that it had told to be complete.
    complete: Vec<String>,
}

/// Starts a run and kills it after a time.
fn kill(scene: &Scene, run: Run, after: Duration) -> Killed {
    let arguments = run.arguments();
    let mut command = scene.command(arguments.iter().map(String::as_str));
    let mut child = command.spawn().expect("the command starts");
    thread::sleep(after);
    child.kill().expect("it can be killed");
    let ended = finish(child);
    let complete = ended.stderr.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (step, status) = (words.next()?, words.next()?);
        ["done", "cached"]
            .contains(&status)
            .then(|| step.to_owned())
    });
    Killed {
        under_way: ended.code.is_none(),
        complete: complete.collect(),
    }
}

/// The same work again takes what was complete as it is.
fn pick_up(scene: &Scene, depth: usize, killed: &Killed) {
    let whole = false;
    let report = run(scene, Run { depth, whole });
    for name in &killed.complete {
        let mut steps = report["steps"].as_array().expect("steps").iter();
        let step = steps.find(|step| step["name"] == name.as_str());
        let step = step.unwrap_or_else(|| panic!("there is no step {name}"));
        assert_eq!(step["cached"], true, "{name} was complete");
    }
}

/// Everything that was ever registered, by what was said of it.
fn check(scene: &Scene, registered: &mut Vec<(u64, String)>) {
    let verified = scene.host("store verify --format json");
    if verified.stdout.contains("there is no store") {
        assert!(registered.is_empty());
        return;
    }
    // Damaged and missing things end it with another code; temporary files do not.
    verified.expect_code(0);
    for run in scene.json("runs --limit 1000").as_array().expect("runs") {
        let outcome = run["outcome"].as_str().expect("an outcome");
        assert!(["done", "died"].contains(&outcome), "{run}");
        assert_eq!(outcome == "done", run["finished_at"].is_string(), "{run}");
    }
    // Nothing that was registered is lost, and what is new is whole.
    let latest = scene.json("models");
    let latest = latest[0]["version"].as_u64().unwrap_or(0);
    assert!(registered.iter().all(|(version, _)| *version <= latest));
    for version in registered.len() as u64 + 1..=latest {
        let model = scene.json(&format!("models show arr-delay@{version}"));
        let digest = model["digest"].as_str().expect("a digest").to_owned();
        let predict = format!("predict arr-delay@{version} few.parquet -o out.parquet");
        scene.host(&predict).expect_code(0);
        registered.push((version, digest));
    }
}

/// Nothing that was registered has become another model.
fn same_models(scene: &Scene, registered: &[(u64, String)]) {
    for (version, digest) in registered {
        let model = scene.json(&format!("models show arr-delay@{version}"));
        assert_eq!(model["digest"], digest.as_str());
    }
}

#[test]
fn a_run_may_be_killed_at_any_moment() {
    let of = |depth, whole| Run { depth, whole };
    // How long it takes, once plugins are compiled: a run of all steps, and one of the last steps.
    let measured = scene();
    run(&measured, of(3, false));
    let whole = duration(|| run(&measured, of(4, true)));
    let rest = duration(|| run(&measured, of(5, false)));
    let (next, under_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let complete = AtomicUsize::new(0);
    let stores = Mutex::new(0_u64);
    let worker = || {
        while next.load(Ordering::Relaxed) < KILLS {
            let seed = {
                let mut stores = stores.lock().expect("no worker has panicked");
                *stores += 1;
                *stores
            };
            let (scene, mut random) = (scene(), Random(seed));
            let mut registered = Vec::new();
            for round in 0..KILLS_A_STORE {
                next.fetch_add(1, Ordering::Relaxed);
                let killed = of(3 + round, round % 2 == 0);
                let duration = if killed.whole { whole } else { rest };
                let after = duration.mul_f64(random.share() * 1.2);
                let killed = kill(&scene, killed, after);
                if killed.under_way {
                    under_way.fetch_add(1, Ordering::Relaxed);
                    complete.fetch_add(killed.complete.len(), Ordering::Relaxed);
                }
                check(&scene, &mut registered);
                pick_up(&scene, 3 + round, &killed);
            }
            check(&scene, &mut registered);
            assert_eq!(registered.len(), KILLS_A_STORE);
            same_models(&scene, &registered);
            let collected = scene.host("store gc --keep-runs 0 --grace 0s --format json");
            collected.expect_code(0);
            same_models(&scene, &registered);
            let left = scene.json("store verify");
            assert_eq!(left["temporary_files"].as_array().map(Vec::len), Some(0));
        }
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(worker);
        }
    });
    // Most of them were: else it would show nothing.
    let under_way = under_way.into_inner();
    assert!(under_way >= KILLS / 2, "{under_way} of {KILLS}");
    let complete = complete.into_inner();
    assert!(complete >= KILLS / 4, "{complete} steps were picked up");
}
