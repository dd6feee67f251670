//! Regression: a node predicts its mean, and is as impure as its targets vary.

use super::Criterion;

/// The number of codes.
const CODES: usize = 1 << 16;

/// A feature of few values is summed up in so many places at once, so that adding a
/// row need not wait for the one before it, which likely has the same value.
const LANES: u16 = 4;

/// How many values are few.
const FEW_VALUES: usize = 64;

/// The mean squared error.
#[derive(Clone, Copy, Debug)]
pub struct SquaredError {
    offset: f64,
}

/// The number of rows and the sum of their targets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Total {
    rows: f64,
    sum: f64,
}

impl SquaredError {
    /// For targets around this mean. They are summed up with its whole part taken
    /// away: nothing is lost to a large mean then, and sums of whole numbers stay
    /// exact.
    pub fn around(mean: f64) -> Self {
        Self {
            offset: mean.trunc(),
        }
    }

    /// A target as it is summed up.
    pub fn centred(&self, target: f64) -> f64 {
        target - self.offset
    }
}

impl Criterion for SquaredError {
    /// Centred by [`SquaredError::centred`].
    type Target = f64;
    type Sums = Total;
    /// By code, or by code and lane. As large as it can ever be.
    type Histogram = Box<[Total]>;

    fn nothing(&self) -> Total {
        Total::default()
    }

    fn sums(&self, targets: &[f64]) -> Total {
        Total {
            rows: targets.len() as f64,
            sum: targets.iter().sum(),
        }
    }

    /// `Σ (y - mean)²` of the node less that of both parts is what the means of the
    /// parts differ by, squared and weighted: `(n s - m t)² / (n m (n - m))` for `m` of
    /// `n` rows with a sum of `s` of `t`.
    fn gain(&self, part: &Total, node: &Total) -> f64 {
        let difference = node.rows * part.sum - part.rows * node.sum;
        difference * difference / (node.rows * part.rows * (node.rows - part.rows))
    }

    fn is_pure(&self, targets: &[f64]) -> bool {
        targets.windows(2).all(|pair| pair[0] == pair[1])
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(&self, sums: &Total, predictions: &mut Vec<f64>) {
        predictions.push(sums.sum / sums.rows + self.offset);
    }

    fn histogram(&self, _codes: usize) -> Box<[Total]> {
        vec![Total::default(); CODES].into()
    }

    fn fill(
        &self,
        histogram: &mut Box<[Total]>,
        codes: &[u16],
        distinct: usize,
        rows: &[u32],
        targets: &[f64],
    ) {
        // A length that the compiler knows needs no check of the index.
        let Ok(histogram) = <&mut [Total; CODES]>::try_from(&mut **histogram) else {
            return;
        };
        if distinct > FEW_VALUES {
            for (&row, &target) in rows.iter().zip(targets) {
                add(&mut histogram[usize::from(codes[row as usize])], target);
            }
            return;
        }
        let lanes = usize::from(LANES);
        for (rows, targets) in rows.chunks(lanes).zip(targets.chunks(lanes)) {
            for (lane, (&row, &target)) in rows.iter().zip(targets).enumerate() {
                let cell = codes[row as usize].wrapping_mul(LANES) | lane as u16;
                add(&mut histogram[usize::from(cell)], target);
            }
        }
        for code in 0..distinct {
            let cells =
                std::array::from_fn(|lane| std::mem::take(&mut histogram[code * lanes + lane]));
            let [first, second, third, fourth]: [Total; LANES as usize] = cells;
            histogram[code] = Total {
                rows: first.rows + second.rows + third.rows + fourth.rows,
                sum: (first.sum + second.sum) + (third.sum + fourth.sum),
            };
        }
    }

    fn rows_of(&self, histogram: &Box<[Total]>, code: u16) -> usize {
        histogram[usize::from(code)].rows as usize
    }

    fn take(&self, histogram: &mut Box<[Total]>, code: u16, sums: &mut Total) {
        let cell = std::mem::take(&mut histogram[usize::from(code)]);
        sums.rows += cell.rows;
        sums.sum += cell.sum;
    }
}

fn add(cell: &mut Total, target: f64) {
    cell.rows += 1.0;
    cell.sum += target;
}
