//! A group with everything in it at its place, and itself ready to be put somewhere.

use std::collections::BTreeMap;

use super::cells::{Cells, Content, Link};
use super::{Layout, Place, Point, Size, Sizes};
use crate::graph::model::{EdgeKind, Graph};

/// The room between the border of a group and what is in it.
const PADDING: f64 = 16.0;
/// The room between two layers, and beside one that has no more than labels and lines.
const BETWEEN_LAYERS: f64 = 40.0;
const BESIDE_LABELS: f64 = 22.0;
/// How much more room there is for each pixel that a line between them goes aside, and the most.
const ASIDE: f64 = 0.08;
const MOST_ASIDE: f64 = 32.0;

/// In which groups the ends of edges are.
pub(super) struct Members {
    /// For each node the groups that it is in, the outermost first.
    groups: Vec<Vec<usize>>,
}

impl Members {
    pub(super) fn of(graph: &Graph) -> Self {
        let nodes = 0..graph.nodes().len();
        Self {
            groups: nodes.map(|node| graph.groups_of(node)).collect(),
        }
    }

    /// What of a group, or of the whole, a node is or is in: nothing if it is not in the group.
    fn within(&self, node: usize, around: Option<usize>) -> Option<Content> {
        let groups = &self.groups[node];
        let depth = match around {
            None => 0,
            Some(around) => groups.iter().position(|group| *group == around)? + 1,
        };
        let inner = groups.get(depth);
        Some(inner.map_or(Content::Node(node), |group| Content::Group(*group)))
    }
}

pub(super) struct Block {
    pub(super) size: Size,
    group: Option<usize>,
    cells: Cells,
    inner: BTreeMap<usize, Block>,
    /// From the left, where edges come in and go out.
    entries: BTreeMap<usize, f64>,
    exits: BTreeMap<usize, f64>,
}

impl Block {
    pub(super) fn new(
        graph: &Graph,
        sizes: &Sizes,
        members: &Members,
        group: Option<usize>,
    ) -> Self {
        let groups = graph.groups().iter().enumerate();
        let groups = groups.filter(|(_, inner)| inner.parent == group);
        let inner = groups.map(|(index, _)| {
            let block = Self::new(graph, sizes, members, Some(index));
            (index, block)
        });
        let mut block = Self {
            size: Size::default(),
            group,
            cells: Cells::default(),
            inner: inner.collect(),
            entries: BTreeMap::new(),
            exits: BTreeMap::new(),
        };
        block.fill(graph, sizes, members);
        block.cells.assign_layers();
        block.cells.order_layers();
        block.cells.position();
        block.measure(group.map_or(Size::default(), |group| sizes.groups[group]));
        block
    }

    /// Adds a cell for all that is directly in the group, and the links between them.
    fn fill(&mut self, graph: &Graph, sizes: &Sizes, members: &Members) {
        let mut of_node = BTreeMap::new();
        let mut of_group = BTreeMap::new();
        for node in graph.order().iter().copied() {
            match members.within(node, self.group) {
                Some(content @ Content::Node(_)) => {
                    of_node.insert(node, self.cells.add(content, sizes.nodes[node]));
                }
                Some(content @ Content::Group(inner)) if !of_group.contains_key(&inner) => {
                    let size = self.inner.get(&inner).map(|block| block.size);
                    let cell = self.cells.add(content, size.unwrap_or_default());
                    of_group.insert(inner, cell);
                }
                _ => {}
            }
        }
        let cell = |content: Content| match content {
            Content::Node(node) => of_node.get(&node).copied(),
            Content::Group(group) => of_group.get(&group).copied(),
            _ => None,
        };
        for (index, edge) in graph.edges().iter().enumerate() {
            let from = members.within(edge.from, self.group);
            let to = members.within(edge.to, self.group);
            if (from.is_none() && to.is_none()) || from == to {
                continue;
            }
            let mut place = |content: Option<Content>, border| match content {
                Some(content) => cell(content),
                None => Some(self.cells.add(border, Size::default())),
            };
            let ends = (
                place(from, Content::Entry(index)),
                place(to, Content::Exit(index)),
            );
            let (Some(start), Some(end)) = ends else {
                continue;
            };
            let link = Link {
                edge: index,
                from: start,
                to: end,
                from_shift: self.border(from, index, |block| &block.exits),
                to_shift: self.border(to, index, |block| &block.entries),
                hugs_end: edge.kind == EdgeKind::Input,
            };
            let label = sizes.labels[index].filter(|_| from.is_some() && to.is_some());
            let Some(label) = label else {
                self.cells.links.push(link);
                continue;
            };
            let label = self.cells.add(Content::Label(index), label);
            let (to_shift, from_shift) = (0.0, 0.0);
            let to = label;
            self.cells.links.push(Link {
                to,
                to_shift,
                ..link
            });
            let from = label;
            self.cells.links.push(Link {
                from,
                from_shift,
                ..link
            });
        }
    }

