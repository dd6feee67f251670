//! Finds the best split of a node: per feature the targets are added up by code, and
//! every threshold between two codes that occur is tried. The result is exact, and no
//! row is ever sorted by value.

use crate::bins::Feature;
use crate::criterion::Criterion;

/// Where a node has fewer rows than this share of a feature's codes, the codes that
/// occur are sorted, instead of looking through all of them.
const SPARSE: usize = 4;

/// The rows with this code or a lower one go left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) feature: usize,
    /// The highest code that goes left, of those that occur.
    pub(super) code: u16,
    /// The lowest code that goes right.
    pub(super) next: u16,
    /// By how much both sides together are purer than the node.
    pub(super) gain: f64,
}

/// What a feature is good for in a node.
struct Found {
    split: Option<Split>,
    /// Whether more than one code occurs.
    varies: bool,
}

/// The rows of the node that is to be split.
pub(super) struct NodeRows<'n, C: Criterion> {
    pub(super) rows: &'n [u32],
    pub(super) targets: &'n [C::Target],
    pub(super) sums: &'n C::Sums,
    pub(super) min_samples_leaf: usize,
}

/// What the search needs room for, used again for every node.
pub(super) struct Search<'c, C: Criterion> {
    criterion: &'c C,
    /// Empty between one feature and the next.
    histogram: C::Histogram,
    codes: Vec<u16>,
}

impl<'c, C: Criterion> Search<'c, C> {
    pub(super) fn new(criterion: &'c C, features: &[Feature]) -> Self {
        let codes = features.iter().map(Feature::distinct).max().unwrap_or(0);
        Self {
            criterion,
            histogram: criterion.histogram(codes),
            codes: Vec::new(),
        }
    }

    /// The first of the best splits of all features; `None` where there is none that
    /// leaves enough rows on each side. Takes those out of `varying` that have one
    /// value only in this node, and so in all below it.
    pub(super) fn best_split(
        &mut self,
        features: &[Feature],
        varying: &mut Vec<usize>,
        node: &NodeRows<'_, C>,
    ) -> Option<Split> {
        let mut best: Option<Split> = None;
        varying.retain(|&place| {
            let found = self.best_of_feature(place, &features[place], node);
            if let Some(split) = found.split
                && best.is_none_or(|best| split.gain > best.gain)
            {
                best = Some(split);
            }
            found.varies
        });
        best
    }

    fn best_of_feature(
        &mut self,
        place: usize,
        feature: &Feature,
        node: &NodeRows<'_, C>,
    ) -> Found {
        let (codes, distinct) = (feature.codes(), feature.distinct());
        self.criterion.fill(
            &mut self.histogram,
            codes,
            distinct,
            node.rows,
            node.targets,
        );
        if node.rows.len() >= distinct / SPARSE {
            return self.sweep(place, (0..=u16::MAX).take(distinct), node);
        }
        let mut occurring = std::mem::take(&mut self.codes);
        occurring.clear();
        occurring.extend(node.rows.iter().map(|&row| codes[row as usize]));
        occurring.sort_unstable();
        occurring.dedup();
        let best = self.sweep(place, occurring.iter().copied(), node);
        self.codes = occurring;
        best
    }

    /// Moves one code after the other to the left side, and empties the histogram.
    fn sweep(
        &mut self,
        feature: usize,
        codes: impl Iterator<Item = u16>,
        node: &NodeRows<'_, C>,
    ) -> Found {
        let mut left = self.criterion.nothing();
        let mut rows_left = 0;
        let mut last = None;
        let mut best: Option<Split> = None;
        let mut varies = false;
        for next in codes {
            let rows = self.criterion.rows_of(&self.histogram, next);
            if rows == 0 {
                continue;
            }
            let enough = rows_left.min(node.rows.len() - rows_left) >= node.min_samples_leaf;
            if let Some(code) = last.filter(|_| enough) {
                let gain = self.criterion.gain(&left, node.sums);
                if best.is_none_or(|best| gain > best.gain) {
                    best = Some(Split {
                        feature,
                        code,
                        next,
                        gain,
                    });
                }
            }
            self.criterion.take(&mut self.histogram, next, &mut left);
            rows_left += rows;
            varies |= last.is_some();
            last = Some(next);
        }
        Found {
            split: best,
            varies,
        }
    }
}
