//! The statistics through their public face: against reference numbers of numpy and
//! scipy, and their laws by random input.

#![expect(clippy::unwrap_used, reason = "what the tests share is test code too")]

mod categories;
mod column;
mod comoments;
mod dates;
mod distinct;
mod distribution;
mod drift;
mod ends;
mod exact;
mod extremes;
mod moments;
mod sketches;

/// A column split at any places, each piece a batch.
fn pieces<T>(values: &[T], cuts: &[usize]) -> Vec<Vec<T>>
where
    T: Clone,
{
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (values.len() + 1)).collect();
    cuts.extend([0, values.len()]);
    cuts.sort_unstable();
    cuts.windows(2)
        .map(|ends| values[ends[0]..ends[1]].to_vec())
        .collect()
}

/// Merges neighbours, from the left or pairwise as a tree.
fn merged<S: Clone>(mut parts: Vec<S>, as_tree: bool, merge: impl Fn(&mut S, &S)) -> S {
    while parts.len() > 1 {
        let pairs = if as_tree { parts.len() } else { 2 };
        let rest = parts.split_off(pairs);
        let mut level: Vec<S> = parts
            .chunks(2)
            .map(|pair| {
                let mut first = pair[0].clone();
                pair[1..]
                    .iter()
                    .for_each(|second| merge(&mut first, second));
                first
            })
            .collect();
        level.extend(rest);
        parts = level;
    }
    parts.remove(0)
}

fn assert_close(found: f64, expected: f64, relative: f64) {
    let allowed = relative * expected.abs().max(1e-300);
    assert!(
        (found - expected).abs() <= allowed,
        "expected {expected:e}, found {found:e}"
    );
}
