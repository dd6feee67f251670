//! Digests of the pieces of a file: what tells later where in it something has changed. A piece is
//! some rows, of one column or of all, or some bytes of a text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::digest::Hashing;
use crate::{Error, Result};

/// How many digests are kept of all files of a table.
const MOST: usize = 512;
/// Of larger files only the parts are told apart, which are hashed in any case.
const DETAILED_BYTES: u64 = 64 * 1024 * 1024;
/// How many bytes a piece of a text has at least.
const LEAST_BYTES: u64 = 64;
/// How many hexadecimal digits are kept of a digest: they tell apart what was changed, and need not
/// withstand anybody.
const DIGITS: usize = 16;

/// What the ends of pieces count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PieceUnit {
    /// Rows.
    Rows,
    /// Bytes of the file.
    Bytes,
    /// Lines of a text file.
    Lines,
}

/// How a file was cut into pieces, and what they held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pieces {
    /// What the ends count: rows or bytes.
    pub unit: PieceUnit,
    /// Where each piece ends. The first begins at 0, and any other where the one before it ends.
    pub ends: Vec<u64>,
    /// The columns that have digests of their own; none if there is one digest for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The first 16 hexadecimal digits of the SHA-256 of each piece; of one piece those of all
    /// columns, then of the next.
    pub digests: String,
}

/// A place at which a file is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedPlace {
    /// What `first` and `last` count, from 1.
    pub unit: PieceUnit,
    /// The first that may have changed.
    pub first: u64,
    /// The last that may have changed.
    pub last: u64,
    /// The columns that have changed; empty where that is not known, or all have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// In what detail a file is told apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Detail {
    /// How many digests there may be.
    pub(crate) most: usize,
    /// Whether the file may be hashed once more for them.
    pub(crate) fine: bool,
}

impl Detail {
    /// What there may be of one file of a table of so many; none if that is too little.
    pub(crate) fn of(files: usize, bytes: u64) -> Option<Self> {
        let most = MOST / files.max(1);
        let fine = bytes <= DETAILED_BYTES;
        (most >= 2).then_some(Self { most, fine })
    }
}

impl Pieces {
    pub(crate) fn new(unit: PieceUnit) -> Self {
        Self {
            unit,
            ends: Vec::new(),
            columns: Vec::new(),
            digests: String::new(),
        }
    }

    /// Adds a digest `sha256:<hex>`.
    pub(crate) fn push(&mut self, digest: &str) {
        let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
        self.digests.push_str(hex.get(..DIGITS).unwrap_or(hex));
    }

    /// The ranges of the pieces.
    pub(crate) fn ranges(&self) -> Vec<Range<u64>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(self.ends.iter().copied());
        ranges.map(|(start, end)| start..end).collect()
    }

    /// Whether the piece of this number has this digest; of pieces with one digest each.
    pub(crate) fn holds(&self, piece: usize, digest: &str) -> bool {
        let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
        let place = piece * DIGITS..(piece + 1) * DIGITS;
        let known = self.digests.get(place);
        known.is_some() && known == hex.get(..DIGITS)
    }

    /// Where a file that was cut into these pieces differs from one that is cut into others of the
    /// same unit; nothing where that cannot be told.
    pub fn changes(&self, after: &Self) -> Vec<ChangedPlace> {
        if self.unit != after.unit || self.columns != after.columns {
            return Vec::new();
        }
        let (before, now) = (self.by_piece(), after.by_piece());
        if self.ends == after.ends {
            let ranges = self.ranges().into_iter();
            let changed = ranges.zip(before.iter().zip(&now));
            let changed = changed.filter(|(_, (before, now))| before != now);
            return merged(changed.map(|(range, (before, now))| {
                let differ = before.iter().zip(now).map(|(before, now)| before != now);
                self.place(range, &differ.collect::<Vec<_>>())
            }));
        }
        if self.unit == PieceUnit::Bytes {
            return Vec::new();
        }
        // Rows were added or taken away: all between the pieces at both ends that are the same.
        let same = |(before, now): &(&Vec<&str>, &Vec<&str>)| before == now;
        let head = before.iter().zip(&now).take_while(same).count();
        let rest = (&before[head..], &now[head..]);
        let tail = rest.0.iter().rev().zip(rest.1.iter().rev());
        let tail = tail.take_while(same).count();
        let ranges = self.ranges();
        let changed = &ranges[head..ranges.len() - tail];
        let start = head.checked_sub(1).map_or(0, |last| self.ends[last]);
        let end = changed.last().map_or(start, |range| range.end);
        vec![self.place(start..end.max(start + 1), &[])]
    }

    /// The digests of each piece, one for each column.
    fn by_piece(&self) -> Vec<Vec<&str>> {
        let columns = self.columns.len().max(1);
        let pieces = 0..self.ends.len();
        let digest = |number: usize| {
            let place = number * DIGITS..(number + 1) * DIGITS;
            self.digests.get(place).unwrap_or_default()
        };
        let of_piece = |piece: usize| -> Vec<&str> {
            let first = piece * columns;
            (first..first + columns).map(digest).collect()
        };
        pieces.map(of_piece).collect()
    }

    /// A range, and which of its columns differ; empty for all that there are.
    fn place(&self, range: Range<u64>, differ: &[bool]) -> ChangedPlace {
        let columns = self.columns.iter().zip(differ);
        let columns: Vec<_> = columns
            .filter(|(_, differs)| **differs)
            .map(|(column, _)| column.clone())
            .collect();
        ChangedPlace {
            unit: self.unit,
            first: range.start + 1,
            last: range.end,
            columns: match columns.len() == self.columns.len() {
                true => Vec::new(),
                false => columns,
            },
        }
    }
}

