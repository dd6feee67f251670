//! Places for nodes, labels and groups, and ways for edges: a layered drawing from top to bottom,
//! after Sugiyama, Tagawa and Toda (1981).
//!
//! Each group is laid out by itself first, and is one cell of the group around it. An edge that
//! crosses the border of a group does so at an entry or exit, which is a cell of the inner group;
//! and a label is a cell in the middle of its edge: so nothing lies on anything else.

mod block;
mod cells;
mod crossings;
mod layers;
mod positions;

use super::model::Graph;

/// A point, in pixels from the left and from the top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How much room something takes, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A place: its corner at the left and top, and its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) corner: Point,
    pub(super) size: Size,
}

/// How much room everything takes.
pub(super) struct Sizes {
    pub(super) nodes: Vec<Size>,
    /// Of the labels of edges; of an edge without one nothing.
    pub(super) labels: Vec<Option<Size>>,
    /// Of the labels of groups.
    pub(super) groups: Vec<Size>,
}

/// Where everything is.
pub(super) struct Layout {
    pub(super) size: Size,
    pub(super) nodes: Vec<Place>,
    pub(super) labels: Vec<Option<Place>>,
    pub(super) groups: Vec<Place>,
    /// The ways of the edges, each from top to bottom, in pieces that a label may lie between. Where
    /// a way is not vertical, it goes from one to another as a curve that is vertical at both ends.
    pub(super) ways: Vec<Vec<Vec<Point>>>,
}

impl Layout {
    /// Finds places for a graph whose parts have these sizes.
    pub(super) fn new(graph: &Graph, sizes: &Sizes) -> Self {
        let nowhere = Place {
            corner: Point { x: 0.0, y: 0.0 },
            size: Size::default(),
        };
        let mut layout = Self {
            size: Size::default(),
            nodes: vec![nowhere; graph.nodes().len()],
            labels: vec![None; graph.edges().len()],
            groups: vec![nowhere; graph.groups().len()],
            ways: vec![Vec::new(); graph.edges().len()],
        };
        let members = block::Members::of(graph);
        let block = block::Block::new(graph, sizes, &members, None);
        layout.size = block.size;
        block.put(Point { x: 0.0, y: 0.0 }, &mut layout);
        for pieces in &mut layout.ways {
            join(pieces);
        }
        layout
    }
}

/// Puts the pieces of a way in order, and those that meet together.
fn join(pieces: &mut Vec<Vec<Point>>) {
    let top = |piece: &[Point]| piece.first().map_or(0.0, |point| point.y);
    pieces.sort_by(|a, b| top(a).total_cmp(&top(b)));
    let mut joined: Vec<Vec<Point>> = Vec::new();
    for piece in pieces.drain(..) {
        let meets = |last: &&mut Vec<Point>| match (last.last(), piece.first()) {
            (Some(end), Some(start)) => {
                (end.x - start.x).abs() < 0.01 && (end.y - start.y).abs() < 0.01
            }
            _ => false,
        };
        match joined.last_mut().filter(meets) {
            Some(last) => last.extend(piece.iter().skip(1).copied()),
            None => joined.push(piece),
        }
    }
    *pieces = joined;
}
