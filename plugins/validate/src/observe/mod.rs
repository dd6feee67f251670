//! Looks at batches: the observations that read the same columns in the same way do so in one pass.

mod nulls;
mod numbers;
mod rows;
mod texts;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::BooleanBuffer;
use mlhost_plugin::{Error, Result};

use crate::plan::{Observation, Plan, Reading};
use crate::seen::Seen;

/// Rows that are looked at.
struct Batch<'a> {
    rows: &'a RecordBatch,
    /// The row of the table at which it starts.
    first_row: u64,
    /// Which of its rows meet a condition; all where there is none.
    mask: Option<&'a BooleanBuffer>,
}

impl Batch<'_> {
    fn column(&self, place: usize) -> &ArrayRef {
        self.rows.column(place)
    }

    fn is_selected(&self, row: usize) -> bool {
        self.mask.is_none_or(|mask| mask.value(row))
    }

    /// The row of the table.
    fn number(&self, row: usize) -> u64 {
        self.first_row + row as u64
    }
}

impl Plan {
    /// Takes in rows, the first of which has this number in the table.
    ///
    /// # Errors
    /// Where a column is not of the type that was announced.
    pub(crate) fn update(
        &self,
        seen: &mut [Seen],
        rows: &RecordBatch,
        first_row: u64,
    ) -> Result<()> {
        let masks = self
            .conditions
            .iter()
            .map(|condition| Ok(condition.of(rows)?.yes));
        let masks = masks.collect::<Result<Vec<_>>>()?;
        for group in &self.groups {
            let batch = Batch {
                rows,
                first_row,
                mask: group.condition.map(|number| &masks[number]),
            };
            let observations = &self.observations;
            let members = group.members.as_slice();
            match group.reading {
                Reading::Numbers => numbers::update(observations, members, seen, &batch)?,
                Reading::Texts => texts::update(observations, members, seen, &batch),
                _ => {
                    for number in members {
                        one(&observations[*number], &mut seen[*number], &batch)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn one(observation: &Observation, seen: &mut Seen, batch: &Batch<'_>) -> Result<()> {
    match observation.reading {
        Reading::Nulls => nulls::update(observation, seen, batch),
        Reading::Booleans => texts::booleans(observation, seen, batch),
        Reading::Keys => rows::keys(observation, seen, batch)?,
        Reading::Pairs => rows::pairs(observation, seen, batch)?,
        Reading::Rows => rows::rows(observation, seen, batch)?,
        Reading::Numbers | Reading::Texts => {}
    }
    Ok(())
}

/// The rows that are in both, of which one may hold all.
fn both(one: Option<&BooleanBuffer>, other: Option<&BooleanBuffer>) -> Option<BooleanBuffer> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one & other),
        (one, other) => one.or(other).cloned(),
    }
}

fn data(error: mlhost_statistics::Error) -> Error {
    Error::data(error.to_string())
}
