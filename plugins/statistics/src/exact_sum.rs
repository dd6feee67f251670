//! A sum that does not round: the same bits in whatever order its terms are added, and in however
//! many parts they came.
//!
//! A number is a whole multiple of 2^-1074, the smallest that there is, so that a whole number of
//! some 2,200 bits holds any sum: here in digits of 32 bits, each with room for the carries of many
//! additions (Neal, "Fast Exact Summation Using Small and Large Superaccumulators", 2015, the small
//! one). One rounding, to the nearest number, makes a value of it.

use serde::{Deserialize, Serialize};

/// The bits of a digit.
const DIGIT_BITS: u32 = 32;
/// Digits for every number and for the carries of 2^64 of them.
const DIGITS: usize = 67;
/// An addition changes a digit by less than 2^52, so that so many fit before carries are passed on.
const MOST_PENDING: u32 = 1 << 10;
/// The exponent of the lowest bit of the lowest digit.
const LOWEST: i32 = -1074;

/// A sum of numbers, exact at any length.
///
/// A term that is infinite or NaN makes the sum NaN.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Digits", into = "Digits")]
pub struct ExactSum {
    digits: Box<[i64; DIGITS]>,
    /// Additions since carries were passed on.
    pending: u32,
    /// Whether a term was not finite.
    broken: bool,
}

/// A sum as it is written: sign, magnitude without the zeros at either end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Digits {
    broken: bool,
    negative: bool,
    /// The place of the first of the digits.
    first: u8,
    digits: Vec<u32>,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self {
            digits: Box::new([0; DIGITS]),
            pending: 0,
            broken: false,
        }
    }
}

impl ExactSum {
    /// Adds a number.
    #[inline]
    pub fn add(&mut self, term: f64) {
        let bits = term.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as u32;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7ff {
            self.broken = true;
            return;
        }
        // Numbers below the normal ones have the exponent of the smallest of those, and no hidden bit.
        let (mantissa, place) = match exponent {
            0 => (fraction, 0),
            exponent => (fraction | 1 << 52, exponent - 1),
        };
        let (digit, shift) = ((place / DIGIT_BITS) as usize, place % DIGIT_BITS);
        let wide = u128::from(mantissa) << shift;
        let low = (wide as u64 & u64::from(u32::MAX)) as i64;
        let high = (wide >> DIGIT_BITS) as i64;
        if bits >> 63 == 0 {
            self.digits[digit] += low;
            self.digits[digit + 1] += high;
        } else {
            self.digits[digit] -= low;
            self.digits[digit + 1] -= high;
        }
        self.pending += 1;
        if self.pending >= MOST_PENDING {
            self.carry();
        }
    }

    /// Adds a product without rounding it (Dekker, "A floating-point technique for extending the
    /// available precision", 1971), unless it is above 2^970 or so small that its last bits are
    /// below the smallest number.
    #[inline]
    pub fn add_product(&mut self, left: f64, right: f64) {
        let product = left * right;
        self.add(product);
        let (left_high, left_low) = halves(left);
        let (right_high, right_low) = halves(right);
        let rest =
            ((left_high * right_high - product) + left_high * right_low + left_low * right_high)
                + left_low * right_low;
        if rest.is_finite() {
            self.add(rest);
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, later: &Self) {
        self.combine(later, 1);
    }

    /// This sum less another one.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut difference = self.clone();
        difference.combine(other, -1);
        difference
    }