    /// How far from its middle an edge crosses the border of a group.
    fn border(
        &self,
        content: Option<Content>,
        edge: usize,
        borders: impl Fn(&Self) -> &BTreeMap<usize, f64>,
    ) -> f64 {
        let Some(Content::Group(group)) = content else {
            return 0.0;
        };
        let block = self.inner.get(&group);
        let place = |block: &Self| Some(borders(block).get(&edge)? - block.size.width / 2.0);
        block.and_then(place).unwrap_or(0.0)
    }

    /// Finds the height of the layers, and with it the size of all; `label` is that of the group.
    fn measure(&mut self, label: Size) {
        let is_group = self.group.is_some();
        let padding = if is_group { PADDING } else { 0.0 };
        let cells = &mut self.cells;
        let mut y = if is_group {
            label.height + 2.0 * PADDING
        } else {
            0.0
        };
        let mut gap = None;
        let aside = cells.aside();
        for (number, layer) in cells.layers.iter().enumerate() {
            let is = |only: fn(Content) -> bool| {
                let mut contents = layer.iter().map(|cell| cells.cells[*cell].content);
                contents.all(only)
            };
            if is(|content| matches!(content, Content::Entry(_))) {
                continue;
            }
            if is(|content| matches!(content, Content::Exit(_))) {
                break;
            }
            let is_low = is(|content| content.is_point() || matches!(content, Content::Label(_)));
            let room = if is_low {
                BESIDE_LABELS
            } else {
                BETWEEN_LAYERS
            };
            let aside = (aside[number] * ASIDE).min(MOST_ASIDE);
            y += gap.map_or(0.0, |gap| f64::min(gap, room) + aside);
            let heights = layer.iter().map(|cell| cells.cells[*cell].size.height);
            let height = heights.fold(0.0, f64::max);
            for cell in layer {
                let cell = &mut cells.cells[*cell];
                // A line passes the whole layer; a thing is in the middle of it.
                if cell.content.is_point() {
                    cell.size.height = height;
                }
                cell.y = y + (height - cell.size.height) / 2.0;
            }
            y += height;
            gap = Some(room);
        }
        let height = y + padding;
        let right = cells
            .cells
            .iter()
            .map(|cell| cell.x + cell.size.width / 2.0);
        let right = right.fold(0.0, f64::max);
        let width = (right + 2.0 * padding).max(if is_group {
            label.width + 2.0 * PADDING
        } else {
            0.0
        });
        let shift = (width - right) / 2.0;
        for cell in &mut cells.cells {
            cell.x += shift;
            match cell.content {
                Content::Entry(edge) => {
                    cell.y = 0.0;
                    self.entries.insert(edge, cell.x);
                }
                Content::Exit(edge) => {
                    cell.y = height;
                    self.exits.insert(edge, cell.x);
                }
                _ => {}
            }
        }
        self.size = Size { width, height };
    }

    /// Puts everything in it into a layout, with its own corner at a place.
    pub(super) fn put(&self, corner: Point, layout: &mut Layout) {
        let at = |x: f64, y: f64| Point {
            x: corner.x + x,
            y: corner.y + y,
        };
        if let Some(group) = self.group {
            layout.groups[group] = Place {
                corner,
                size: self.size,
            };
        }
        for cell in &self.cells.cells {
            let place = Place {
                corner: at(cell.x - cell.size.width / 2.0, cell.y),
                size: cell.size,
            };
            match cell.content {
                Content::Node(node) => layout.nodes[node] = place,
                Content::Label(edge) => layout.labels[edge] = Some(place),
                Content::Group(group) => {
                    let block = self.inner.get(&group);
                    block
                        .into_iter()
                        .for_each(|block| block.put(place.corner, layout));
                }
                Content::Entry(_) | Content::Exit(_) | Content::Bend => {}
            }
        }
        let (tops, bottoms) = self.bounds();
        for link in &self.cells.links {
            let (from, to) = (&self.cells.cells[link.from], &self.cells.cells[link.to]);
            let (start, end) = (from.x + link.from_shift, to.x + link.to_shift);
            let mut way = vec![at(start, from.y)];
            if from.content != Content::Bend {
                way[0] = at(start, from.y + from.size.height);
            }
            // Within a layer a way is vertical, so that it meets nothing there.
            way.push(at(start, bottoms[from.layer].max(from.y)));
            way.push(at(end, tops[to.layer].min(to.y)));
            way.push(at(end, to.y));
            way.dedup();
            layout.ways[link.edge].push(way);
        }
    }

    /// The top and the bottom of each layer.
    fn bounds(&self) -> (Vec<f64>, Vec<f64>) {
        let cells = |layer: &Vec<usize>| {
            let cells = layer.iter().map(|cell| &self.cells.cells[*cell]);
            cells.cloned().collect::<Vec<_>>()
        };
        let layers = self.cells.layers.iter().map(|layer| {
            let cells = cells(layer);
            let tops = cells.iter().map(|cell| cell.y);
            let bottoms = cells.iter().map(|cell| cell.y + cell.size.height);
            let (top, bottom) = (f64::INFINITY, 0.0);
            (tops.fold(top, f64::min), bottoms.fold(bottom, f64::max))
        });
        layers.unzip()
    }
}
