//! The picture is well-formed, has everything once, and nothing lies on anything else.

use mlhost_report::graph::{Graph, NodeKind};
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::generated::graphs;

#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

fn number(node: &Node<'_, '_>, name: &str) -> f64 {
    let value = node.attribute(name).expect("an attribute");
    value.parse().expect("a number")
}

fn frame_of(rectangle: &Node<'_, '_>) -> Frame {
    let (left, top) = (number(rectangle, "x"), number(rectangle, "y"));
    Frame {
        left,
        top,
        right: left + number(rectangle, "width"),
        bottom: top + number(rectangle, "height"),
    }
}

fn of_class(document: &Document<'_>, class: &str) -> Vec<Frame> {
    let nodes = document.descendants();
    let nodes = nodes.filter(|node| {
        let classes = node.attribute("class").unwrap_or_default();
        classes.split(' ').any(|other| other == class)
    });
    let nodes = nodes.filter(|node| node.has_tag_name("rect"));
    nodes.map(|node| frame_of(&node)).collect()
}

/// The first and the last height of each way.
fn ways(document: &Document<'_>) -> Vec<Vec<f64>> {
    let paths = document.descendants().filter(|node| {
        let classes = node.attribute("class").unwrap_or_default();
        node.has_tag_name("path")
            && node.parent().is_some_and(|parent| parent.has_tag_name("g"))
            && classes
                .split(' ')
                .any(|class| ["line", "failure"].contains(&class))
    });
    let heights = paths.map(|path| {
        let way = path.attribute("d").expect("a way");
        let mut heights = Vec::new();
        let starts: Vec<usize> = way
            .char_indices()
            .filter(|(_, c)| c.is_ascii_alphabetic())
            .map(|(at, _)| at)
            .chain([way.len()])
            .collect();
        for pair in starts.windows(2) {
            let last = way[pair[0] + 1..pair[1]].split(' ').next_back();
            heights.push(last.expect("a number").parse().expect("a number"));
        }
        heights
    });
    heights.collect()
}

fn is_within(inner: Frame, outer: Frame) -> bool {
    inner.left >= outer.left - 0.2
        && inner.right <= outer.right + 0.2
        && inner.top >= outer.top - 0.2
        && inner.bottom <= outer.bottom + 0.2
}

fn overlap(a: Frame, b: Frame) -> bool {
    let across = a.left < b.right - 0.2 && b.left < a.right - 0.2;
    across && a.top < b.bottom - 0.2 && b.top < a.bottom - 0.2
}

fn check(graph: &Graph) -> Result<(), TestCaseError> {
    let svg = graph.svg();
    prop_assert_eq!(&svg, &graph.svg());
    let document = Document::parse(&svg).expect("well-formed");
    let root = document.root_element();
    let (width, height) = (number(&root, "width"), number(&root, "height"));
    let page = Frame {
        left: -20.0,
        top: -20.0,
        right: width - 20.0,
        bottom: height - 20.0,
    };
    let nodes = of_class(&document, "shape");
    prop_assert_eq!(nodes.len(), graph.nodes().len());
    for (index, node) in nodes.iter().enumerate() {
        prop_assert!(is_within(*node, page), "{:?} in {:?}", node, page);
        for other in &nodes[..index] {
            prop_assert!(!overlap(*node, *other), "{:?} and {:?}", node, other);
        }
    }
    for edge in graph.edges() {
        prop_assert!(nodes[edge.from].bottom < nodes[edge.to].top);
    }
    let groups = of_class(&document, "group");
    prop_assert_eq!(groups.len(), graph.groups().len());
    for (index, group) in graph.groups().iter().enumerate() {
        if let Some(parent) = group.parent {
            prop_assert!(is_within(groups[index], groups[parent]));
        }
        for (node, place) in graph.nodes().iter().zip(&nodes) {
            let parent = |group: &usize| graph.groups()[*group].parent;
            let is_in = std::iter::successors(node.group, parent).any(|around| around == index);
            prop_assert_eq!(is_in, is_within(*place, groups[index]));
            prop_assert_eq!(is_in, overlap(*place, groups[index]));
        }
    }
    for way in ways(&document) {
        prop_assert!(way.is_sorted(), "{:?}", way);
    }
    Ok(())
}

proptest! {
    #[test]
    fn everything_is_there_once_below_what_it_needs_and_apart(
        // Shapes whose place is in their attributes.
        graph in graphs(&[NodeKind::Step, NodeKind::Model]),
    ) {
        check(&graph)?;
    }
}
