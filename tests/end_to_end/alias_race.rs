//! An alias that somebody moves while a run compares with it: nothing is registered that was not
//! compared with the champion of the day. The run is made to wait behind its gate, before it
//! registers.

use crate::{
    gates::{champion, gates, history, pipeline, rows, run, scene},
    support::test_plugin,
    vanishing::{run_and, talkative},
};

/// Gates as in other tests, and behind them a step that talks until somebody listens.
fn waiting() -> String {
    let waiting = format!(
        "\n[steps.{}]\nplugin = \"{}\"\ninput = \"train\"\nafter = [\"evaluate\"]\n\
         with = {{ attack = \"much-talk\", after_rows = 1200 }}\n",
        talkative(),
        test_plugin("test_hostile.wasm").display()
    );
    pipeline("r2 = { better_than = \"champion\" }") + &waiting
}

#[test]
fn an_alias_that_is_moved_during_a_run_refuses_it() {
    let scene = scene("r2 = { minimum = 0.0 }");
    scene.write("train.csv", &rows(1500, 0));
    run(&scene, 2).expect_code(0);
    run(&scene, 3).expect_code(0);
    assert_eq!(champion(&scene), 2);

    scene.write(
        "pipeline.toml",
        &waiting().replace("max_depth = 2", "max_depth = 6"),
    );
    let ended = run_and(&scene, || {
        let moved = "models alias price@1 champion --reason=meanwhile";
        scene.host(moved).expect_code(0);
    });
    let ended = ended.expect_code(1);
    let error = ended.stderr.lines().find(|line| line.starts_with("error"));
    assert_eq!(
        error,
        Some(
            "error: run 3 was refused: the alias `champion` of the model `price` was moved in the \
             meantime: it stood for version 2, and now stands for version 1; run the pipeline again: \
             it compares with that version, and computes nothing else again"
        )
    );
    // The gate had passed, but nothing is registered, and the alias stands where somebody put it.
    let record = &scene.json("runs show 3")["record"];
    assert_eq!(gates(record)[0]["passed"], true, "{record}");
    assert_eq!(scene.json("models show price")["version"], 2);
    assert_eq!((champion(&scene), history(&scene).len()), (1.into(), 3));

    // Once more, it is compared with that version, and is registered.
    let again = scene.host("run pipeline.toml --format json").expect_code(0);
    let again = again.json();
    assert_eq!(gates(&again)[0]["comparison"]["with"]["version"], 1);
    assert_eq!(again["models"][0]["version"], 3);
    assert_eq!(champion(&scene), 3);
}
