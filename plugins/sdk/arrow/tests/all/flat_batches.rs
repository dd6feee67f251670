//! What the contract says of a flat batch: buffers start with the first value and end with the
//! last.

use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, Schema};
use mlhost_arrow::FlatArray;

use crate::arrays::width;

/// Checks every array of a batch of this schema.
pub(crate) fn assert_exact(schema: &Schema, rows: usize, arrays: &[FlatArray]) {
    let mut rest = arrays.iter();
    for field in schema.fields() {
        assert_exact_array(field.data_type(), Some(rows), &mut rest);
    }
    assert!(rest.next().is_none(), "more arrays than fields");
}

fn assert_exact_array(
    data_type: &DataType,
    length: Option<usize>,
    rest: &mut std::slice::Iter<'_, FlatArray>,
) {
    let this = rest.next().unwrap();
    let length = length.unwrap_or(this.length as usize);
    assert_eq!(this.length as usize, length, "values of {data_type}");
    if *data_type == DataType::Null {
        assert_eq!(this.buffers.len(), 0);
        return;
    }
    let validity = match this.null_count {
        0 => 0,
        _ => length.div_ceil(8),
    };
    let sizes: Vec<_> = this.buffers.iter().map(|buffer| buffer.len()).collect();
    match data_type {
        DataType::Boolean => assert_eq!(sizes, [validity, length.div_ceil(8)]),
        DataType::Utf8 | DataType::Binary => {
            let last = last_offset(this, 4);
            assert_eq!(sizes, [validity, 4 * (length + 1), last]);
        }
        DataType::LargeUtf8 | DataType::LargeBinary => {
            let last = last_offset(this, 8);
            assert_eq!(sizes, [validity, 8 * (length + 1), last]);
        }
        DataType::List(child) | DataType::Map(child, _) => {
            assert_eq!(sizes, [validity, 4 * (length + 1)]);
            assert_exact_array(child.data_type(), Some(last_offset(this, 4)), rest);
        }
        DataType::LargeList(child) => {
            assert_eq!(sizes, [validity, 8 * (length + 1)]);
            assert_exact_array(child.data_type(), Some(last_offset(this, 8)), rest);
        }
        DataType::FixedSizeList(child, size) => {
            assert_eq!(sizes, [validity]);
            let values = length * usize::try_from(*size).unwrap();
            assert_exact_array(child.data_type(), Some(values), rest);
        }
        DataType::Struct(children) => {
            assert_eq!(sizes, [validity]);
            for child in children {
                assert_exact_array(child.data_type(), Some(length), rest);
            }
        }
        DataType::Dictionary(index, values) => {
            assert_eq!(sizes, [validity, length * width(index)]);
            assert_exact_array(values, None, rest);
        }
        leaf => assert_eq!(sizes, [validity, length * width(leaf)]),
    }
}

/// The last offset, after a check that the first is zero.
fn last_offset(array: &FlatArray, width: usize) -> usize {
    let buffer = array.buffers[1].clone();
    let count = buffer.len() / width;
    let offsets: Vec<i64> = match width {
        4 => {
            let offsets = ScalarBuffer::<i32>::new(buffer, 0, count);
            offsets.iter().map(|offset| i64::from(*offset)).collect()
        }
        _ => ScalarBuffer::<i64>::new(buffer, 0, count).to_vec(),
    };
    assert_eq!(offsets[0], 0);
    usize::try_from(offsets[count - 1]).unwrap()
}
