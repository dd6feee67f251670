//! How often each text of a column occurs.
//!
//! Counting goes through hash tables; order, which nothing but the results and the
//! serialised form need, is made when they are asked for.

use std::collections::BTreeMap;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::{Array, GenericStringArray, OffsetSizeTrait};
use arrow_schema::DataType;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::column::{BLOCK_ROWS, text_counts};
use crate::counter::Counter;
use crate::short_text::ShortText;

/// How many texts are counted between two looks at the time.
const AT_ONCE: usize = 4;

/// Up to so many different short texts are counted as numbers, which takes memory of its own.
const MOST_SHORT: usize = 65_536;

/// How often each text occurs, and how many rows hold none.
///
/// Exact, so that its size grows with the number of distinct texts, and the same
/// for any split and order of the rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Sorted", into = "Sorted")]
pub struct Categories {
    /// Every text, with how often it was counted here.
    counts: IndexMap<Box<str>, u64, FxBuildHasher>,
    /// How often short texts were counted as numbers, which comes on top.
    short: Counter<ShortText>,
    count: u64,
    nulls: u64,
}

/// The serialised form: equal knowledge, equal bytes.
#[derive(Serialize, Deserialize)]
struct Sorted {
    counts: BTreeMap<Box<str>, u64>,
    nulls: u64,
}

impl Categories {
    /// Takes in a text that occurs so many times more.
    pub fn add(&mut self, text: &str, times: u64) {
        if times == 0 {
            return;
        }
        self.count += times;
        let short = ShortText::of(text);
        match short.and_then(|short| self.short.get_mut(short)) {
            Some(count) => *count += times,
            None => self.add_new(text, short, times),
        }
    }

    /// Takes in a text that is long, or not yet counted as a number.
    fn add_new(&mut self, text: &str, short: Option<ShortText>, times: u64) {
        let short = short.filter(|_| self.short.len() < MOST_SHORT);
        let here = match short {
            Some(short) => {
                self.short.add(short, times);
                0
            }
            None => times,
        };
        match self.counts.get_mut(text) {
            Some(count) => *count += here,
            None => drop(self.counts.insert(text.into(), here)),
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
        match array.data_type() {
            DataType::Utf8 => self.update_texts(array.as_string::<i32>()),
            DataType::LargeUtf8 => self.update_texts(array.as_string::<i64>()),
            _ => text_counts(array, |text, times| match text {
                Some(text) => self.add(text, times),
                None => self.add_nulls(times),
            })?,
        }
        Ok(())
    }

    /// Takes in texts that lie one behind the other.
    fn update_texts<O: OffsetSizeTrait>(&mut self, array: &GenericStringArray<O>) {
        let mut others = [0; BLOCK_ROWS];
        for first in (0..array.len()).step_by(BLOCK_ROWS) {
            let rows = first..array.len().min(first + BLOCK_ROWS);
            let number_of_rows = rows.len();
            let number_of_others = self.count_short(array, rows, &mut others);
            self.count += (number_of_rows - number_of_others) as u64;
            for row in &others[..number_of_others] {
                match array.is_valid(*row) {
                    true => self.add(array.value(*row), 1),
                    false => self.nulls += 1,
                }
            }
        }
    }

    /// Counts the short texts of some rows that are found at once, and puts all other rows into
    /// `others`; returns how many those are.
    fn count_short<O: OffsetSizeTrait>(
        &mut self,
        array: &GenericStringArray<O>,
        rows: Range<usize>,
        others: &mut [usize; BLOCK_ROWS],
    ) -> usize {
        let bytes = array.value_data();
        let nulls = array.nulls();
        let mut first_places = self.short.first_places();
        let mut number_of_others = 0;
        let mut count = |row: usize, start: O, end: O| {
            let (start, end) = (start.as_usize(), end.as_usize());
            let is_valid = nulls.is_none_or(|nulls| nulls.is_valid(row));
            let text = ShortText::at(bytes, start, end - start);
            let is_counted = first_places.count(text, is_valid & text.is_some());
            // There are no more rows than places, so that none is taken twice.
            others[number_of_others % BLOCK_ROWS] = row;
            number_of_others += usize::from(!is_counted);
        };
        let offsets = &array.value_offsets()[rows.start..=rows.end];
        let (starts, last_starts) = offsets[..rows.len()].as_chunks::<AT_ONCE>();
        let (ends, last_ends) = offsets[1..].as_chunks::<AT_ONCE>();
        for (round, (starts, ends)) in starts.iter().zip(ends).enumerate() {
            let row = rows.start + round * AT_ONCE;
            // Written out: before each round of a loop, a plugin looks whether its time is up.
            count(row, starts[0], ends[0]);
            count(row + 1, starts[1], ends[1]);
            count(row + 2, starts[2], ends[2]);
            count(row + 3, starts[3], ends[3]);
        }
        let last_rows = rows.start + starts.len() * AT_ONCE..rows.end;
        for (row, (start, end)) in last_rows.zip(last_starts.iter().zip(last_ends)) {
            count(row, *start, *end);
        }
        number_of_others
    }

    /// How often a text occurs that was counted as often among all of them.
    fn times(&self, text: &str, counted: u64) -> u64 {
        let short = ShortText::of(text).and_then(|short| self.short.get(short));
        counted + short.unwrap_or(0)
    }

    /// Takes in what another one has counted.
    pub fn merge(&mut self, later: &Self) {
        for (text, counted) in &later.counts {
            self.add(text, later.times(text, *counted));
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
        let counted = self.counts.get(text).copied();
        counted.map_or(0, |counted| self.times(text, counted))
    }

    /// The texts in ascending order of their bytes, each with its count.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        let mut counts: Vec<_> = self.unordered().collect();
        counts.sort_unstable();
        counts.into_iter()
    }

    /// The texts in the order in which they first appeared, each with its count.
    fn unordered(&self) -> impl Iterator<Item = (&str, u64)> {
        let counts = self.counts.iter();
        counts.map(|(text, counted)| (&**text, self.times(text, *counted)))
    }

    /// The text that occurs most often, with its count; of several that do, the
    /// first in order. `None` before there is one.
    pub fn most_frequent(&self) -> Option<(&str, u64)> {
        self.unordered()
            .max_by(|(text, count), (other, others)| count.cmp(others).then(other.cmp(text)))
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

impl<'a> Extend<&'a str> for Categories {
    fn extend<I: IntoIterator<Item = &'a str>>(&mut self, texts: I) {
        self.update(texts);
    }
}

impl PartialEq for Categories {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |of: &Self| (of.nulls, of.count, of.distinct());
        numbers(self) == numbers(other)
            && self
                .unordered()
                .all(|(text, times)| other.count_of(text) == times)
    }
}

impl Eq for Categories {}

impl From<Sorted> for Categories {
    fn from(sorted: Sorted) -> Self {
        let mut categories = Self::default();
        for (text, times) in sorted.counts {
            categories.add(&text, times);
        }
        categories.add_nulls(sorted.nulls);
        categories
    }
}

impl From<Categories> for Sorted {
    fn from(categories: Categories) -> Self {
        let counts = categories.unordered();
        Self {
            counts: counts.map(|(text, times)| (text.into(), times)).collect(),
            nulls: categories.nulls,
        }
    }
}
