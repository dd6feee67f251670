//! Drift of what a model predicts: in pipelines, against a step's model or a registered one, and of the
//! rows that `host drift` scores; tests/reference has the numbers of scipy.

use std::{fmt::Write, fs};

use serde_json::Value;

use crate::{
    drift::{close, data, outcome_metric},
    gates::rows,
    support::{Ended, Scene, metric, step},
};

const EXPECTED: &str = include_str!("../reference/drift/predictions.json");

/// Each method with the name of its metric, and that of its number in the reference.
const METHODS: [(&str, &str, &str); 6] = [
    ("psi", "psi", "psi"),
    ("jensen_shannon", "jensen_shannon", "jensen_shannon"),
    ("hellinger", "hellinger", "hellinger"),
    ("l_infinity", "l_infinity", "l_infinity"),
    ("ks", "ks_p_value", "ks_p_value"),
    ("wasserstein", "wasserstein", "wasserstein_normed"),
];

fn expected() -> Value {
    serde_json::from_str(EXPECTED).expect("JSON")
}

#[test]
fn predictions_of_flights_drift_as_scipy_says() {
    let scene = Scene::new();
    let mut text = format!(
        "mlhost = 1\nname = \"drift\"\n[data.train]\npath = '{}'\n[data.m07]\npath = '{}'\n\
         [data.m08]\npath = '{}'\n[steps.model]\nplugin = \"linear\"\ninput = \"train\"\n\
         with = {{ target = \"arr_delay\", features = [\"sched_min\", \"distance\", \"dow\"] }}\n",
        data("flights_train.parquet"),
        data("flights_m07.parquet"),
        data("flights_m08.parquet"),
    );
    for month in ["m07", "m08"] {
        for (method, ..) in METHODS {
            let _ = write!(
                text,
                "[steps.{method}_{month}]\nplugin = \"drift\"\n\
                 input = {{ reference = \"train\", current = \"{month}\", model = \"model\" }}\n\
                 with = {{ method = \"{method}\", columns = [\"dow\"] }}\n"
            );
        }
    }
    scene.write("pipeline.toml", &text);
    let run = scene.host("run pipeline.toml --format json");
    let run = run.expect_code(0).json();
    let cases = expected()["least_squares"].clone();
    let cases = cases.as_array().expect("a list");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let month = case["month"].as_str().expect("a month");
        for (method, name, reference) in METHODS {
            let number = case[reference].as_f64().expect("a number");
            let step = step(&run, &format!("{method}_{month}"));
            let found = metric(step, name, Some(("column", "prediction")));
            close(&format!("{reference} of {month}"), found, number);
            let headline = metric(step, "prediction_drift", None);
            assert_eq!(found, headline, "{method} of {month}");
            assert_eq!(
                step["params"]["prediction"],
                serde_json::json!(["prediction"])
            );
        }
    }
}

/// A tree of one split on made-up rows, and a drift step with these parameters.
fn one_split(with: &str) -> Scene {
    let scene = Scene::new();
    let expected = expected();
    for side in ["reference", "current"] {
        let of = |column: &str| {
            let column = &expected["one_split"][side][column];
            column.as_array().expect("a list").clone()
        };
        let mut csv = "x,late\n".to_owned();
        for (x, late) in of("x").iter().zip(of("late")) {
            let _ = writeln!(csv, "{x},{}", late.as_str().expect("a class"));
        }
        scene.write(&format!("{side}.csv"), &csv);
    }
    let text = format!(
        "mlhost = 1\nname = \"late\"\n[data.reference]\npath = \"reference.csv\"\n[data.current]\n\
         path = \"current.csv\"\n[steps.tree]\nplugin = \"tree\"\ninput = \"reference\"\n\
         register = \"late\"\nwith = {{ target = \"late\", max_depth = 1 }}\n[steps.drift]\n\
         plugin = \"drift\"\n\
         input = {{ reference = \"reference\", current = \"current\", model = \"tree\" }}\n{with}"
    );
    scene.write("pipeline.toml", &text);
    scene
}

fn drift_step(ended: Ended) -> Value {
    step(&ended.expect_code(0).json(), "drift").clone()
}

