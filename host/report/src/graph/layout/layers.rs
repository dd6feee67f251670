//! In which layer each cell is: below everything that it needs, and no lower than that asks for;
//! but what needs nothing is just above what takes it first. Links that are longer than a layer get
//! a bend in each layer that they pass.

use super::Size;
use super::cells::{Cells, Content, Link};

impl Cells {
    /// Puts every cell into a layer.
    pub(super) fn assign_layers(&mut self) {
        let (into, out) = (
            self.links_by(|link| link.to),
            self.links_by(|link| link.from),
        );
        let order = self.downwards(&into, &out);
        let is_entry = |content: Content| matches!(content, Content::Entry(_));
        let first = usize::from(self.cells.iter().any(|cell| is_entry(cell.content)));
        for cell in &order {
            let above = into[*cell].iter().map(|link| self.links[*link].from);
            let lowest = above.map(|above| self.cells[above].layer + 1).max();
            let content = self.cells[*cell].content;
            let layer = if is_entry(content) { 0 } else { first };
            self.cells[*cell].layer = lowest.unwrap_or(0).max(layer);
        }
        for cell in order.iter().rev() {
            let below = out[*cell].iter().map(|link| self.links[*link].to);
            let highest = below.map(|below| self.cells[below].layer - 1).min();
            let hugs_end = |link: &usize| self.links[*link].hugs_end;
            let moves = match self.cells[*cell].content {
                Content::Label(_) => out[*cell].iter().any(hugs_end),
                Content::Entry(_) | Content::Exit(_) => false,
                Content::Node(_) | Content::Group(_) | Content::Bend => into[*cell].is_empty(),
            };
            if let (true, Some(highest)) = (moves, highest) {
                self.cells[*cell].layer = highest;
            }
        }
        let last = self.cells.iter().map(|cell| cell.layer).max().unwrap_or(0);
        let exits = self.cells.iter_mut();
        for exit in exits.filter(|cell| matches!(cell.content, Content::Exit(_))) {
            exit.layer = last;
        }
        let is_last = |content: Content| matches!(content, Content::Exit(_));
        let shares = |cell: &super::cells::Cell| cell.layer == last && !is_last(cell.content);
        if self.cells.iter().any(|cell| is_last(cell.content)) && self.cells.iter().any(shares) {
            let exits = self.cells.iter_mut();
            let exits = exits.filter(|cell| is_last(cell.content));
            exits.for_each(|exit| exit.layer = last + 1);
        }
        self.bend();
        self.fill_layers();
    }

    /// The cells in an order in which each comes after those above it.
    fn downwards(&self, into: &[Vec<usize>], out: &[Vec<usize>]) -> Vec<usize> {
        let mut missing: Vec<usize> = into.iter().map(Vec::len).collect();
        let mut order: Vec<usize> = (0..self.cells.len())
            .filter(|cell| missing[*cell] == 0)
            .collect();
        let mut next = 0;
        while let Some(cell) = order.get(next).copied() {
            next += 1;
            for link in &out[cell] {
                let below = self.links[*link].to;
                missing[below] -= 1;
                if missing[below] == 0 {
                    order.push(below);
                }
            }
        }
        order
    }

    fn bend(&mut self) {
        for link in std::mem::take(&mut self.links) {
            let mut above = Link { ..link };
            for layer in self.cells[link.from].layer + 1..self.cells[link.to].layer {
                let bend = self.add(Content::Bend, Size::default());
                self.cells[bend].layer = layer;
                self.links.push(Link {
                    to: bend,
                    to_shift: 0.0,
                    ..above
                });
                above = Link {
                    from: bend,
                    from_shift: 0.0,
                    ..above
                };
            }
            self.links.push(above);
        }
    }

    fn fill_layers(&mut self) {
        let count = self.cells.iter().map(|cell| cell.layer + 1).max();
        self.layers = vec![Vec::new(); count.unwrap_or(0)];
        for (index, cell) in self.cells.iter().enumerate() {
            self.layers[cell.layer].push(index);
        }
    }
}
