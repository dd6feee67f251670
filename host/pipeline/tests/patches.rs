//! What is put over a pipeline: the order, what has changed, and the whole as TOML again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use mlhost_pipeline::{Overrides, Patch, Pipeline, Source, parse, parse_name, parse_with};
use proptest::prelude::*;
use serde_json::{Value, json};

const PIPELINE: &str = r#"mlhost = 1
name = "houses"

[params]
depth = 12

[data.train]
path = "train.csv"
sample = { rows = 100 }

[steps.tree]
plugin = "tree"
input = "train"
with = { max_depth = "${params.depth}", columns = ["a", "b"] }

[steps.drift]
plugin = "drift"
input = { reference = "train", current = "train" }

[profiles.ci]
remove = ["steps.drift"]
params.depth = 2
[profiles.ci.data.train.sample]
rows = 10
"#;

fn read(patches: impl IntoIterator<Item = Patch>, params: &[(&str, &str)]) -> Pipeline {
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let overrides = Overrides::new(patches, params.iter().map(own));
    parse_with(Source::new("pipeline.toml", PIPELINE), &overrides).unwrap()
}

fn file(text: &str) -> Patch {
    Patch::File(Source::new("nightly.toml", text))
}

fn set(text: &str) -> Patch {
    Patch::Set(text.to_owned())
}

fn profile(name: &str) -> Patch {
    Patch::Profile(name.to_owned())
}

/// The paths that were changed, from what to what.
fn changes(pipeline: &Pipeline) -> Vec<(String, Value, Value)> {
    let changes = pipeline.patches.iter().flat_map(|patch| &patch.changes);
    let or_null = |value: &Option<Value>| value.clone().unwrap_or_default();
    changes
        .map(|change| {
            let (before, after) = (or_null(&change.before), or_null(&change.after));
            (change.path.clone(), before, after)
        })
        .collect()
}

#[test]
fn profiles_come_before_files_and_files_before_single_values() {
    let pipeline = read(
        [
            set("params.depth=5"),
            file("params.depth = 4"),
            profile("ci"),
        ],
        &[("depth", "6")],
    );
    assert_eq!(pipeline.params["depth"], 6);
    let names: Vec<_> = pipeline
        .patches
        .iter()
        .map(|applied| applied.patch.to_string())
        .collect();
    let expected = [
        "--profile ci",
        "--patch nightly.toml",
        "--set params.depth=5",
    ];
    assert_eq!(names, expected);
    let depth = |before: i64, after: i64| ("params.depth".to_owned(), before.into(), after.into());
    let changes = changes(&pipeline);
    assert_eq!(changes[1], depth(12, 2));
    assert_eq!(changes[3..], [depth(2, 4), depth(4, 5)]);
}

#[test]
fn a_profile_changes_and_removes() {
    let pipeline = read([profile("ci")], &[]);
    assert_eq!(pipeline.steps.keys().collect::<Vec<_>>(), ["tree"]);
    assert_eq!(pipeline.steps["tree"].with["max_depth"], 2);
    let drift = json!({
        "plugin": "drift", "input": { "reference": "train", "current": "train" }
    });
    let expected = [
        ("steps.drift".to_owned(), drift, Value::Null),
        ("params.depth".to_owned(), 12.into(), 2.into()),
        ("data.train.sample.rows".to_owned(), 100.into(), 10.into()),
    ];
    assert_eq!(changes(&pipeline), expected);
}

#[test]
fn a_file_adds_steps_replaces_lists_and_may_replace_a_table_as_a_whole() {
    let patch = r#"
remove = ["data.train.sample"]

[params]
leaf = 3

[data.train]
sample = { fraction = 0.5 }

[data.test]
path = "test.csv"

[steps.tree.with]
columns = ["c"]
min_samples_leaf = "${params.leaf}"

[steps.evaluate]
plugin = "evaluate"
input = { model = "tree", data = "test" }
"#;
    let pipeline = read([file(patch)], &[]);
    let steps: Vec<_> = pipeline.steps.keys().collect();
    assert_eq!(steps, ["tree", "drift", "evaluate"]);
    let with = json!({ "max_depth": 12, "columns": ["c"], "min_samples_leaf": 3 });
    assert_eq!(pipeline.steps["tree"].with, with);
    let changes = changes(&pipeline);
    let sample = (
        "data.train.sample".to_owned(),
        json!({ "rows": 100 }),
        json!({ "fraction": 0.5 }),
    );
    assert_eq!(changes[0], sample);
    let paths: Vec<_> = changes.iter().map(|(path, ..)| path.as_str()).collect();
    let expected = [
        "data.train.sample",
        "params.leaf",
        "data.test",
        "steps.tree.with.columns",
        "steps.tree.with.min_samples_leaf",
        "steps.evaluate",
    ];
    assert_eq!(paths, expected);
    pipeline.plan(common::kind_by_name).unwrap();
}

