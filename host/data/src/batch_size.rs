//! How large batches are: as many rows as fit into the processor's cache together, so that what one
//! stage of a scan has written the next one reads from there, and at least enough that handing a
//! batch over does not show. The number follows from the columns of the whole table and never from
//! those that a scan asks for: who sums up batch by batch gets the same sum whatever else is read
//! along.

use arrow::array::Array;
use arrow::datatypes::{DataType, Schema};
use arrow::record_batch::RecordBatch;

/// Bytes of a batch with all columns of its table. A second-level cache holds 1 or 2 MB a core,
/// and with the batch its copy in the plugin.
const BATCH_BYTES: usize = 512 << 10;

/// The rows of a batch of the widest tables.
pub const MIN_BATCH_ROWS: usize = 1 << 10;

/// The rows of a batch of the narrowest tables.
pub const MAX_BATCH_ROWS: usize = 1 << 16;

/// What a text is taken to be long, in bytes: names and codes are shorter, and remarks longer.
const TEXT_BYTES: usize = 16;

/// What a list is taken to be long.
const LIST_VALUES: usize = 4;

/// The most rows that a batch of a table with these columns holds: a power of two from
/// [`MIN_BATCH_ROWS`] to [`MAX_BATCH_ROWS`].
///
/// ```
/// use arrow::datatypes::{DataType, Field, Schema};
/// use mlhost_data::batch_rows;
///
/// let column = |number| Field::new(format!("x{number}"), DataType::Float64, true);
/// let eight = Schema::new((0..8).map(column).collect::<Vec<_>>());
/// assert_eq!(batch_rows(&eight), 8192);
/// ```
pub fn batch_rows(schema: &Schema) -> usize {
    let fields = schema.fields().iter();
    let widths = fields.map(|field| bits(field.data_type()));
    let width = widths.fold(0, usize::saturating_add);
    let rows = (BATCH_BYTES * 8).checked_div(width);
    match rows.unwrap_or(MAX_BATCH_ROWS) {
        ..MIN_BATCH_ROWS => MIN_BATCH_ROWS,
        rows @ MIN_BATCH_ROWS..MAX_BATCH_ROWS => 1 << rows.ilog2(),
        MAX_BATCH_ROWS.. => MAX_BATCH_ROWS,
    }
}

/// The bytes of a batch, without those of the same buffers that belong to others: batches are
/// windows onto larger ones, and the columns of one may share their memory.
pub fn batch_bytes(batch: &RecordBatch) -> usize {
    let columns = batch.columns().iter();
    let bytes = columns.map(|column| {
        let of_window = column.to_data().get_slice_memory_size();
        of_window.unwrap_or_else(|_| column.get_array_memory_size())
    });
    bytes.sum()
}

/// About how many bits a value takes up, but for the one that says whether it is there.
fn bits(data_type: &DataType) -> usize {
    let size = |size: &i32| usize::try_from(*size).unwrap_or(0);
    let values = |count: usize, child: &DataType| count.saturating_mul(bits(child));
    match data_type {
        DataType::Null => 0,
        DataType::Boolean => 1,
        DataType::Utf8 | DataType::Binary => 32 + 8 * TEXT_BYTES,
        DataType::LargeUtf8 | DataType::LargeBinary => 64 + 8 * TEXT_BYTES,
        DataType::Utf8View | DataType::BinaryView => 128 + 8 * TEXT_BYTES,
        DataType::FixedSizeBinary(bytes) => size(bytes).saturating_mul(8),
        DataType::List(child) | DataType::ListView(child) | DataType::Map(child, _) => {
            values(LIST_VALUES, child.data_type()).saturating_add(32)
        }
        DataType::LargeList(child) | DataType::LargeListView(child) => {
            values(LIST_VALUES, child.data_type()).saturating_add(64)
        }
        DataType::FixedSizeList(child, count) => values(size(count), child.data_type()),
        DataType::Struct(children) => {
            let widths = children.iter().map(|child| bits(child.data_type()));
            widths.fold(0, usize::saturating_add)
        }
        DataType::Dictionary(keys, _) => bits(keys),
        DataType::RunEndEncoded(_, child) => bits(child.data_type()),
        DataType::Union(children, _) => {
            let widths = children.iter().map(|(_, child)| bits(child.data_type()));
            widths.max().unwrap_or(0)
        }
        plain => 8 * plain.primitive_width().unwrap_or(8),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::datatypes::{Field, Fields};

    use super::*;

    fn rows(columns: usize, data_type: DataType) -> usize {
        let field = |column: usize| Field::new(column.to_string(), data_type.clone(), true);
        batch_rows(&Schema::new((0..columns).map(field).collect::<Fields>()))
    }

    #[test]
    fn wide_rows_make_short_batches_and_narrow_rows_long_ones() {
        assert_eq!(rows(1, DataType::Float64), 1 << 16);
        assert_eq!(rows(2, DataType::Float64), 1 << 15);
        assert_eq!(rows(8, DataType::Float64), 1 << 13);
        assert_eq!(rows(9, DataType::Float64), 1 << 12);
        assert_eq!(rows(16, DataType::Float32), 1 << 13);
        assert_eq!(rows(64, DataType::Float64), MIN_BATCH_ROWS);
        assert_eq!(rows(10_000, DataType::Float64), MIN_BATCH_ROWS);
        assert_eq!(rows(0, DataType::Float64), MAX_BATCH_ROWS);
        assert_eq!(rows(3, DataType::Null), MAX_BATCH_ROWS);
        assert_eq!(rows(100, DataType::Boolean), 1 << 15);
    }

    #[test]
    fn nested_values_count_with_all_that_is_in_them() {
        let list = |count| {
            let values = Arc::new(Field::new("item", DataType::Float32, true));
            DataType::FixedSizeList(values, count)
        };
        assert_eq!(rows(1, list(16)), rows(8, DataType::Float64));
        assert_eq!(rows(1, list(i32::MAX)), MIN_BATCH_ROWS);
        let deep = (0..40).fold(DataType::Float64, |child, _| {
            DataType::new_fixed_size_list(child, i32::MAX, true)
        });
        assert_eq!(rows(2, deep), MIN_BATCH_ROWS);
        let pair = Fields::from(vec![
            Field::new("a", DataType::Float64, true),
            Field::new("b", DataType::Float64, true),
        ]);
        assert_eq!(rows(4, DataType::Struct(pair)), rows(8, DataType::Float64));
        assert!(rows(3, DataType::Utf8) < rows(3, DataType::Float64));
    }

    #[test]
    fn a_window_has_the_bytes_that_it_shows() {
        let numbers: arrow::array::ArrayRef =
            Arc::new(arrow::array::Int64Array::from(vec![1; 1000]));
        let batch = RecordBatch::try_from_iter([("a", numbers.clone()), ("b", numbers)]);
        let batch = batch.unwrap();
        assert_eq!(batch_bytes(&batch), 16_000);
        assert_eq!(batch_bytes(&batch.slice(10, 100)), 1600);
    }
}
