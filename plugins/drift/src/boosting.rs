//! A small classifier of two classes: gradient-boosted trees over binned features.
//!
//! Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Annals of Statistics 29
//! (5), 2001, with the logistic loss, and with the gain and the leaves of Chen and Guestrin,
//! "XGBoost: A Scalable Tree Boosting System", KDD 2016, equations 5 to 7. Nothing is random.

/// Trees, and how many splits lead from the root of one to its leaves.
const TREES: usize = 50;
const DEPTH: usize = 3;

/// How much of each tree is taken.
const LEARNING_RATE: f64 = 0.1;

/// Chen and Guestrin's λ.
const REGULARISATION: f64 = 1.0;

/// Of the weights of all rows, the least that a leaf has to have: below it a split tells nothing.
const SMALLEST_LEAF: f64 = 0.01;

/// Bins of a feature: the first holds missing values.
pub(crate) const BINS: usize = 33;

/// Rows to learn from or to be told apart, feature by feature.
pub(crate) struct Rows {
    /// Of each feature, the bin of each row.
    pub(crate) features: Vec<Vec<u8>>,
    /// 1 for one class and 0 for the other.
    pub(crate) labels: Vec<f64>,
    pub(crate) weights: Vec<f64>,
}

/// Learned trees.
pub(crate) struct Boosted {
    trees: Vec<Tree>,
    /// How much each feature has improved.
    pub(crate) gains: Vec<f64>,
}

/// A complete binary tree; a node that is not split sends all rows to its left.
struct Tree {
    splits: [Split; (1 << DEPTH) - 1],
    leaves: [f64; 1 << DEPTH],
}

/// Rows whose bin is at most `bin` go left.
#[derive(Clone, Copy)]
struct Split {
    feature: usize,
    bin: u8,
}

/// Sums of first and second derivatives of the loss, and of weights.
#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
    weight: f64,
}

impl Boosted {
    /// Learns from the rows at these places.
    pub(crate) fn fit(rows: &Rows, places: &[usize]) -> Self {
        let total: f64 = places.iter().map(|place| rows.weights[*place]).sum();
        let mut boosted = Self {
            trees: Vec::with_capacity(TREES),
            gains: vec![0.0; rows.features.len()],
        };
        let mut scores = vec![0.0; places.len()];
        for _ in 0..TREES {
            let sums: Vec<Sums> = places
                .iter()
                .zip(&scores)
                .map(|(place, score)| rows.sums(*place, *score))
                .collect();
            let tree = boosted.grow(rows, places, &sums, total * SMALLEST_LEAF);
            for (score, place) in scores.iter_mut().zip(places) {
                *score += tree.score(rows, *place);
            }
            boosted.trees.push(tree);
        }
        boosted
    }

    /// The larger, the more likely a row is of the class 1.
    pub(crate) fn score(&self, rows: &Rows, place: usize) -> f64 {
        self.trees.iter().map(|tree| tree.score(rows, place)).sum()
    }

    fn grow(&mut self, rows: &Rows, places: &[usize], sums: &[Sums], least: f64) -> Tree {
        let stays = Split {
            feature: 0,
            bin: u8::MAX,
        };
        let mut tree = Tree {
            splits: [stays; (1 << DEPTH) - 1],
            leaves: [0.0; 1 << DEPTH],
        };
        // Where each row is among the nodes of the level.
        let mut nodes = vec![0_usize; places.len()];
        for level in 0..DEPTH {
            let width = 1 << level;
            let mut best = vec![(0.0, stays); width];
            for (feature, bins) in rows.features.iter().enumerate() {
                let mut histogram = vec![[Sums::default(); BINS]; width];
                for ((place, node), sums) in places.iter().zip(&nodes).zip(sums) {
                    histogram[*node][usize::from(bins[*place])].add(*sums);
                }
                for (best, bins) in best.iter_mut().zip(&histogram) {
                    let found = best_split(bins, feature, least);
                    if found.0 > best.0 {
                        *best = found;
                    }
                }
            }
            for (node, (gain, split)) in best.iter().enumerate() {
                tree.splits[width - 1 + node] = *split;
                self.gains[split.feature] += gain;
            }
            for (node, place) in nodes.iter_mut().zip(places) {
                let split = best[*node].1;
                *node = 2 * *node + usize::from(split.is_right(rows, *place));
            }
        }
        let mut leaves = [Sums::default(); 1 << DEPTH];
        for (node, sums) in nodes.iter().zip(sums) {
            leaves[*node].add(*sums);
        }
        tree.leaves = leaves
            .map(|sums| -LEARNING_RATE * sums.gradient / (sums.curvature + REGULARISATION * least));
        tree
    }
}

impl Rows {
    fn sums(&self, place: usize, score: f64) -> Sums {
        let probability = 1.0 / (1.0 + (-score).exp());
        let weight = self.weights[place];
        Sums {
            gradient: weight * (probability - self.labels[place]),
            curvature: weight * probability * (1.0 - probability),
            weight,
        }
    }
}

impl Sums {
    fn add(&mut self, more: Self) {
        self.gradient += more.gradient;
        self.curvature += more.curvature;
        self.weight += more.weight;
    }

    fn less(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
            weight: self.weight - other.weight,
        }
    }

    fn score(self, regularisation: f64) -> f64 {
        self.gradient * self.gradient / (self.curvature + regularisation)
    }
}

/// The split of a node by a feature that gains most, with its gain; of equal ones the lowest.
fn best_split(bins: &[Sums; BINS], feature: usize, least: f64) -> (f64, Split) {
    let mut total = Sums::default();
    bins.iter().for_each(|sums| total.add(*sums));
    let regularisation = REGULARISATION * least;
    let mut left = Sums::default();
    let stays = Split {
        feature,
        bin: u8::MAX,
    };
    let mut best = (0.0, stays);
    for (bin, sums) in bins.iter().enumerate().take(BINS - 1) {
        left.add(*sums);
        let right = total.less(left);
        if left.weight < least || right.weight < least {
            continue;
        }
        let gain =
            left.score(regularisation) + right.score(regularisation) - total.score(regularisation);
        if gain > best.0 {
            let bin = bin as u8;
            best = (gain, Split { feature, bin });
        }
    }
    best
}

impl Split {
    fn is_right(self, rows: &Rows, place: usize) -> bool {
        rows.features
            .get(self.feature)
            .is_some_and(|bins| bins[place] > self.bin)
    }
}

impl Tree {
    fn score(&self, rows: &Rows, place: usize) -> f64 {
        let mut node = 0;
        for level in 0..DEPTH {
            let split = self.splits[(1 << level) - 1 + node];
            node = 2 * node + usize::from(split.is_right(rows, place));
        }
        self.leaves[node]
    }
}
