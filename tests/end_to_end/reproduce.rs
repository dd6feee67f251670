//! `host reproduce`: a model comes out the same, or it is told what is not as it was.

use std::{cell::Cell, fs, path::Path, sync::Arc};

use arrow::{
    array::{AsArray, PrimitiveArray},
    datatypes::Int64Type,
    record_batch::RecordBatch,
};
use mlhost_data::{Scan, Table, column_names};
use mlhost_pipeline::{CsvOptions, Format};

use crate::{
    history::{change_a_row, scene, snapshot},
    support::{Scene, example, finish},
};

fn registered() -> Scene {
    let scene = scene();
    scene
        .host("run pipeline.toml --param depth=2")
        .expect_code(0);
    scene
}

/// The model that was registered.
fn digest(scene: &Scene) -> String {
    let models = scene.json("models");
    models[0]["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn an_unchanged_model_comes_out_identical_from_anywhere() {
    let scene = registered();
    // Neither the pipeline nor other files in its folder matter.
    scene.write("pipeline.toml", "no pipeline");
    crate::history::write_data(&scene, "part-9", 900, 200);
    let elsewhere = tempfile::tempdir().expect("a folder");
    let mut command = scene.command(["reproduce", "doubler@1"]);
    let child = command.current_dir(elsewhere.path()).spawn();
    let ended = finish(child.expect("the command starts")).expect_code(0);
    assert_eq!(
        ended.stdout,
        format!("doubler@1 came out identical: {}\n", digest(&scene))
    );
    // The store is as it was.
    assert_eq!(scene.json("runs").as_array().map(Vec::len), Some(1));
    let json = scene.json("reproduce doubler");
    assert_eq!(json["identical"], true, "{json}");
    assert_eq!(json["digest"], digest(&scene), "{json}");
}

#[test]
fn a_changed_row_and_a_missing_file_are_found() {
    let scene = registered();
    change_a_row(&scene, "part-1");
    let changed = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-changed", &changed.stdout);
    let json = scene.json("reproduce doubler");
    let difference = &json["differences"][0];
    assert_eq!(json["identical"], false, "{json}");
    assert_eq!(difference["difference"], "data-changed", "{json}");
    assert_eq!(difference["step"], "validate", "{json}");
    assert_ne!(difference["recorded"], difference["found"], "{json}");

    fs::remove_file(scene.path("data/test.csv")).expect("it can be removed");
    let missing = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-missing", &missing.stdout);
}

/// The flights with the training data in a file that this host has written, in row groups; `change`
/// may do something to its batches.
fn flights(scene: &Scene, change: impl Fn(RecordBatch) -> RecordBatch) {
    let original = example("flights").join("data/flights_train.parquet");
    let pattern = original.display().to_string();
    let options = CsvOptions::for_path(&pattern);
    let table = mlhost_data::open(&pattern, Path::new("/"), Format::Parquet, &options);
    let table = Arc::new(table.expect("the table opens"));
    let schema = table.schema();
    let rows = Scan::new(table, &column_names(&schema)).expect("the table can be read");
    let rows = rows.map(|batch| batch.map(&change));
    let train = scene.path("data/flights_train.parquet");
    mlhost_data::write(&train, Format::Parquet, &schema, rows).expect("it can be written");
}

/// A batch with another value in the last row of a column of whole numbers.
fn with_another_value(batch: &RecordBatch, name: &str) -> RecordBatch {
    let place = batch.schema().index_of(name).expect("the column");
    let column = batch.column(place).as_primitive::<Int64Type>();
    let (last, rest) = (column.value(column.len() - 1), column.len() - 1);
    let values = column.iter().take(rest).chain([Some(last ^ 1)]);
    let mut columns = batch.columns().to_vec();
    columns[place] = Arc::new(values.collect::<PrimitiveArray<Int64Type>>());
    RecordBatch::try_new(batch.schema(), columns).expect("a batch")
}

#[test]
fn a_changed_row_of_the_flights_is_found_in_its_row_group_and_column() {
    let scene = Scene::new();
    fs::create_dir(scene.path("data")).expect("a folder");
    flights(&scene, |batch| batch);
    for file in [
        "pipeline.toml",
        "data/flights_m07.parquet",
        "data/flights_m08.parquet",
    ] {
        fs::copy(example("flights").join(file), scene.path(file)).expect("a copy");
    }
    scene.host("run pipeline.toml").expect_code(0);
    scene.host("reproduce arr-delay").expect_code(0);

    // The last row of the batch with row 140,000 of 166,158; the first row group ends with row 131,072.
    let seen = Cell::new(0);
    flights(&scene, |batch| {
        let before = seen.replace(seen.get() + batch.num_rows());
        match (before..seen.get()).contains(&140_000) {
            true => with_another_value(&batch, "distance"),
            false => batch,
        }
    });
    let changed = scene.host("reproduce arr-delay").expect_code(1);
    snapshot(&scene, "reproduce-flights", &changed.stdout);
    let json = scene.json("reproduce arr-delay");
    let place = serde_json::json!({
        "unit": "rows", "first": 131_073, "last": 166_158, "columns": ["distance"],
    });
    assert_eq!(json["differences"][0]["places"][0], place, "{json}");
}

#[test]
fn changed_lines_of_a_text_are_found() {
    let scene = registered();
    let file = scene.path("data/part-2.csv");
    let original = fs::read_to_string(&file).expect("the data");
    let lines: Vec<&str> = original.lines().collect();
    let places = |text: &str| {
        fs::write(&file, text).expect("the data can be written");
        scene.json("reproduce doubler")["differences"][0]["places"].clone()
    };
    let place = |places: &serde_json::Value| {
        let number = |key: &str| places[0][key].as_u64().expect("a number");
        assert_eq!(places[0]["unit"], "lines", "{places}");
        number("first")..=number("last")
    };
    // The hundredth line gets longer, and all that follows moves.
    let mut changed = lines.clone();
    let longer = changed[99].replace(',', "000,");
    changed[99] = &longer;
    let found = place(&places(&(changed.join("\n") + "\n")));
    assert!(
        found.contains(&100) && found.clone().count() < 20,
        "{found:?}"
    );
    // A line is taken out.
    changed.remove(99);
    let found = place(&places(&(changed.join("\n") + "\n")));
    assert!(
        found.contains(&100) && found.clone().count() < 20,
        "{found:?}"
    );
    // Lines are added at the end.
    let found = place(&places(&format!("{original}1.5,2,3\n2.5,3,4\n")));
    assert_eq!(found, lines.len() as u64 + 1..=lines.len() as u64 + 2);
    assert_eq!(places(&original), serde_json::Value::Null);
}

#[test]
fn a_model_that_was_imported_is_made_again_where_its_data_is() {
    let made = Scene::new();
    let folder = example("penguins");
    let pipeline = folder.join("pipeline.toml").display().to_string();
    made.host_with(["run", &pipeline]).expect_code(0);
    made.host("models export penguin-tree -o tree.tar")
        .expect_code(0);

    let scene = Scene::new();
    fs::copy(made.path("tree.tar"), scene.path("tree.tar")).expect("a copy");
    scene
        .host("models import tree.tar --name theirs")
        .expect_code(0);
    let missing = scene.host("reproduce theirs").expect_code(1);
    snapshot(&scene, "reproduce-imported-without-data", &missing.stdout);

    let data = fs::read_to_string(folder.join("data/penguins_2007_2008.csv")).expect("the data");
    let file = scene.write("penguins_2007_2008.csv", &data);
    let same = scene
        .host("reproduce theirs --jobs 1 --memory 1GiB")
        .expect_code(0);
    snapshot(&scene, "reproduce-imported", &same.stdout);
    fs::rename(&file, scene.path("elsewhere.csv")).expect("it can be moved");
    let moved = "reproduce theirs --data train=elsewhere.csv";
    scene.host(moved).expect_code(0);

    scene.write("penguins_2007_2008.csv", &data.replacen("39.1", "39.2", 1));
    let changed = scene.host("reproduce theirs").expect_code(1);
    snapshot(&scene, "reproduce-imported-changed", &changed.stdout);
}

#[test]
fn data_that_was_moved_is_found_again() {
    let scene = registered();
    fs::rename(scene.path("data"), scene.path("archive")).expect("it can be moved");
    scene.host("reproduce doubler").expect_code(1);
    let words = "reproduce doubler --data train=archive/part-*.csv --data test=archive/test.csv";
    let ended = scene.host(words).expect_code(0);
    assert!(
        ended.stdout.contains("came out identical"),
        "{}",
        ended.stdout
    );

    let words = "reproduce doubler --data train=archive/part-1.csv --data test=archive/part-1.csv";
    let others = scene.host(words).expect_code(1);
    snapshot(&scene, "reproduce-other-files", &others.stdout);
    let unknown = scene
        .host("reproduce doubler --data tests=archive")
        .expect_code(2);
    snapshot(&scene, "reproduce-unknown-data", &unknown.stderr);
}

#[test]
fn a_component_that_is_gone_is_named() {
    let scene = registered();
    let record = scene.json("runs show 1");
    let digest = record["record"]["steps"][0]["plugin"]["digest"].as_str();
    let hex = digest
        .and_then(|digest| digest.strip_prefix("sha256:"))
        .expect("a digest");
    let blob = format!("store/blobs/sha256/{}/{}", &hex[..2], &hex[2..]);
    fs::remove_file(scene.path(&blob)).expect("the component of `validate` is a blob");
    let missing = scene.host("reproduce doubler").expect_code(1);
    snapshot(&scene, "reproduce-no-component", &missing.stdout);
}
