//! The example of two classes as it stands: probabilities that are looked at from all sides, gates on
//! them, slices and a comparison of two models.

use serde_json::Value;

use crate::support::{Scene, example, metric, step};

/// The finding of a check, on a column where that is given.
fn finding<'a>(step: &'a Value, check: &str) -> &'a Value {
    let mut findings = step["outcome"]["findings"]
        .as_array()
        .expect("findings")
        .iter();
    let found = findings.find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no finding `{check}`"))
}

#[test]
fn late_flights_are_told_and_judged() {
    let scene = Scene::new();
    let pipeline = example("late-flights").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let ended = scene.host_with(["run", &pipeline, "--format", "json"]);
    let run = ended.expect_code(0).json();
    assert_eq!(run["models"][0]["name"], "late-flight");

    let evaluate = step(&run, "evaluate");
    let area = metric(evaluate, "roc_auc", None);
    assert!(area > 0.9, "{area}");
    let lower = metric(evaluate, "roc_auc", Some(("statistic", "lower")));
    let upper = metric(evaluate, "roc_auc", Some(("statistic", "upper")));
    assert!(lower < area && area < upper, "{lower} {area} {upper}");
    let brier = metric(evaluate, "brier_score", None);
    let gates = evaluate["gates"].as_array().expect("gates");
    assert!(gates.iter().all(|gate| gate["passed"] == true));
    let majority = gates[1]["comparison"]["value"].as_f64().expect("a value");
    assert!(brier < majority, "{brier} {majority}");

    let united = metric(evaluate, "roc_auc", Some(("carrier", "UA")));
    assert!(united > 0.85, "{united}");
    let slices = finding(evaluate, "slices");
    assert_eq!(slices["column"], "carrier");
    assert_eq!(slices["details"]["slices"], 15);
    assert_eq!(slices["details"]["small"], serde_json::json!([]));

    let compare = step(&run, "compare");
    let mcnemar = finding(compare, "mcnemar");
    assert_eq!(mcnemar["details"]["model"], "tree");
    assert_eq!(mcnemar["details"]["than"], "logistic");
    let figures = compare["outcome"]["figures"].as_array().expect("figures");
    let mut names = figures.iter().map(|figure| figure["name"].as_str());
    assert!(names.any(|name| name == Some("calibration_curve_tree")));

    // A reader sees them without asking for every number.
    let again = scene.host_with(["run", &pipeline]).expect_code(0).stdout;
    for line in [
        "\n  roc_auc 0.90",
        "\n  mcnemar, tree against logistic: alone right on ",
        "\n  15 slices by carrier, the worst is ",
    ] {
        assert!(again.contains(line), "no `{line}` in\n{again}");
    }
    let page = scene.host("report --format html").expect_code(0).stdout;
    let (_, numbers) = page.split_once("<h2>Numbers").expect("numbers");
    let (numbers, _) = numbers.split_once("</section>").expect("a section");
    for part in [
        "Scores of compare by model",
        "Models compared on the same rows",
        "How sure the scores are",
        "Worst slices",
    ] {
        assert!(numbers.contains(part), "{part}");
    }
    // All about calibration, with the rows behind each point.
    assert!(page.contains(">share of the class</th><th scope=\"col\" class=\"number\">rows</th>"));
}

#[test]
fn a_gate_on_probabilities_refuses() {
    let scene = Scene::new();
    let pipeline = example("late-flights").join("pipeline.toml");
    let pipeline = pipeline.display().to_string();
    let ended = scene.host_with(["run", &pipeline, "--param", "minimum_auc=0.99"]);
    let ended = ended.expect_code(1);
    assert!(
        ended.stdout.contains("gate roc_auc >= 0.99"),
        "{}",
        ended.stdout
    );
}
