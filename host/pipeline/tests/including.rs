//! Pipelines as steps of pipelines: what goes in, what comes out, and what is refused.

use mlhost_pipeline::{Overrides, Pipeline, Source, included, parse_with};

const FEATURES: &str = r#"mlhost = 1
name = "features"

[params]
impute = "mean"
least = 3

[outputs]
rows = "preprocess"

[data.raw]
path = "raw.csv"

[data.holidays]
path = "../holidays.csv"

[steps.validate]
plugin = "./check.wasm"
input = "raw"

[steps.preprocess]
plugin = "preprocess"
input = "validate"
after = ["holidays-known"]
when = "validate.rows > params.least"
with = { impute = "${params.impute}", literal = "$${x}", text = "at least ${params.least}" }

[steps.holidays-known]
plugin = "validate"
input = "holidays"
"#;

const PIPELINE: &str = r#"mlhost = 1
name = "houses"

[params]
impute = "median"
on = true

[data.train]
path = "train.csv"

[steps.features]
pipeline = "parts/features.toml"
params = { impute = "${params.impute}" }
data = { raw = "train" }
when = "params.on"
on_failure = "continue"

[steps.tree]
plugin = "tree"
input = "features"
after = ["features.rows"]
when = "features.rows > 10"
"#;

fn read(files: &[(&str, &str)]) -> Result<Pipeline, String> {
    let mut overrides = Overrides::default();
    for (path, text) in &files[1..] {
        overrides.include((*path).to_owned(), Source::new(*path, *text));
    }
    let (path, text) = files[0];
    parse_with(Source::new(path, text), &overrides).map_err(|diagnostics| diagnostics.to_string())
}

#[test]
fn the_steps_of_the_other_file_stand_in_the_place_of_the_step() {
    let pipeline = read(&[
        ("pipeline.toml", PIPELINE),
        ("parts/features.toml", FEATURES),
    ]);
    insta::assert_snapshot!(pipeline.unwrap().to_toml().unwrap());
}

#[test]
fn what_is_shown_can_be_read_as_a_pipeline_of_its_own() {
    let files = [
        ("pipeline.toml", PIPELINE),
        ("parts/features.toml", FEATURES),
    ];
    let shown = read(&files).unwrap().to_toml().unwrap();
    let again = read(&[("pipeline.toml", &shown)]).unwrap();
    assert_eq!(again.to_toml().unwrap(), shown);
}

#[test]
fn files_are_found_in_steps_and_in_profiles() {
    let text = format!("{PIPELINE}\n[profiles.ci.steps.more]\npipeline = \"more.toml\"\n");
    assert_eq!(
        included(&Source::new("pipeline.toml", text)),
        ["parts/features.toml", "more.toml"]
    );
    assert!(included(&Source::new("broken.toml", "[steps")).is_empty());
}

#[test]
fn one_file_may_be_included_twice_and_in_another_included_file() {
    let outer = "mlhost = 1\nname = \"outer\"\n[steps.a]\npipeline = \"b.toml\"\n[steps.c]\npipeline = \"b.toml\"\n";
    let middle = "mlhost = 1\nname = \"middle\"\n[steps.inner]\npipeline = \"x/c.toml\"\n";
    let inner = "mlhost = 1\nname = \"inner\"\n[data.d]\npath = \"d.csv\"\n[steps.s]\nplugin = \"tree\"\ninput = \"d\"\n";
    let pipeline = read(&[("a.toml", outer), ("b.toml", middle), ("x/c.toml", inner)]).unwrap();
    let steps: Vec<&str> = pipeline.steps.keys().map(String::as_str).collect();
    assert_eq!(steps, ["a/inner/s", "c/inner/s"]);
    assert_eq!(pipeline.data["a/inner/d"].path, "x/d.csv");
}

