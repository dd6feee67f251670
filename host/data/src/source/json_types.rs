//! The columns and types of a JSON-lines file, learnt from all its rows by Arrow's inference. That
//! takes rows one by one, and most of the time goes into parsing them; so the ranges of a file are
//! parsed at the same time, and of each column of a range only the first value of each shape is
//! handed on: a second one of the same shape would not change what is inferred.

use std::collections::HashSet;
use std::io::{self, BufRead};
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, mpsc};

use arrow::datatypes::{DataType, Field, Fields, Schema};
use arrow::error::ArrowError;
use arrow::json::reader::infer_json_schema_from_iterator;
use indexmap::{IndexMap, IndexSet};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::parallel;
use super::text::{Text, TextReader};
use crate::reason::plain;
use crate::{Error, Result};

/// What is known of a file once all its rows were looked at.
pub(super) struct Inferred {
    pub(super) schema: Schema,
    pub(super) parts: Vec<Range<u64>>,
    pub(super) rows: u64,
}

/// Why a row is no part of a table.
pub(super) struct Refused {
    /// From 1, within what was read.
    line: u64,
    reason: Reason,
}

enum Reason {
    Io(io::Error),
    NotUtf8 { byte: u64 },
    Json(String),
}

/// The rows of a range, thinned out.
#[derive(Default)]
struct Seen {
    /// Each with its line within the range.
    rows: Vec<(u64, Value)>,
    /// The names of the columns in the order in which they first appear.
    order: IndexSet<String>,
    number: u64,
    lines: u64,
    /// What ended the range early.
    refused: Option<Refused>,
}

