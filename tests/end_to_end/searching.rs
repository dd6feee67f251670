//! The search example: a file in the place of a step, a grid of parameters, a cross-validation that
//! picks from it, and a model that can be made again.

use serde_json::Value;

use crate::support::{Ended, Scene, example, metric, step};

fn search(scene: &Scene, more: &[&str]) -> Ended {
    let pipeline = example("search").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let sample = [
        "--set",
        "data.train.sample.rows=4000",
        "--set",
        "params.minimum_r2=0.5",
    ];
    let words = ["run", &pipeline, "--format", "json"]
        .into_iter()
        .chain(sample);
    scene.host_with(words.chain(more.iter().copied()))
}

fn names(run: &Value) -> Vec<&str> {
    let steps = run["steps"].as_array().expect("steps");
    steps
        .iter()
        .filter_map(|step| step["name"].as_str())
        .collect()
}

#[test]
fn the_best_of_a_grid_is_registered_and_made_again() {
    let scene = Scene::new();
    let run = search(&scene, &[]).expect_code(0).json();

    let tree = &run["loops"][0];
    assert_eq!(tree["name"], "tree");
    assert_eq!(tree["body"], serde_json::json!(["tree", "folds"]));
    let iterations = tree["iterations"].as_array().expect("iterations");
    assert_eq!(iterations.len(), 8);
    let selected = tree["selected"].as_u64().expect("one is selected") as usize;
    let r2 = |iteration: &Value| iteration["metric"].as_f64().expect("a metric");
    let best = iterations.iter().map(r2).fold(f64::MIN, f64::max);
    assert_eq!(r2(&iterations[selected - 1]), best);

    // The mean and the deviation are those of the folds, which were scored by steps of their own.
    let summed_up = step(&run, &format!("folds[{selected}]"));
    let folds: Vec<f64> = (1..=3)
        .map(|fold| {
            let number = fold.to_string();
            let of_fold = step(&run, &format!("folds[{selected}]/{fold}"));
            let value = metric(of_fold, "r2", None);
            assert_eq!(metric(summed_up, "r2", Some(("fold", &number))), value);
            value
        })
        .collect();
    let mean = folds.iter().sum::<f64>() / 3.0;
    let deviation = folds.iter().map(|fold| (fold - mean).powi(2)).sum::<f64>() / 2.0;
    assert!((metric(summed_up, "r2", None) - mean).abs() < 1e-12);
    let told = metric(summed_up, "r2", Some(("statistic", "std")));
    assert!((told - deviation.sqrt()).abs() < 1e-12);

    // Rows: each fold is scored with what the other two were fitted without.
    let rows = |name: &str| step(&run, name)["rows"].as_u64().expect("rows");
    let scored: u64 = (1..=3).map(|fold| rows(&format!("folds[1]/{fold}"))).sum();
    assert_eq!(scored, 4000);
    assert_eq!(rows("folds[1]/1/tree") + rows("folds[1]/1"), 4000);

    let model = &run["models"][0];
    assert_eq!(model["new"], true);
    let shown = scene.json("models show arr-delay@1");
    let chain = shown["model"]["chain"].as_array().expect("a chain");
    let steps: Vec<&Value> = chain.iter().map(|step| &step["step"]).collect();
    assert_eq!(steps, ["features/preprocess", "tree"]);
    let chosen = &iterations[selected - 1]["values"];
    assert_eq!(chain[1]["params"]["max_depth"], chosen["max_depth"]);

    scene.host("reproduce arr-delay@1").expect_code(0);
}

#[test]
fn what_was_tried_is_not_tried_again() {
    let scene = Scene::new();
    search(&scene, &["--set", "steps.tree.for_each.max_depth=[4, 6]"]).expect_code(0);
    let more = search(
        &scene,
        &["--set", "steps.tree.for_each.max_depth=[4, 6, 8]"],
    );
    let more = more.expect_code(0).json();
    let cached = |name: &str| step(&more, name)["cached"] == true;
    // Four of the six candidates have been tried, in the same folds.
    assert!((1..=4).all(|number| cached(&format!("folds[{number}]/2/tree"))));
    assert!((1..=4).all(|number| cached(&format!("folds[{number}]/2"))));
    assert!(!cached("folds[5]/2/tree") && !cached("folds[6]/2/tree"));
    // Only the one that is handed on is fitted on all rows.
    let selected = &more["loops"][0]["selected"];
    for number in 1..=6 {
        let is_selected = *selected == number;
        let status = if is_selected { "done" } else { "skipped" };
        assert_eq!(step(&more, &format!("tree[{number}]"))["status"], status);
    }
    // What the candidates have in common was done for the first.
    assert!(cached("folds/2/features/preprocess"));
}

#[test]
fn the_part_runs_alone() {
    let scene = Scene::new();
    let features = example("search")
        .join("features.toml")
        .display()
        .to_string();
    let run = scene.host_with(["run", &features, "--format", "json"]);
    let run = run.expect_code(0).json();
    assert_eq!(names(&run), ["validate", "preprocess"]);
    assert_eq!(
        step(&run, "preprocess")["params"]["encode"][0]["impute"],
        "mean"
    );
}
