//! Data on a web server and in an object store, for every command that takes data.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::{
    server::{Fault, Server},
    support::{Scene, example, filters, finish},
};

/// An example, with its data at these addresses and these options.
fn pipeline_of(name: &str, address: &str, options: &str) -> String {
    let text = fs::read_to_string(example(name).join("pipeline.toml"));
    let text = text.expect("the example is there");
    let text = text.replace("path = \"data/", &format!("{options}\npath = \"{address}/"));
    assert!(text.contains(address), "the example has data in a folder");
    text
}

fn pipeline(address: &str, options: &str) -> String {
    pipeline_of("penguins", address, options)
}

/// A server with the data of an example in a folder of its name.
fn serve(name: &str) -> Server {
    let server = Server::start();
    let files = fs::read_dir(example(name).join("data")).expect("the example has data");
    for file in files {
        let path = file.expect("a file").path();
        let file = path.file_name().expect("a name").to_string_lossy();
        let bytes = fs::read(&path).expect("the data can be read");
        server.put(&format!("/{name}/{file}"), bytes);
    }
    server
}

fn digests(run: &Value) -> Vec<&Value> {
    let models = run["models"].as_array().expect("models");
    assert!(!models.is_empty(), "a model was registered");
    models.iter().map(|model| &model["digest"]).collect()
}

#[test]
fn data_from_elsewhere_makes_the_same_model() {
    let scene = Scene::new();
    let data = example("penguins").join("data").display().to_string();
    scene.write("pipeline.toml", &pipeline(&data, ""));
    let here = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();

    let server = serve("penguins");
    let there = |address: &str, options: &str| {
        let scene = Scene::new();
        scene.write("pipeline.toml", &pipeline(address, options));
        let mut command = scene.command(["run", "pipeline.toml", "--format", "json"]);
        let environment = [
            ("AWS_ENDPOINT_URL", server.url("")),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", "who".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "swordfish".to_owned()),
        ];
        let child = command.envs(environment).spawn();
        finish(child.expect("the command starts"))
            .expect_code(0)
            .json()
    };
    for (address, options) in [
        (server.url("/penguins"), String::new()),
        ("s3://penguins".to_owned(), String::new()),
        (
            "gs://penguins".to_owned(),
            format!(
                "options = {{ endpoint = \"{}\", anonymous = true }}",
                server.url("")
            ),
        ),
    ] {
        let there = there(&address, &options);
        assert_eq!(digests(&there), digests(&here), "from {address}");
    }
}

/// Its training data is read in ranges, so it has another fingerprint, and all else is the same.
#[test]
fn ranges_of_a_parquet_file_teach_the_same_as_the_file() {
    let learned = |address: &str| {
        let scene = Scene::new();
        scene.write("pipeline.toml", &pipeline_of("flights", address, ""));
        let run = scene.host("run pipeline.toml --format json");
        let run = run.expect_code(0).json();
        let steps = run["steps"].as_array().expect("steps");
        let steps = steps.iter().map(|step| {
            let name = step["name"].as_str().expect("a name").to_owned();
            (name, step["states"].clone())
        });
        steps.collect::<BTreeMap<_, _>>()
    };
    let server = serve("flights");
    let there = learned(&server.url("/flights"));
    let (requests, _) = server.log();
    let of_training = |request: &&String| request.contains("flights_train");
    let mut of_training = requests.iter().filter(of_training).peekable();
    assert!(of_training.peek().is_some());
    assert!(of_training.all(|request| request.contains("bytes=")));
    let data = example("flights").join("data");
    assert_eq!(there, learned(&data.display().to_string()));
}

#[test]
fn a_mistake_in_an_address_is_shown_at_its_place() {
    let scene = Scene::new();
    let server = serve("penguins");
    server.fail(
        "/penguins/penguins_2009.csv",
        Fault::Status("403 Forbidden", "only for members"),
        usize::MAX,
    );
    scene.write("pipeline.toml", &pipeline(&server.url("/penguins"), ""));
    let ended = scene.host("check pipeline.toml").expect_code(1);
    let shown = ended.stderr.replace(&server.url(""), "SERVER");
    insta::with_settings!({ filters => filters() }, { insta::assert_snapshot!(shown) });
}

#[test]
fn predictions_are_made_of_rows_from_elsewhere() {
    let scene = Scene::new();
    let server = serve("penguins");
    scene.write("pipeline.toml", &pipeline(&server.url("/penguins"), ""));
    let run = scene
        .host("run pipeline.toml --format json")
        .expect_code(0)
        .json();
    let name = run["models"][0]["name"]
        .as_str()
        .expect("a name")
        .to_owned();
    let local = example("penguins").join("data/penguins_2009.csv");
    let url = server.url("/penguins/penguins_2009.csv?raw=true");
    let predict = |data: &str, output: &str| {
        let words = ["predict", &name, data, "-o", output];
        scene.host_with(words).expect_code(0);
        fs::read(scene.path(output)).expect("the predictions can be read")
    };
    let here = predict(&local.display().to_string(), "here.csv");
    assert_eq!(predict(&url, "there.csv"), here);
}
