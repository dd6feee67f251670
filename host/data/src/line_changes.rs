//! Which lines of a text file are not what they were. What stands before the first change is where
//! it was, and what stands behind the last one has moved by as much as the file has grown.

use std::ops::Range;

use crate::pieces::{ChangedPlace, PieceUnit, Pieces};
use crate::place::Place;
use crate::source::count_lines;
use crate::{Error, Result};

/// The lines of a file, as it is now, between the pieces at its beginning and its end that are what
/// they were; `bytes` is how large it was. None where all pieces are.
pub(crate) fn line_changes(
    place: &Place,
    before: &Pieces,
    bytes: u64,
) -> Result<Vec<ChangedPlace>> {
    let now = place.bytes();
    let is_there = |piece: usize, range: &Range<u64>| -> Result<bool> {
        let what = format!("bytes {}..{}", range.start, range.end);
        Ok(before.holds(piece, &place.digest_of(&what, std::slice::from_ref(range))?))
    };
    let mut start = 0;
    for (piece, range) in before.ranges().into_iter().enumerate() {
        if range.end > now || !is_there(piece, &range)? {
            break;
        }
        start = range.end;
    }
    let mut end = now;
    for (piece, range) in before.ranges().into_iter().enumerate().rev() {
        // Counted from the end of the file, then and now.
        let moved = |at: u64| (at + now).checked_sub(bytes);
        let (Some(from), Some(to)) = (moved(range.start), moved(range.end)) else {
            break;
        };
        if from < start || !is_there(piece, &(from..to))? {
            break;
        }
        end = from;
    }
    if start >= end && now == bytes {
        return Ok(Vec::new());
    }
    Ok(vec![ChangedPlace {
        unit: PieceUnit::Lines,
        first: lines(place, 0..start)? + 1,
        // The line that the last changed byte is in.
        last: lines(place, 0..end.max(start + 1) - 1)? + 1,
        columns: Vec::new(),
    }])
}

/// How many lines end in a range.
fn lines(place: &Place, range: Range<u64>) -> Result<u64> {
    let mut reader = std::io::BufReader::new(place.open_range(&range)?);
    count_lines(&mut reader).map_err(Error::io(&place.path))
}
