//! Names that every language for graphs takes as they are: letters of ASCII, digits and `_`.

use std::collections::HashSet;

use super::model::Graph;

/// One for each node, in their order.
pub(super) fn of_nodes(graph: &Graph) -> Vec<String> {
    let mut taken = HashSet::new();
    let nodes = 0..graph.nodes().len();
    let identifiers = nodes.map(|node| {
        let plain = plain(&graph.id(node));
        let mut identifier = plain.clone();
        let mut number = 1;
        while !taken.insert(identifier.clone()) {
            number += 1;
            identifier = format!("{plain}_{number}");
        }
        identifier
    });
    identifiers.collect()
}

/// A text with `_` in the place of every other character.
pub(super) fn plain(text: &str) -> String {
    let plain = |character: char| match character.is_ascii_alphanumeric() {
        true => character,
        false => '_',
    };
    text.chars().map(plain).collect()
}
