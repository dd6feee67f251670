//! The order of the cells in each layer: each is put where its neighbours in the layer above, and
//! then in the layer below, are on average; of the orders that this gives in turn, the one with the
//! fewest crossings is kept.

use super::cells::{Cells, Link};

/// How many times all layers are gone through; a few are enough for most graphs.
const ROUNDS: usize = 24;

impl Cells {
    /// Puts the cells of each layer in order.
    pub(super) fn order_layers(&mut self) {
        let (into, out) = (
            self.links_by(|link| link.to),
            self.links_by(|link| link.from),
        );
        let mut best = (self.crossings(&out), self.layers.clone());
        for round in 0..ROUNDS {
            if best.0 == 0 {
                break;
            }
            let count = self.layers.len();
            for step in 1..count {
                if round % 2 == 0 {
                    self.sort_layer(step, &into, true);
                } else {
                    self.sort_layer(count - 1 - step, &out, false);
                }
            }
            let crossings = self.crossings(&out);
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// Where the cells of the layer are, and where on a cell a link begins: the number of the cell
    /// in its layer, and less than one half more or less.
    fn place(&self, places: &[usize], cell: usize, shift: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "far fewer cells than a float can count"
        )]
        let place = places[cell] as f64;
        let width = self.cells[cell].size.width.max(1.0);
        place + 0.8 * shift / width
    }

    fn places(&self) -> Vec<usize> {
        let mut places = vec![0; self.cells.len()];
        for layer in &self.layers {
            for (place, cell) in layer.iter().enumerate() {
                places[*cell] = place;
            }
        }
        places
    }

    fn sort_layer(&mut self, layer: usize, links: &[Vec<usize>], is_down: bool) {
        let places = self.places();
        let mut keyed: Vec<(f64, usize)> = Vec::new();
        for cell in &self.layers[layer] {
            let ends = links[*cell].iter().map(|link| {
                let link = &self.links[*link];
                match is_down {
                    true => self.place(&places, link.from, link.from_shift),
                    false => self.place(&places, link.to, link.to_shift),
                }
            });
            #[expect(clippy::cast_precision_loss, reason = "a node has few links")]
            let key = match links[*cell].len() {
                0 => self.place(&places, *cell, 0.0),
                count => ends.sum::<f64>() / count as f64,
            };
            keyed.push((key, *cell));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.layers[layer] = keyed.into_iter().map(|(_, cell)| cell).collect();
    }

    /// How many pairs of links cross.
    fn crossings(&self, out: &[Vec<usize>]) -> usize {
        let places = self.places();
        let mut crossings = 0;
        for layer in &self.layers {
            let links = layer.iter().flat_map(|cell| &out[*cell]);
            let ends = |link: &Link| {
                let from = self.place(&places, link.from, link.from_shift);
                (from, self.place(&places, link.to, link.to_shift))
            };
            let mut links: Vec<(f64, f64)> = links.map(|link| ends(&self.links[*link])).collect();
            links.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            // The lower ends of the links so far, in order: those to the right are crossed.
            let mut lower: Vec<f64> = Vec::with_capacity(links.len());
            for (_, end) in links {
                let place = lower.partition_point(|other| *other <= end);
                crossings += lower.len() - place;
                lower.insert(place, end);
            }
        }
        crossings
    }
}
