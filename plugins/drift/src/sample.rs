//! A bounded sample of the different rows of a table, each with how often it occurs: the same for
//! every split of the rows, every order and every tree of merges.
//!
//! Kept are the rows of the smallest hashes: bottom-k sampling (Cohen and Kaplan, "Summarizing data
//! using bottom-k sketches", PODC 2007), by content instead of by position, so that a part need not
//! know which rows came before it. A row that is among the smallest in the end has been so in every
//! part that holds it, and its count is exact. Of equal rows in two tables both are kept or none,
//! as long as as much of both is kept.

use std::collections::BTreeMap;

use arrow_array::Array;
use mlhost_plugin::{Error, RecordBatch, Result};
use mlhost_statistics::NumberKey;
use mlhost_statistics::column::{for_each_block, for_each_text};
use mlhost_statistics::hash::{mixed, of_text};
use serde::{Deserialize, Serialize};

use crate::profile::Values;

/// The sampled rows by their hashes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    limit: usize,
    seed: u64,
    rows: BTreeMap<u64, Row>,
}

/// A row, and how often it occurs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) count: u64,
}

/// The value of a row in a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Cell {
    /// Null or NaN.
    Missing,
    Number(f64),
    Text(Box<str>),
}

impl Sample {
    /// No rows yet, and at most so many different ones.
    pub(crate) fn new(limit: usize, seed: u64) -> Self {
        Self {
            limit,
            seed,
            rows: BTreeMap::new(),
        }
    }

    /// The rows in the order of their hashes.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (u64, &Row)> {
        self.rows.iter().map(|(hash, row)| (*hash, row))
    }

    /// Takes in more rows, whose columns hold values of these kinds.
    pub(crate) fn update(&mut self, rows: &RecordBatch, kinds: &[&Values]) -> Result<()> {
        let mut hashes = vec![mixed(self.seed); rows.num_rows()];
        for (array, kind) in rows.columns().iter().zip(kinds) {
            each(array, kind, &mut |row, cell| {
                hashes[row] = mixed(hashes[row].rotate_left(5) ^ hash_of(&cell));
            })?;
        }
        let new = self.count_known(&hashes);
        if new.is_empty() {
            return Ok(());
        }
        let mut taken: Vec<Vec<Cell>> = vec![Vec::with_capacity(kinds.len()); new.len()];
        for (array, kind) in rows.columns().iter().zip(kinds) {
            for ((row, _), cells) in new.iter().zip(&mut taken) {
                each(&array.slice(*row, 1), kind, &mut |_, cell| {
                    cells.push(cell.owned())
                })?;
            }
        }
        for ((_, hash), cells) in new.into_iter().zip(taken) {
            self.add(hash, Row { cells, count: 1 });
        }
        Ok(())
    }

    /// Takes in what another one has sampled.
    pub(crate) fn merge(&mut self, later: &Self) {
        for (hash, row) in &later.rows {
            self.add(*hash, row.clone());
        }
    }

    /// Counts rows that are there already; gives those that are new and small enough.
    fn count_known(&mut self, hashes: &[u64]) -> Vec<(usize, u64)> {
        let mut new = Vec::new();
        for (row, hash) in hashes.iter().enumerate() {
            if !self.takes(*hash) {
                continue;
            }
            match self.rows.get_mut(hash) {
                Some(known) => known.count += 1,
                None => new.push((row, *hash)),
            }
        }
        new
    }

    fn takes(&self, hash: u64) -> bool {
        let largest = self.rows.last_key_value();
        self.rows.len() < self.limit || largest.is_some_and(|(largest, _)| hash <= *largest)
    }

    fn add(&mut self, hash: u64, row: Row) {
        if !self.takes(hash) {
            return;
        }
        let count = row.count;
        self.rows
            .entry(hash)
            .and_modify(|known| known.count += count)
            .or_insert(row);
        if self.rows.len() > self.limit {
            self.rows.pop_last();
        }
    }
}

/// The value of a row, borrowed.
enum Seen<'a> {
    Missing,
    Number(f64),
    Text(&'a str),
}

impl Seen<'_> {
    fn owned(self) -> Cell {
        match self {
            Self::Missing => Cell::Missing,
            // Adding 0.0 makes 0.0 of -0.0.
            Self::Number(number) => Cell::Number(number + 0.0),
            Self::Text(text) => Cell::Text(text.into()),
        }
    }
}

fn hash_of(cell: &Seen<'_>) -> u64 {
    match cell {
        Seen::Missing => 0x6A09_E667_F3BC_C909,
        Seen::Number(number) => mixed(NumberKey::of(*number).value().to_bits()),
        Seen::Text(text) => of_text(text),
    }
}

/// Visits every row of a column.
fn each(array: &dyn Array, kind: &Values, visit: &mut dyn FnMut(usize, Seen<'_>)) -> Result<()> {
    let visited = match kind {
        Values::Numbers(_) => for_each_block(array, |block| {
            for (row, value) in block.values.iter().enumerate() {
                let cell = if block.is_valid(row) && !value.is_nan() {
                    Seen::Number(*value)
                } else {
                    Seen::Missing
                };
                visit(block.first_row + row, cell);
            }
        }),
        Values::Texts(_) | Values::ManyTexts { .. } => {
            let mut row = 0;
            for_each_text(array, |text| {
                visit(row, text.map_or(Seen::Missing, Seen::Text));
                row += 1;
            })
        }
    };
    visited.map_err(|error| Error::data(error.to_string()))
}
