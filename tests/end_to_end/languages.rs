//! Plugins that were not written with the SDK in Rust, side by side in one pipeline: examples of the
//! other SDKs, and a component that other people's tools have made of the contract alone.

use crate::authoring::run;
use crate::support::{Scene, example, language_example, metric, step, test_plugin};

#[test]
fn plugins_in_every_language_serve_one_pipeline() {
    let scene = Scene::new();
    let flights = example("flights").join("data/flights_m07.parquet");
    let mut pipeline =
        format!("mlhost = 1\nname = \"languages\"\n\n[data.july]\npath = {flights:?}\n");
    for language in ["c", "js", "python"] {
        let (standardise, between) = (
            language_example(language, "standardise"),
            language_example(language, "between"),
        );
        pipeline.push_str(&format!(
            r#"
[steps.{language}_check]
plugin = {between:?}
input = "july"
with.columns.dep_delay = {{ min = -60, max = 2000 }}

[steps.{language}_scale]
plugin = {standardise:?}
input = "{language}_check"
with.columns = ["dep_delay", "distance"]

[steps.{language}_scaled]
plugin = "mlhost:validate"
input = "{language}_scale"
with.columns.dep_delay = {{ type = "float", not_null = {{ mostly = 0.9 }}, between = {{ min = -9 }} }}
"#
        ));
    }
    pipeline.push_str(&format!(
        "\n[steps.plain]\nplugin = {:?}\ninput = \"c_scale\"\nwith.column = \"distance\"\n",
        test_plugin("test_plain.wasm")
    ));
    scene.write("pipeline.toml", &pipeline);
    // The components in Python are large, and take their time to compile.
    let ended = run(&mut scene.command(["run", "pipeline.toml", "--format", "json"]));
    let run: serde_json::Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert_eq!(run["outcome"], "done", "{run}");
    for language in ["c", "js", "python"] {
        let checked = step(&run, &format!("{language}_check"));
        assert_eq!(metric(checked, "rows", None), 29_425.0, "{language}");
        assert_eq!(
            step(&run, &format!("{language}_scaled"))["outcome"]["verdict"],
            "passed"
        );
    }
    assert_eq!(metric(step(&run, "plain"), "values", None), 29_425.0);
}

#[test]
fn a_wrong_parameter_is_told_at_its_place_in_the_pipeline() {
    for language in ["c", "js"] {
        let scene = Scene::new();
        scene.write("rows.csv", "x,word\n1,a\n");
        let plugin = language_example(language, "standardise");
        let pipeline = format!(
            "mlhost = 1\nname = \"wrong\"\ndata.rows.path = \"rows.csv\"\n[steps.scale]\n\
             plugin = {plugin:?}\ninput = \"rows\"\nwith.columns = [\"x\", \"word\"]\n"
        );
        scene.write("pipeline.toml", &pipeline);
        let ended = scene.host("check pipeline.toml").expect_code(1);
        let text = &ended.stderr;
        assert!(
            text.contains("column `word` does not hold numbers"),
            "{language}: {text}"
        );
        assert!(text.contains("--> pipeline.toml:7"), "{language}: {text}");
    }
}
