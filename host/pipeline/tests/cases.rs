//! Every folder in `tests/cases` is a pipeline with mistakes and the text that a user gets to see
//! for it. `overrides.txt`, where there is one, holds a `name=value` on each line. To accept what
//! is printed now as what is expected, run with `BLESS=1`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use mlhost_pipeline::{Source, parse};

#[test]
fn each_mistake_is_told_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failures = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let case = entry.unwrap().path();
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let found = rendered(&case);
        let expected_path = case.join("expected.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected_path, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if found != expected {
            failures.push(format!("{name}: expected\n{expected}\nfound\n{found}"));
        }
        cases += 1;
    }
    assert!(cases > 0, "no cases in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn rendered(case: &Path) -> String {
    let text = fs::read_to_string(case.join("pipeline.toml")).unwrap();
    let overrides = fs::read_to_string(case.join("overrides.txt")).unwrap_or_default();
    let overrides: Vec<(String, String)> = overrides
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let rendered = diagnostics(&text, &overrides);
    let on_windows = diagnostics(&text.replace('\n', "\r\n"), &overrides);
    assert_eq!(rendered, on_windows, "{} with CRLF", case.display());
    rendered
}

fn diagnostics(text: &str, overrides: &[(String, String)]) -> String {
    let result = parse(Source::new("pipeline.toml", text), overrides)
        .and_then(|pipeline| pipeline.plan(common::kind_by_name).map(|_| ()));
    match result {
        Ok(()) => panic!("no mistake in\n{text}"),
        Err(diagnostics) => format!("{diagnostics}\n"),
    }
}
