//! Checks that the rows of a JSON-lines file have no keys but the stated columns: a misspelt key
//! would be a missing value otherwise. Values are skipped, and the ranges of a file are gone through
//! at the same time.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::ops::{ControlFlow, Range};

use arrow::datatypes::Schema;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::json_types::{Refused, each_row, invalid};
use super::parallel;
use super::text::{Text, TextReader};
use crate::{Error, Result};

/// What was found in a range.
#[derive(Default)]
struct Seen {
    rows: u64,
    lines: u64,
    /// The first line with a key that is no column, and the key.
    unstated: Option<(u64, String)>,
    /// What ended the range early.
    refused: Option<Refused>,
}

/// The parts of a file and the number of its rows.
///
/// # Errors
///
/// [`Error::UnstatedColumn`], and lines that are no rows.
pub(super) fn check(
    text: &Text,
    cuts: impl Iterator<Item = io::Result<Range<u64>>> + Send,
    schema: &Schema,
) -> Result<(Vec<Range<u64>>, u64)> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    let names: HashSet<&str> = names.collect();
    let path = &text.place.path;
    let work = |_, range: io::Result<Range<u64>>| {
        let range = range.map_err(Error::io(path))?;
        Ok((look(text.open(&range)?, &names), range))
    };
    let (mut parts, mut rows, mut lines) = (Vec::new(), 0, 0);
    let mut failed = None;
    parallel::ordered(cuts, work, |found: Result<(Seen, _)>| {
        match found {
            Err(error) => failed = Some(error),
            Ok((seen, range)) => {
                parts.push(range);
                rows += seen.rows;
                failed = match (seen.unstated, seen.refused) {
                    (Some((line, column)), _) => Some(Error::UnstatedColumn {
                        path: path.clone(),
                        line: lines + line,
                        column,
                    }),
                    (None, Some(refused)) => Some(refused.behind(lines).into_error(text)),
                    (None, None) => None,
                };
                lines += seen.lines;
            }
        }
        match failed {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok((parts, rows)),
    }
}

fn look(reader: TextReader, names: &HashSet<&str>) -> Seen {
    let mut seen = Seen::default();
    let (rows, unstated) = (&mut seen.rows, &mut seen.unstated);
    let refused = each_row(reader, &mut seen.lines, |line, text| {
        *rows += 1;
        match stranger(text, names)? {
            None => Ok(()),
            Some(key) => {
                *unstated = Some((line, key));
                // What comes behind it is of no interest.
                Err(String::new())
            }
        }
    });
    seen.refused = refused.err();
    seen
}

/// The first key of a row that is not among the names.
fn stranger(text: &str, names: &HashSet<&str>) -> Result<Option<String>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = Keys(names).deserialize(&mut deserializer);
    let found = found.and_then(|found| deserializer.end().map(|()| found));
    found.map_err(|error| match error.is_data() {
        true => "expected a JSON object".to_owned(),
        false => invalid(error),
    })
}

struct Keys<'a>(&'a HashSet<&'a str>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<Self::Value, A::Error> {
        let mut stranger = None;
        while let Some((key, IgnoredAny)) = row.next_entry::<Cow<'de, str>, IgnoredAny>()? {
            if stranger.is_none() && !self.0.contains(key.as_ref()) {
                stranger = Some(key.into_owned());
            }
        }
        Ok(stranger)
    }
}