/// Places that follow on each other in the same columns become one.
fn merged(places: impl Iterator<Item = ChangedPlace>) -> Vec<ChangedPlace> {
    let mut merged: Vec<ChangedPlace> = Vec::new();
    for place in places {
        match merged.last_mut() {
            Some(last) if last.last + 1 == place.first && last.columns == place.columns => {
                last.last = place.last;
            }
            _ => merged.push(place),
        }
    }
    merged
}

/// Pieces of rows, each of the number and the digest that come for a part; several parts become one
/// piece where there would be too many.
pub(crate) fn of_parts(
    parts: impl ExactSizeIterator<Item = Result<(u64, String)>>,
    most: usize,
    unit: PieceUnit,
) -> Result<Pieces> {
    let together = parts.len().div_ceil(most.max(1)).max(1);
    let mut pieces = Pieces::new(unit);
    let (mut end, mut digests) = (0, Vec::new());
    let last = parts.len().saturating_sub(1);
    for (number, part) in parts.enumerate() {
        let (length, digest) = part?;
        end += length;
        digests.push(digest);
        if digests.len() == together || number == last {
            pieces.ends.push(end);
            match digests.as_slice() {
                [digest] => pieces.push(digest),
                several => pieces.push(&digest_of(several.concat().as_bytes())?),
            }
            digests.clear();
        }
    }
    Ok(pieces)
}

/// Where a text of so many bytes is cut into pieces of equal length.
pub(crate) fn equal_ends(bytes: u64, most: usize) -> Vec<u64> {
    let length = bytes.div_ceil(most.max(1) as u64).max(LEAST_BYTES);
    let pieces = bytes.div_ceil(length);
    (1..=pieces)
        .map(|piece| (piece * length).min(bytes))
        .collect()
}

pub(crate) fn digest_of(bytes: &[u8]) -> Result<String> {
    let mut hashing = Hashing::default();
    hashing.read(bytes).map_err(Error::io(""))?;
    Ok(hashing.finished())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(ends: &[u64], columns: &[&str], digests: &[&str]) -> Pieces {
        let mut pieces = Pieces::new(PieceUnit::Rows);
        pieces.ends = ends.to_vec();
        pieces.columns = columns.iter().map(|name| (*name).to_owned()).collect();
        for digest in digests {
            pieces.push(&format!("sha256:{digest:0>64}").replacen("0", digest, 16));
        }
        pieces
    }

    fn place(first: u64, last: u64, columns: &[&str]) -> ChangedPlace {
        ChangedPlace {
            unit: PieceUnit::Rows,
            first,
            last,
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn changed_pieces_are_told_with_their_columns() {
        let columns = ["a", "b"];
        let before = pieces(&[10, 20, 25], &columns, &["1", "2", "3", "4", "5", "6"]);
        assert!(before.changes(&before).is_empty());
        let after = pieces(&[10, 20, 25], &columns, &["1", "7", "3", "8", "9", "9"]);
        assert_eq!(
            before.changes(&after),
            [place(1, 20, &["b"]), place(21, 25, &[])]
        );
    }

    #[test]
    fn rows_that_came_or_went_lie_between_what_is_the_same() {
        let before = pieces(&[10, 20, 30], &[], &["1", "2", "3"]);
        let longer = pieces(&[10, 21, 31], &[], &["1", "4", "3"]);
        assert_eq!(before.changes(&longer), [place(11, 20, &[])]);
        let appended = pieces(&[10, 20, 30, 35], &[], &["1", "2", "3", "4"]);
        assert_eq!(before.changes(&appended), [place(31, 31, &[])]);
        let other = pieces(&[10], &["a"], &["1"]);
        assert!(before.changes(&other).is_empty());
    }

    #[test]
    fn parts_become_no_more_pieces_than_wanted() {
        let part = |number: u64| Ok((number, format!("sha256:{number:064}")));
        let pieces = of_parts(
            (1..=5).map(part).collect::<Vec<_>>().into_iter(),
            2,
            PieceUnit::Rows,
        );
        let pieces = pieces.unwrap();
        assert_eq!(pieces.ends, [6, 15]);
        assert_eq!(pieces.digests.len(), 2 * DIGITS);
        assert_eq!(equal_ends(100, 512), [64, 100]);
        assert_eq!(equal_ends(1_000, 4), [250, 500, 750, 1_000]);
    }
}
