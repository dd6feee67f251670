//! Durbin's matrix, exactly, as Marsaglia, Tsang and Wang evaluate it ("Evaluating
//! Kolmogorov's Distribution", Journal of Statistical Software 8 (18), 2003): the
//! `n`-th power of a matrix whose side is about `2 n d`.

/// Intermediate results beyond this are scaled down by it, and the scale counted.
const SCALE_BITS: i32 = 128;

/// The probability that the statistic of `n` values is less than `d`, for `n d` above
/// one half and `d` below 1.
pub(super) fn cumulative(n: u64, d: f64) -> f64 {
    let scale = 2.0_f64.powi(SCALE_BITS);
    let steps = n as f64 * d;
    let k = steps.ceil();
    let middle = k as usize - 1;
    let mut power = Matrix::of(k - steps, 2 * middle + 1);
    let mut power_scale = 0;
    let mut product = Matrix::identity(power.side);
    let mut product_scale = 0;
    let mut left = n;
    while left > 0 {
        if left % 2 == 1 {
            product = product.times(&power);
            product_scale += power_scale;
        }
        power = power.times(&power);
        power_scale *= 2;
        if power.at(middle, middle) > scale {
            power.divide(scale);
            power_scale += SCALE_BITS;
        }
        left /= 2;
    }
    // n! / n^n, one factor at a time, so that nothing underflows.
    let mut probability = product.at(middle, middle);
    for factor in 1..=n {
        probability *= factor as f64 / n as f64;
        if probability < 1.0 / scale {
            probability *= scale;
            product_scale -= SCALE_BITS;
        }
    }
    (probability * 2.0_f64.powi(product_scale)).clamp(0.0, 1.0)
}

struct Matrix {
    side: usize,
    /// Row by row.
    entries: Vec<f64>,
}

impl Matrix {
    fn identity(side: usize) -> Self {
        let entries = (0..side * side).map(|at| f64::from(u8::from(at % (side + 1) == 0)));
        Self {
            side,
            entries: entries.collect(),
        }
    }

    /// Durbin's matrix for a step of which the share `h` is missing.
    fn of(h: f64, side: usize) -> Self {
        let mut inverse_factorials = vec![1.0; side + 1];
        for place in 1..=side {
            inverse_factorials[place] = inverse_factorials[place - 1] / place as f64;
        }
        let mut power = 1.0;
        let edge = inverse_factorials[1..].iter().map(|inverse_factorial| {
            power *= h;
            (1.0 - power) * inverse_factorial
        });
        let mut edge: Vec<f64> = edge.collect();
        let corner = 1.0 - 2.0 * h.powi(side as i32) + (2.0 * h - 1.0).max(0.0).powi(side as i32);
        edge[side - 1] = corner * inverse_factorials[side];

        let entries = (0..side * side).map(|at| match (at / side, at % side) {
            (row, 0) => edge[row],
            (row, column) if row == side - 1 => edge[side - 1 - column],
            (row, column) if row + 1 >= column => inverse_factorials[row + 1 - column],
            _ => 0.0,
        });
        Self {
            side,
            entries: entries.collect(),
        }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.side + column]
    }

    fn divide(&mut self, by: f64) {
        self.entries.iter_mut().for_each(|entry| *entry /= by);
    }

    fn times(&self, other: &Self) -> Self {
        let side = self.side;
        let mut entries = vec![0.0; side * side];
        for (to, row) in entries
            .chunks_exact_mut(side)
            .zip(self.entries.chunks_exact(side))
        {
            for (factor, from) in row.iter().zip(other.entries.chunks_exact(side)) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to += factor * from;
                }
            }
        }
        Self { side, entries }
    }
}
