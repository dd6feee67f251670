//! Small work on columns by name, and the words for column types in a signature.

use std::sync::Arc;

use arrow::{
    compute::concat_batches,
    datatypes::{DataType, Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use mlhost_data::Error;
use mlhost_store::Column;

/// The batch's columns of these names, in this order.
pub(crate) fn project(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch, Error> {
    let schema = batch.schema();
    let mut arrays = Vec::with_capacity(columns.len());
    let mut fields = Vec::with_capacity(columns.len());
    for name in columns {
        let index = schema.index_of(name).map_err(computed)?;
        arrays.push(batch.column(index).clone());
        fields.push(schema.fields()[index].clone());
    }
    with_rows(Arc::new(Schema::new(fields)), arrays, batch.num_rows())
}

/// A batch that knows its number of rows even without columns.
pub(crate) fn with_rows(
    schema: SchemaRef,
    columns: Vec<arrow::array::ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, Error> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options).map_err(computed)
}

/// One batch of several, all of this schema.
pub(crate) fn concatenated(
    schema: &SchemaRef,
    mut batches: Vec<RecordBatch>,
) -> Result<RecordBatch, Error> {
    match batches.len() {
        1 => Ok(batches.remove(0)),
        _ => concat_batches(schema, &batches).map_err(computed),
    }
}

/// The schema without these columns.
pub(crate) fn without(schema: &Schema, names: &[String]) -> Schema {
    let kept = schema
        .fields()
        .iter()
        .filter(|field| !names.contains(field.name()));
    Schema::new(kept.cloned().collect::<Vec<_>>())
}

/// What a table's error says when the table is computed.
pub(crate) fn computed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Computed(Box::new(error))
}

/// The columns of a schema in the words of a model's signature.
pub(crate) fn signature(schema: &Schema) -> Vec<Column> {
    let column = |field: &Arc<arrow::datatypes::Field>| Column {
        name: field.name().clone(),
        kind: mlflow_type(field.data_type()),
        arrow: field.data_type().to_string(),
        required: !field.is_nullable(),
    };
    schema.fields().iter().map(column).collect()
}

/// MLflow's name for a column type (`mlflow/types/schema.py`), or Arrow's where
/// MLflow has none.
fn mlflow_type(data_type: &DataType) -> String {
    let name = match data_type {
        DataType::Boolean => "boolean",
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => {
            "integer"
        }
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "long",
        DataType::Float16 | DataType::Float32 => "float",
        DataType::Float64 => "double",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "binary",
        DataType::Timestamp(_, _) | DataType::Date32 | DataType::Date64 => "datetime",
        DataType::Dictionary(_, values) => return mlflow_type(values),
        other => return other.to_string(),
    };
    name.to_owned()
}
