//! What the statistics of a row group rule out. They are bounds and not values: a text may be cut
//! off, NaN is left out, and any of them may be missing, which rules out nothing.

use arrow::array::Array;
use arrow::datatypes::Schema;
use mlhost_pipeline::Operator;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;

use crate::selected::{Bound, Predicate};

/// Whether no row of a row group can be one that a predicate holds of. `schema` has the columns of
/// the file with their types.
pub(super) fn exclude(
    predicate: &Predicate,
    metadata: &ArrowReaderMetadata,
    schema: &Schema,
    row_group: usize,
) -> Result<bool, ParquetError> {
    for bound in &predicate.bounds {
        if excludes(bound, metadata, schema, row_group)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn excludes(
    bound: &Bound,
    metadata: &ArrowReaderMetadata,
    schema: &Schema,
    row_group: usize,
) -> Result<bool, ParquetError> {
    let Ok(field) = schema.field_with_name(&bound.comparison.column) else {
        return Ok(false);
    };
    // Statistics of a list or a struct are about what is inside.
    if field.data_type().is_nested() {
        return Ok(false);
    }
    let file = metadata.metadata().file_metadata();
    let group = metadata.metadata().row_group(row_group);
    let converter =
        StatisticsConverter::try_new(&bound.comparison.column, schema, file.schema_descr())?
            .with_missing_null_counts_as_zero(false)
            .with_column_orders(file.column_orders().map(Vec::as_slice));
    let Some(column) = converter.parquet_column_index() else {
        return Ok(false);
    };
    let nulls = converter.row_group_null_counts([group])?;
    let nulls = nulls.is_valid(0).then(|| nulls.value(0));
    let rows = u64::try_from(group.num_rows()).ok();
    match bound.comparison.operator {
        Operator::IsNull => Ok(nulls == Some(0)),
        _ if nulls.is_some() && nulls == rows => Ok(true),
        Operator::IsNotNull => Ok(false),
        _ if !has_bounds(group, column) => Ok(false),
        _ => {
            let least = converter.row_group_mins([group])?;
            let greatest = converter.row_group_maxes([group])?;
            Ok(bound.excludes(&least, &greatest)?)
        }
    }
}

/// Whether there are bounds in an order that is laid down: in those of old writers, bytes beyond
/// 127 came first.
fn has_bounds(group: &RowGroupMetaData, column: usize) -> bool {
    let statistics = group.column(column).statistics();
    statistics.is_some_and(|statistics| !statistics.is_min_max_deprecated())
}
