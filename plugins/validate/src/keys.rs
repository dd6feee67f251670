//! What `unique` keeps of a column: a 64-bit key of each value, and its row.
//!
//! Values of up to 64 bits are their own keys. Of a text the key is its XXH3 hash,
//! for texts themselves would take memory without bound; equal texts have equal
//! keys, so that a duplicate is never overlooked.

use arrow_array::Array;
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::{for_each_block, for_each_text};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::types::holds_texts;

/// The keys of a column's values with their rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keys {
    entries: Vec<(u64, u64)>,
}

/// Values that occur more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Duplicates {
    /// Every row that holds one, in order.
    pub(crate) rows: Vec<u64>,
    /// The first two rows of the value that is the first to be repeated.
    pub(crate) pair: Option<[u64; 2]>,
}

impl Keys {
    /// Whether columns of this type have keys.
    pub(crate) fn can_read(data_type: &DataType) -> bool {
        holds_texts(data_type)
            || matches!(data_type, DataType::Boolean | DataType::Null)
            || data_type.primitive_width().is_some()
    }

    /// Takes in the rows of a column, of which the first is this one of the table.
    pub(crate) fn update(&mut self, array: &dyn Array, first_row: u64) -> Result<()> {
        let data_type = array.data_type();
        let read = match data_type.primitive_width() {
            _ if holds_texts(data_type) => {
                let mut next_row = first_row;
                for_each_text(array, |text| {
                    let row = next_row;
                    next_row += 1;
                    if let Some(text) = text {
                        self.entries
                            .push((XxHash3_64::oneshot(text.as_bytes()), row));
                    }
                })
            }
            Some(width) if !data_type.is_floating() => {
                self.update_bytes(array, width, first_row);
                Ok(())
            }
            _ => for_each_block(array, |block| {
                for (row, value) in block.values.iter().enumerate() {
                    if block.is_valid(row) && !value.is_nan() {
                        let row = first_row + (block.first_row + row) as u64;
                        // Adding 0.0 makes 0.0 of -0.0, which equals it.
                        self.entries.push(((value + 0.0).to_bits(), row));
                    }
                }
            }),
        };
        read.map_err(|error| Error::data(error.to_string()))
    }

    /// Takes in values that are equal when their bytes are.
    fn update_bytes(&mut self, array: &dyn Array, width: usize, first_row: u64) {
        let data = array.to_data();
        let Some(buffer) = data.buffers().first() else {
            return;
        };
        let values = buffer.as_slice().chunks_exact(width).skip(data.offset());
        for (row, value) in values.take(array.len()).enumerate() {
            if array.is_valid(row) {
                self.entries.push((key_of(value), first_row + row as u64));
            }
        }
    }

    /// Takes in the keys of the rows that follow the first so many.
    pub(crate) fn merge(&mut self, later: &Self, rows_before: u64) {
        let entries = later.entries.iter();
        self.entries
            .extend(entries.map(|(key, row)| (*key, row + rows_before)));
    }

    /// The same keys in ascending order: equal knowledge, equal bytes.
    pub(crate) fn sorted(&self) -> Self {
        let mut entries = self.entries.clone();
        // A stable sort makes use of the runs that merged states come in.
        entries.sort();
        Self { entries }
    }

    /// How many values there are, without nulls.
    pub(crate) fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The values that occur more than once, where the keys are sorted.
    pub(crate) fn duplicates(&self) -> Duplicates {
        let mut duplicates = Duplicates::default();
        let runs = self.entries.chunk_by(|(key, _), (next, _)| key == next);
        for run in runs.filter(|run| run.len() > 1) {
            duplicates.rows.extend(run.iter().map(|(_, row)| *row));
            if let [(_, first), (_, second), ..] = run {
                let pair = [*first, *second];
                duplicates.pair = Some(duplicates.pair.map_or(pair, |other| other.min(pair)));
            }
        }
        duplicates.rows.sort_unstable();
        duplicates
    }
}

fn key_of(value: &[u8]) -> u64 {
    let mut key = [0; 8];
    match key.get_mut(..value.len()) {
        Some(low) => {
            low.copy_from_slice(value);
            u64::from_le_bytes(key)
        }
        None => XxHash3_64::oneshot(value),
    }
}
