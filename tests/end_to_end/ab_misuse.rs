//! What keeps models from being compared: each misuse of `host ab` with its message.

use std::fmt::Write;

use crate::{
    ab::{alias, scene, train},
    support::{Scene, filters},
};

/// What `host ab` says, with the exit code.
fn told(scene: &Scene, words: &str) -> String {
    let ended = scene.host(&format!("ab {words}"));
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
    let code = ended.code.expect("an exit code");
    format!(
        "$ host ab {words}\n{}exit code {code}\n\n",
        scene.plain(&ended.stderr)
    )
}

fn snapshot(name: &str, messages: &str) {
    insta::with_settings!({ filters => filters(), omit_expression => true }, {
        insta::assert_snapshot!(name, messages);
    });
}

#[test]
fn names_that_mean_nothing() {
    let scene = scene();
    let mut messages = told(&scene, "prices --data new.csv");
    train(&scene, 2, "price");
    alias(&scene, "price@1", "champion");
    for words in [
        "price --data new.csv",
        "prices",
        "prices --data new.csv --confidence 95",
        "prices --data new.csv --champion Best",
        "prices --data new.csv --challenger price@challenger",
        "prices --data nowhere.csv",
    ] {
        messages.push_str(&told(&scene, words));
    }
    snapshot("ab-names", &messages);
}

#[test]
fn champions_that_are_none_or_too_many() {
    let scene = scene();
    train(&scene, 2, "price");
    train(&scene, 3, "price");
    let mut messages = told(&scene, "prices --data new.csv");
    messages.push_str(&told(&scene, "prices --data new.csv --champion best"));
    alias(&scene, "price@2", "champion");
    messages.push_str(&told(&scene, "prices --data new.csv"));
    messages.push_str(&told(
        &scene,
        "prices --data new.csv --challenger price@champion",
    ));
    train(&scene, 4, "other");
    alias(&scene, "other@1", "champion");
    messages.push_str(&told(&scene, "prices --data new.csv"));
    let chosen = scene.json("ab prices --data new.csv --champion other@champion");
    assert_eq!(chosen["champion"]["model"], "other");
    assert_eq!(chosen["challengers"][0]["version"], 2);
    snapshot("ab-champions", &messages);
}

#[test]
fn an_experiment_of_one_version() {
    let scene = scene();
    train(&scene, 2, "price");
    alias(&scene, "price@1", "champion");
    snapshot("ab-alone", &told(&scene, "prices --data new.csv"));
}

#[test]
fn models_of_different_targets() {
    let scene = scene();
    train(&scene, 2, "price");
    alias(&scene, "price@1", "champion");
    let words = "run pipeline.toml --param model=area --param target=area";
    scene.host(words).expect_code(0);
    let mut messages = told(&scene, "prices --data new.csv");
    alias(&scene, "area@1", "champion");
    messages.push_str(&told(&scene, "prices --data new.csv"));
    snapshot("ab-targets", &messages);
}

#[test]
fn data_that_does_not_suffice() {
    let scene = scene();
    train(&scene, 2, "price");
    train(&scene, 3, "price");
    alias(&scene, "price@1", "champion");
    let mut without_truth = "area,age,price\n".to_owned();
    for row in 0..5 {
        writeln!(without_truth, "{row},{row},").expect("a line");
    }
    for (file, text) in [
        ("no-target.csv", "area,age\n1,2\n"),
        ("no-age.csv", "area,price\n1,2\n"),
        ("no-rows.csv", "area,age,price\n"),
        ("no-truth.csv", &without_truth),
        ("words.csv", "area,age,price\n1,2,cheap\n"),
    ] {
        scene.write(file, text);
    }
    let files = ["no-target", "no-age", "no-rows", "no-truth", "words"];
    let messages = files.map(|file| told(&scene, &format!("prices --data {file}.csv")));
    snapshot("ab-data", &messages.concat());
}

#[test]
fn metrics_that_do_not_compare() {
    let scene = scene();
    train(&scene, 2, "price");
    train(&scene, 3, "price");
    alias(&scene, "price@1", "champion");
    scene.write("one.csv", "area,age,price\n1,2,3\n");
    let messages = [
        told(&scene, "prices --data new.csv --metric auc"),
        told(&scene, "prices --data new.csv --metric accuracy"),
        told(&scene, "prices --data one.csv --metric r2"),
    ];
    snapshot("ab-metrics", &messages.concat());
}
