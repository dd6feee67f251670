//! What an example expects of a trainer's own words about its model, and of a plugin that has none.

use std::fs;

use mlhost_authoring::{
    Example,
    conformance::{Check, Status, Suite},
};

use crate::support::{component, root, sandbox};

/// What comes of an example with these expectations and the parameters of `tests/conformance`.
fn checked(package: &str, example: &str, expect: &str) -> Check {
    let from = root().join("tests/conformance").join(package);
    let text = fs::read_to_string(from.join(example)).expect("the example");
    let (without, _) = text.split_once("[expect]").unwrap_or((&text, ""));
    let tables = format!("{}/", from.parent().expect("a folder").display());
    let without = without.replace("../", &tables);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("example.toml");
    fs::write(&path, format!("{without}\n[expect]\n{expect}\n")).expect("the example");
    let suite = Suite {
        examples: vec![Example::read(&path).expect("an example")],
        ..Suite::default()
    };
    let component = component(&format!("plugins/mlhost_{package}.wasm"));
    let report = suite.run(sandbox(), &component).expect("a plugin");
    report.examples.into_iter().next().expect("one example")
}

#[test]
fn what_a_trainer_tells_is_compared() {
    let tree = |expect: &str| checked("tree", "regression.toml", expect);
    let right = tree("verdict = \"passed\"");
    assert_eq!(right.status, Status::Passed, "{}", right.reason);
    for (expect, reason) in [
        ("metrics.depth = 99", "its metric `depth` is "),
        ("metrics.height = 1", "it has no metric `height`"),
        ("verdict = \"failed\"", "its verdict is `passed`"),
    ] {
        let wrong = tree(expect);
        assert_eq!(wrong.status, Status::Failed, "{expect}");
        assert!(wrong.reason.starts_with(reason), "{}", wrong.reason);
    }
}

#[test]
fn a_plugin_that_reports_nothing_fails_what_is_expected_of_a_report() {
    let silent = checked("preprocess", "ordinal.toml", "metrics.columns = 1");
    assert_eq!(silent.status, Status::Failed);
    assert_eq!(silent.reason, "it gives no report, and one is expected");
}
