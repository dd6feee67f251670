//! Where in its layer each cell is: as near to below and above its neighbours as the cells beside it
//! allow. For one layer that is a problem of least squares with a least distance, which merging
//! neighbours that would overlap solves exactly (isotonic regression by pooling).

use super::cells::{Cell, Cells};

/// The distance between two things, and between edges.
const BETWEEN_THINGS: f64 = 28.0;
const BETWEEN_LINES: f64 = 16.0;
const ROUNDS: usize = 40;

impl Cells {
    /// Finds the place of each cell in its layer.
    pub(super) fn position(&mut self) {
        for layer in self.layers.clone() {
            let mut x = 0.0;
            for pair in 0..layer.len() {
                let gap = pair.checked_sub(1);
                x += gap.map_or(0.0, |left| self.distance(layer[left], layer[pair]));
                self.cells[layer[pair]].x = x;
            }
        }
        self.settle();
        self.spread();
        self.settle();
        let left = self.cells.iter().map(|cell| cell.x - cell.size.width / 2.0);
        let left = left.fold(f64::INFINITY, f64::min);
        for cell in &mut self.cells {
            cell.x -= left;
        }
    }

    /// How far apart the middles of two cells side by side are at least.
    fn distance(&self, left: usize, right: usize) -> f64 {
        let (left, right) = (&self.cells[left], &self.cells[right]);
        let is_line = |cell: &Cell| cell.content.is_point();
        let gap = match is_line(left) && is_line(right) {
            true => BETWEEN_LINES,
            false => BETWEEN_THINGS,
        };
        (left.size.width + right.size.width) / 2.0 + gap
    }

    fn settle(&mut self) {
        let (into, out) = (
            self.links_by(|link| link.to),
            self.links_by(|link| link.from),
        );
        for round in 0..ROUNDS {
            let count = self.layers.len();
            for step in 0..count {
                let is_down = round % 2 == 0;
                let layer = if is_down { step } else { count - 1 - step };
                // At the end both sides count.
                let above = is_down || round + 2 >= ROUNDS;
                let below = !is_down || round + 2 >= ROUNDS;
                let cells = self.layers[layer].clone();
                let wishes = cells.iter().map(|cell| {
                    let above = into[*cell].iter().filter(|_| above);
                    let below = out[*cell].iter().filter(|_| below);
                    self.wish(*cell, above.chain(below), &into, &out)
                });
                let wishes: Vec<(f64, f64)> = wishes.collect();
                self.pool(&cells, &wishes);
            }
        }
    }

    /// Where a cell would be best, and how much it matters: most for long edges and chains, so that
    /// they are straight.
    fn wish<'a>(
        &self,
        cell: usize,
        links: impl Iterator<Item = &'a usize>,
        into: &[Vec<usize>],
        out: &[Vec<usize>],
    ) -> (f64, f64) {
        let (mut sum, mut weights) = (0.0, 0.0);
        for link in links {
            let link = &self.links[*link];
            let (other, shift) = match link.from == cell {
                true => (link.to, link.to_shift - link.from_shift),
                false => (link.from, link.from_shift - link.to_shift),
            };
            let points = [cell, other].map(|cell| self.cells[cell].content.is_point());
            let is_chain = out[link.from].len() == 1 && into[link.to].len() == 1;
            let weight = match points {
                [true, true] => 8.0,
                [false, false] if is_chain => 8.0,
                [false, false] => 1.0,
                _ => 2.0,
            };
            sum += weight * (self.cells[other].x + shift);
            weights += weight;
        }
        if weights > 0.0 {
            return (sum / weights, weights);
        }
        (self.cells[cell].x, 0.01)
    }

    /// Puts the cells of a layer as near to where they are wished as they have room.
    fn pool(&mut self, cells: &[usize], wishes: &[(f64, f64)]) {
        // Where each cell would be if all distances were zero.
        let mut offsets = Vec::with_capacity(cells.len());
        let mut offset = 0.0;
        for place in 0..cells.len() {
            if let Some(left) = place.checked_sub(1) {
                offset += self.distance(cells[left], cells[place]);
            }
            offsets.push(offset);
        }
        // Cells that touch: their common place, their weight and their number.
        let mut pools: Vec<(f64, f64, usize)> = Vec::new();
        for ((wish, weight), offset) in wishes.iter().zip(&offsets) {
            let mut pool = (wish - offset, *weight, 1);
            while let Some(left) = pools.pop_if(|left| left.0 >= pool.0) {
                let weight = left.1 + pool.1;
                let place = (left.0 * left.1 + pool.0 * pool.1) / weight;
                pool = (place, weight, left.2 + pool.2);
            }
            pools.push(pool);
        }
        let places = pools
            .iter()
            .flat_map(|pool| std::iter::repeat_n(pool.0, pool.2));
        for ((place, offset), cell) in places.zip(&offsets).zip(cells) {
            self.cells[*cell].x = place + offset;
        }
    }

    /// Lets the links of a node begin, and end, side by side in the order of their other ends.
    fn spread(&mut self) {
        use super::cells::Content;
        let (into, out) = (
            self.links_by(|link| link.to),
            self.links_by(|link| link.from),
        );
        for cell in 0..self.cells.len() {
            if !matches!(self.cells[cell].content, Content::Node(_)) {
                continue;
            }
            for (links, is_into) in [(&into[cell], true), (&out[cell], false)] {
                let mut ends: Vec<(f64, usize)> = Vec::new();
                for link in links {
                    let found = &self.links[*link];
                    ends.push(match is_into {
                        true => (self.cells[found.from].x + found.from_shift, *link),
                        false => (self.cells[found.to].x + found.to_shift, *link),
                    });
                }
                ends.sort_by(|a, b| a.0.total_cmp(&b.0));
                #[expect(clippy::cast_precision_loss, reason = "a node has few links")]
                let (count, number) = (ends.len() as f64, |place: usize| place as f64);
                let gap = (self.cells[cell].size.width / (count + 1.0)).min(26.0);
                for (place, (_, link)) in ends.iter().enumerate() {
                    let shift = (number(place) - (count - 1.0) / 2.0) * gap;
                    match is_into {
                        true => self.links[*link].to_shift = shift,
                        false => self.links[*link].from_shift = shift,
                    }
                }
            }
        }
    }
}
