//! The example, and a pipeline with everything that can be drawn, in every format.

use mlhost_pipeline::{Source, parse};
use mlhost_report::graph::{Characters, Graph};

const FLIGHTS: &str = include_str!("../../../../examples/flights/pipeline.toml");
const EVERYTHING: &str = include_str!("everything.toml");

pub(crate) fn graph(text: &str) -> Graph {
    let pipeline = parse(Source::new("pipeline.toml", text), &[]);
    let pipeline = pipeline.unwrap_or_else(|errors| panic!("{errors}"));
    Graph::of(&pipeline).expect("no cycle")
}

#[test]
fn pipelines_are_drawn_in_every_format() {
    for (name, text) in [("flights", FLIGHTS), ("everything", EVERYTHING)] {
        let graph = graph(text);
        let json = serde_json::to_string_pretty(&graph).expect("texts and numbers");
        for (format, drawing) in [
            ("text", graph.text(Characters::Unicode, 100)),
            ("ascii", graph.text(Characters::Ascii, 100)),
            ("mermaid", graph.mermaid()),
            ("dot", graph.dot()),
            ("svg", graph.svg()),
            ("json", json),
        ] {
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(format!("{name}-{format}"), drawing);
            });
        }
    }
}

#[test]
fn text_keeps_to_its_columns_and_characters() {
    let graph = graph(EVERYTHING);
    for columns in [72, 100, 140] {
        let text = graph.text(Characters::Unicode, columns);
        for line in text.lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
    }
    assert!(graph.text(Characters::Ascii, 100).is_ascii());
}

#[test]
fn a_signature_in_an_address_is_not_drawn() {
    assert!(EVERYTHING.contains("signature=secret"));
    let graph = graph(EVERYTHING);
    let json = serde_json::to_string(&graph).expect("texts and numbers");
    let drawings = [
        graph.text(Characters::Unicode, 100),
        graph.mermaid(),
        graph.dot(),
        graph.svg(),
        json,
    ];
    for drawing in drawings {
        assert!(!drawing.contains("secret"), "{drawing}");
    }
}

#[test]
fn long_lists_are_counted_and_those_that_go_together_are_not_multiplied() {
    let looped = |key: &str| {
        let text = format!(
            "mlhost = 1\nname = \"loops\"\n[data.a]\npath = \"a.csv\"\n[steps.tree]\n\
             plugin = \"tree\"\ninput = \"a\"\n{key}\n"
        );
        graph(&text).groups()[0].label.clone()
    };
    let many = looped("for_each = { depth = [1, 2, 3, 4, 5, 6, 7], leaf = [1, 2] }");
    assert_eq!(
        many,
        ["for each depth of 7 values × leaf in 1, 2: 14 times"]
    );
    let zipped = looped("zip = { depth = [4, 8], leaf = [20, 1] }");
    assert_eq!(zipped, ["for each depth with leaf: twice"]);
    let named = looped("for_each = { criterion = [\"mse\", \"mae\"] }");
    assert_eq!(named, ["for each criterion in \"mse\", \"mae\""]);
}
