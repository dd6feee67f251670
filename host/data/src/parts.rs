//! How batches are grouped into parts: by their numbers of rows alone, so that the same batches
//! make the same parts wherever they are read.

use std::ops::Range;

use crate::PART_ROWS;

/// Groups consecutive batches into parts of at most [`PART_ROWS`] rows. A batch with more rows than
/// that is a part of its own.
pub(crate) fn group(batch_rows: impl IntoIterator<Item = u64>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut room = 0;
    for (batch, rows) in batch_rows.into_iter().enumerate() {
        match parts.last_mut().filter(|_| rows <= room) {
            Some(part) => {
                room -= rows;
                part.end = batch + 1;
            }
            None => {
                room = (PART_ROWS as u64).saturating_sub(rows);
                parts.push(batch..batch + 1);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{PART_ROWS, group};

    #[test]
    fn parts_are_filled_up_and_never_overfilled() {
        let full = PART_ROWS as u64;
        assert!(group([]).is_empty());
        assert_eq!(group([full - 1, 1, 1]), [0..2, 2..3]);
        assert_eq!(
            group([full + 1, 2 * full, 1, full - 1, 1]),
            [0..1, 1..2, 2..4, 4..5]
        );
    }
}
