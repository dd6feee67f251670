//! What the checks of a column see of its rows.

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::Extremes;
use mlhost_statistics::column::{Block, for_each_block, for_each_text, is_numeric};
use serde::{Deserialize, Serialize};

use crate::keys::Keys;
use crate::membership::Membership;
use crate::params::{Between, ColumnChecks, InSet};
use crate::tally::{Tally, Value};
use crate::types::holds_texts;

/// What was seen of a column by the checks that were asked for and can read it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) not_null: Option<Tally>,
    pub(crate) between: Option<(Tally, Extremes)>,
    pub(crate) in_set: Option<Tally>,
    pub(crate) unique: Option<Keys>,
}

impl Seen {
    /// Nothing yet, of a column of this type.
    pub(crate) fn new(checks: &ColumnChecks, data_type: &DataType) -> Self {
        let numeric = is_numeric(data_type);
        let in_set = checks.in_set.is_some() && (numeric || holds_texts(data_type));
        let unique = checks.unique().is_some() && Keys::can_read(data_type);
        Self {
            not_null: checks.not_null().map(|_| Tally::default()),
            between: checks
                .between
                .filter(|_| numeric)
                .map(|_| Default::default()),
            in_set: in_set.then(Tally::default),
            unique: unique.then(Keys::default),
        }
    }

    /// Whether there is nothing to look at.
    pub(crate) fn is_idle(&self) -> bool {
        self.asked() == [false; 4]
    }

    /// Takes in what was seen of the rows that follow the first so many; false where
    /// other checks were made.
    pub(crate) fn merge(&mut self, later: &Self, rows_before: u64) -> bool {
        if self.asked() != later.asked() {
            return false;
        }
        if let (Some(ours), Some(theirs)) = (&mut self.not_null, &later.not_null) {
            ours.merge(theirs, rows_before);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.between, &later.between) {
            ours.0.merge(&theirs.0, rows_before);
            ours.1.merge(&theirs.1);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.in_set, &later.in_set) {
            ours.merge(theirs, rows_before);
        }
        if let (Some(ours), Some(theirs)) = (&mut self.unique, &later.unique) {
            ours.merge(theirs, rows_before);
        }
        true
    }

    /// Which checks look at the rows.
    fn asked(&self) -> [bool; 4] {
        let Self {
            not_null,
            between,
            in_set,
            unique,
        } = self;
        [
            not_null.is_some(),
            between.is_some(),
            in_set.is_some(),
            unique.is_some(),
        ]
    }
}

/// Looks at a column's rows for the checks that were asked for.
#[derive(Clone, Debug)]
pub(crate) struct Observer {
    between: Option<Between>,
    in_set: Membership,
}

impl Observer {
    pub(crate) fn new(checks: &ColumnChecks) -> Self {
        let members = checks
            .in_set
            .as_ref()
            .map(InSet::members)
            .unwrap_or_default();
        Self {
            between: checks.between,
            in_set: Membership::new(members),
        }
    }

    /// Takes in the rows of a column, of which the first is this one of the table.
    pub(crate) fn update(&self, seen: &mut Seen, array: &dyn Array, first_row: u64) -> Result<()> {
        if let Some(tally) = &mut seen.not_null {
            not_null(tally, array, first_row)?;
        }
        if let (Some((tally, extremes)), Some(range)) = (&mut seen.between, self.between) {
            between(range, tally, extremes, array, first_row)?;
        }
        if let Some(tally) = &mut seen.in_set {
            in_set(&self.in_set, tally, array, first_row)?;
        }
        if let Some(keys) = &mut seen.unique {
            keys.update(array, first_row)?;
        }
        Ok(())
    }
}

