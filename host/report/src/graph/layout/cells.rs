//! What has a place in one group: cells, and the links between them.

use super::Size;

/// Something in a layer.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) content: Content,
    pub(super) size: Size,
    pub(super) layer: usize,
    /// The middle, from the left.
    pub(super) x: f64,
    /// The top.
    pub(super) y: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Node(usize),
    Group(usize),
    /// The label of an edge.
    Label(usize),
    /// Where an edge comes into the group.
    Entry(usize),
    /// Where an edge goes out of the group.
    Exit(usize),
    /// Where an edge passes a layer.
    Bend,
}

impl Content {
    /// Whether it is a point on an edge, and not a thing.
    pub(super) fn is_point(self) -> bool {
        matches!(self, Self::Entry(_) | Self::Exit(_) | Self::Bend)
    }
}

/// A part of an edge, from one cell down to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) edge: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    /// How far it begins, or ends, to the right of the middle of the cell.
    pub(super) from_shift: f64,
    pub(super) to_shift: f64,
    /// Whether it is drawn towards what it goes to: its label is near that end.
    pub(super) hugs_end: bool,
}

/// The cells of a group, and the links between them.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    pub(super) links: Vec<Link>,
    /// The cells of each layer, from left to right.
    pub(super) layers: Vec<Vec<usize>>,
}

impl Cells {
    pub(super) fn add(&mut self, content: Content, size: Size) -> usize {
        self.cells.push(Cell {
            content,
            size,
            layer: 0,
            x: 0.0,
            y: 0.0,
        });
        self.cells.len() - 1
    }

    /// For each cell the links that end, or begin, at it.
    pub(super) fn links_by(&self, end: impl Fn(&Link) -> usize) -> Vec<Vec<usize>> {
        let mut by = vec![Vec::new(); self.cells.len()];
        for (index, link) in self.links.iter().enumerate() {
            by[end(link)].push(index);
        }
        by
    }

    /// How far aside a line goes at most on its way down to each layer.
    pub(super) fn aside(&self) -> Vec<f64> {
        let mut aside = vec![0.0; self.layers.len()];
        for link in &self.links {
            let (from, to) = (&self.cells[link.from], &self.cells[link.to]);
            let distance = (from.x + link.from_shift - to.x - link.to_shift).abs();
            aside[to.layer] = distance.max(aside[to.layer]);
        }
        aside
    }
}
