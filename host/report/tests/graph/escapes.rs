//! That no text of a graph can mean anything in the language that it is drawn in.

use std::iter::Peekable;
use std::str::Chars;

use mlhost_report::graph::{Characters, Graph, NodeKind};
use proptest::prelude::*;
use roxmltree::Document;

use crate::generated::graphs;

const KINDS: [NodeKind; 4] = [
    NodeKind::Data,
    NodeKind::Step,
    NodeKind::Switch,
    NodeKind::Model,
];

/// A text as it is drawn on one line: gaps of any sort are spaces.
fn one_line(text: &str) -> String {
    let is_gap = |character: char| character.is_whitespace() || character.is_control();
    let words = text.split(is_gap).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Without the places where a line may have been broken.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The words of the language of Graphviz: names, marks, and strings, which keep their quotation
/// marks.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            ' ' | '\n' => {}
            '"' => words.push(string(&mut rest)),
            '{' | '}' | '[' | ']' | '=' | ',' => words.push(first.to_string()),
            '-' => {
                assert_eq!(rest.next(), Some('>'), "an arrow in {text}");
                words.push("->".to_owned());
            }
            _ => {
                let is_word = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
                assert!(is_word(&first), "`{first}` in {text}");
                let mut word = first.to_string();
                while let Some(next) = rest.next_if(is_word) {
                    word.push(next);
                }
                words.push(word);
            }
        }
    }
    words
}

/// The rest of a string, without what escapes in it.
fn string(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut string = "\"".to_owned();
    loop {
        match rest.next().expect("the end of a string") {
            '"' => return string,
            '\\' => match rest.next().expect("something escaped") {
                'n' | 'l' => string.push('\n'),
                escaped @ ('"' | '\\') => string.push(escaped),
                other => panic!("`\\{other}` means something to Graphviz"),
            },
            other => {
                assert!(!other.is_control());
                string.push(other);
            }
        }
    }
}

/// The labels of the nodes in a text of Graphviz, which all have a name, `[label=` and a string.
fn dot_labels(text: &str) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    for (place, window) in words.windows(6).enumerate() {
        // `->` before the name makes it an edge.
        let is_edge = place > 0 && words[place - 1] == "->";
        let is_node = ["data_", "steps_", "models_"]
            .iter()
            .any(|of| window[0].starts_with(of));
        if is_node && !is_edge && window[1] == "[" && window[2] == "label" {
            found.push(window[4].replace("&amp;", "&"));
        }
    }
    found
}

/// The text behind the numbers of characters.
fn decoded(text: &str) -> String {
    let mut parts = text.split('#');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').expect("the end of a number");
        let number: u32 = number.parse().expect("a number");
        decoded.push(char::from_u32(number).expect("a character"));
        decoded.push_str(rest);
    }
    decoded
}

proptest! {
    #[test]
    fn graphviz_reads_every_label_as_it_is(graph in graphs(&KINDS)) {
        let mut labels: Vec<String> = dot_labels(&graph.dot()).iter().map(|label| squeezed(label)).collect();
        prop_assert_eq!(labels.len(), graph.nodes().len());
        let mut expected: Vec<String> = graph.nodes().iter().map(|node| {
            let notes: String = node.notes.iter().map(|note| one_line(&note.text)).collect();
            squeezed(&format!("\"{}{}{notes}", one_line(&node.name), one_line(&node.about)))
        }).collect();
        labels.sort();
        expected.sort();
        prop_assert_eq!(labels, expected);
    }

    #[test]
    fn mermaid_reads_every_name_as_it_is(graph in graphs(&KINDS)) {
        let text = graph.mermaid();
        for node in graph.nodes() {
            let name = one_line(&node.name);
            let found = text.lines().filter(|line| {
                let label = line.split_once("<b>").and_then(|(_, rest)| rest.split_once("</b>"));
                label.is_some_and(|(label, _)| decoded(label) == name)
            });
            prop_assert_eq!(found.count(), 1);
        }
        for line in text.lines().skip(4) {
            let parts: Vec<&str> = line.split('"').collect();
            prop_assert!(parts.len() == 1 || parts.len() == 3, "{}", line);
            for label in parts.iter().skip(1).step_by(2) {
                let plain = label.replace("<b>", "").replace("</b>", "").replace("<br/>", "");
                let harmful = plain.chars().any(|c| "\"<>&[]{}()|`\\_*".contains(c) || c.is_control());
                prop_assert!(!harmful, "{}", line);
            }
        }
    }

    #[test]
    fn pictures_have_every_name_as_it_is(graph in graphs(&KINDS)) {
        let svg = graph.svg();
        let document = Document::parse(&svg).expect("well-formed");
        let texts = |class: &str| -> String {
            let texts = document.descendants().filter(|node| node.attribute("class") == Some(class));
            texts.filter_map(|node| node.text()).collect()
        };
        let names: String = graph.nodes().iter().map(|node| one_line(&node.name)).collect();
        let names = names.replace('\u{fffe}', "\u{fffd}");
        prop_assert_eq!(squeezed(&texts("name")), squeezed(&names));
        let mut elements = document.descendants().filter(|node| node.is_element());
        let known = ["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text"];
        prop_assert!(elements.all(|node| known.contains(&node.tag_name().name())));
    }

    #[test]
    fn terminals_get_nothing_to_obey(graph in graphs(&KINDS), columns in 0usize..200) {
        for characters in [Characters::Unicode, Characters::Ascii] {
            let text = graph.text(characters, columns);
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        }
    }

    #[test]
    fn json_has_every_text_as_it_is(graph in graphs(&KINDS)) {
        let json = serde_json::to_value(&graph).expect("texts and numbers");
        let names = json["nodes"].as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(|node| node["name"].as_str()).collect();
        let expected: Vec<&str> = graph.nodes().iter().map(|node| node.name.as_str()).collect();
        prop_assert_eq!(names, expected);
        prop_assert_eq!(json["edges"].as_array().map(Vec::len), Some(graph.edges().len()));
    }
}

#[test]
fn names_that_are_alike_keep_apart() {
    let text = "mlhost = 1\nname = \"alike\"\n[data.a]\npath = \"a.csv\"\n[steps.a-b]\n\
                plugin = \"tree\"\ninput = \"a\"\n[steps.a_b]\nplugin = \"tree\"\ninput = \"a\"\n";
    let graph: Graph = crate::drawings::graph(text);
    let dot = graph.dot();
    assert!(
        dot.contains("  data_a -> steps_a_b\n  data_a -> steps_a_b_2\n"),
        "{dot}"
    );
}
