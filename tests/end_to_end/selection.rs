//! Data of which a pipeline takes some columns and rows: what comes of it is fixed by the file and
//! the pipeline, and is kept with the run and the model.

use serde_json::{Value, json};

use crate::support::{Scene, example, step};

const SELECTION: &str = r#"where = [
    ["day", "<=", 20],
    ["carrier", "in", ["UA", "B6", "EV", "DL"]],
    ["arr_delay", "is not null"],
]
sample = { rows = 20000 }
split = { by = "hash", column = "dest", test = 0.2 }
"#;

/// A pipeline over the flights of half a year with this selection.
fn scene(selection: &str) -> Scene {
    let scene = Scene::new();
    let flights = example("flights").join("data/flights_train.parquet");
    scene.write(
        "pipeline.toml",
        &format!(
            r#"mlhost = 1
name = "selected"
seed = 42

[data.flights]
path = '{}'
columns = ["day", "carrier", "dep_delay", "distance", "arr_delay"]
{selection}
[steps.validate]
plugin = "validate"
input = "flights.train"

[steps.validate.with.columns]
day = {{ type = "number", not_null = true, between = {{ min = 1, max = 20 }} }}
carrier = {{ in_set = ["UA", "B6", "EV", "DL"] }}
arr_delay = {{ not_null = true }}

[steps.preprocess]
plugin = "preprocess"
input = "validate"

[steps.preprocess.with]
target = "arr_delay"

[[steps.preprocess.with.encode]]
columns = ["carrier"]
as = "one_hot"

[steps.tree]
plugin = "tree"
input = "preprocess"
register = "arr-delay"

[steps.tree.with]
target = "arr_delay"
max_depth = 6

[steps.evaluate]
plugin = "evaluate"
input = {{ model = "tree", data = "flights.test" }}

[steps.evaluate.with]
target = "arr_delay"
"#,
            flights.display()
        ),
    );
    scene
}

fn run(scene: &Scene, jobs: u32) -> Value {
    let ended = scene.host(&format!("run pipeline.toml --jobs {jobs} --format json"));
    ended.expect_code(0).json()
}

#[test]
fn a_selection_gives_the_same_model_on_any_number_of_threads() {
    let run_on = |jobs| run(&scene(SELECTION), jobs);
    let (one, two) = (run_on(1), run_on(2));
    assert_eq!(one["models"][0]["digest"], two["models"][0]["digest"]);
    for name in ["validate", "evaluate"] {
        assert_eq!(step(&one, name)["outcome"], step(&two, name)["outcome"]);
        assert_eq!(step(&one, name)["states"], step(&two, name)["states"]);
    }
    let rows = |name| step(&one, name)["rows"].as_u64().expect("a number of rows");
    assert_eq!(rows("validate") + rows("evaluate"), 20_000);
    assert!(rows("evaluate") > 1_000, "{} rows", rows("evaluate"));
    assert_eq!(step(&one, "validate")["outcome"]["verdict"], "passed");
}

#[test]
fn run_and_model_keep_the_selection() {
    let scene = scene(SELECTION);
    let selection = json!({
        "columns": ["day", "carrier", "dep_delay", "distance", "arr_delay"],
        "where": [
            ["day", "<=", 20],
            ["carrier", "in", ["UA", "B6", "EV", "DL"]],
            ["arr_delay", "is not null"],
        ],
        "sample": { "rows": 20000, "seed": 42 },
        "split": { "by": "hash", "columns": ["dest"], "test": 0.2, "seed": 42 },
    });
    assert_eq!(run(&scene, 2)["selections"]["flights"], selection);
    let model = scene.json("models show arr-delay");
    let text = model.to_string();
    let data = &model["model"]["data"][0];
    assert_eq!(data["name"], "flights.train", "{text}");
    assert_eq!(data["selection"], selection, "{text}");
}

#[test]
fn a_model_is_another_one_for_each_option() {
    let digest = |selection: &str| run(&scene(selection), 2)["models"][0]["digest"].clone();
    let split = "split = { by = \"hash\", column = \"dest\", test = 0.2 }";
    let digests = [
        SELECTION.to_owned(),
        SELECTION.replace("<=\", 20", "<\", 21"),
        SELECTION.replace("rows = 20000", "rows = 20000, seed = 7"),
        SELECTION.replace(split, "split = { by = \"random\", test = 0.2 }"),
    ]
    .map(|selection| digest(&selection));
    for (index, digest) in digests.iter().enumerate() {
        assert!(digest.is_string(), "{digest}");
        assert!(!digests[..index].contains(digest), "option {index}");
    }
}

#[test]
fn a_side_without_rows_ends_the_run() {
    // All rows have one destination, and so are on one side.
    let one = SELECTION.replace("where = [", "where = [\n    [\"dest\", \"==\", \"BOS\"],");
    let scene = scene(&one.replace("test = 0.2", "test = 0.00001"));
    let ended = scene.host("run pipeline.toml").expect_code(1);
    let (_, told) = ended.stderr.split_once("error:").expect("an error");
    insta::assert_snapshot!(told);
    assert_eq!(scene.json("models").as_array().map(Vec::len), Some(0));
    assert_eq!(scene.json("runs")[0]["outcome"], "failed");
}

#[test]
fn a_missing_time_is_told_with_what_to_do() {
    let scene = scene("split = { by = \"time\", column = \"dep_time\", test = 0.2 }\n");
    let ended = scene.host("check pipeline.toml").expect_code(1);
    assert!(
        ended.stderr.contains("there is no column `dep_time`"),
        "{}",
        ended.stderr
    );

    let scene = Scene::new();
    scene.write("table.csv", "x,at\n1,2013-01-01\n2,\n3,2013-01-03\n");
    scene.write(
        "pipeline.toml",
        "mlhost = 1\nname = \"times\"\n\n[data.table]\npath = \"table.csv\"\n\
         split = { by = \"time\", column = \"at\", test = 0.5 }\n\n\
         [steps.validate]\nplugin = \"validate\"\ninput = \"table.test\"\n\
         with.columns.x = { not_null = true }\n",
    );
    let ended = scene.host("run pipeline.toml").expect_code(1);
    let (_, told) = ended.stderr.split_once("error:").expect("an error");
    insta::assert_snapshot!(told);
}