#[test]
fn classes_and_their_probabilities_drift_each() {
    let scene = one_split("with = { method = \"psi\" }\n");
    let found = drift_step(scene.host("run pipeline.toml --format json"));
    let expected = expected()["one_split"]["columns"].clone();
    for column in ["prediction", "probability_no", "probability_yes"] {
        let psi = expected[column]["psi"].as_f64().expect("a number");
        let own = metric(&found, "psi", Some(("column", column)));
        close(column, own, psi);
        let own = metric(&found, "prediction_drift", Some(("column", column)));
        close(column, own, psi);
    }
    let psi = expected["prediction"]["psi"].as_f64().expect("a number");
    close("all", metric(&found, "prediction_drift", None), psi);
    assert_eq!(metric(&found, "predictions_drifted", None), 3.0);
    // `x` and `late` are compared with them, and are no predictions.
    assert_eq!(
        found["outcome"]["summary"],
        "1 of 2 columns has drifted: x; 3 of 3 columns of predictions have drifted: \
         `prediction`, `probability_no`, `probability_yes`"
    );
    // The same by what the version keeps.
    let kept = scene.json("drift late current.csv");
    close("kept", outcome_metric(&kept, "prediction_drift"), psi);
    assert_eq!(outcome_metric(&kept, "predictions_drifted"), 3.0);
}

#[test]
fn one_of_the_predictions_can_be_taken() {
    let with = "with = { method = \"psi\", columns = [\"x\"], prediction = \"probability_yes\" }\n\
        gate.prediction_drift = { maximum = 0.1 }\n";
    let scene = one_split(with);
    let refused = scene.host("run pipeline.toml").expect_code(1).stderr;
    let message = "step `drift`: prediction_drift is 0.415888, and its gate wants at most 0.1";
    assert!(refused.contains(message), "{refused}");
    let run = scene.json("runs show 1");
    let found = step(&run["record"], "drift").clone();
    let psi = &expected()["one_split"]["columns"]["probability_yes"]["psi"];
    let psi = psi.as_f64().expect("a number");
    close("one", metric(&found, "prediction_drift", None), psi);
    assert_eq!(metric(&found, "predictions_drifted", None), 1.0);
    let findings = found["outcome"]["findings"].as_array().expect("findings");
    let columns = findings.iter().map(|finding| finding["column"].as_str());
    let columns: Vec<_> = columns.collect();
    assert_eq!(columns, [None, Some("probability_yes"), Some("x")]);
    assert_eq!(found["gates"][0]["passed"], false, "{found}");
    assert_eq!(scene.json("models").as_array().map(Vec::len), Some(0));
}

/// A folder in which `prices@1`, the champion, was registered by a run without a drift step.
fn registered() -> Scene {
    let scene = Scene::new();
    scene.write("train.csv", &rows(900, 0));
    scene.write("later.csv", &rows(400, 5000).replace("\n1", "\n9"));
    scene.write("train.toml", &train(4));
    scene.host("run train.toml").expect_code(0);
    scene
}

fn train(depth: u32) -> String {
    format!(
        "mlhost = 1\nname = \"prices\"\n[data.train]\npath = \"train.csv\"\n[steps.tree]\n\
         plugin = \"tree\"\ninput = \"train\"\n\
         register = {{ name = \"prices\", alias = \"champion\" }}\n\
         with = {{ target = \"price\", max_depth = {depth} }}\n"
    )
}

/// A pipeline that looks at the champion's predictions, and at what else `more` does.
fn monitor(scene: &Scene, more: &str) {
    let text = format!(
        "mlhost = 1\nname = \"monitor\"\n[data.train]\npath = \"train.csv\"\n[data.later]\n\
         path = \"later.csv\"\n[steps.drift]\nplugin = \"drift\"\n\
         input = {{ reference = \"train\", current = \"later\", model = \"prices@champion\" }}\n\
         with = {{ columns = [\"area\", \"age\"], target = \"price\" }}\n{more}"
    );
    scene.write("monitor.toml", &text);
}

#[test]
fn host_drift_predicts_and_needs_no_training_data() {
    let scene = registered();
    monitor(&scene, "");
    let compared = drift_step(scene.host("run monitor.toml --format json"));
    assert_eq!(compared["key"]["inputs"][1]["model"], "prices@1");
    fs::remove_file(scene.path("train.csv")).expect("it can be removed");
    let kept = scene.json("drift prices later.csv");
    let alone = metric(&compared, "prediction_drift", None);
    assert_eq!(outcome_metric(&kept, "prediction_drift"), alone);
    assert_eq!(kept["summary"], compared["outcome"]["summary"]);
    assert_eq!(kept["metrics"], compared["outcome"]["metrics"]);
    let shown = scene.host("models show prices").expect_code(0).stdout;
    assert!(
        shown.contains("reference profile with predictions"),
        "{shown}"
    );
    let shown = scene.host("runs show 2").expect_code(0).stdout;
    assert!(shown.contains("  predictions by prices@1\n"), "{shown}");
    let drawn = scene.json("graph monitor.toml");
    let edges = drawn["edges"].as_array().expect("edges");
    let is_of_model = |edge: &&Value| edge["from"] == "models.prices@champion";
    let edge = edges.iter().find(is_of_model).expect("an edge");
    assert_eq!(
        (&edge["to"], &edge["label"]),
        (&"steps.drift".into(), &"model".into())
    );
}

