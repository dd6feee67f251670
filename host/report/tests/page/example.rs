//! A report with something of everything, whose words can be chosen.

use mlhost_report::graph::{Edge, EdgeKind, Graph, Node, NodeKind, Note, Topic};
use mlhost_report::page::{Block, Cell, Gate, Report, Section, State, Table};
use mlhost_sandbox::{Better, Figure, Finding, Metric, Outcome, Severity, Verdict};
use serde_json::json;

/// A report in which these words stand wherever others than the host have the word.
pub(crate) fn report(words: &str) -> Report {
    let mut table = Table::new(["name", words, "rows", "time"]).titled(words);
    table.push([
        Cell::text(words),
        Cell::text("2"),
        Cell::Number(Some(1234567.0)),
        Cell::Seconds(0.25),
    ]);
    table.push([
        Cell::text("b"),
        Cell::text("1"),
        Cell::Number(None),
        Cell::Seconds(1.0),
    ]);
    let gate = Gate {
        step: words.to_owned(),
        summary: format!("r2 >= 0.8 {words}"),
        passed: false,
        comparison: Some(words.to_owned()),
    };
    let section = Section::of_outcome(words, &outcome(words))
        .fact(words, words)
        .with(Block::Gates(vec![gate]))
        .with(Block::Table(table))
        .with(Block::Graph(Box::new(graph(words))));
    Report::new(words, State::Failed, words)
        .fact(words, words)
        .with(section)
        .with(Section::new("Numbers", State::Neutral).saying("nothing else"))
}

fn outcome(words: &str) -> Outcome {
    let finding = |passed, severity| Finding {
        check: words.to_owned(),
        column: Some(words.to_owned()),
        passed,
        severity,
        message: words.to_owned(),
        details: json!({ words: words, "share": 0.25 })
            .as_object()
            .unwrap()
            .clone(),
    };
    let metric = |name: &str, value, label: Option<&str>| Metric {
        name: name.to_owned(),
        value,
        labels: label
            .map(|label| (words.to_owned(), label.to_owned()))
            .into_iter()
            .collect(),
        better: Some(Better::Higher),
    };
    let figure = |kind: &str, data| Figure {
        name: words.to_owned(),
        title: words.to_owned(),
        kind: kind.to_owned(),
        data,
    };
    let labels = json!({ "x": [words, "b"], "x_label": words, "y_label": words, "threshold": 0.2,
        "series": [{ "name": words, "values": [0.5, null] }] });
    let two = json!({ "x": [words, "b"],
        "series": [{ "name": words, "values": [1, 2] }, { "name": "b", "values": [3, -1] }] });
    let lines = json!({ "x": [0.0, 0.5, 1.0], "diagonal": true, "x_label": words,
        "series": [{ "name": words, "values": [0, 0.25, 1] }, { "name": "b", "values": [0, null, 1] }] });
    Outcome {
        verdict: Verdict::Failed,
        summary: words.to_owned(),
        findings: vec![
            finding(true, Severity::Error),
            finding(false, Severity::Warn),
            finding(false, Severity::Error),
        ],
        metrics: vec![
            metric(words, Some(0.84234), None),
            metric("mean_error", None, None),
            metric("psi", Some(6.1), Some(words)),
            metric("ks", Some(0.5), Some(words)),
            metric("psi", Some(0.1), Some("b")),
        ],
        figures: vec![
            figure("bars", labels),
            figure("bars", two),
            figure("lines", lines),
            figure(
                "table",
                json!({ "columns": [words, "n"], "rows": [[words, 1], ["b", null]] }),
            ),
            figure(words, json!({ words: words })),
        ],
    }
}

fn graph(words: &str) -> Graph {
    let node = |name: &str, kind| Node {
        name: name.to_owned(),
        kind,
        about: words.to_owned(),
        notes: vec![],
        group: None,
    };
    let nodes = vec![node("train", NodeKind::Data), node(words, NodeKind::Step)];
    let edge = Edge {
        from: 0,
        to: 1,
        kind: EdgeKind::Input,
        label: Some(words.to_owned()),
        part: None,
    };
    let mut graph = Graph::new(words, nodes, vec![edge], vec![]).unwrap();
    let note = Note {
        topic: Topic::Outcome,
        text: format!("done, {words}"),
    };
    graph.note(NodeKind::Step, words, &note);
    graph
}