fn not_null(tally: &mut Tally, array: &dyn Array, first_row: u64) -> Result<()> {
    tally.values += array.len() as u64;
    if array.data_type().is_floating() {
        return for_each_number_block(array, |block| {
            // Most blocks end with this count, which vectorises.
            let no_nan = block.values.iter().filter(|value| value.is_nan()).count() == 0;
            if no_nan && (block.validity.is_none() || tally.is_full()) {
                tally.unexpected += block.null_count() as u64;
                return;
            }
            for (row, value) in block.values.iter().enumerate() {
                if value.is_nan() || !block.is_valid(row) {
                    tally.unexpected(row_of(first_row, &block, row), || Value::Null);
                }
            }
        });
    }
    if let Some(nulls) = array.logical_nulls() {
        if tally.is_full() {
            tally.unexpected += nulls.null_count() as u64;
            return Ok(());
        }
        for row in (!nulls.inner()).set_indices() {
            tally.unexpected(first_row + row as u64, || Value::Null);
        }
    }
    Ok(())
}

fn between(
    range: Between,
    tally: &mut Tally,
    extremes: &mut Extremes,
    array: &dyn Array,
    first_row: u64,
) -> Result<()> {
    let low = range.min.unwrap_or(f64::NEG_INFINITY);
    let high = range.max.unwrap_or(f64::INFINITY);
    // A comparison with NaN is false, so that NaN, which counts as null, is not outside.
    let is_outside = |value: f64| (value < low) | (value > high);
    let mut present = Vec::new();
    for_each_number_block(array, |block| {
        let values = present_values(&block, &mut present);
        tally.values += values.iter().filter(|value| !value.is_nan()).count() as u64;
        let mut ends = Extremes::default();
        ends.update(values);
        extremes.merge(&ends);
        // Most blocks are as expected, and end with a look at their ends.
        let ends = [ends.minimum(), ends.maximum()].into_iter().flatten();
        if !ends.into_iter().any(is_outside) {
            return;
        }
        for (row, value) in block.values.iter().enumerate() {
            if is_outside(*value) && block.is_valid(row) {
                tally.unexpected(row_of(first_row, &block, row), || Value::Number(*value));
            }
        }
    })
}

fn in_set(
    members: &Membership,
    tally: &mut Tally,
    array: &dyn Array,
    first_row: u64,
) -> Result<()> {
    if let Some(booleans) = array.as_boolean_opt() {
        booleans_in_set(members, tally, booleans, first_row);
        return Ok(());
    }
    if holds_texts(array.data_type()) {
        return texts_in_set(members, tally, array, first_row);
    }
    for_each_number_block(array, |block| {
        for (row, value) in block.values.iter().enumerate() {
            if value.is_nan() || !block.is_valid(row) {
                continue;
            }
            tally.values += 1;
            if !members.has_number(*value) {
                tally.unexpected(row_of(first_row, &block, row), || Value::Number(*value));
            }
        }
    })
}

fn booleans_in_set(
    members: &Membership,
    tally: &mut Tally,
    booleans: &BooleanArray,
    first_row: u64,
) {
    for (row, value) in (first_row..).zip(booleans) {
        let Some(value) = value else { continue };
        tally.values += 1;
        if !members.has_boolean(value) {
            tally.unexpected(row, || Value::Boolean(value));
        }
    }
}

fn texts_in_set(
    members: &Membership,
    tally: &mut Tally,
    array: &dyn Array,
    first_row: u64,
) -> Result<()> {
    let mut next_row = first_row;
    for_each_text(array, |text| {
        let row = next_row;
        next_row += 1;
        let Some(text) = text else { return };
        tally.values += 1;
        if !members.has_text(text) {
            tally.unexpected(row, || Value::text(text));
        }
    })
    .map_err(|error| Error::data(error.to_string()))
}

fn for_each_number_block(array: &dyn Array, visit: impl FnMut(Block<'_>)) -> Result<()> {
    for_each_block(array, visit).map_err(|error| Error::data(error.to_string()))
}

/// The values of a block without the nulls, NaN among them.
fn present_values<'a>(block: &Block<'a>, present: &'a mut Vec<f64>) -> &'a [f64] {
    let Some(validity) = &block.validity else {
        return block.values;
    };
    present.clear();
    for (start, end) in validity.valid_slices() {
        present.extend_from_slice(&block.values[start..end]);
    }
    present
}

fn row_of(first_row: u64, block: &Block<'_>, row: usize) -> u64 {
    first_row + (block.first_row + row) as u64
}
