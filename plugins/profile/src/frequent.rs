//! The most frequent texts of a column in bounded space: all of them while they are few, and after
//! that the summary of Misra and Gries ("Finding repeated elements", Science of Computer Programming
//! 2, 1982), merged as Agarwal et al. do ("Mergeable Summaries", PODS 2012). Of a long text its
//! beginning is kept, and its hash, by which it is told from others that begin alike. It is written here, for it
//! is little more than a loop over a map, and its error has to be told.

use std::collections::BTreeMap;
use std::fmt;

use mlhost_statistics::hash::of_text;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// Up to so many different texts are counted exactly.
pub const KEPT: usize = 8192;

/// Of longer texts as many characters are kept.
const LONGEST: usize = 100;

/// How often texts occur. Beyond [`KEPT`] different ones a count may be too small by `error`, which
/// is at most the number of texts divided by [`KEPT`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frequent {
    counts: BTreeMap<String, u64>,
    /// Texts that are too long to be kept, by their hashes.
    long: BTreeMap<u64, Long>,
    error: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Long {
    beginning: String,
    count: u64,
}

/// A text, and how often it occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'a> {
    /// All of it, or its beginning.
    text: &'a str,
    is_cut: bool,
    pub(crate) count: u64,
}

impl Frequent {
    /// Takes in a text that occurs so many times more.
    pub(crate) fn add(&mut self, text: &str, times: u64) {
        // A character has a byte at least, so that most texts need not be read.
        let end = match text.len() > LONGEST {
            true => text.char_indices().nth(LONGEST).map(|(end, _)| end),
            false => None,
        };
        if let Some(end) = end {
            let long = self.long.entry(of_text(text)).or_insert_with(|| Long {
                beginning: text[..end].to_owned(),
                count: 0,
            });
            long.count += times;
            self.prune(2 * KEPT);
            return;
        }
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
        for (hash, theirs) in &later.long {
            let ours = self.long.entry(*hash).or_insert_with(|| Long {
                beginning: theirs.beginning.clone(),
                count: 0,
            });
            ours.count += theirs.count;
        }
        self.error += later.error;
        self.prune(KEPT);
    }

    /// By how much a count may be too small.
    pub(crate) fn error(&self) -> u64 {
        self.error
    }

    /// The most frequent texts, of equally frequent ones the first in order.
    pub(crate) fn top(&self, most: usize) -> Vec<Text<'_>> {
        let whole = self.counts.iter().map(|(text, count)| Text {
            text,
            is_cut: false,
            count: *count,
        });
        let long = self.long.values().map(|long| Text {
            text: &long.beginning,
            is_cut: true,
            count: long.count,
        });
        let mut all: Vec<_> = whole.chain(long).collect();
        all.sort_by_key(|text| (std::cmp::Reverse(text.count), text.text));
        all.truncate(most);
        all
    }

    /// Where there are more than so many texts, takes the count of the first that is one too many
    /// from all.
    fn prune(&mut self, most: usize) {
        if self.counts.len() + self.long.len() <= most {
            return;
        }
        let long = self.long.values().map(|long| long.count);
        let mut counts: Vec<u64> = self.counts.values().copied().chain(long).collect();
        counts.sort_unstable_by_key(|count| std::cmp::Reverse(*count));
        let less = counts[KEPT];
        self.error += less;
        self.counts.retain(|_, count| {
            *count = count.saturating_sub(less);
            *count > 0
        });
        self.long.retain(|_, long| {
            long.count = long.count.saturating_sub(less);
            long.count > 0
        });
    }
}

impl Text<'_> {
    /// As it stands in details: that it is cut is told.
    pub(crate) fn to_json(self) -> Json {
        let mut json = json!({"value": self.to_string(), "count": self.count});
        if self.is_cut {
            json["cut"] = json!(true);
        }
        json
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.is_cut { "…" } else { "" };
        write!(f, "{}{end}", self.text)
    }
}
