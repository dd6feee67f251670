//! Looks at keys of values, at pairs of columns, and at rows as a whole.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use mlhost_plugin::Result;
use mlhost_statistics::DateUnit;
use mlhost_statistics::column::for_each_key;
use twox_hash::XxHash3_64;

use super::{Batch, data};
use crate::expression::{NumberColumn, TextColumn};
use crate::plan::Observation;
use crate::seen::{Look, Seen};
use crate::tally::Value;

/// Takes in the keys of a column.
pub(super) fn keys(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) -> Result<()> {
    let array = batch.column(observation.columns[0]);
    let mut next = 0;
    for_each_key(array, |key| {
        let row = next;
        next += 1;
        let Some(key) = key.filter(|_| batch.is_selected(row)) else {
            return;
        };
        match seen {
            Seen::Keys(keys) => keys.add(key, batch.number(row), || value(array, row)),
            Seen::Distinct(distinct, values) => {
                distinct.add_key(key);
                *values += 1;
            }
            Seen::KeySet(keys) => keys.add(key),
            Seen::Values(values) => values.add(key, batch.number(row), || value(array, row)),
            _ => {}
        }
    })
    .map_err(data)
}

/// Takes in two columns of numbers.
pub(super) fn pairs(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) -> Result<()> {
    let [first, second] = observation.columns.as_slice() else {
        return Ok(());
    };
    let arrays = [*first, *second].map(|place| batch.column(place));
    let (first, second) = (NumberColumn::of(arrays[0])?, NumberColumn::of(arrays[1])?);
    match (&observation.look, seen) {
        (Look::Comoments, Seen::Comoments(comoments)) => {
            let selected = |row: usize| batch.is_selected(row);
            let of = |column: &NumberColumn<'_>| -> Vec<f64> {
                (0..arrays[0].len())
                    .filter(|row| selected(*row))
                    .map(|row| column.get(row))
                    .collect()
            };
            comoments.update(&of(&first), &of(&second));
        }
        (Look::Above { or_equal }, Seen::Tally(tally)) => {
            for row in 0..arrays[0].len() {
                let (above, below) = (first.get(row), second.get(row));
                if above.is_nan() || below.is_nan() || !batch.is_selected(row) {
                    continue;
                }
                tally.values += 1;
                if !(above > below || (*or_equal && above == below)) {
                    let row_values = || Value::Row(arrays.map(|array| value(array, row)).into());
                    tally.unexpected(batch.number(row), row_values);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// Takes in rows of several columns.
pub(super) fn rows(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) -> Result<()> {
    let columns = observation.columns.iter();
    let arrays: Vec<&ArrayRef> = columns.map(|place| batch.rows.column(*place)).collect();
    match (&observation.look, seen) {
        (Look::Holds(truths), Seen::Tally(tally)) => {
            let truth = truths.of(batch.rows)?;
            let (mut yes, mut no) = (truth.yes, truth.no);
            if let Some(mask) = batch.mask {
                (yes, no) = (&yes & mask, &no & mask);
            }
            tally.values += (yes.count_set_bits() + no.count_set_bits()) as u64;
            for row in no.set_indices() {
                tally.unexpected(batch.number(row), || {
                    Value::Row(arrays.iter().map(|array| value(array, row)).collect())
                });
            }
        }
        (Look::Count, Seen::Tally(tally)) => {
            let rows = batch.rows.num_rows();
            let selected = batch.mask.map_or(rows, |mask| mask.count_set_bits());
            tally.values += selected as u64;
        }
        (Look::KeysTogether, Seen::Keys(keys)) => {
            let columns = arrays
                .iter()
                .map(|array| keys_of(array))
                .collect::<Result<Vec<_>>>()?;
            let mut together = Vec::new();
            for row in (0..batch.rows.num_rows()).filter(|row| batch.is_selected(*row)) {
                if columns.iter().all(|keys| keys[row].is_none()) {
                    continue;
                }
                together.clear();
                for keys in &columns {
                    together.push(u8::from(keys[row].is_some()));
                    together.extend(keys[row].unwrap_or_default().to_le_bytes());
                }
                keys.add(XxHash3_64::oneshot(&together), batch.number(row), || {
                    Value::Row(arrays.iter().map(|array| value(array, row)).collect())
                });
            }
        }
        _ => {}
    }
    Ok(())
}

fn keys_of(array: &dyn Array) -> Result<Vec<Option<u64>>> {
    let mut keys = Vec::with_capacity(array.len());
    for_each_key(array, |key| keys.push(key)).map_err(data)?;
    Ok(keys)
}

/// The value of a row, as an example shows it.
fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    if *array.data_type() == DataType::Boolean {
        return Value::Boolean(array.as_boolean().value(row));
    }
    if let Some(text) = TextColumn::of(&array.slice(row, 1)).get(0) {
        return Value::text(text);
    }
    let one = array.slice(row, 1);
    match NumberColumn::of(&one) {
        Ok(number) if number.get(0).is_nan() => Value::Null,
        Ok(number) => Value::number(number.get(0), DateUnit::of(array.data_type())),
        Err(_) => Value::Null,
    }
}
