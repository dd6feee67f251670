//! `kill -9` at any moment of the flights example: the store opens, what is registered is whole,
//! nothing half-written is visible, and the next run comes to its end.

use std::{
    fs,
    path::Path,
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use mlhost_data::{Scan, Table, column_names};
use mlhost_pipeline::{CsvOptions, Format};

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

/// The flights example on a sample of its rows, so that a run takes a moment; of another depth
/// each time, so that it has something to do.
fn scene() -> Scene {
    let scene = Scene::new();
    let folder = example("flights");
    let text = fs::read_to_string(folder.join("pipeline.toml")).expect("the example");
    let data = format!("path = \"{}/data/", folder.display());
    let sampled = text
        .replace("path = \"data/", &data)
        .replace(".parquet\"\n", ".parquet\"\nsample = { rows = 4000 }\n")
        // Every run is to register its model, whatever came before it.
        .replace(
            ", better_than = \"champion\", by = 0.001, confidence = 0.95",
            "",
        );
    assert_eq!(sampled.matches("sample = ").count(), 3);
    assert!(!sampled.contains("better_than"));
    scene.write("pipeline.toml", &sampled);
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

fn arguments(depth: usize) -> [String; 6] {
    let words = "run pipeline.toml --param minimum_r2=0.0 --param";
    let mut words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    words.push(format!("max_depth={depth}"));
    words.try_into().expect("six words")
}

fn run(scene: &Scene, depth: usize) -> Duration {
    let start = Instant::now();
    let arguments = arguments(depth);
    let ended = scene.host_with(arguments.iter().map(String::as_str));
    ended.expect_code(0);
    start.elapsed()
}

/// Starts a run and kills it after a time; says whether it was still under way.
fn kill(scene: &Scene, depth: usize, after: Duration) -> bool {
    let arguments = arguments(depth);
    let mut command = scene.command(arguments.iter().map(String::as_str));
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the command starts");
    thread::sleep(after);
    child.kill().expect("it can be killed");
    finish(child).code.is_none()
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
    // Plugins are compiled before the clock runs.
    run(&scene(), 3);
    let duration = run(&scene(), 4);
    let (next, under_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
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
                let after = duration.mul_f64(random.share() * 1.2);
                if kill(&scene, 3 + round, after) {
                    under_way.fetch_add(1, Ordering::Relaxed);
                }
                check(&scene, &mut registered);
                // The same work again: what was complete is taken as it is.
                run(&scene, 3 + round);
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
}
