//! Gates of classes, and gates that compare with a model that has learned nothing but a mean or a
//! majority.

use std::fmt::Write;

use serde_json::Value;

use crate::{
    gates::{gates, pipeline, refused, run, scene},
    support::{Scene, example},
};

#[test]
fn a_model_that_has_learned_nothing_is_no_better_than_the_mean() {
    let scene = scene("r2 = { better_than = \"mean\", confidence = 0.9 }");
    // Prices that have nothing to do with anything.
    let noise = |count: u32, first: u32| {
        let mut csv = "area,age,price\n".to_owned();
        for row in first..first + count {
            let price = f64::from(row.wrapping_mul(2_654_435_761) >> 20) / 40.0;
            writeln!(csv, "{},{},{price}", row * 37 % 101, row * 53 % 29).expect("a line");
        }
        csv
    };
    scene.write("train.csv", &noise(300, 0));
    scene.write("test.csv", &noise(200, 7000));
    let (refused, message) = refused(&scene, 8);
    assert!(message.contains("of the baseline mean"), "{message}");
    let gate = gates(&refused)[0].clone();
    let r2 = gate["comparison"]["value"].as_f64().expect("a value");
    // Close to zero, and not above it: the mean is that of other rows.
    assert!((-0.1..=0.0).contains(&r2), "{r2}");
    assert_eq!(
        scene.host("models").stdout.trim(),
        "no model is registered yet"
    );
}

#[test]
fn classes_are_compared_with_the_majority() {
    let scene = Scene::new();
    let text = std::fs::read_to_string(example("penguins").join("pipeline.toml"));
    let text = text.expect("the example is there").replace(
        "accuracy = { minimum = 0.95 }",
        "accuracy = { better_than = \"majority\", by = 0.3, confidence = 0.99 }\n\
         log_loss = { better_than = \"majority\", confidence = 0.99 }\n\
         roc_auc = { better_than = \"majority\", by = 0.4 }\n\
         f1_macro = { minimum = 0.9, better_than = \"majority\", by = 0.3, confidence = 0.99 }\n\
         precision_macro = { better_than = \"majority\" }\n\
         recall_macro = { better_than = \"majority\" }",
    );
    std::fs::create_dir(scene.path("data")).expect("a folder");
    for file in ["penguins_2007_2008.csv", "penguins_2009.csv"] {
        let from = example("penguins").join("data").join(file);
        std::fs::copy(from, scene.path("data").join(file)).expect("a copy");
    }
    scene.write("pipeline.toml", &text);
    let run = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();
    let mut steps = run["steps"].as_array().expect("steps").iter();
    let step = steps.find(|step| step["name"] == "check_logistic");
    let gates = step.expect("the step")["gates"].as_array().expect("gates");
    let of_majority = |gate: usize| {
        gates[gate]["comparison"]["value"]
            .as_f64()
            .expect("a value")
    };
    // 52 of the 120 penguins of 2009 are Adelies, as most are in the years before.
    assert!(
        (of_majority(0) - 52.0 / 120.0).abs() < 1e-12,
        "{}",
        of_majority(0)
    );
    // The shares of the years before are 100, 44 and 80 of 224.
    let surprise = |rows: f64, share: f64| -rows * (share / 224.0_f64).ln();
    let log_loss = surprise(52.0, 100.0) + surprise(24.0, 44.0) + surprise(44.0, 80.0);
    assert!(
        (of_majority(1) - log_loss / 120.0).abs() < 1e-12,
        "{}",
        of_majority(1)
    );
    assert_eq!(of_majority(2), 0.5);
    // Of the three classes only Adelies are ever found, all of them, among all penguins.
    let adelies = [2.0 * 52.0 / (120.0 + 52.0), 52.0 / 120.0, 1.0];
    for (gate, of_adelies) in (3..).zip(adelies) {
        let found = of_majority(gate);
        assert!((found - of_adelies / 3.0).abs() < 1e-12, "{found}");
    }
    let probability = &gates[3]["comparison"]["bootstrap"]["probability"];
    assert_eq!(probability, 1.0, "{}", gates[3]);
}

/// Whether a number is large, told from a noisy copy of it.
fn large_or_not(count: u32, first: u32) -> String {
    let mut csv = "x,large\n".to_owned();
    for row in first..first + count {
        let number = row * 37 % 101;
        let noisy = (number + row * 7919 % 23) % 101;
        let large = if number > 70 { "yes" } else { "no" };
        writeln!(csv, "{noisy},{large}").expect("a line");
    }
    csv
}

#[test]
fn precision_recall_and_f1_of_two_classes_have_gates() {
    let scene = Scene::new();
    scene.write("train.csv", &large_or_not(600, 0));
    scene.write("test.csv", &large_or_not(300, 5000));
    let pipeline = |gates: &str| {
        pipeline(gates)
            .replace("target = \"price\"", "target = \"large\"")
            .replace(
                "max_depth = \"$",
                "task = \"classification\"\nmax_depth = \"$",
            )
    };
    let gates_of = |run: &Value| gates(run).clone();
    let wanted = "precision = { minimum = 0.5 }\nrecall = { minimum = 0.3 }\n\
                  f1 = { better_than = \"majority\", by = 0.2, confidence = 0.95 }";
    scene.write("pipeline.toml", &pipeline(wanted));
    let passed = run(&scene, 3).expect_code(0).json();
    let found = gates_of(&passed);
    let value = |gate: usize| found[gate]["value"].as_f64().expect("a value");
    let (precision, recall, f1) = (value(0), value(1), value(2));
    let mean = 2.0 * precision * recall / (precision + recall);
    assert!(
        (f1 - mean).abs() < 1e-12,
        "{f1} of {precision} and {recall}"
    );
    // Whoever always says no finds none that is large.
    assert_eq!(found[2]["comparison"]["value"], 0.0);
    assert_eq!(found[2]["comparison"]["bootstrap"]["probability"], 1.0);

    scene.write("pipeline.toml", &pipeline("recall = { minimum = 0.999 }"));
    let (_, message) = refused(&scene, 3);
    assert!(
        message.contains("recall is") && message.contains("at least 0.999"),
        "{message}"
    );
}
