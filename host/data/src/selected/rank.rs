//! The numbers at some ranks of all numbers of a scan, exactly and in bounded memory: of few
//! numbers by sorting them, of many by finding one digit of each wanted number in every pass.

/// So many numbers are kept and sorted: 8 MiB of them.
pub(super) const KEPT: usize = 1 << 20;

/// The bits of a digit, and so the number of counts for each rank in a pass.
const DIGIT_BITS: u32 = 16;
const DIGITS: usize = 1 << DIGIT_BITS;

/// The numbers at the ranks that `ranks` names when it is told how many numbers there are; the
/// smallest has rank 0, and a rank is below the number of numbers. `pass` shows all numbers to
/// whom it is given, in any order, and each time the same ones.
pub(super) fn numbers_at<E>(
    kept: usize,
    mut pass: impl FnMut(&mut dyn FnMut(i64)) -> Result<(), E>,
    ranks: impl FnOnce(u64) -> Vec<u64>,
) -> Result<Vec<i64>, E> {
    let mut numbers = Vec::new();
    let mut count = 0_u64;
    pass(&mut |number| {
        count += 1;
        if count <= kept as u64 {
            numbers.push(number);
        }
    })?;
    let ranks = ranks(count);
    if count <= kept as u64 {
        numbers.sort_unstable();
        let at = |rank: &u64| {
            usize::try_from(*rank)
                .ok()
                .and_then(|rank| numbers.get(rank))
        };
        return Ok(ranks.iter().filter_map(at).copied().collect());
    }
    drop(numbers);
    let mut searches: Vec<Search> = ranks.into_iter().map(Search::new).collect();
    for digit in (0..u64::BITS / DIGIT_BITS).rev() {
        let shift = digit * DIGIT_BITS;
        pass(&mut |number| {
            for search in &mut searches {
                search.count(ordered(number), shift);
            }
        })?;
        for search in &mut searches {
            search.settle(shift);
        }
    }
    let found = searches.iter().map(|search| number(search.prefix));
    Ok(found.collect())
}

/// One number on its way to be found, digit by digit from the highest on.
struct Search {
    /// The digits that are known; zero behind them.
    prefix: u64,
    /// The rank among the numbers with these digits.
    rank: u64,
    /// How many of them go on with each digit.
    counts: Vec<u64>,
}

impl Search {
    fn new(rank: u64) -> Self {
        Self {
            prefix: 0,
            rank,
            counts: vec![0; DIGITS],
        }
    }

    fn count(&mut self, number: u64, shift: u32) {
        let known = u64::MAX.checked_shl(shift + DIGIT_BITS).unwrap_or(0);
        if number & known == self.prefix {
            self.counts[digit(number, shift)] += 1;
        }
    }

    fn settle(&mut self, shift: u32) {
        let mut digit = 0;
        while digit + 1 < DIGITS && self.counts[digit] <= self.rank {
            self.rank -= self.counts[digit];
            digit += 1;
        }
        self.prefix |= (digit as u64) << shift;
        self.counts.fill(0);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a digit has 16 bits")]
fn digit(number: u64, shift: u32) -> usize {
    (number >> shift) as usize & (DIGITS - 1)
}

/// The signed numbers in their order as unsigned ones.
fn ordered(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

fn number(ordered: u64) -> i64 {
    (ordered ^ (1 << 63)).cast_signed()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::numbers_at;

    fn at(kept: usize, numbers: &[i64], ranks: &[u64]) -> Vec<i64> {
        let pass = |see: &mut dyn FnMut(i64)| -> Result<(), Infallible> {
            numbers.iter().for_each(|number| see(*number));
            Ok(())
        };
        let Ok(found) = numbers_at(kept, pass, |count| {
            assert_eq!(count, numbers.len() as u64);
            ranks.to_vec()
        });
        found
    }

    proptest! {
        #[test]
        fn many_numbers_are_ranked_as_few(
            numbers in prop::collection::vec(prop_oneof![any::<i64>(), -3_i64..3, Just(i64::MAX)], 1..60),
            ranks in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        ) {
            let ranks: Vec<u64> = ranks.iter().map(|rank| rank.index(numbers.len()) as u64).collect();
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            let expected: Vec<i64> = ranks.iter().map(|rank| sorted[*rank as usize]).collect();
            prop_assert_eq!(at(1000, &numbers, &ranks), expected.clone());
            prop_assert_eq!(at(0, &numbers, &ranks), expected);
        }
    }
}