#[test]
fn a_single_value_is_toml_or_a_text() {
    let with = |text: &str| read([set(text)], &[]).steps["tree"].with.clone();
    assert_eq!(with("steps.tree.with.max_depth=8")["max_depth"], 8);
    assert_eq!(with("steps.tree.with.rate = 0.5")["rate"], 0.5);
    assert_eq!(with("steps.tree.with.a.b=true")["a"]["b"], true);
    assert_eq!(
        with("steps.tree.with.columns=[\"c\"]")["columns"],
        json!(["c"])
    );
    assert_eq!(with("steps.tree.with.note=it is = 5")["note"], "it is = 5");
    assert_eq!(with("steps.tree.with.note=\"8\"")["note"], "8");
    assert_eq!(with("steps.tree.with.note=")["note"], "");
    assert_eq!(with("steps.tree.with.\"a=b.c\"=1")["a=b.c"], 1);
    assert_eq!(
        with("steps.tree.with.max_depth=${params.depth}0")["max_depth"],
        "120"
    );
    let data = read([set("data.train.path=other.csv")], &[]);
    assert_eq!(data.data["train"].path, "other.csv");
}

#[test]
fn what_is_taken_over_need_not_change_anything() {
    let recorded = Overrides::new(
        [
            set("params.depth=12"),
            profile("ci"),
            file("remove = [\"steps.gone\"]"),
        ],
        [],
    );
    let source = || Source::new("pipeline.toml", PIPELINE);
    assert!(parse_with(source(), &recorded).is_err());
    let pipeline = parse_with(source(), &recorded.clone().recorded()).unwrap();
    assert_eq!(pipeline.patches.len(), 3);
    assert!(pipeline.patches[1].changes.is_empty());

    // What is given now takes the place of what was given then.
    let now = Overrides::new([set("params.depth=3"), file("seed = 4")], []);
    let pipeline = parse_with(source(), &now.over(recorded.recorded())).unwrap();
    assert_eq!(
        (pipeline.params["depth"].clone(), pipeline.seed),
        (3.into(), 4)
    );
    assert_eq!(pipeline.patches.len(), 3);
}

#[test]
fn the_name_is_known_whatever_else_is_wrong() {
    let name = |text: &str| parse_name(Source::new("pipeline.toml", text));
    assert_eq!(
        name("mlhost = 1\nname = \"a\"\nstep = 1"),
        Ok("a".to_owned())
    );
    assert!(name("mlhost = 9\nname = \"a\"").is_err());
    assert!(name("mlhost = 1").is_err());
    assert!(name("name =").is_err());
}

#[test]
fn the_whole_is_printed_as_toml() {
    let pipeline = read([profile("ci"), set("seed=3")], &[("depth", "4")]);
    insta::assert_snapshot!(pipeline.to_toml().unwrap());
    assert_eq!(pipeline.to_json()["params"]["depth"], 4);
}

/// What decides a run, of a pipeline and of the same read again.
fn essence(pipeline: &Pipeline) -> Value {
    let steps = pipeline.steps.values();
    let steps = steps.map(|step| {
        let input: Vec<_> = step.input.references().map(|input| &input.name).collect();
        json!([
            step.name,
            step.plugin.to_string(),
            input,
            step.with,
            step.after
        ])
    });
    let data = pipeline.data.values();
    let data = data.map(|data| json!([data.name, data.path, data.selection]));
    json!([
        pipeline.name,
        pipeline.seed,
        pipeline.params,
        steps.collect::<Vec<_>>(),
        data.collect::<Vec<_>>(),
        pipeline.keep_runs,
    ])
}

#[test]
fn what_is_printed_is_the_same_pipeline() {
    let complete = Source::new("pipeline.toml", common::COMPLETE);
    let overrides = Overrides::new(
        [
            set("params.share=1e-300"),
            set("steps.own.with.\"a \\\"b\\\"\"={ x = [1, \"\\u0001\", { y = 2013-01-01 }] }"),
        ],
        [("month".to_owned(), "8".to_owned())],
    );
    let pipeline = parse_with(complete, &overrides).unwrap();
    let printed = pipeline.to_toml().unwrap();
    let again = parse(Source::new("printed.toml", printed.as_str()), &[]).unwrap();
    assert_eq!(essence(&again), essence(&pipeline));
    assert_eq!(again.to_toml().unwrap(), printed);
}

proptest! {
    #[test]
    fn any_single_value_is_answered(
        path in "(steps|data|params|retention|x)(\\.(tree|train|with|\"a b\"|[a-z]{1,2})){0,3}",
        value in any::<String>(),
    ) {
        let overrides = Overrides::new([set(&format!("{path}={value}"))], []);
        match parse_with(Source::new("pipeline.toml", common::COMPLETE), &overrides) {
            Ok(pipeline) => {
                let printed = pipeline.to_toml().unwrap();
                let again = parse(Source::new("printed.toml", printed), &[]).unwrap();
                prop_assert_eq!(essence(&again), essence(&pipeline));
            }
            Err(diagnostics) => prop_assert!(!diagnostics.to_string().is_empty()),
        }
    }

    #[test]
    fn any_patch_file_is_answered(text in any::<String>(), set_to in any::<String>()) {
        let overrides = Overrides::new([file(&text), set(&set_to)], []);
        let read = parse_with(Source::new("pipeline.toml", PIPELINE), &overrides);
        prop_assert!(!read.unwrap_err().to_string().is_empty());
    }
}