#[test]
fn rows_that_cannot_be_predicted_are_compared_without() {
    let scene = registered();
    let without: String = rows(300, 100)
        .lines()
        .map(|line| {
            line.split_once(',')
                .map_or(line, |(_, rest)| rest)
                .to_owned()
                + "\n"
        })
        .collect();
    scene.write("without.csv", &without);
    let found = scene.json("drift prices without.csv");
    let summary = found["summary"].as_str().expect("a summary");
    assert!(
        summary.ends_with(
            "; drift of the prediction `prediction` is unknown: the current data is without it; \
             the target `price` has not drifted; prices@1 cannot predict these rows: it lacks \
             column `area`"
        ),
        "{summary}"
    );
    // Rows that were scored before are not scored again.
    scene
        .host("predict prices later.csv -o scored.csv")
        .expect_code(0);
    let found = scene.json("drift prices scored.csv");
    let alone = scene.json("drift prices later.csv");
    let drift = |outcome: &Value| outcome_metric(outcome, "prediction_drift");
    assert_eq!(drift(&found), drift(&alone));
    let summary = found["summary"].as_str().expect("a summary");
    assert!(
        summary.ends_with("; the predictions are those in the data, and not made by prices@1"),
        "{summary}"
    );
}

/// A model whose training data has a column of the name of its prediction cannot predict beside it, so
/// that its version keeps a profile as those of before did.
#[test]
fn a_version_that_keeps_no_predictions_says_so() {
    let scene = Scene::new();
    let named = rows(300, 0).replace("area,age,price", "prediction,age,price");
    scene.write("train.csv", &named);
    let text = train(3).replace(
        "target = \"price\"",
        "target = \"price\", features = [\"age\"]",
    );
    scene.write("train.toml", &text);
    scene.host("run train.toml").expect_code(0);
    let found = scene.host("drift prices train.csv").expect_code(0).stdout;
    let words = "; drift of the predictions is unknown: prices@1 keeps no profile of what it has \
        predicted for its training data\n";
    assert!(found.contains(words), "{found}");
    let found = scene.json("drift prices train.csv");
    let findings = found["findings"].as_array().expect("findings");
    let said = findings
        .iter()
        .find(|finding| finding["check"] == "prediction_drift");
    assert_eq!(said.expect("a finding")["passed"], true);
    scene.host("reproduce prices").expect_code(0);
}

#[test]
fn what_a_registered_model_has_predicted_is_cached_until_it_changes() {
    let scene = registered();
    monitor(&scene, "");
    drift_step(scene.host("run monitor.toml --format json"));
    let again = drift_step(scene.host("run monitor.toml --format json"));
    assert_eq!(again["cached"], true);
    scene.write("train.toml", &train(2));
    scene.host("run train.toml").expect_code(0);
    let other = drift_step(scene.host("run monitor.toml --format json"));
    assert_eq!(other["cached"], false);
    assert_eq!(other["key"]["inputs"][0]["model"], "prices@2");
    let why = scene.host("runs explain 5").expect_code(0).stdout;
    let words = "input `current`: `later` with predictions of `prices@1` → `later` with \
        predictions of `prices@2`";
    assert!(why.contains(words), "{why}");
}

#[test]
fn a_model_that_was_made_beside_a_registered_one_comes_out_again() {
    let scene = registered();
    let other = "[steps.linear]\nplugin = \"linear\"\ninput = \"train\"\nregister = \"line\"\n\
        when = \"drift.prediction_drift < 2.0\"\nwith = { target = \"price\" }\n";
    monitor(&scene, other);
    scene.host("run monitor.toml").expect_code(0);
    // The champion is another one by now; the run is made again with that of then.
    scene.write("train.toml", &train(2));
    scene.host("run train.toml").expect_code(0);
    scene.host("reproduce line").expect_code(0);
    scene.host("reproduce prices@1").expect_code(0);
    scene.host("models delete prices@1").expect_code(0);
    let missing = scene.host("reproduce line").expect_code(1);
    assert_eq!(
        missing.stdout,
        "line@1 is not the same any more as when run 2 made it:\n  step `drift`: the model \
         prices@1 that it reads cannot be had: the model `prices` has no version 1\n"
    );
}

