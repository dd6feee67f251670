//! A fold in one instance and folds in many, merged, come to the same state.

use mlhost_sandbox::{Context, Plugin};

use crate::support::{pieces, project, standard, table};

/// Every standard package that folds, with parameters for `support::table`.
const FOLDS: [(&str, &str); 4] = [
    (
        "validate",
        r#"{ "columns": {
            "n": { "type": "integer", "not_null": { "mostly": 0.5 }, "between": { "min": 0, "max": 9 } },
            "x": { "unique": true },
            "s": { "in_set": ["red", "green"], "unique": true }
        }, "row_count": { "min": 1 } }"#,
    ),
    (
        "preprocess",
        r#"{ "target": "y", "encode": [
            { "columns": ["n"], "as": "number", "impute": "median", "scale": "standard" },
            { "columns": ["x"], "as": "number", "impute": "mean", "scale": "min_max" },
            { "columns": ["s"], "as": "one_hot" }
        ] }"#,
    ),
    ("drift", r#"{ "columns": ["n", "x", "s"] }"#),
    ("evaluate", r#"{ "target": "y" }"#),
];

/// The state of some batches, folded in one instance.
fn folded(plugin: &Plugin, params: &str, batches: &[arrow::array::RecordBatch]) -> Vec<u8> {
    let schema = table(0).schema();
    let mut folder = plugin
        .folder(&Context::new("fold"), params, &schema)
        .unwrap();
    for batch in batches {
        let rows = project(batch, folder.columns());
        folder.update(&rows).unwrap();
    }
    folder.state().unwrap()
}

fn merged(plugin: &Plugin, params: &str, states: &[Vec<u8>]) -> Vec<u8> {
    let schema = table(0).schema();
    let mut folder = plugin
        .folder(&Context::new("fold"), params, &schema)
        .unwrap();
    for state in states {
        folder.merge(state).unwrap();
    }
    folder.state().unwrap()
}

#[test]
fn parts_and_whole_come_to_the_same_state() {
    let whole = table(2000);
    let batches = pieces(&whole, &[700, 0, 1, 599, 700]);
    for (name, params) in FOLDS {
        let plugin = standard(name);
        let one = folded(&plugin, params, &batches);
        let parts = [&batches[..1], &batches[1..2], &batches[2..4], &batches[4..]];
        let parts = parts.map(|part| folded(&plugin, params, part));
        assert!(merged(&plugin, params, &parts) == one, "{name} by parts");
        assert!(
            merged(&plugin, params, std::slice::from_ref(&one)) == one,
            "{name} merged into nothing"
        );
    }
}

#[test]
fn batches_do_not_show_in_a_state() {
    let whole = table(2000);
    // The last bits of a mean are those of the batches that it was taken over: `preprocess` is
    // as exact as its batches are fixed.
    for (name, params) in FOLDS.into_iter().filter(|(name, _)| *name != "preprocess") {
        let plugin = standard(name);
        let one = folded(&plugin, params, std::slice::from_ref(&whole));
        let many = folded(&plugin, params, &pieces(&whole, &[1, 7, 992, 1000]));
        assert!(one == many, "{name}");
    }
}

#[test]
fn a_folder_goes_on_after_it_has_told_its_state() {
    let whole = table(300);
    let (schema, batches) = (whole.schema(), pieces(&whole, &[100, 200]));
    for (name, params) in FOLDS {
        let plugin = standard(name);
        let mut folder = plugin
            .folder(&Context::new("fold"), params, &schema)
            .unwrap();
        for batch in &batches {
            let rows = project(batch, folder.columns());
            folder.update(&rows).unwrap();
            folder.state().unwrap();
        }
        let state = folder.state().unwrap();
        assert!(state == folded(&plugin, params, &batches), "{name}");
    }
}

#[test]
fn a_state_from_elsewhere_is_refused() {
    let schema = table(0).schema();
    for (name, params) in FOLDS {
        let plugin = standard(name);
        for state in [
            &b""[..],
            b"not a state",
            &[1],
            &[1, 0xff, 0xff, 0xff, 0xff, 0x0f],
        ] {
            let mut folder = plugin
                .folder(&Context::new("fold"), params, &schema)
                .unwrap();
            let refused = folder.merge(state).unwrap_err();
            assert_eq!(
                refused.reported().unwrap().kind,
                "failed",
                "{name}: {refused}"
            );
        }
    }
}

#[test]
fn every_report_can_be_told() {
    let whole = table(500);
    for (name, params) in FOLDS {
        let plugin = standard(name);
        let state = || folded(&plugin, params, std::slice::from_ref(&whole));
        let names: &[&str] = match name {
            "validate" => &["data"],
            "drift" => &["reference", "current"],
            "evaluate" => &["one", "other"],
            _ => continue,
        };
        let states: Vec<_> = names
            .iter()
            .map(|name| ((*name).to_owned(), state()))
            .collect();
        let outcome = plugin
            .assess(&Context::new("assess"), params, &states)
            .unwrap();
        assert!(!outcome.summary.is_empty(), "{name}");
        let again = plugin
            .assess(&Context::new("assess"), params, &states)
            .unwrap();
        assert_eq!(outcome, again, "{name}");
    }
}
