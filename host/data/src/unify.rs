//! Makes one schema of the schemas of all files of a table. Files must have the same columns with
//! the same types; only where a type was guessed from text may one file's guess be wider than
//! another's, just as if the rows of both stood in one file.

use std::path::Path;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use mlhost_pipeline::Format;

use crate::{Difference, Error, Result};

/// The schema of all files, in the order of columns of the first.
pub(crate) fn unify<'a>(
    format: Format,
    files: impl IntoIterator<Item = (&'a Path, SchemaRef)>,
) -> Result<SchemaRef> {
    let mut files = files.into_iter();
    let Some((first_path, mut unified)) = files.next() else {
        return Ok(Schema::empty().into());
    };
    for (path, schema) in files {
        unified = pair(format, &unified, &schema)
            .map_err(|difference| Error::SchemaMismatch {
                first: first_path.to_owned(),
                second: path.to_owned(),
                difference: Box::new(difference),
                offending: None,
            })?
            .into();
    }
    Ok(unified)
}

fn pair(format: Format, first: &Schema, second: &Schema) -> Result<Schema, Difference> {
    let mut fields = Vec::with_capacity(first.fields().len());
    for field in first.fields() {
        let column = field.name();
        let Some((_, other)) = second.fields().find(column) else {
            return Err(Difference::Missing {
                column: column.clone(),
            });
        };
        fields.push(common_field(format, field, other)?);
    }
    let added = second.fields().iter().map(|field| field.name());
    let mut added = added.filter(|name| first.fields().find(name).is_none());
    match added.next() {
        Some(column) => Err(Difference::Added {
            column: column.clone(),
        }),
        None => Ok(Schema::new(fields)),
    }
}

fn common_field(format: Format, first: &Field, second: &Field) -> Result<Field, Difference> {
    let (one, other) = (first.data_type(), second.data_type());
    let inferred = format.is_text();
    let common = match inferred {
        true => wider(one, other),
        false => (one == other).then(|| one.clone()),
    };
    let data_type = common.ok_or_else(|| Difference::Type {
        column: first.name().clone(),
        first: one.clone(),
        second: other.clone(),
    })?;
    let nullable = first.is_nullable() || second.is_nullable();
    Ok(first
        .clone()
        .with_data_type(data_type)
        .with_nullable(nullable))
}

/// The type that values of either type are read as, if both were guessed from text. The rules are
/// those by which Arrow's readers guess the type of one file.
pub(crate) fn wider(one: &DataType, other: &DataType) -> Option<DataType> {
    use DataType::{Date32, Float64, Int64, Null, Timestamp};
    match (one, other) {
        (one, other) if one == other => Some(one.clone()),
        (Null, known) | (known, Null) => Some(known.clone()),
        (Int64, Float64) | (Float64, Int64) => Some(Float64),
        (Date32, time @ Timestamp(..)) | (time @ Timestamp(..), Date32) => Some(time.clone()),
        (Timestamp(one, None), Timestamp(other, None)) => Some(Timestamp((*one).max(*other), None)),
        _ => None,
    }
}