#[test]
fn a_model_that_is_not_registered_is_told_before_the_run() {
    let scene = registered();
    monitor(&scene, "");
    let text = fs::read_to_string(scene.path("monitor.toml")).expect("the pipeline");
    for (model, message, hint) in [
        (
            "price@champion",
            "there is no model `price`",
            "did you mean `prices`?",
        ),
        (
            "prices@7",
            "the model `prices` has no version 7",
            "there is one version: `1`",
        ),
        (
            "prices@challenger",
            "the model `prices` has no alias `challenger`",
            "there is one alias: `champion`",
        ),
    ] {
        scene.write("monitor.toml", &text.replace("prices@champion", model));
        for command in ["check", "run"] {
            let ended = scene
                .host(&format!("{command} monitor.toml"))
                .expect_code(1);
            let said = &ended.stderr;
            assert!(said.starts_with(&format!("error: {message}\n")), "{said}");
            assert!(said.contains(" --> monitor.toml:9:59\n"), "{said}");
            assert!(said.contains(&format!("hint: {hint}")), "{said}");
        }
    }
}

#[test]
fn a_registered_model_that_needs_other_columns_is_told_before_the_run() {
    let scene = registered();
    monitor(&scene, "");
    let without = rows(400, 5000).replace("area,age", "size,age");
    scene.write("later.csv", &without);
    for command in ["check", "run"] {
        let ended = scene
            .host(&format!("{command} monitor.toml"))
            .expect_code(1);
        assert_eq!(
            ended.stderr,
            "error: model `prices@1` cannot predict `later`: it lacks column `area`\n \
             --> monitor.toml:9:42\n  |\n9 | input = { reference = \"train\", current = \"later\", \
             model = \"prices@champion\" }\n  |                                          ^^^^^^^\n\n\
             hint: without `model` in its input, the step compares the columns alone\n"
        );
    }
    assert_eq!(scene.json("runs").as_array().map(Vec::len), Some(1));
}

#[test]
fn a_search_takes_the_model_whose_predictions_have_moved_least() {
    let scene = Scene::new();
    scene.write("train.csv", &rows(900, 0));
    scene.write("later.csv", &rows(400, 5000));
    let text = "mlhost = 1\nname = \"prices\"\n[data.train]\npath = \"train.csv\"\n[data.later]\n\
        path = \"later.csv\"\n[steps.tree]\nplugin = \"tree\"\ninput = \"train\"\n\
        for_each.depth = [1, 6]\nselect = { metric = \"drift.prediction_drift\", best = \"min\" }\n\
        register = \"prices\"\nwith = { target = \"price\", max_depth = \"${each.depth}\" }\n\
        [steps.drift]\nplugin = \"drift\"\n\
        input = { reference = \"train\", current = \"later\", model = \"tree\" }\n\
        with = { method = \"psi\", columns = [\"area\", \"age\"] }\n";
    scene.write("pipeline.toml", text);
    let run = scene.host("run pipeline.toml --format json");
    let run = run.expect_code(0).json();
    let of = |number: u32| {
        let name = format!("drift[{number}]");
        metric(step(&run, &name), "prediction_drift", None)
    };
    let least = if of(1) <= of(2) { 1 } else { 2 };
    assert_eq!(run["loops"][0]["selected"], least, "{}", run["loops"]);
}

/// What depends on which column is filled in from a registered model, and from the steps that the drift
/// step is after.
#[test]
fn drift_is_weighted_by_importances_of_the_model() {
    let scene = registered();
    let importance = "[data.train]\npath = \"train.csv\"\n[steps.importance]\n\
        plugin = \"importance\"\ninput = { model = \"tree\", data = \"train\" }\n\
        with = { target = \"price\", n_repeats = 2 }\n[steps.drift]\nplugin = \"drift\"\n\
        input = { reference = \"train\", current = \"later\", model = \"tree\" }\n\
        after = [\"importance\"]\nwith = { columns = [\"area\", \"age\"] }\n[data.later]\n\
        path = \"later.csv\"\n";
    scene.write(
        "train.toml",
        &train(5).replace("[data.train]\npath = \"train.csv\"\n", importance),
    );
    let run = scene
        .host("run train.toml --format json")
        .expect_code(0)
        .json();
    let of = |column: &str| {
        metric(
            step(&run, "importance"),
            "importance",
            Some(("column", column)),
        )
    };
    let weights = serde_json::json!({ "age": of("age"), "area": of("area") });
    assert_eq!(step(&run, "drift")["params"]["weights"], weights);
    monitor(&scene, "");
    let monitored = drift_step(scene.host("run monitor.toml --format json"));
    assert_eq!(monitored["params"]["weights"], weights);
    let weighted = metric(&monitored, "weighted_share_drifted", None);
    let kept = scene.json("drift prices later.csv");
    assert_eq!(outcome_metric(&kept, "weighted_share_drifted"), weighted);
    scene.host("reproduce prices").expect_code(0);
}
