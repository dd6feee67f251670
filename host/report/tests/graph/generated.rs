//! Any graph without cycles: nodes, edges, groups, and texts that mean something to somebody.

use mlhost_report::graph::{
    Edge, EdgeKind, Graph, GroupKind, Members, Node, NodeKind, Note, Topic,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const KINDS: [EdgeKind; 6] = [
    EdgeKind::Input,
    EdgeKind::Pick,
    EdgeKind::Condition,
    EdgeKind::After,
    EdgeKind::Failure,
    EdgeKind::Finally,
];

/// A text of characters that end strings, tags and lines in one language or another.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let characters = select(
        "a1 \"'`\\<>&#;:|[]{}()%-_*~\n\r\t\u{1b}\u{0}\u{fffe}é語🦀"
            .chars()
            .collect::<Vec<_>>(),
    );
    vec(characters, 0..12).prop_map(String::from_iter)
}

/// A graph with nodes of these kinds, whose names are numbered so that no two are the same.
pub(crate) fn graphs(kinds: &'static [NodeKind]) -> impl Strategy<Value = Graph> {
    let node = (text(), text(), vec(text(), 0..3), select(kinds));
    let edge = (
        any::<Index>(),
        any::<Index>(),
        select(&KINDS),
        proptest::option::of(text()),
    );
    let group = vec(any::<Index>(), 1..5);
    let parts = (
        text(),
        vec(node, 1..16),
        vec(edge, 0..30),
        vec((group, text()), 0..4),
        any::<u64>(),
    );
    parts.prop_map(|(title, nodes, edges, groups, shuffle)| {
        let count = nodes.len();
        let nodes = nodes.into_iter().enumerate();
        let nodes = nodes.map(|(index, (name, about, notes, kind))| {
            let topic = Topic::When;
            let notes = notes.into_iter().map(|text| Note { topic, text });
            Node {
                name: format!("{index}{name}"),
                kind,
                about,
                notes: notes.collect(),
                group: None,
            }
        });
        // Any order will do, but it has to be one.
        let rank = |node: usize| (node as u64).wrapping_mul(shuffle | 1) % 1009;
        let edges = edges.into_iter().filter_map(|(a, b, kind, label)| {
            let (a, b) = (a.index(count), b.index(count));
            let (from, to) = if (rank(a), a) < (rank(b), b) {
                (a, b)
            } else {
                (b, a)
            };
            (from != to).then_some(Edge {
                from,
                to,
                kind,
                label,
                part: None,
            })
        });
        let groups = groups.into_iter().map(|(nodes, label)| Members {
            kind: GroupKind::Loop,
            label: vec![label],
            nodes: nodes.iter().map(|node| node.index(count)).collect(),
        });
        Graph::new(title, nodes.collect(), edges.collect(), groups.collect()).expect("no cycle")
    })
}
