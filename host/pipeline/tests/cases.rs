//! Every folder in `tests/cases` is a pipeline with mistakes and the text that a user gets to see
//! for it. `overrides.txt`, where there is one, holds what is put over it, one a line: `name=value`,
//! `--set path=value`, `--profile name`, or `--patch file`. To accept what is printed now as what is
//! expected, run with `BLESS=1`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use mlhost_pipeline::{Overrides, Patch, Source, parse_with};

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
    let read = |name: &str| fs::read_to_string(case.join(name)).unwrap();
    let with_line_ends = |line_end: &str| {
        let read = |name: &str| read(name).replace('\n', line_end);
        let overrides = fs::read_to_string(case.join("overrides.txt")).unwrap_or_default();
        diagnostics(&read("pipeline.toml"), &overrides_of(&overrides, &read))
    };
    let rendered = with_line_ends("\n");
    let on_windows = with_line_ends("\r\n");
    assert_eq!(rendered, on_windows, "{} with CRLF", case.display());
    rendered
}

fn overrides_of(lines: &str, read: &dyn Fn(&str) -> String) -> Overrides {
    let (mut patches, mut params) = (Vec::new(), Vec::new());
    for line in lines.lines() {
        match line.split_once(' ') {
            Some(("--set", text)) => patches.push(Patch::Set(text.to_owned())),
            Some(("--profile", name)) => patches.push(Patch::Profile(name.to_owned())),
            Some(("--patch", file)) => patches.push(Patch::File(Source::new(file, read(file)))),
            _ => {
                let (name, value) = line.split_once('=').unwrap();
                params.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    Overrides::new(patches, params)
}

fn diagnostics(text: &str, overrides: &Overrides) -> String {
    let result = parse_with(Source::new("pipeline.toml", text), overrides)
        .and_then(|pipeline| pipeline.plan(common::kind_by_name).map(|_| ()));
    match result {
        Ok(()) => panic!("no mistake in\n{text}"),
        Err(diagnostics) => format!("{diagnostics}\n"),
    }
}
