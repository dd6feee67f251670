//! A grown tree: what it predicts, and how much each feature has had to do with it.

use serde::{Deserialize, Serialize};

/// Predictions are made for so many rows at a time: their features fit in a cache.
const BLOCK_ROWS: usize = 256;

/// A decision tree over features of `f64`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Tree {
    /// The root first, and each node before those below it.
    nodes: Vec<Node>,
    /// The predictions of the leaves, one after the other.
    values: Vec<f64>,
    outputs: usize,
    importances: Vec<f64>,
}

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Rows whose feature is at or below the threshold go left.
    Split {
        /// The place of the feature, from 0.
        feature: u32,
        /// Compared with the feature.
        threshold: f64,
        /// The place of the node for rows at or below the threshold.
        left: u32,
        /// The place of the node for the others.
        right: u32,
    },
    /// Rows end here.
    Leaf {
        /// The place of the leaf among the leaves.
        value: u32,
    },
}

/// The serialised form, which is checked when it is read.
#[derive(Serialize, Deserialize)]
struct Parts {
    nodes: Vec<Node>,
    values: Vec<f64>,
    outputs: usize,
    importances: Vec<f64>,
}

/// A serialised tree that no tree serialises to.
#[derive(Debug, thiserror::Error)]
#[error("the serialised tree is damaged: {0}")]
struct Damaged(&'static str);

impl Tree {
    /// A tree of nodes that refer to each other as they should; `importances` are by
    /// feature, and still to be made to add up to 1.
    pub(crate) fn new(
        nodes: Vec<Node>,
        values: Vec<f64>,
        outputs: usize,
        mut importances: Vec<f64>,
    ) -> Self {
        let total: f64 = importances.iter().sum();
        if total > 0.0 {
            importances
                .iter_mut()
                .for_each(|importance| *importance /= total);
        }
        Self {
            nodes,
            values,
            outputs,
            importances,
        }
    }

    /// Predicts rows, given the columns of all features: a number each, or for a
    /// classifier a probability for each class. Row by row.
    ///
    /// Columns hold at least so many `rows`; those of features that no split uses may
    /// be empty. NaN goes right.
    pub fn predict(&self, columns: &[&[f64]], rows: usize) -> Vec<f64> {
        let mut predictions = Vec::with_capacity(rows * self.outputs);
        for start in (0..rows).step_by(BLOCK_ROWS) {
            for row in start..rows.min(start + BLOCK_ROWS) {
                let leaf = self.leaf(columns, row) * self.outputs;
                predictions.extend_from_slice(&self.values[leaf..leaf + self.outputs]);
            }
        }
        predictions
    }

    /// How many numbers the prediction of a row has.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The nodes, the root first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The number of leaves.
    pub fn leaves(&self) -> usize {
        self.values.len() / self.outputs
    }

    /// The most splits between the root and a leaf.
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (place, node) in self.nodes.iter().enumerate() {
            if let Node::Split { left, right, .. } = *node {
                depths[left as usize] = depths[place] + 1;
                depths[right as usize] = depths[place] + 1;
            }
        }
        depths.into_iter().max().unwrap_or(0)
    }

    /// The share of each feature in all that splits have lowered the impurity by.
    pub fn importances(&self) -> &[f64] {
        &self.importances
    }

    fn leaf(&self, columns: &[&[f64]], row: usize) -> usize {
        let mut place = 0;
        loop {
            match self.nodes[place] {
                Node::Split {
                    feature,
                    threshold,
                    left,
                    right,
                } => {
                    let low = columns[feature as usize][row] <= threshold;
                    place = if low { left } else { right } as usize;
                }
                Node::Leaf { value } => return value as usize,
            }
        }
    }
}

impl From<Tree> for Parts {
    fn from(tree: Tree) -> Self {
        let Tree {
            nodes,
            values,
            outputs,
            importances,
        } = tree;
        Self {
            nodes,
            values,
            outputs,
            importances,
        }
    }
}

impl TryFrom<Parts> for Tree {
    type Error = Damaged;

    fn try_from(parts: Parts) -> Result<Self, Damaged> {
        let Parts {
            nodes,
            values,
            outputs,
            importances,
        } = parts;
        if outputs == 0 || values.len() % outputs != 0 || nodes.is_empty() {
            return Err(Damaged("it has no root, or predicts nothing"));
        }
        let leaves = values.len() / outputs;
        let sound = nodes.iter().enumerate().all(|(place, node)| match *node {
            // Children come later, so that every path ends.
            Node::Split {
                feature,
                left,
                right,
                ..
            } => {
                (feature as usize) < importances.len()
                    && [left, right]
                        .iter()
                        .all(|&child| child as usize > place && (child as usize) < nodes.len())
            }
            Node::Leaf { value } => (value as usize) < leaves,
        });
        if !sound {
            return Err(Damaged("a node refers to what is not there"));
        }
        Ok(Self {
            nodes,
            values,
            outputs,
            importances,
        })
    }
}
