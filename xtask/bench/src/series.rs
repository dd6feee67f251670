//! Series of measurements that are taken in turns: in every round each case is measured once, so
//! that a ratio compares what ran under the same conditions.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::clock::thread_cpu_time;

/// Something to measure.
pub(crate) type Case<'a> = Box<dyn FnMut() -> Result<()> + 'a>;

/// The seconds that one case took, round by round.
pub(crate) type Series = Vec<f64>;

/// Measures the CPU seconds of a call of each case, as the mean of `calls` in every round. Each
/// turn starts with a call that does not count, for the caches.
pub(crate) fn cpu_seconds<const N: usize>(
    mut cases: [Case<'_>; N],
    rounds: usize,
    calls: usize,
) -> Result<[Series; N]> {
    let mut series = [const { Series::new() }; N];
    for _ in 0..rounds {
        for (case, series) in cases.iter_mut().zip(&mut series) {
            case()?;
            let start = thread_cpu_time();
            for _ in 0..calls {
                case()?;
            }
            series.push(seconds(thread_cpu_time() - start) / calls as f64);
        }
    }
    Ok(series)
}

/// Measures the wall seconds of one call of each case in every round.
pub(crate) fn wall_seconds<const N: usize>(
    mut cases: [Case<'_>; N],
    rounds: usize,
) -> Result<[Series; N]> {
    let mut series = [const { Series::new() }; N];
    for _ in 0..rounds {
        for (case, series) in cases.iter_mut().zip(&mut series) {
            let start = Instant::now();
            case()?;
            series.push(seconds(start.elapsed()));
        }
    }
    Ok(series)
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

/// The middle value, or the mean of the two; NaN of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The median of the ratios of what was measured in the same round.
pub(crate) fn ratio(of: &[f64], to: &[f64]) -> f64 {
    let ratios: Vec<f64> = of.iter().zip(to).map(|(of, to)| of / to).collect();
    median(&ratios)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_ratio_compares_within_rounds() {
        assert_eq!(ratio(&[2.0, 20.0, 6.0], &[1.0, 10.0, 2.0]), 2.0);
    }

    #[test]
    fn cases_take_turns() {
        let order = std::cell::RefCell::new(Vec::new());
        let case = |name: char| -> Case<'_> {
            let order = &order;
            Box::new(move || {
                order.borrow_mut().push(name);
                Ok(())
            })
        };
        let [a, b] = wall_seconds([case('a'), case('b')], 2).unwrap();
        assert_eq!((a.len(), b.len()), (2, 2));
        assert_eq!(order.into_inner(), ['a', 'b', 'a', 'b']);
    }
}