/// Learns the columns of a file, whose parts are given.
pub(super) fn infer(
    text: &Text,
    cuts: impl Iterator<Item = io::Result<Range<u64>>> + Send,
) -> Result<Inferred> {
    let mut parts = Vec::new();
    let mut order = IndexSet::new();
    let mut rows = 0;
    let mut lines = 0;
    let mut refused = None;
    let path = &text.place.path;
    let (sender, receiver) = mpsc::sync_channel(1);
    // Arrow's inference pulls its rows, and so does its work on a thread beside the readers.
    let (schema, failed) = std::thread::scope(|scope| {
        let inference = scope.spawn(move || from_rows(receiver));
        let work = |_, range: io::Result<Range<u64>>| {
            let range = range.map_err(Error::io(path))?;
            Ok((read(text.open(&range)?), range))
        };
        let mut failed = None;
        parallel::ordered(cuts, work, |found: Result<_>| {
            let (seen, range): (Seen, _) = match found {
                Ok(found) => found,
                Err(error) => {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            };
            let numbered = seen.rows.into_iter();
            let numbered: Vec<_> = numbered.map(|(line, row)| (lines + line, row)).collect();
            parts.push(range);
            order.extend(seen.order);
            rows += seen.number;
            refused = seen.refused.map(|refused| refused.behind(lines));
            lines += seen.lines;
            match sender.send(numbered) {
                Ok(()) if refused.is_none() => ControlFlow::Continue(()),
                // Either way the inference knows what comes before.
                _ => ControlFlow::Break(()),
            }
        });
        drop(sender);
        match inference.join() {
            Ok(schema) => (schema, failed),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    // What the inference stumbles over stands in front of what ended the reading.
    let schema = schema.map_err(|refused| refused.into_error(text))?;
    if let Some(error) = failed {
        return Err(error);
    }
    if let Some(refused) = refused {
        return Err(refused.into_error(text));
    }
    Ok(Inferred {
        schema: in_order(&schema, &order),
        parts,
        rows,
    })
}

impl Refused {
    /// The same behind so many lines of what was read before.
    pub(super) fn behind(self, lines: u64) -> Self {
        Self {
            line: lines + self.line,
            ..self
        }
    }

    pub(super) fn into_error(self, text: &Text) -> Error {
        let path = text.place.path.clone();
        let line = self.line;
        match self.reason {
            Reason::Io(source) => Error::io(path)(source),
            Reason::NotUtf8 { byte } => Error::NotUtf8 {
                path,
                line,
                what: "it".to_owned(),
                byte,
            },
            Reason::Json(message) => Error::Malformed {
                path,
                line,
                message,
            },
        }
    }
}

fn from_rows(batches: mpsc::Receiver<Vec<(u64, Value)>>) -> Result<Schema, Refused> {
    let mut last = 0;
    let rows = batches.into_iter().flatten().map(|(line, row)| {
        last = line;
        Ok(row)
    });
    let schema = infer_json_schema_from_iterator(rows);
    schema.map_err(|error: ArrowError| Refused {
        line: last,
        reason: Reason::Json(plain(&error.to_string())),
    })
}

/// Reads the rows of a range up to the first that is none.
fn read(reader: TextReader) -> Seen {
    let mut seen = Seen::default();
    let mut shapes: IndexMap<String, HashSet<String>> = IndexMap::new();
    let refused = each_row(reader, &mut seen.lines, |line, text| {
        let mut row = object(text, &mut seen.order)?;
        seen.number += 1;
        row.retain(|key, value| is_new(&mut shapes, key, value));
        if !row.is_empty() {
            seen.rows.push((line, Value::Object(row)));
        }
        Ok(())
    });
    seen.refused = refused.err();
    seen
}

/// Goes through the lines that hold a row, and counts all lines.
pub(super) fn each_row(
    mut reader: TextReader,
    lines: &mut u64,
    mut take: impl FnMut(u64, &str) -> Result<(), String>,
) -> Result<(), Refused> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let refused = |reason| Refused {
            line: *lines + 1,
            reason,
        };
        let read = reader.read_until(b'\n', &mut line);
        if read.map_err(|error| refused(Reason::Io(error)))? == 0 {
            return Ok(());
        }
        let text = std::str::from_utf8(&line).map_err(|error| {
            let byte = error.valid_up_to() as u64 + 1;
            refused(Reason::NotUtf8 { byte })
        })?;
        let text = text.trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            take(*lines + 1, text).map_err(|message| refused(Reason::Json(message)))?;
        }
        *lines += 1;
    }
}

/// Reads the object on a line, and takes note of keys that were not there before.
pub(super) fn object(
    text: &str,
    order: &mut IndexSet<String>,
) -> Result<serde_json::Map<String, Value>, String> {
    let row: Value = serde_json::from_str(text).map_err(invalid)?;
    let Value::Object(fields) = row else {
        return Err("expected a JSON object".to_owned());
    };
    if fields.keys().any(|key| !order.contains(key)) {
        // An object as such is in the order of its keys: only a new key is worth a second reading.
        let fields: IndexMap<String, IgnoredAny> = serde_json::from_str(text).map_err(invalid)?;
        order.extend(fields.into_keys());
    }
    Ok(fields)
}

pub(super) fn invalid(error: serde_json::Error) -> String {
    format!("not valid JSON at column {}", error.column())
}

/// Whether a column has not had a value of this shape.
fn is_new(shapes: &mut IndexMap<String, HashSet<String>>, key: &str, value: &Value) -> bool {
    let shape = shape(value);
    match shapes.get_mut(key) {
        Some(known) if known.contains(shape.as_ref()) => false,
        Some(known) => known.insert(shape.into_owned()),
        None => {
            let first = HashSet::from([shape.into_owned()]);
            shapes.insert(key.to_owned(), first).is_none()
        }
    }
}

/// All of a value that matters for its type.
fn shape(value: &Value) -> std::borrow::Cow<'static, str> {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "truth".into(),
        Value::Number(number) if number.is_i64() => "integer".into(),
        Value::Number(_) => "float".into(),
        Value::String(_) => "text".into(),
        Value::Array(items) => {
            let mut shapes: Vec<_> = items.iter().map(shape).collect();
            shapes.dedup();
            format!("[{}]", shapes.join(",")).into()
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields: Vec<_> = fields
                .map(|(key, value)| format!("{key:?}:{}", shape(value)))
                .collect();
            format!("{{{}}}", fields.join(",")).into()
        }
    }
}

/// Puts the columns in the order of the keys, and the fields of structs in that of their names. The
/// inference gives both in the order of `serde_json`'s objects, which is that of the names or of
/// the text according to a feature that any other crate may have turned on.
fn in_order(schema: &Schema, order: &IndexSet<String>) -> Schema {
    let columns = order.iter().filter_map(|key| schema.fields().find(key));
    let fields = columns.map(|(_, field)| {
        let data_type = sorted(field.data_type());
        field.as_ref().clone().with_data_type(data_type)
    });
    Schema::new(fields.collect::<Vec<Field>>())
}

fn sorted(data_type: &DataType) -> DataType {
    let sorted_field = |field: &Arc<Field>| {
        let data_type = sorted(field.data_type());
        field.as_ref().clone().with_data_type(data_type)
    };
    match data_type {
        DataType::Struct(fields) => {
            let mut fields: Vec<Field> = fields.iter().map(sorted_field).collect();
            fields.sort_by(|one, other| one.name().cmp(other.name()));
            DataType::Struct(Fields::from(fields))
        }
        DataType::List(item) => DataType::List(Arc::new(sorted_field(item))),
        other => other.clone(),
    }
}
