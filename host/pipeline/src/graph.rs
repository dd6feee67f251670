//! Which step needs which: the order of running and the cycles. Steps are known by their index in
//! the order of the file, which also decides between steps that could both come next, so that a
//! plan is always the same.

use indexmap::IndexMap;

use crate::pipeline::Step;

pub(crate) struct Graph {
    /// For each step the steps it needs, ascending and without repetition.
    needs: Vec<Vec<usize>>,
}

impl Graph {
    /// The graph of the references among steps, those by `input` and those by `after`.
    pub(crate) fn new(steps: &IndexMap<String, Step>) -> Self {
        let needs = steps
            .values()
            .map(|step| {
                let names = step.referenced_names();
                let mut indices: Vec<usize> =
                    names.filter_map(|name| steps.get_index_of(name)).collect();
                indices.sort_unstable();
                indices.dedup();
                indices
            })
            .collect();
        Self { needs }
    }

    /// The steps that a step needs.
    pub(crate) fn needs(&self, step: usize) -> &[usize] {
        &self.needs[step]
    }

    /// The steps in an order in which each comes after those it needs. Steps on a cycle, and those
    /// that need them, are left out.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.needs.len());
        let mut placed = vec![false; self.needs.len()];
        let ready = |placed: &[bool]| {
            (0..placed.len())
                .find(|step| !placed[*step] && self.needs[*step].iter().all(|need| placed[*need]))
        };
        while let Some(step) = ready(&placed) {
            placed[step] = true;
            order.push(step);
        }
        order
    }

    /// Cycles, each as the steps on it from the first in the file on, such that every step that
    /// waits for ever is on one of them or needs a step that is.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        let mut visited = vec![false; self.needs.len()];
        let mut stuck = vec![true; self.needs.len()];
        for step in self.order() {
            stuck[step] = false;
        }
        let mut cycles = Vec::new();
        for start in 0..self.needs.len() {
            // From a stuck step there is always a way to another stuck one, so that the way ends
            // where it has been before: on this walk, which is a new cycle, or on an earlier one.
            let mut walk = Vec::new();
            let mut next = stuck[start].then_some(start);
            while let Some(step) = next.filter(|step| !visited[*step]) {
                visited[step] = true;
                walk.push(step);
                next = self.needs[step].iter().copied().find(|need| stuck[*need]);
            }
            let closing = next.and_then(|step| walk.iter().position(|on_walk| *on_walk == step));
            if let Some(position) = closing {
                cycles.push(from_smallest(walk.split_off(position)));
            }
        }
        cycles
    }
}

fn from_smallest(mut cycle: Vec<usize>) -> Vec<usize> {
    let smallest = cycle.iter().enumerate().min_by_key(|(_, step)| **step);
    let position = smallest.map_or(0, |(position, _)| position);
    cycle.rotate_left(position);
    cycle
}