    /// This sum and another one.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.combine(other, 1);
        sum
    }

    /// This sum times a number, unrounded.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        let mut product = Self::default();
        self.for_each_part(|part| product.add_product(part, factor));
        product.broken |= self.broken;
        product
    }

    /// This sum times itself, unrounded.
    #[must_use]
    pub fn squared(&self) -> Self {
        let mut square = Self::default();
        self.for_each_part(|left| {
            self.for_each_part(|right| square.add_product(left, right));
        });
        square.broken |= self.broken;
        square
    }

    /// The sum, rounded once to the nearest number (of two, to the even one).
    pub fn value(&self) -> f64 {
        let written = Digits::from(self.clone());
        if written.broken {
            return f64::NAN;
        }
        // The four highest digits hold at least 97 bits; of the rest it matters only whether there
        // is any.
        let (rest, top) = written
            .digits
            .split_at(written.digits.len().saturating_sub(4));
        let mut whole = 0_u128;
        for digit in top.iter().rev() {
            whole = whole << DIGIT_BITS | u128::from(*digit);
        }
        if rest.iter().any(|digit| *digit != 0) {
            whole |= 1;
        }
        let first = usize::from(written.first) + rest.len();
        let exponent = LOWEST + first as i32 * DIGIT_BITS as i32;
        let magnitude = scaled(whole as f64, exponent);
        if written.negative {
            -magnitude
        } else {
            magnitude
        }
    }

    fn combine(&mut self, other: &Self, sign: i64) {
        self.carry();
        let mut other = other.clone();
        other.carry();
        for (ours, theirs) in self.digits.iter_mut().zip(other.digits.iter()) {
            *ours += sign * theirs;
        }
        self.broken |= other.broken;
        self.carry();
    }

    /// Leaves in each digit but the last what is in its range, from 0.
    fn carry(&mut self) {
        let mut carried = 0;
        for digit in &mut self.digits[..DIGITS - 1] {
            *digit += carried;
            carried = *digit >> DIGIT_BITS;
            *digit &= i64::from(u32::MAX);
        }
        self.digits[DIGITS - 1] += carried;
        self.pending = 0;
    }

    /// Numbers that add up to the sum, without rounding.
    fn for_each_part(&self, mut take: impl FnMut(f64)) {
        let written = Digits::from(self.clone());
        let sign = if written.negative { -1.0 } else { 1.0 };
        for (digit, place) in written.digits.iter().zip(i32::from(written.first)..) {
            if *digit != 0 {
                let exponent = LOWEST + place * DIGIT_BITS as i32;
                take(sign * scaled(f64::from(*digit), exponent));
            }
        }
    }
}

impl PartialEq for ExactSum {
    fn eq(&self, other: &Self) -> bool {
        Digits::from(self.clone()) == Digits::from(other.clone())
    }
}

impl From<ExactSum> for Digits {
    fn from(mut sum: ExactSum) -> Self {
        sum.carry();
        let negative = sum.digits[DIGITS - 1] < 0;
        if negative {
            sum.digits.iter_mut().for_each(|digit| *digit = -*digit);
            sum.carry();
        }
        let used = |digit: &i64| *digit != 0;
        let first = sum.digits.iter().position(used).unwrap_or(0);
        let end = sum.digits.iter().rposition(used).map_or(0, |last| last + 1);
        let digits = sum.digits[first.min(end)..end].iter();
        Self {
            broken: sum.broken,
            negative,
            first: first as u8,
            digits: digits.map(|digit| *digit as u32).collect(),
        }
    }
}

impl TryFrom<Digits> for ExactSum {
    type Error = &'static str;

    fn try_from(written: Digits) -> Result<Self, Self::Error> {
        let mut sum = Self {
            broken: written.broken,
            ..Self::default()
        };
        let first = usize::from(written.first);
        let places = sum.digits.get_mut(first..first + written.digits.len());
        let places = places.ok_or("a sum has too many digits")?;
        for (place, digit) in places.iter_mut().zip(&written.digits) {
            let digit = i64::from(*digit);
            *place = if written.negative { -digit } else { digit };
        }
        sum.carry();
        Ok(sum)
    }
}

impl Extend<f64> for ExactSum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, terms: I) {
        terms.into_iter().for_each(|term| self.add(term));
    }
}

impl FromIterator<f64> for ExactSum {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        sum.extend(terms);
        sum
    }
}

/// The two halves of a number, each of at most 26 bits (Veltkamp).
fn halves(number: f64) -> (f64, f64) {
    let scaled = number * ((1_u64 << 27) + 1) as f64;
    let high = scaled - (scaled - number);
    (high, number - high)
}

/// `number * 2^exponent`, rounded at most once. A number of more than 53 bits that stands for one
/// below the normal ones does not occur: those have no more.
fn scaled(number: f64, exponent: i32) -> f64 {
    let power = |exponent: i32| f64::from_bits(((exponent + 1023) as u64) << 52);
    let mut scaled = number;
    let mut left = exponent;
    while left < -1022 {
        scaled *= power(-1022);
        left += 1022;
    }
    while left > 1023 {
        scaled *= power(1023);
        left -= 1023;
    }
    scaled * power(left)
}
