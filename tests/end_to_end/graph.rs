//! `host graph`: a pipeline is drawn on a machine that has neither its plugins nor its data.

use std::fs;

use crate::support::{Scene, root};

const PIPELINE: &str = "mlhost = 1\nname = \"elsewhere\"\n\
                        [data.train]\npath = \"s3://bucket/train.parquet\"\n\
                        [steps.clean]\nplugin = \"nobody:clean@9.9.9\"\ninput = \"train\"\n\
                        [steps.forest]\nplugin = \"./forest.wasm\"\ninput = \"clean\"\n\
                        for_each = { trees = [10, 100] }\n\
                        [profiles.large]\nsteps.forest.for_each.trees = [1000, 5000, 9000]\n";

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("pipeline.toml", PIPELINE);
    scene
}

#[test]
fn a_pipeline_is_drawn_without_its_plugins_and_data() {
    let scene = scene();
    let drawn = scene.host("graph pipeline.toml").expect_code(0);
    assert_eq!(
        drawn.stdout,
        "elsewhere\n\n\
         ○ train     s3://bucket/train.parquet\n\
         ● clean     nobody:clean@9.9.9\n\
         │ ┏ for each trees in 10, 100\n\
         ● ┗ forest  ./forest.wasm\n\n\
         ○ data  ● step\n"
    );
    assert!(drawn.stderr.is_empty(), "{}", drawn.stderr);
    let ascii = scene.host("graph pipeline.toml --ascii").expect_code(0);
    assert!(ascii.stdout.is_ascii(), "{}", ascii.stdout);
}

#[test]
fn what_is_put_over_a_pipeline_is_drawn() {
    let scene = scene();
    let words = "graph pipeline.toml --profile large --set steps.clean.plugin=other";
    let drawn = scene.host(words).expect_code(0).stdout;
    assert!(
        drawn.contains("for each trees in 1000, 5000, 9000"),
        "{drawn}"
    );
    assert!(drawn.contains("mlhost:other"), "{drawn}");
}

#[test]
fn every_format_goes_to_standard_output_or_a_file() {
    let scene = scene();
    for (format, start) in [
        ("text", "elsewhere\n"),
        ("svg", "<svg "),
        ("mermaid", "---\ntitle: \"elsewhere\"\n---\nflowchart TD\n"),
        ("dot", "digraph {\n"),
        ("json", "{\n  \"pipeline\": \"elsewhere\""),
    ] {
        let words = format!("graph pipeline.toml --format {format}");
        let drawn = scene.host(&words).expect_code(0).stdout;
        assert!(drawn.starts_with(start), "{drawn}");
        let written = scene.host(&format!("{words} -o drawing")).expect_code(0);
        assert!(written.stdout.contains("drawing"), "{}", written.stdout);
        let file = fs::read_to_string(scene.path("drawing")).expect("the file");
        assert_eq!(file, drawn);
    }
    let json = scene
        .host("--format json graph pipeline.toml")
        .expect_code(0)
        .json();
    assert_eq!(json["edges"][0]["from"], "data.train");
    assert_eq!(json["groups"][0]["kind"], "loop");
}

#[test]
fn pictures_are_for_drawings_only() {
    let scene = scene();
    let refused = scene.host("show pipeline.toml --format svg").expect_code(2);
    assert!(
        refused.stderr.contains("[possible values: text, json]"),
        "{}",
        refused.stderr
    );
    scene
        .host("graph pipeline.toml --format pdf")
        .expect_code(2);
}

#[test]
fn mistakes_are_told_as_everywhere() {
    let scene = scene();
    scene.write("pipeline.toml", &PIPELINE.replace("\"clean\"", "\"claen\""));
    let refused = scene
        .host("graph pipeline.toml --format svg")
        .expect_code(1);
    assert!(refused.stdout.is_empty(), "{}", refused.stdout);
    assert!(
        refused.stderr.contains("pipeline.toml:10:9"),
        "{}",
        refused.stderr
    );
    let refused = scene
        .host("graph pipeline.toml --format json")
        .expect_code(1);
    assert!(refused.json()["errors"][0]["message"].is_string());
}

#[test]
fn the_readme_shows_the_example_as_it_is_drawn() {
    let scene = Scene::new();
    let example = root().join("examples/flights/pipeline.toml");
    let drawn = scene.host_with(["graph", example.to_str().expect("a path of text")]);
    let readme = fs::read_to_string(root().join("README.md")).expect("the file");
    assert!(readme.contains(&drawn.expect_code(0).stdout));
}
