//! JSON lines: one object on each line. The columns are all keys of all rows, in the order in
//! which they first appear, and their types are inferred from all rows. A part is a whole file.

use std::cell::Cell;
use std::io::BufRead;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema_from_iterator;
use indexmap::{IndexMap, IndexSet};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Source, text};
use crate::data_file::Place;
use crate::table::Batches;
use crate::{BATCH_ROWS, Error, Result};

pub(super) struct JsonSource {
    place: Arc<Place>,
    schema: SchemaRef,
    rows: u64,
}

impl JsonSource {
    pub(super) fn open(place: Arc<Place>) -> Result<Self> {
        let (schema, rows) = infer(&place)?;
        if schema.fields().is_empty() {
            return Err(Error::Empty {
                path: place.path.clone(),
            });
        }
        Ok(Self {
            place,
            schema: Arc::new(schema),
            rows,
        })
    }
}

impl Source for JsonSource {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn num_parts(&self) -> usize {
        1
    }

    fn scan_part(&self, _part: usize, wanted: &SchemaRef) -> Result<Box<dyn Batches>> {
        let reader = ReaderBuilder::new(wanted.clone())
            .with_batch_size(BATCH_ROWS)
            // A column of numbers and text was inferred to be text.
            .with_coerce_primitive(true)
            .build(text::open(&self.place)?)
            .map_err(Error::arrow(&self.place.path))?;
        let place = self.place.clone();
        Ok(Box::new(reader.map(move |batch| {
            batch.map_err(Error::arrow(&place.path))
        })))
    }
}

/// The columns and the number of rows of a file.
fn infer(place: &Place) -> Result<(Schema, u64)> {
    let line = Cell::new(0);
    let mut rows = 0;
    let mut order = IndexSet::new();
    let malformed = |message: String| Error::Malformed {
        path: place.path.clone(),
        line: line.get(),
        message,
    };
    let mut failure = None;
    let mut lines = text::open(place)?.lines();
    // Arrow's inference takes only its own errors: what else goes wrong is kept aside.
    let rows_seen = std::iter::from_fn(|| {
        loop {
            line.set(line.get() + 1);
            let text = match lines.next()? {
                Ok(text) => text,
                Err(source) => {
                    failure = Some(Error::io(&place.path)(source));
                    return None;
                }
            };
            if text.trim().is_empty() {
                continue;
            }
            rows += 1;
            return Some(object(&text, &mut order));
        }
    });
    let inferred = infer_json_schema_from_iterator(rows_seen);
    if let Some(failure) = failure {
        return Err(failure);
    }
    let schema = inferred.map_err(|error| malformed(message(error)))?;
    Ok((in_order(&schema, &order), rows))
}

/// Reads the object on a line, and takes note of keys that were not there before.
fn object(text: &str, order: &mut IndexSet<String>) -> Result<Value, ArrowError> {
    let row: Value = serde_json::from_str(text).map_err(invalid)?;
    let Value::Object(fields) = &row else {
        return Err(ArrowError::JsonError("expected a JSON object".to_owned()));
    };
    if fields.keys().any(|key| !order.contains(key)) {
        // An object as such is in the order of its keys: only a new key is worth a second reading.
        let fields: IndexMap<String, IgnoredAny> = serde_json::from_str(text).map_err(invalid)?;
        order.extend(fields.into_keys());
    }
    Ok(row)
}

fn invalid(error: serde_json::Error) -> ArrowError {
    let column = error.column();
    ArrowError::JsonError(format!("not valid JSON at column {column}"))
}

fn message(error: ArrowError) -> String {
    match error {
        ArrowError::JsonError(message) => message,
        other => other.to_string(),
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
