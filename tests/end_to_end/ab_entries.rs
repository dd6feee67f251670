//! What enters an experiment, and by what that is judged.

use std::fs;

use serde_json::Value;

use crate::{
    ab::{PIPELINE, alias, challengers, number, scene, train},
    support::{Scene, example},
};

#[test]
fn classes_are_compared_by_their_gate_or_by_log_loss() {
    let scene = Scene::new();
    let text = fs::read_to_string(example("penguins").join("pipeline.toml"));
    let text = text.expect("the example is there");
    let text = text.replace(
        "name = \"penguins\"",
        "name = \"penguins\"\nexperiment = \"species\"",
    );
    scene.write("pipeline.toml", &text);
    fs::create_dir(scene.path("data")).expect("a folder");
    for file in ["penguins_2007_2008.csv", "penguins_2009.csv"] {
        let from = example("penguins").join("data").join(file);
        fs::copy(from, scene.path("data").join(file)).expect("a copy");
    }
    let run = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();
    let data = "--data data/penguins_2009.csv";
    alias(&scene, "penguin-logistic", "champion");
    let of_gate = scene.json(&format!("ab species {data}"));
    assert_eq!(
        (&of_gate["metric"], &of_gate["metric_from"]),
        (&"accuracy".into(), &"gate".into())
    );
    assert_eq!(challengers(&of_gate), ["penguin-tree@1"]);
    // The step of the tree has no gate.
    let words = "--champion penguin-tree@1 --challenger penguin-logistic@1";
    let usual = scene.json(&format!("ab species {data} {words}"));
    assert_eq!(
        (&usual["metric"], &usual["metric_from"]),
        (&"log_loss".into(), &"default".into())
    );
    assert_eq!(usual["better"], "lower");
    let mut steps = run["steps"].as_array().expect("steps").iter();
    let step = steps
        .find(|step| step["name"] == "compare")
        .expect("the step");
    let metrics = step["outcome"]["metrics"].as_array().expect("metrics");
    let of = |model: &str| {
        let mut metrics = metrics.iter();
        let found =
            metrics.find(|one| one["name"] == "log_loss" && one["labels"]["model"] == model);
        number(&found.expect("the metric")["value"])
    };
    for (found, model) in [
        (&usual["champion"], "tree"),
        (&usual["challengers"][0], "logistic"),
    ] {
        let (found, expected) = (number(&found["value"]), of(model));
        assert!(
            (found - expected).abs() < 1e-12,
            "{model}: {found}, {expected}"
        );
    }
}

#[test]
fn a_label_changes_no_model_and_enters_those_there_are() {
    let scene = scene();
    let unlabelled = PIPELINE.replace("experiment = \"prices\"\n", "");
    scene.write("pipeline.toml", &unlabelled);
    let first = train(&scene, 3, "price");
    assert_eq!(first["experiment"], Value::Null);
    assert_eq!(
        scene.host("experiments").expect_code(0).stdout,
        "no model has entered an experiment yet\n"
    );
    scene.write("pipeline.toml", PIPELINE);
    let second = train(&scene, 3, "price");
    assert_eq!(second["models"][0]["new"], false);
    assert_eq!(second["models"][0]["digest"], first["models"][0]["digest"]);
    let experiments = scene.json("experiments");
    assert_eq!(experiments[0]["name"], "prices");
    assert_eq!(experiments[0]["versions"][0]["run"], 2);
    assert_eq!(scene.json("experiments show prices"), experiments[0]);
}

#[test]
fn an_imported_champion_is_judged_by_what_is_usual() {
    let scene = scene();
    train(&scene, 3, "price");
    train(&scene, 6, "price");
    scene
        .host("models export price@2 -o price.tar")
        .expect_code(0);
    scene
        .host("models import price.tar --name bought")
        .expect_code(0);
    let words = "ab prices --data new.csv --champion bought@1 --challenger price@1";
    let report = scene.json(words);
    assert_eq!(
        (&report["metric"], &report["metric_from"]),
        (&"rmse".into(), &"default".into())
    );
    assert_eq!(report["challengers"][0]["verdict"], "champion-better");
    // It needs no run, no pipeline and no training data to be compared.
    for file in ["pipeline.toml", "train.csv", "test.csv"] {
        fs::remove_file(scene.path(file)).expect("it can be removed");
    }
    assert_eq!(scene.json(words)["rows"], 300);
}
