//! That the lanes of a text say which node takes of which: they are read back as a person would.

use std::collections::BTreeSet;

use mlhost_report::graph::{Characters, Graph, NodeKind};
use proptest::prelude::*;

use crate::generated::graphs;

const NODES: [char; 4] = ['○', '●', '◆', '■'];
const ACROSS: [char; 2] = ['─', '╌'];

/// The pairs of nodes that are connected, by their places in the order of the drawing.
fn read(text: &str) -> (usize, BTreeSet<(usize, usize)>) {
    let mut owners: Vec<Option<usize>> = Vec::new();
    let (mut count, mut found) = (0, BTreeSet::new());
    // The lanes that lines across have connected since the last node.
    let mut lines: Vec<(usize, usize, Option<usize>, Option<usize>)> = Vec::new();
    for line in text.lines() {
        let cells: Vec<char> = line.chars().collect();
        owners.resize(owners.len().max(cells.len().div_ceil(2)), None);
        // Spaces at the end of a line are not there.
        let columns = cells
            .iter()
            .step_by(2)
            .copied()
            .chain(std::iter::repeat(' '));
        let columns = columns.take(owners.len());
        let across = |at: &usize| ACROSS.contains(&cells[*at]);
        let mut odd = (1..cells.len()).step_by(2).filter(across);
        if let Some(first) = odd.next() {
            let (left, right) = (first / 2, odd.next_back().unwrap_or(first) / 2 + 1);
            lines.push((left, right, owners[left], owners[right]));
        }
        for (column, cell) in columns.enumerate() {
            match cell {
                ' ' | '╯' | '╰' | '╮' | '╭' => owners[column] = None,
                cell if NODES.contains(&cell) => {
                    let straight = owners[column];
                    for (left, right, left_owner, right_owner) in lines.drain(..) {
                        assert!(
                            left == column || right == column,
                            "a line elsewhere:\n{text}"
                        );
                        let from = if left == column {
                            right_owner
                        } else {
                            left_owner
                        };
                        found.insert((from.expect("a lane"), count));
                    }
                    found.extend(straight.map(|from| (from, count)));
                    owners[column] = Some(count);
                    count += 1;
                }
                _ => {}
            }
        }
    }
    (count, found)
}

/// The lanes alone: as many columns as they take, which are those before the names.
fn rails(graph: &Graph) -> String {
    let text = graph.text(Characters::Unicode, 100);
    let body: Vec<&str> = text.lines().skip(2).collect();
    let legend = body.len() - 2;
    let is_rail = |cell: &char| " │╎─╌╰╯╮╭├┤┼○●◆■".contains(*cell);
    // A rail ends where two columns are empty, or something is written.
    let rails = body[..legend].iter().map(|line| {
        let cells: Vec<char> = line.chars().collect();
        let end = cells
            .iter()
            .position(|cell| !is_rail(cell))
            .unwrap_or(cells.len());
        cells[..end].iter().collect::<String>()
    });
    rails.collect::<Vec<_>>().join("\n")
}

proptest! {
    #[test]
    fn lanes_connect_what_edges_connect(
        graph in graphs(&[NodeKind::Data, NodeKind::Step, NodeKind::Switch, NodeKind::Model]),
    ) {
        let (count, found) = read(&rails(&graph));
        prop_assert_eq!(count, graph.nodes().len());
        let order = graph.order();
        let place = |node: usize| order.iter().position(|other| *other == node).unwrap();
        let expected = graph.edges().iter().map(|edge| (place(edge.from), place(edge.to)));
        prop_assert_eq!(found, expected.collect::<BTreeSet<_>>());
    }
}
