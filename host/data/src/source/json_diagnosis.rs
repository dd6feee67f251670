//! Finds out where and why a JSON-lines file could not be read. Arrow's reader says what it did not
//! take and not on which line, so the file is read once more, line by line. This happens on the way
//! to an error only.

use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::json::reader::infer_json_schema_from_iterator;
use serde_json::Value;

use super::json::reader;
use super::json_types::{each_row, object};
use super::text::Text;
use crate::{Error, unify};

pub(super) struct Diagnosis<'a> {
    text: &'a Text,
    range: Range<u64>,
}

impl<'a> Diagnosis<'a> {
    /// A diagnosis of the whole file.
    pub(super) fn new(text: &'a Text) -> Self {
        Self {
            text,
            range: text.whole(),
        }
    }

    /// A diagnosis of one part.
    pub(super) fn within(mut self, range: &Range<u64>) -> Self {
        self.range = range.clone();
        self
    }

    /// The first line, from the row `skipped` on, that is no row with values of the wanted types.
    pub(super) fn unreadable(&self, skipped: u64, wanted: &SchemaRef) -> Option<Error> {
        let mut rows = 0;
        let mut found = None;
        let before = self.text.lines_before(&self.range).ok()?;
        let mut lines = before;
        let reader = self.text.open(&self.range).ok()?;
        let read = each_row(reader, &mut lines, |line, text| {
            rows += 1;
            if rows > skipped {
                let fields = object(text, &mut Default::default())?;
                found = unfit(text, &fields, wanted).map(|column| (line, column));
            }
            found.as_ref().map_or(Ok(()), |_| Err(String::new()))
        });
        match (found, read) {
            (Some((line, (column, value, data_type))), _) => Some(Error::InvalidValue {
                path: self.text.place.path.clone(),
                line,
                column,
                value,
                data_type,
            }),
            (None, Err(refused)) => Some(refused.into_error(self.text)),
            (None, Ok(())) => None,
        }
    }

    /// The line with the first value of a column from which another type would be inferred than
    /// one that is as wide as `data_type`, and the value.
    pub(super) fn first_unlike(&self, column: &str, data_type: &DataType) -> Option<(u64, String)> {
        let mut found = None;
        let reader = self.text.open(&self.range).ok()?;
        // The reading is broken off by the value that is looked for, or by a line that is no row and
        // behind which there is nothing to look for.
        let _ = each_row(reader, &mut 0, |line, text| {
            let mut fields = object(text, &mut Default::default())?;
            let Some(value) = fields.remove(column) else {
                return Ok(());
            };
            let row = Value::from_iter([("value", value.clone())]);
            let schema = infer_json_schema_from_iterator([Ok(row)].into_iter());
            let schema = schema.map_err(|error| error.to_string())?;
            let inferred = schema.field(0).data_type();
            if unify::wider(data_type, inferred).is_none() {
                found = Some((line, shown(&value)));
                return Err(String::new());
            }
            Ok(())
        });
        found
    }
}

/// The first column whose value in a row is not of its type.
fn unfit(
    text: &str,
    fields: &serde_json::Map<String, Value>,
    wanted: &SchemaRef,
) -> Option<(String, String, DataType)> {
    let readable = |schema: Schema| {
        let batches = reader(&Arc::new(schema)).build(text.as_bytes());
        batches.is_ok_and(|mut batches| batches.all(|batch| batch.is_ok()))
    };
    let mut columns = wanted.fields().iter();
    let column = columns.find(|field| !readable(Schema::new(vec![Arc::clone(field)])))?;
    let value = fields.get(column.name()).map(shown).unwrap_or_default();
    Some((column.name().clone(), value, column.data_type().clone()))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
