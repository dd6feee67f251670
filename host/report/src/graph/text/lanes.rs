//! Lanes: columns in which lines run down from each node to what takes something of it.
//!
//! A lane belongs to one node, and lives until the last node that takes of it. So there are as many
//! lanes as things that are still needed, and never one for each edge.

use super::characters::{Characters, Joint};
use crate::graph::model::{Edge, Graph};

/// A line of lanes, with the edge that comes in on it, or the node that is on it.
pub(super) struct Rail {
    pub(super) cells: String,
    pub(super) of: On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Edge(usize),
    Node,
    Nothing,
}

pub(super) struct Lanes<'a> {
    graph: &'a Graph,
    characters: Characters,
    /// Which node each column belongs to at the moment.
    columns: Vec<Option<usize>>,
    /// The edges that are still to be drawn, by the node that they come from.
    open: Vec<Vec<usize>>,
    /// The edges by the node that they go to.
    into: Vec<Vec<usize>>,
    /// What has been drawn last in each column.
    above: Vec<bool>,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(graph: &'a Graph, characters: Characters) -> Self {
        let mut open = vec![Vec::new(); graph.nodes().len()];
        let mut into = open.clone();
        for (index, edge) in graph.edges().iter().enumerate() {
            open[edge.from].push(index);
            into[edge.to].push(index);
        }
        Self {
            graph,
            characters,
            columns: Vec::new(),
            open,
            into,
            above: Vec::new(),
        }
    }

    fn edge(&self, edge: usize) -> &'a Edge {
        &self.graph.edges()[edge]
    }

    fn column_of(&self, node: usize) -> Option<usize> {
        self.columns.iter().position(|owner| *owner == Some(node))
    }

    /// The lines that end with a node: one for each edge into it that bends or has a label.
    pub(super) fn node(&mut self, node: usize) -> Vec<Rail> {
        let into = std::mem::take(&mut self.into[node]);
        let above = self.straight(node, &into);
        let column = above.and_then(|above| self.column_of(above));
        let column = column.unwrap_or_else(|| self.free());
        let mut rails = Vec::new();
        if into.is_empty() && self.above.get(column).copied().unwrap_or_default() {
            rails.push(self.plain());
        }
        // Whether there is a line in the column already.
        let mut is_begun = above.is_some();
        for index in into {
            let edge = self.edge(index);
            self.open[edge.from].retain(|open| *open != index);
            if above == Some(edge.from) {
                if edge.words().is_some() {
                    let cells = self.verticals(|_| None);
                    rails.push(self.rail(cells, On::Edge(index)));
                }
            } else if let Some(from) = self.column_of(edge.from) {
                let cells = self.across(from, column, is_begun, edge);
                rails.push(self.rail(cells, On::Edge(index)));
                is_begun = true;
                if self.open[edge.from].is_empty() {
                    self.columns[from] = None;
                }
            }
            // While more comes in, the column is the node's own.
            self.columns[column] = Some(above.unwrap_or(node));
        }
        self.columns[column] = None;
        let symbol = self.characters.node(self.graph.nodes()[node].kind);
        let cells = self.verticals(|at| (at == column).then_some(symbol));
        if !self.open[node].is_empty() {
            self.columns[column] = Some(node);
        }
        rails.push(self.rail(cells, On::Node));
        rails
    }

    /// A line on which nothing happens.
    pub(super) fn plain(&mut self) -> Rail {
        let cells = self.verticals(|_| None);
        self.rail(cells, On::Nothing)
    }

    /// The lanes as they are behind the last line, if nothing more is to be seen of it there.
    pub(super) fn below(&self) -> String {
        let cells: String = self.verticals(|_| None).into_iter().collect();
        cells.trim_end().to_owned()
    }

    /// The node whose lane goes straight down to this one, and ends: rather one that hands on.
    fn straight(&self, node: usize, into: &[usize]) -> Option<usize> {
        let ends = |index: &&usize| {
            let mut open = self.open[self.edge(**index).from].iter();
            open.all(|open| self.edge(*open).to == node)
        };
        let ending = into.iter().filter(ends);
        let best = ending.min_by_key(|index| !self.edge(**index).kind.hands_on());
        best.map(|index| self.edge(*index).from)
    }

    /// The first column that is free.
    fn free(&mut self) -> usize {
        let free = self.columns.iter().position(Option::is_none);
        free.unwrap_or_else(|| {
            self.columns.push(None);
            self.columns.len() - 1
        })
    }

    /// Whether something is still to be handed on by a node.
    fn is_solid(&self, node: usize) -> bool {
        let mut open = self.open[node].iter();
        self.open[node].is_empty() || open.any(|edge| self.edge(*edge).kind.hands_on())
    }

    fn rail(&mut self, cells: Vec<char>, of: On) -> Rail {
        self.above = cells.iter().step_by(2).map(|cell| *cell != ' ').collect();
        let cells: String = cells.into_iter().collect();
        Rail {
            cells: cells.trim_end().to_owned(),
            of,
        }
    }

    /// All lanes, two characters each, with something else in some columns.
    fn verticals(&self, other: impl Fn(usize) -> Option<char>) -> Vec<char> {
        let columns = self.columns.iter().enumerate();
        let cells = columns.map(|(at, owner)| {
            let lane = owner.map(|owner| self.characters.lane(self.is_solid(owner)));
            other(at).or(lane).unwrap_or(' ')
        });
        cells.flat_map(|cell| [cell, ' ']).collect()
    }

    /// A line from the lane of one node to the column of another.
    fn across(&self, from: usize, to: usize, is_begun: bool, edge: &Edge) -> Vec<char> {
        let goes_right = from < to;
        let goes_on = !self.open[edge.from].is_empty();
        let start = match (goes_on, goes_right) {
            (true, true) => Joint::Right,
            (true, false) => Joint::Left,
            (false, true) => Joint::EndsRight,
            (false, false) => Joint::EndsLeft,
        };
        let end = match (is_begun, goes_right) {
            (true, true) => Joint::Left,
            (true, false) => Joint::Right,
            (false, true) => Joint::BeginsLeft,
            (false, false) => Joint::BeginsRight,
        };
        let between = from.min(to) + 1..from.max(to);
        let line = self.characters.across(edge.kind.hands_on());
        let mut cells = self.verticals(|at| {
            if at == from {
                Some(self.characters.joint(start))
            } else if at == to {
                Some(self.characters.joint(end))
            } else if between.contains(&at) {
                let is_free = self.columns[at].is_none();
                Some(match is_free {
                    true => line,
                    false => self.characters.joint(Joint::Cross),
                })
            } else {
                None
            }
        });
        for at in from.min(to)..from.max(to) {
            cells[at * 2 + 1] = line;
        }
        cells
    }
}
