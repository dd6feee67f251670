//! The order of the nodes, and which groups are drawn.

use std::collections::HashSet;

use mlhost_report::graph::{Edge, EdgeKind, Error, Graph, GroupKind, Members, Node, NodeKind};
use proptest::prelude::*;

use crate::generated::graphs;

fn graph(count: usize, edges: &[(usize, usize)], groups: &[&[usize]]) -> Result<Graph, Error> {
    let nodes = (0..count).map(|index| Node {
        name: format!("n{index}"),
        kind: NodeKind::Step,
        about: String::new(),
        notes: Vec::new(),
        group: None,
    });
    let edges = edges.iter().map(|(from, to)| Edge {
        from: *from,
        to: *to,
        kind: EdgeKind::Input,
        label: None,
        part: None,
    });
    let groups = groups.iter().enumerate().map(|(index, nodes)| Members {
        kind: GroupKind::Loop,
        label: vec![format!("g{index}")],
        nodes: nodes.to_vec(),
    });
    Graph::new("test", nodes.collect(), edges.collect(), groups.collect())
}

fn labels(graph: &Graph) -> Vec<&str> {
    let labels = graph.groups().iter().map(|group| group.label[0].as_str());
    labels.collect()
}

#[test]
fn cycles_and_unknown_nodes_are_refused() {
    let cycle = graph(3, &[(0, 1), (1, 2), (2, 0)], &[]).unwrap_err();
    let message = "the graph `test` has a cycle, and so no order in which it could be drawn";
    assert_eq!(cycle.to_string(), message);
    assert!(matches!(graph(1, &[(0, 0)], &[]), Err(Error::Cycle { .. })));
    let unknown = graph(2, &[(0, 2)], &[]).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "the graph `test` has no node 2: it has 2"
    );
    assert!(matches!(
        graph(2, &[], &[&[7]]),
        Err(Error::UnknownNode { node: 7, .. })
    ));
}

#[test]
fn a_group_is_in_the_one_that_has_all_of_its_nodes() {
    let graph = graph(4, &[(0, 1), (1, 2), (2, 3)], &[&[1], &[1, 2], &[0, 1, 2]]).unwrap();
    assert_eq!(labels(&graph), ["g2", "g1", "g0"]);
    let parents: Vec<Option<usize>> = graph.groups().iter().map(|group| group.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1)]);
    assert_eq!(graph.nodes()[1].group, Some(2));
    assert_eq!(graph.nodes()[3].group, None);
}

#[test]
fn a_group_that_cannot_be_in_one_piece_is_left_out() {
    // A way leaves it and comes back.
    let left = graph(3, &[(0, 1), (1, 2)], &[&[0, 2]]).unwrap();
    assert!(left.groups().is_empty());
    // It overlaps an earlier one.
    let overlapping = graph(3, &[], &[&[0, 1], &[1, 2]]).unwrap();
    assert_eq!(labels(&overlapping), ["g0"]);
    // Each could be, but not both.
    let crossed = graph(4, &[(0, 2), (3, 1)], &[&[0, 1], &[2, 3]]).unwrap();
    assert_eq!(labels(&crossed), ["g0"]);
}

proptest! {
    #[test]
    fn the_order_follows_the_edges_and_keeps_groups_together(
        graph in graphs(&[NodeKind::Data, NodeKind::Step, NodeKind::Switch, NodeKind::Model]),
    ) {
        let order = graph.order();
        let distinct: HashSet<&usize> = order.iter().collect();
        prop_assert_eq!(distinct.len(), graph.nodes().len());
        prop_assert_eq!(order.len(), graph.nodes().len());
        let place = |node: usize| order.iter().position(|other| *other == node);
        for edge in graph.edges() {
            prop_assert!(place(edge.from) < place(edge.to));
        }
        for group in 0..graph.groups().len() {
            let is_in = |node: &usize| {
                let innermost = graph.nodes()[*node].group;
                let parent = |group: &usize| graph.groups()[*group].parent;
                std::iter::successors(innermost, parent).any(|around| around == group)
            };
            let mut pieces: Vec<bool> = order.iter().map(is_in).collect();
            pieces.dedup();
            prop_assert_eq!(pieces.iter().filter(|is_in| **is_in).count(), 1);
        }
    }
}
