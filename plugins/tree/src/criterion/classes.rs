//! Classification: a node predicts the share of each class, and is as impure as its
//! classes are mixed.

use super::Criterion;

/// How far from mixed classes are.
pub trait Purity {
    /// Minus the impurity times the number of rows, up to a multiple of the latter.
    fn purity(counts: impl Iterator<Item = u64>, rows: u64) -> f64;
}

/// The impurity is the chance that two rows drawn from a node are of different
/// classes: `1 - Σ (c / n)²`.
#[derive(Clone, Copy, Debug)]
pub struct Gini;

/// The impurity is the information that a row's class holds: `-Σ (c / n) log2(c / n)`.
#[derive(Clone, Copy, Debug)]
pub struct Entropy;

impl Purity for Gini {
    fn purity(counts: impl Iterator<Item = u64>, rows: u64) -> f64 {
        let squares: f64 = counts.map(|count| count as f64 * count as f64).sum();
        squares / rows as f64
    }
}

impl Purity for Entropy {
    fn purity(counts: impl Iterator<Item = u64>, rows: u64) -> f64 {
        let present = counts.filter(|count| *count > 0).map(|count| count as f64);
        present
            .map(|count| count * (count / rows as f64).log2())
            .sum()
    }
}

/// Counts of so many classes, judged by a purity.
#[derive(Clone, Copy, Debug)]
pub struct ClassCounts<P> {
    classes: usize,
    purity: std::marker::PhantomData<P>,
}

/// How many rows there are of each class.
#[derive(Clone, Debug)]
pub struct Counts {
    rows: u64,
    of_class: Vec<u64>,
}

impl<P: Purity> ClassCounts<P> {
    /// For targets that are numbers below `classes`.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            purity: std::marker::PhantomData,
        }
    }

    fn cells(&self, code: u16) -> std::ops::Range<usize> {
        let start = usize::from(code) * self.classes;
        start..start + self.classes
    }
}

impl<P: Purity> Criterion for ClassCounts<P> {
    type Target = u32;
    type Sums = Counts;
    /// By code and class.
    type Histogram = Vec<u32>;

    fn nothing(&self) -> Counts {
        Counts {
            rows: 0,
            of_class: vec![0; self.classes],
        }
    }

    fn sums(&self, targets: &[u32]) -> Counts {
        let mut of_class = vec![0; self.classes];
        targets
            .iter()
            .for_each(|&class| of_class[class as usize] += 1);
        Counts {
            rows: targets.len() as u64,
            of_class,
        }
    }

    fn gain(&self, part: &Counts, node: &Counts) -> f64 {
        let rest = node
            .of_class
            .iter()
            .zip(&part.of_class)
            .map(|(node, part)| node - part);
        P::purity(part.of_class.iter().copied(), part.rows) + P::purity(rest, node.rows - part.rows)
            - P::purity(node.of_class.iter().copied(), node.rows)
    }

    fn is_pure(&self, targets: &[u32]) -> bool {
        targets.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn outputs(&self) -> usize {
        self.classes
    }

    fn predict(&self, sums: &Counts, predictions: &mut Vec<f64>) {
        let rows = sums.rows as f64;
        predictions.extend(sums.of_class.iter().map(|&count| count as f64 / rows));
    }

    fn histogram(&self, codes: usize) -> Vec<u32> {
        vec![0; codes * self.classes]
    }

    fn fill(
        &self,
        histogram: &mut Vec<u32>,
        codes: &[u16],
        _distinct: usize,
        rows: &[u32],
        targets: &[u32],
    ) {
        for (&row, &class) in rows.iter().zip(targets) {
            let code = usize::from(codes[row as usize]);
            histogram[code * self.classes + class as usize] += 1;
        }
    }

    fn rows_of(&self, histogram: &Vec<u32>, code: u16) -> usize {
        histogram[self.cells(code)].iter().sum::<u32>() as usize
    }

    fn take(&self, histogram: &mut Vec<u32>, code: u16, sums: &mut Counts) {
        for (sum, cell) in sums
            .of_class
            .iter_mut()
            .zip(&mut histogram[self.cells(code)])
        {
            let count = u64::from(std::mem::take(cell));
            *sum += count;
            sums.rows += count;
        }
    }
}
