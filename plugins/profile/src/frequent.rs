//! The most frequent texts of a column in bounded space: all of them while they are few, and after
//! that the summary of Misra and Gries ("Finding repeated elements", Science of Computer Programming
//! 2, 1982), merged as Agarwal et al. do ("Mergeable Summaries", PODS 2012).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Up to so many different texts are counted exactly.
pub const KEPT: usize = 8192;

/// Longer texts are cut before they are counted.
const LONGEST: usize = 100;

/// How often texts occur. Beyond [`KEPT`] different ones a count may be too small by `error`, which
/// is at most the number of texts divided by [`KEPT`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frequent {
    counts: BTreeMap<String, u64>,
    error: u64,
}

impl Frequent {
    /// Takes in a text that occurs so many times more.
    pub(crate) fn add(&mut self, text: &str, times: u64) {
        let text = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        match self.counts.get_mut(text) {
            Some(count) => *count += times,
            None => {
                self.counts.insert(text.to_owned(), times);
                self.prune(2 * KEPT);
            }
        }
    }

    pub(crate) fn merge(&mut self, later: &Self) {
        for (text, count) in &later.counts {
            *self.counts.entry(text.clone()).or_default() += count;
        }
        self.error += later.error;
        self.prune(KEPT);
    }

    /// By how much a count may be too small.
    pub(crate) fn error(&self) -> u64 {
        self.error
    }

    /// The most frequent texts, of equally frequent ones the first in order.
    pub(crate) fn top(&self, most: usize) -> Vec<(&str, u64)> {
        let mut counts: Vec<_> = self
            .counts
            .iter()
            .map(|(text, count)| (text.as_str(), *count))
            .collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(most);
        counts
    }

    /// Where there are more than so many texts, takes the count of the first that is one too many
    /// from all.
    fn prune(&mut self, most: usize) {
        if self.counts.len() <= most {
            return;
        }
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        counts.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
        let less = counts[KEPT];
        self.error += less;
        self.counts.retain(|_, count| {
            *count = count.saturating_sub(less);
            *count > 0
        });
    }
}
