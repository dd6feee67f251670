//! How often each text of a column occurs.
//!
//! Counting goes through a hash table; order, which nothing but the results and the
//! serialised form need, is made when they are asked for.

use std::collections::BTreeMap;

use arrow_array::Array;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::column::text_counts;
use crate::{Recent, Result, ShortText};

/// How often each text occurs, and how many rows hold none.
///
/// Exact, so that its size grows with the number of distinct texts, and the same
/// for any split and order of the rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Sorted", into = "Sorted")]
pub struct Categories {
    counts: IndexMap<Box<str>, u64, FxBuildHasher>,
    count: u64,
    nulls: u64,
    recent: Recent<ShortText>,
}

/// The serialised form: equal knowledge, equal bytes.
#[derive(Serialize, Deserialize)]
struct Sorted {
    counts: BTreeMap<Box<str>, u64>,
    nulls: u64,
}

impl Categories {
    /// Takes in a text that occurs so many times more.
    #[inline]
    pub fn add(&mut self, text: &str, times: u64) {
        if times == 0 {
            return;
        }
        self.count += times;
        let Self { counts, recent, .. } = self;
        let place = match ShortText::of(text) {
            Some(short) => recent.place(short, || place_of(text, counts)),
            None => place_of(text, counts),
        };
        if let Some((_, count)) = counts.get_index_mut(place) {
            *count += times;
        }
    }

    /// Counts rows without a text.
    pub fn add_nulls(&mut self, nulls: u64) {
        self.nulls += nulls;
    }

    /// Takes in more texts, one a row.
    pub fn update<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        for text in texts {
            self.add(text, 1);
        }
    }

    /// Takes in a column of texts, booleans or integers.
    ///
    /// # Errors
    /// [`crate::Error::NotText`] where it holds neither.
    pub fn update_array(&mut self, array: &dyn Array) -> Result<()> {
        text_counts(array, |text, times| match text {
            Some(text) => self.add(text, times),
            None => self.add_nulls(times),
        })
    }

    /// Takes in what another one has counted.
    pub fn merge(&mut self, later: &Self) {
        for (text, times) in &later.counts {
            self.add(text, *times);
        }
        self.nulls += later.nulls;
    }

    /// The number of texts, without nulls.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of rows without a text.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// The number of different texts.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// How often a text occurs.
    pub fn count_of(&self, text: &str) -> u64 {
        self.counts.get(text).copied().unwrap_or(0)
    }

    /// The texts in ascending order of their bytes, each with its count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        let mut counts: Vec<_> = self
            .counts
            .iter()
            .map(|(text, count)| (&**text, *count))
            .collect();
        counts.sort_unstable();
        counts.into_iter()
    }

    /// The text that occurs most often, with its count; of several that do, the
    /// first in order. `None` before there is one.
    pub fn most_frequent(&self) -> Option<(&str, u64)> {
        let counts = self.counts.iter().map(|(text, count)| (&**text, *count));
        counts.max_by(|(text, count), (other, others)| count.cmp(others).then(other.cmp(text)))
    }

    /// How often each text of either occurs in this one and in the other, in
    /// ascending order of the texts.
    pub fn aligned<'a>(&'a self, other: &'a Self) -> Vec<(&'a str, u64, u64)> {
        let mut texts: Vec<&str> = self
            .counts
            .keys()
            .chain(other.counts.keys())
            .map(|text| &**text)
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
            .into_iter()
            .map(|text| (text, self.count_of(text), other.count_of(text)))
            .collect()
    }
}

/// The place of a text, which gets one where it has none. Most texts are found without, and the loop
/// over them is to hold nothing else.
#[inline(never)]
fn place_of(text: &str, counts: &mut IndexMap<Box<str>, u64, FxBuildHasher>) -> usize {
    counts.get_index_of(text).unwrap_or_else(|| {
        let (place, _) = counts.insert_full(text.into(), 0);
        place
    })
}

impl<'a> Extend<&'a str> for Categories {
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, texts: I) {
        self.update(texts);
    }
}

impl PartialEq for Categories {
    fn eq(&self, other: &Self) -> bool {
        (self.nulls, &self.counts) == (other.nulls, &other.counts)
    }
}

impl Eq for Categories {}

impl From<Sorted> for Categories {
    fn from(sorted: Sorted) -> Self {
        Self {
            count: sorted.counts.values().sum(),
            counts: sorted.counts.into_iter().collect(),
            nulls: sorted.nulls,
            recent: Recent::default(),
        }
    }
}

impl From<Categories> for Sorted {
    fn from(categories: Categories) -> Self {
        Self {
            counts: categories.counts.into_iter().collect(),
            nulls: categories.nulls,
        }
    }
}
