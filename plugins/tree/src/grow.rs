//! Grows a tree from the root down: of all splits of all features, each node takes
//! the one that makes its rows purest, until a limit stops it.
//!
//! The rows of a node are a range of one list, which a split partitions in place and
//! stably, so that every node reads its rows in ascending order.

mod split;

use std::rc::Rc;

use split::{NodeRows, Search, Split};

use crate::bins::Feature;
use crate::criterion::Criterion;
use crate::model::{Node, Tree};

/// Where a tree stops growing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The most splits between the root and a leaf; `None` for any number.
    pub max_depth: Option<usize>,
    /// A node of fewer rows is a leaf.
    pub min_samples_split: usize,
    /// No leaf has fewer rows.
    pub min_samples_leaf: usize,
    /// A split has to lower the impurity by at least this much, weighted by the
    /// node's share of all rows.
    pub min_impurity_decrease: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: None,
            min_samples_split: 2,
            min_samples_leaf: 1,
            min_impurity_decrease: 0.0,
        }
    }
}

/// Grows a tree. Of equally good splits the one of the first feature is taken, and
/// of its lowest threshold.
///
/// `features` hold as many rows as there are targets, at least one and fewer than
/// 2^32.
pub fn grow<C: Criterion>(
    features: &[Feature],
    targets: Vec<C::Target>,
    criterion: &C,
    limits: &Limits,
) -> Tree {
    let varying = (0..features.len()).filter(|&place| features[place].distinct() > 1);
    let root = Pending {
        start: 0,
        end: targets.len(),
        depth: 0,
        varying: Rc::new(varying.collect()),
        right_of: None,
    };
    let mut grower = Grower {
        features,
        criterion,
        limits,
        rows: (0..targets.len() as u32).collect(),
        targets,
        search: Search::new(criterion, features),
        right_rows: Vec::new(),
        right_targets: Vec::new(),
        nodes: Vec::new(),
        values: Vec::new(),
        importances: vec![0.0; features.len()],
        pending: vec![root],
    };
    while let Some(pending) = grower.pending.pop() {
        grower.make_node(pending);
    }
    Tree::new(
        grower.nodes,
        grower.values,
        criterion.outputs(),
        grower.importances,
    )
}

struct Grower<'a, C: Criterion> {
    features: &'a [Feature],
    criterion: &'a C,
    limits: &'a Limits,
    /// All rows, those of each node side by side, and their targets in that order.
    rows: Vec<u32>,
    targets: Vec<C::Target>,
    search: Search<'a, C>,
    /// Room for the right half of a partition.
    right_rows: Vec<u32>,
    right_targets: Vec<C::Target>,
    nodes: Vec<Node>,
    /// The predictions of the leaves.
    values: Vec<f64>,
    /// How much the splits of each feature have raised the purity.
    importances: Vec<f64>,
    /// The next node last: a node, then all that is below it on the left.
    pending: Vec<Pending>,
}

/// A node that is yet to be made.
struct Pending {
    start: usize,
    end: usize,
    depth: usize,
    /// The features that have more than one value in the node above.
    varying: Rc<Vec<usize>>,
    /// The split that this is the right child of.
    right_of: Option<usize>,
}

impl<C: Criterion> Grower<'_, C> {
    fn make_node(&mut self, pending: Pending) {
        let place = self.nodes.len() as u32;
        let parent = pending
            .right_of
            .and_then(|parent| self.nodes.get_mut(parent));
        if let Some(Node::Split { right, .. }) = parent {
            *right = place;
        }
        let sums = self
            .criterion
            .sums(&self.targets[pending.start..pending.end]);
        let mut varying = pending.varying.to_vec();
        match self.best_split(&pending, &sums, &mut varying) {
            Some(split) => self.make_split(pending, &split, varying),
            None => {
                let value = self.values.len() / self.criterion.outputs();
                self.nodes.push(Node::Leaf {
                    value: value as u32,
                });
                self.criterion.predict(&sums, &mut self.values);
            }
        }
    }

    fn make_split(&mut self, pending: Pending, split: &Split, varying: Vec<usize>) {
        let node = self.nodes.len();
        self.importances[split.feature] += split.gain;
        self.nodes.push(Node::Split {
            feature: split.feature as u32,
            threshold: self.features[split.feature].threshold(split.code, split.next),
            left: node as u32 + 1,
            // Known once everything on the left is made.
            right: 0,
        });
        let Pending {
            start, end, depth, ..
        } = pending;
        let middle = self.partition(start, end, split);
        let depth = depth + 1;
        let varying = Rc::new(varying);
        let right_of = Some(node);
        self.pending.push(Pending {
            start: middle,
            end,
            depth,
            varying: varying.clone(),
            right_of,
        });
        self.pending.push(Pending {
            start,
            end: middle,
            depth,
            varying,
            right_of: None,
        });
    }

    /// The best split of a node; `None` where the limits or its rows allow none.
    fn best_split(
        &mut self,
        pending: &Pending,
        sums: &C::Sums,
        varying: &mut Vec<usize>,
    ) -> Option<Split> {
        let limits = self.limits;
        let range = pending.start..pending.end;
        let (rows, targets) = (&self.rows[range.clone()], &self.targets[range]);
        if limits
            .max_depth
            .is_some_and(|max_depth| pending.depth >= max_depth)
            || rows.len() < limits.min_samples_split
            || rows.len() / 2 < limits.min_samples_leaf
            || self.criterion.is_pure(targets)
        {
            return None;
        }
        let node = NodeRows {
            rows,
            targets,
            sums,
            min_samples_leaf: limits.min_samples_leaf,
        };
        let split = self.search.best_split(self.features, varying, &node)?;
        // Rounding must not make a leaf of what loses nothing by a split.
        let decrease = split.gain / self.rows.len() as f64 + f64::EPSILON;
        (decrease >= limits.min_impurity_decrease).then_some(split)
    }

    /// Brings the rows that go left before those that go right; returns where the
    /// latter start.
    fn partition(&mut self, start: usize, end: usize, split: &Split) -> usize {
        let codes = self.features[split.feature].codes();
        self.right_rows.clear();
        self.right_targets.clear();
        let mut middle = start;
        for at in start..end {
            let (row, target) = (self.rows[at], self.targets[at]);
            if codes[row as usize] <= split.code {
                self.rows[middle] = row;
                self.targets[middle] = target;
                middle += 1;
            } else {
                self.right_rows.push(row);
                self.right_targets.push(target);
            }
        }
        self.rows[middle..end].copy_from_slice(&self.right_rows);
        self.targets[middle..end].copy_from_slice(&self.right_targets);
        middle
    }
}
