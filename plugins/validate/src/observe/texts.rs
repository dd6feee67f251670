//! Looks at columns of texts, and of booleans, row by row.

use arrow_array::cast::AsArray;

use super::Batch;
use crate::expression::TextColumn;
use crate::plan::Observation;
use crate::seen::{Look, Seen};
use crate::tally::Value;

/// Takes in the column that these observations share.
pub(super) fn update(
    observations: &[Observation],
    members: &[usize],
    seen: &mut [Seen],
    batch: &Batch<'_>,
) {
    let Some(first) = members.first() else { return };
    let texts = TextColumn::of(batch.column(observations[*first].columns[0]));
    for number in members {
        let Seen::Tally(tally) = &mut seen[*number] else {
            continue;
        };
        let look = &observations[*number].look;
        for row in 0..batch.rows.num_rows() {
            if !batch.is_selected(row) {
                continue;
            }
            let Some(text) = texts.get(row) else { continue };
            tally.values += 1;
            if !is_expected(look, text) {
                tally.unexpected(batch.number(row), || Value::text(text));
            }
        }
    }
}

fn is_expected(look: &Look, text: &str) -> bool {
    match look {
        Look::Members { members, allowed } => members.has_text(text) == *allowed,
        Look::Pattern(regex) => regex.is_match(text),
        Look::Length { min, max } => {
            let length = text.chars().count();
            min.is_none_or(|min| length >= min as usize)
                && max.is_none_or(|max| length <= max as usize)
        }
        _ => true,
    }
}

/// Takes in a column of booleans.
pub(super) fn booleans(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) {
    let (Look::Members { members, allowed }, Seen::Tally(tally)) = (&observation.look, seen) else {
        return;
    };
    let values = batch.column(observation.columns[0]).as_boolean();
    for (row, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|_| batch.is_selected(row)) else {
            continue;
        };
        tally.values += 1;
        if members.has_boolean(value) != *allowed {
            tally.unexpected(batch.number(row), || Value::Boolean(value));
        }
    }
}
