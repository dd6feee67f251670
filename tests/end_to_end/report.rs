//! `host report`: runs, models and comparisons as pages that need nothing but themselves.

use std::fs;

use crate::support::{Scene, example};

/// A run of the flights example.
fn scene() -> Scene {
    let scene = Scene::new();
    let pipeline = example("flights")
        .join("pipeline.toml")
        .display()
        .to_string();
    scene.host_with(["run", &pipeline]).expect_code(0);
    scene
}

/// What a page has to be, whatever it is about.
fn check_page(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>"), "{}", &html[..40]);
    assert!(html.len() < 1_000_000, "{} bytes", html.len());
    assert!(html.contains("Content-Security-Policy"));
    for outside in ["<script", "<link", "<img", "href=\"http"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn runs_models_and_comparisons_are_laid_out() {
    let scene = scene();
    let file = |name: &str| scene.path(name).display().to_string();

    let run = file("run.html");
    let written = scene.host_with(["report", "--output", &run]).expect_code(0);
    assert!(
        written.stdout.ends_with("run.html: Run 1 of flights\n"),
        "{}",
        written.stdout
    );
    let html = fs::read_to_string(&run).unwrap();
    check_page(&html);
    // The verdict, a finding, a metric, the pipeline with its times, and the data.
    for part in [
        "<h1>Run 1 of flights</h1>",
        "</span> <code>drift</code> warned: 5 of 23 columns have drifted: temp,",
        "the population stability index 6.1014 exceeds 0.2",
        "with confidence 0.95, observed 0.8423",
        "<path class=\"threshold\"",
        "<dd>0.8423</dd>",
        "class=\"mlhost-graph\"",
        "flights_train.parquet",
    ] {
        assert!(html.contains(part), "{part}");
    }

    let model = file("model.html");
    scene
        .host_with(["report", "arr-delay@champion", "-o", &model])
        .expect_code(0);
    let html = fs::read_to_string(&model).unwrap();
    check_page(&html);
    for part in [
        "<h1>Model arr-delay@1</h1>",
        "</span> its gate, evaluate: r2 &gt;= 0.8",
        "predicts arr_delay, is the champion",
        "r2<span class=\"better\" title=\"higher is better\">",
        // Data, steps and model as a drawing, with the tables below it.
        "id=\"graph-lineage",
        "What a row passes",
        "max_depth",
    ] {
        assert!(html.contains(part), "{part}");
    }

    let august = example("flights")
        .join("data/flights_m08.parquet")
        .display()
        .to_string();
    let drift = file("drift.html");
    scene
        .host_with(["report", "drift", "arr-delay", &august, "-o", &drift])
        .expect_code(0);
    let html = fs::read_to_string(&drift).unwrap();
    check_page(&html);
    assert!(html.contains("<h1>Drift from arr-delay@1</h1>"));
    assert!(html.contains("<figcaption>"), "there is a figure");
}

#[test]
fn the_format_is_that_of_the_file_or_the_one_that_is_named() {
    let scene = scene();
    let printed = |words: &str| scene.host(words).expect_code(0).stdout;
    assert!(printed("report").starts_with("# Run 1 of flights\n"));
    assert!(printed("report 1 --format html").starts_with("<!DOCTYPE html>"));
    let json = scene.json("report arr-delay@1");
    assert_eq!(json["title"], "Model arr-delay@1");
    let file = scene.path("model.json").display().to_string();
    scene
        .host_with(["report", "arr-delay", "-o", &file])
        .expect_code(0);
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written["title"], "Model arr-delay@1");
}

#[test]
fn a_failed_run_says_first_why_it_failed() {
    let scene = Scene::new();
    scene.write("x.csv", "<b>a</b>,b\n1,2\n,4\n");
    scene.write(
        "pipeline.toml",
        "mlhost = 1\nname = \"bad\"\n[data.x]\npath = \"x.csv\"\n[steps.check]\n\
         plugin = \"mlhost:validate\"\ninput = \"x\"\nwith.columns.\"<b>a</b>\" = { not_null = true }\n",
    );
    scene.host("run pipeline.toml").expect_code(1);
    let markdown = scene.host("report").expect_code(0).stdout;
    insta::with_settings!({ filters => vec![
        (r"started: .*", "started: [time]"),
        (r"\d+(\.\d+)? (ms|s)\b", "[duration]"),
        (r"[0-9a-f]{12}", "[digest]"),
        (r"(wasmtime|host|contract): .*", "$1: [version]"),
    ] }, {
        insta::assert_snapshot!(markdown);
    });
    let html = scene.host("report --format html").expect_code(0).stdout;
    assert!(html.contains("&lt;b&gt;a&lt;/b&gt;") && !html.contains("<b>"));
}

#[test]
fn there_is_nothing_to_lay_out_before_the_first_run() {
    let scene = Scene::new();
    scene.write(
        "pipeline.toml",
        "mlhost = 1\nname = \"p\"\n[data.x]\npath = \"x.csv\"\n[steps.check]\n\
         plugin = \"mlhost:validate\"\ninput = \"x\"\n",
    );
    scene.write("x.csv", "a\n1\n");
    scene.host("run pipeline.toml").expect_code(0);
    let unknown = scene.host("report 7").expect_code(2);
    insta::assert_snapshot!("unknown-run", scene.plain(&unknown.stderr));
    let unknown = scene.host("report nothing").expect_code(2);
    insta::assert_snapshot!("unknown-model", scene.plain(&unknown.stderr));
}
