//! What the contract says of a flat batch: buffers start with the first value and end with the
//! last.

use arrow_buffer::{Buffer, ScalarBuffer};
use arrow_schema::{DataType, Schema};
use mlhost_arrow::{FlatArray, FlatBatch};

use crate::arrays::width;

/// What was not looked at yet.
struct Rest<'a> {
    arrays: std::slice::Iter<'a, FlatArray>,
    buffers: std::slice::Iter<'a, Buffer>,
}

/// Checks every array of a batch of this schema.
pub(crate) fn assert_exact(schema: &Schema, rows: usize, flat: &FlatBatch) {
    assert_eq!(flat.num_rows as usize, rows);
    let mut rest = Rest {
        arrays: flat.arrays.iter(),
        buffers: flat.buffers.iter(),
    };
    for field in schema.fields() {
        assert_exact_array(field.data_type(), Some(rows), &mut rest);
    }
    assert!(rest.arrays.next().is_none(), "more arrays than fields");
    assert!(rest.buffers.next().is_none(), "more buffers than fields");
}

fn assert_exact_array(data_type: &DataType, length: Option<usize>, rest: &mut Rest<'_>) {
    let this = rest.arrays.next().unwrap();
    let length = length.unwrap_or(this.length as usize);
    assert_eq!(this.length as usize, length, "values of {data_type}");
    if *data_type == DataType::Null {
        return;
    }
    let validity = match this.null_count {
        0 => 0,
        _ => length.div_ceil(8),
    };
    assert_eq!(rest.buffers.next().unwrap().len(), validity);
    let mut next = || rest.buffers.next().unwrap();
    match data_type {
        DataType::Boolean => assert_eq!(next().len(), length.div_ceil(8)),
        DataType::Utf8 | DataType::Binary => {
            let last = last_offset(next(), length, 4);
            assert_eq!(next().len(), last);
        }
        DataType::LargeUtf8 | DataType::LargeBinary => {
            let last = last_offset(next(), length, 8);
            assert_eq!(next().len(), last);
        }
        DataType::List(child) | DataType::Map(child, _) => {
            let last = last_offset(next(), length, 4);
            assert_exact_array(child.data_type(), Some(last), rest);
        }
        DataType::LargeList(child) => {
            let last = last_offset(next(), length, 8);
            assert_exact_array(child.data_type(), Some(last), rest);
        }
        DataType::FixedSizeList(child, size) => {
            let values = length * usize::try_from(*size).unwrap();
            assert_exact_array(child.data_type(), Some(values), rest);
        }
        DataType::Struct(children) => {
            for child in children {
                assert_exact_array(child.data_type(), Some(length), rest);
            }
        }
        DataType::Dictionary(index, values) => {
            assert_eq!(next().len(), length * width(index));
            assert_exact_array(values, None, rest);
        }
        leaf => assert_eq!(next().len(), length * width(leaf)),
    }
}

/// The last offset, after a check that there are as many as it takes and that the first is zero.
fn last_offset(buffer: &Buffer, length: usize, width: usize) -> usize {
    let count = length + 1;
    assert_eq!(buffer.len(), count * width);
    let buffer = buffer.clone();
    let offsets: Vec<i64> = match width {
        4 => {
            let offsets = ScalarBuffer::<i32>::new(buffer, 0, count);
            offsets.iter().map(|offset| i64::from(*offset)).collect()
        }
        _ => ScalarBuffer::<i64>::new(buffer, 0, count).to_vec(),
    };
    assert_eq!(offsets[0], 0);
    usize::try_from(offsets[length]).unwrap()
}