#[test]
fn what_cannot_be_included_is_told_at_its_place() {
    let missing = read(&[("pipeline.toml", PIPELINE)]).unwrap_err();
    let circle = PIPELINE.replace("parts/features.toml", "pipeline.toml");
    let circle = read(&[("pipeline.toml", &circle), ("pipeline.toml", &circle)]).unwrap_err();
    let misspelt = PIPELINE
        .replace("impute = \"${params.impute}\"", "imputes = 1")
        .replace("raw = \"train\"", "row = \"train\"");
    let misspelt = read(&[
        ("pipeline.toml", &misspelt),
        ("parts/features.toml", FEATURES),
    ])
    .unwrap_err();
    let output = FEATURES.replace("rows = \"preprocess\"", "rows = \"proprocess\"");
    let output = read(&[
        ("pipeline.toml", PIPELINE),
        ("parts/features.toml", &output),
    ])
    .unwrap_err();
    let retried = PIPELINE.replace("when = \"params.on\"", "retry = { limit = 1 }");
    let retried = read(&[
        ("pipeline.toml", &retried),
        ("parts/features.toml", FEATURES),
    ])
    .unwrap_err();
    insta::assert_snapshot!([missing, circle, misspelt, output, retried].join("\n---\n"));
}

/// The pipeline with a loop over the other file, which `judge` selects from.
fn looped(keys: &str) -> String {
    let judge =
        "\n[steps.judge]\nplugin = \"evaluate\"\ninput = { model = \"tree\", data = \"train\" }\n";
    let text = PIPELINE.replace("when = \"params.on\"", keys);
    let text = text.replace("params = { impute = \"${params.impute}\" }\n", "");
    text.replace("when = \"features.rows > 10\"\n", "") + judge
}

#[test]
fn a_loop_over_a_file_is_one_over_all_its_steps() {
    let keys = "for_each = { impute = [\"mean\", \"median\"] }\nselect = { metric = \"judge.r2\", best = \"max\" }";
    let text = looped(keys);
    let pipeline = read(&[("pipeline.toml", &text), ("parts/features.toml", FEATURES)]).unwrap();
    let shown = pipeline.to_toml().unwrap();
    insta::assert_snapshot!(shown);
    let of = &pipeline.loops["features"];
    let begin = [
        "features/validate",
        "features/preprocess",
        "features/holidays-known",
    ];
    assert_eq!(of.begin, begin);
    assert_eq!(of.body.len(), 5, "{:?}", of.body);
    let second = &pipeline.steps["features/preprocess[2]"];
    assert_eq!(second.with["impute"], "median");
    assert_eq!(second.with["literal"], "${x}");
    assert_eq!(second.after, ["features/holidays-known[2]"]);
    // What is shown is the same pipeline.
    let again = read(&[("pipeline.toml", &shown)]).unwrap();
    assert_eq!(again.to_toml().unwrap(), shown);
    assert!(again.loops["features"].is_same(of));
}

#[test]
fn what_an_output_reports_can_be_asked_for() {
    let outer = "mlhost = 1\nname = \"outer\"\n[outputs]\nscore = \"a.score\"\n[steps.a]\npipeline = \"b.toml\"\n\
                 [steps.s]\nplugin = \"validate\"\ninput = \"a.rows\"\nwhen = \"a.score.r2 > 0.5 && a.rows.outcome == 'done'\"\n";
    let inner = "mlhost = 1\nname = \"inner\"\n[outputs]\nscore = \"e\"\nrows = \"v\"\n[data.d]\npath = \"d.csv\"\n\
                 [steps.v]\nplugin = \"validate\"\ninput = \"d\"\n[steps.e]\nplugin = \"validate\"\ninput = \"v\"\n";
    let pipeline = read(&[("a.toml", outer), ("b.toml", inner)]).unwrap();
    let when = pipeline.steps["s"].control.when.as_ref().unwrap();
    assert_eq!(
        when.expression.text(),
        "steps[\"a/e\"].r2 > 0.5 && steps[\"a/v\"].outcome == 'done'"
    );
}
