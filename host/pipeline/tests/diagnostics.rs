//! Diagnostics that other crates make: at places in `with`, as JSON and in colour.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use mlhost_pipeline::{Diagnostic, Pipeline, Source, parse};
use serde_json::json;

fn pipeline() -> Pipeline {
    parse(Source::new("pipeline.toml", common::COMPLETE), &[]).unwrap()
}

/// The text that a diagnostic at `pointer` underlines.
fn underlined(step: &str, pointer: &str) -> String {
    let span = pipeline().steps[step].diagnostic_at(pointer, "wrong").span;
    common::COMPLETE[span.unwrap()].to_owned()
}

#[test]
fn a_json_pointer_finds_its_value_or_the_nearest_parent() {
    assert_eq!(underlined("validate", ""), "with");
    assert_eq!(underlined("validate", "/since"), "2013-01-01");
    assert_eq!(
        underlined("validate", "/checks/0/column"),
        "\"${params.target}\""
    );
    assert_eq!(
        underlined("validate", "/checks/0/not_null/most"),
        "{ mostly = \"${params.share}\" }"
    );
    assert_eq!(
        underlined("validate", "/checks/1/strict/0"),
        "\"${params.strict}\""
    );
    assert_eq!(underlined("validate", "/missing/0"), "with");
    assert_eq!(
        underlined("preprocess", "/columns/1"),
        "\"${params.features}\""
    );
    assert_eq!(underlined("own", "/anything"), "\"./plugins/own.wasm\"");
}

#[test]
fn a_json_pointer_finds_keys_and_unescapes_them() {
    let text = "mlhost = 1\nname = \"a\"\ndata.d.path = \"d.csv\"\n\
                steps.s = { plugin = \"p\", input = \"d\", with = { \"a/b~c\" = [1] } }";
    let pipeline = parse(Source::new("p", text), &[]).unwrap();
    let step = &pipeline.steps["s"];
    let key = step.diagnostic_at_key("/a~1b~0c", "wrong").span.unwrap();
    assert_eq!(&text[key], "\"a/b~c\"");
    let item = step.diagnostic_at_key("/a~1b~0c/0", "wrong").span.unwrap();
    assert_eq!(&text[item], "1");
}

#[test]
fn a_value_from_a_parameter_is_shown_with_what_it_is() {
    let pipeline = pipeline();
    let mut diagnostics = pipeline.diagnostics();
    let step = &pipeline.steps["validate"];
    let wrong = step.diagnostic_at("/checks/0/not_null/mostly", "0.99 is too strict");
    diagnostics.push(wrong.hint("allow more nulls"));
    insta::assert_snapshot!(diagnostics);
}

#[test]
fn places_of_a_step_are_those_in_the_file() {
    let pipeline = pipeline();
    let tree = &pipeline.steps["tree"];
    let text = |span| &common::COMPLETE[span];
    assert_eq!(text(tree.name_span()), "tree");
    assert_eq!(text(tree.plugin_span()), "\"tree\"");
    assert_eq!(text(tree.input_span()), "\"preprocess\"");
    assert_eq!(text(tree.register_span()), "\"${params.target}-tree\"");
    assert_eq!(text(pipeline.steps["drift"].gates[0].span()), "psi");
}

#[test]
fn serialised_diagnostics_have_lines_and_columns() {
    let mut diagnostics = pipeline().diagnostics();
    assert!(diagnostics.is_empty());
    diagnostics.push(Diagnostic::new("about the file"));
    let start = common::COMPLETE.find("seed").unwrap();
    diagnostics.push(
        Diagnostic::new("about the seed")
            .at(start..start + 4)
            .hint("no"),
    );
    assert_eq!(
        serde_json::to_value(&diagnostics).unwrap(),
        json!([
            { "message": "about the file", "file": "pipeline.toml", "line": null,
              "column": null, "hint": null },
            { "message": "about the seed", "file": "pipeline.toml", "line": 3,
              "column": 1, "hint": "no" },
        ])
    );
}

#[test]
fn columns_count_characters_and_places_past_the_end_are_the_end() {
    let source = Source::new("p", "a = \"é\" x\r\nb");
    let x = source.text().find('x').unwrap();
    let position = |offset| {
        let position = source.position(offset);
        (position.line, position.column)
    };
    assert_eq!(position(x), (1, 9));
    assert_eq!(position(source.text().len()), (2, 2));
    assert_eq!(position(1000), (2, 2));
}

#[test]
fn colour_changes_nothing_but_the_escape_codes() {
    let mut diagnostics = pipeline().diagnostics();
    diagnostics.push(
        Diagnostic::new("wrong")
            .at(0..6)
            .label("here")
            .hint("mend it"),
    );
    let coloured = diagnostics.render(true);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(without_escapes(&coloured), diagnostics.render(false));
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain += part.split_once('m').unwrap().1;
    }
    let lines: Vec<&str> = plain.lines().map(str::trim_end).collect();
    lines.join("\n")
}
