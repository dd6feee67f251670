//! What is said of gates: of those that cannot be decided, at their place in the pipeline; of what was
//! compared, with the run and the version.

use std::fmt::Write;

use crate::{
    gates::{BETTER, pipeline, rows, run, scene},
    support::filters,
};

#[test]
fn a_champion_that_cannot_be_applied_is_told_at_its_gate() {
    let scene = scene(BETTER);
    run(&scene, 3).expect_code(0);
    let without_age = |csv: &str| {
        let mut text = String::new();
        for line in csv.lines() {
            let cells: Vec<_> = line.split(',').collect();
            writeln!(text, "{},{}", cells[0], cells[2]).expect("a line");
        }
        text
    };
    scene.write("train.csv", &without_age(&rows(900, 0)));
    scene.write("test.csv", &without_age(&rows(400, 5000)));
    let run = || scene.host("run pipeline.toml").expect_code(1);
    let columns = run();
    let target = scene.write("pipeline.toml", "");
    std::fs::write(
        target,
        pipeline(BETTER).replace("target = \"price\"", "target = \"area\""),
    )
    .expect("the pipeline can be written");
    scene.write("train.csv", &rows(900, 0));
    scene.write("test.csv", &rows(400, 5000));
    let target = run();
    insta::with_settings!({ filters => filters() }, {
        insta::assert_snapshot!("champion_that_cannot_be_applied", format!("{}\n{}", columns.stderr, target.stderr));
    });
}

#[test]
fn what_was_compared_is_shown_with_the_run_and_the_version() {
    let scene = scene(BETTER);
    run(&scene, 3).expect_code(0);
    let won = scene
        .host("run pipeline.toml --param max_depth=6")
        .expect_code(0);
    let model = scene.host("models show price@champion").expect_code(0);
    let record = scene.host("runs show 2").expect_code(0);
    let gates = |text: &str| -> String {
        let lines = text.lines().skip_while(|line| !line.starts_with("  gate"));
        let lines: Vec<_> = lines.take(4).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!("gates_that_compare", gates(&won.stdout));
    assert_eq!(gates(&won.stdout), gates(&model.stdout));
    assert_eq!(gates(&won.stdout), gates(&record.stdout));
    assert!(
        won.stdout
            .contains("champion is now price@2, and was price@1"),
        "{}",
        won.stdout
    );
    assert!(
        model.stdout.contains("price@2 (champion) predicts price\n"),
        "{}",
        model.stdout
    );
}

#[test]
fn an_unknown_version_is_told_at_its_gate() {
    let scene = scene("r2 = { better_than = \"price@7\" }");
    let run = || scene.host("run pipeline.toml").expect_code(1).stderr;
    let without_model = run();
    assert!(
        without_model.contains("there is no model `price`"),
        "{without_model}"
    );
    scene.write("pipeline.toml", &pipeline("r2 = { minimum = 0 }"));
    scene.host("run pipeline.toml").expect_code(0);
    let gate = "r2 = { better_than = \"price@7\" }";
    scene.write("pipeline.toml", &pipeline(gate));
    let unknown = run();
    assert!(
        unknown.contains("the model `price` has no version 7")
            && unknown.contains("--> pipeline.toml:31:22"),
        "{unknown}"
    );
}
