//! From a value of the pipeline file to one of a column's type.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use mlhost_pipeline::Value;

/// The type of the values that a column is made of.
pub(super) fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => value_type(values),
        other => other,
    }
}

/// An array with this value alone, of the type of the column's values.
///
/// # Errors
///
/// Why the column cannot hold the value, to go after "the column … is of type …, ".
pub(super) fn typed(value: &Value, data_type: &DataType) -> Result<ArrayRef, String> {
    let data_type = value_type(data_type);
    let untyped: ArrayRef = match (value, data_type) {
        (Value::Boolean(value), DataType::Boolean) => Arc::new(BooleanArray::from(vec![*value])),
        (Value::Integer(number), _) if data_type.is_numeric() => match is_decimal(data_type) {
            true => text(&number.to_string()),
            false => Arc::new(Int64Array::from(vec![*number])),
        },
        (Value::Float(number), _) if data_type.is_floating() => {
            Arc::new(Float64Array::from(vec![*number]))
        }
        (Value::Float(number), _) if is_decimal(data_type) => text(&number.to_string()),
        (Value::Float(number), _) if data_type.is_integer() => {
            return Err(format!("and `{number}` is not a whole number"));
        }
        (Value::Text(value), _) if is_text(data_type) => text(value),
        (Value::Text(value) | Value::Datetime(value), _) if is_time(data_type) => {
            check_time(value, data_type)?;
            text(value)
        }
        (value, _) => return Err(format!("and `{value}` is {}", value.described())),
    };
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(&untyped, data_type, &options)
        .ok()
        .filter(|typed| typed.null_count() == 0)
        .ok_or_else(|| format!("which cannot hold `{value}`"))
}

fn text(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn is_decimal(data_type: &DataType) -> bool {
    data_type.is_decimal()
}

fn is_time(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Date32
            | DataType::Date64
            | DataType::Timestamp(..)
            | DataType::Time32(_)
            | DataType::Time64(_)
    )
}

/// Refuses what the parser would take by leaving something out.
fn check_time(value: &str, data_type: &DataType) -> Result<(), String> {
    let (_, time) = value.split_once(['T', ' ']).unwrap_or((value, ""));
    let has_offset = time.ends_with(['Z', 'z']) || time.contains(['+', '-']);
    match data_type {
        DataType::Date32 | DataType::Date64 if !time.is_empty() => {
            Err(format!("and `{value}` is a date with a time"))
        }
        DataType::Timestamp(_, None) if has_offset => Err(format!(
            "which has no time zone, and `{value}` is a time with one"
        )),
        _ => Ok(()),
    }
}
