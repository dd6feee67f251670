//! One NaN for all: WebAssembly leaves the bits of a NaN to the processor, and results must not
//! depend on it. It is seen to where values leave a plugin, while they are copied.

use std::ops::Add;

use arrow::{
    array::layout,
    datatypes::{DataType, Schema},
};

/// How many bytes are looked at and then copied: as many as the first-level cache holds with ease,
/// and so few that a NaN among them costs little.
const BLOCK_BYTES: usize = 8 << 10;

/// The width of floating-point numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Float {
    Half,
    Single,
    Double,
}

/// What the buffers of a flat batch of this schema hold, each `None` where that is anything but
/// floating-point numbers.
pub(crate) fn buffers(schema: &Schema) -> Vec<Option<Float>> {
    let mut buffers = Vec::new();
    for field in schema.fields() {
        add_buffers(field.data_type(), &mut buffers);
    }
    buffers
}

fn add_buffers(data_type: &DataType, buffers: &mut Vec<Option<Float>>) {
    let layout = layout(data_type);
    let values = match data_type {
        DataType::Float16 => Some(Float::Half),
        DataType::Float32 => Some(Float::Single),
        DataType::Float64 => Some(Float::Double),
        _ => None,
    };
    buffers.extend(layout.can_contain_null_mask.then_some(None));
    buffers.extend(layout.buffers.iter().map(|_| values));
    match data_type {
        DataType::List(child)
        | DataType::LargeList(child)
        | DataType::FixedSizeList(child, _)
        | DataType::Map(child, _) => add_buffers(child.data_type(), buffers),
        DataType::Struct(children) => {
            for child in children {
                add_buffers(child.data_type(), buffers);
            }
        }
        DataType::Dictionary(_, values) => add_buffers(values, buffers),
        _ => {}
    }
}

/// Passes on the bytes of a buffer, with one NaN for all.
pub(super) fn canonical(bytes: &[u8], float: Option<Float>, mut pass: impl FnMut(&[u8])) {
    let Some(float) = float else {
        return pass(bytes);
    };
    for block in bytes.chunks(BLOCK_BYTES) {
        let replaced = match float {
            Float::Half if any_half_nan(block) => {
                let nan = |bytes| is_half_nan(&bytes);
                replaced(block, nan, HALF_NAN.to_le_bytes())
            }
            Float::Single if any_nan(block, f32::from_le_bytes, f32::is_nan) => {
                let nan = |bytes| f32::from_le_bytes(bytes).is_nan();
                replaced(block, nan, f32::NAN.to_le_bytes())
            }
            Float::Double if any_nan(block, f64::from_le_bytes, f64::is_nan) => {
                let nan = |bytes| f64::from_le_bytes(bytes).is_nan();
                replaced(block, nan, f64::NAN.to_le_bytes())
            }
            _ => {
                pass(block);
                continue;
            }
        };
        pass(&replaced);
    }
}

/// The quiet NaN of a positive sign.
const HALF_NAN: u16 = 0x7e00;

fn is_half_nan(bytes: &[u8; 2]) -> bool {
    u16::from_le_bytes(*bytes) & 0x7fff > 0x7c00
}

fn any_half_nan(block: &[u8]) -> bool {
    let (values, _) = block.as_chunks();
    values
        .iter()
        .fold(false, |any, value| any | is_half_nan(value))
}

/// Whether there may be a NaN among the values.
///
/// Sums that together hold every value: one of them is a NaN if any value is. Infinities of both
/// signs make one as well, which is rare, and costs time but no harm. Side by side, sums take one
/// instruction for several values, and there is no faster way to look at all of them.
fn any_nan<N: Add<Output = N> + Copy + Default, const WIDTH: usize>(
    block: &[u8],
    read: impl Fn([u8; WIDTH]) -> N,
    is_nan: impl Fn(N) -> bool,
) -> bool {
    const SUMS: usize = 16;
    let (values, _) = block.as_chunks::<WIDTH>();
    let (rows, rest) = values.as_chunks::<SUMS>();
    let mut sums = [N::default(); SUMS];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum = *sum + read(*value);
        }
    }
    let rest = rest.iter().map(|value| read(*value));
    sums.into_iter().chain(rest).any(is_nan)
}

fn replaced<const WIDTH: usize>(
    block: &[u8],
    is_nan: impl Fn([u8; WIDTH]) -> bool,
    nan: [u8; WIDTH],
) -> Vec<u8> {
    let mut block = block.to_vec();
    let (values, _) = block.as_chunks_mut();
    for value in values {
        if is_nan(*value) {
            *value = nan;
        }
    }
    block
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        datatypes::{Field, Fields},
        record_batch::RecordBatch,
    };

    use super::*;

    #[test]
    fn every_buffer_of_a_flat_batch_is_looked_at() {
        let field = |name: &str, data_type| Field::new(name, data_type, true);
        let item = |data_type| Arc::new(Field::new("item", data_type, true));
        let key = Field::new("keys", DataType::Utf8, false);
        let entries = Fields::from(vec![key, field("values", DataType::Float16)]);
        let entries = Arc::new(Field::new("entries", DataType::Struct(entries), false));
        let children = Fields::from(vec![
            field("a", DataType::Float32),
            field("b", DataType::Null),
            field("c", DataType::LargeList(item(DataType::Float64))),
        ]);
        let (index, double) = (DataType::Int8, DataType::Float64);
        let schema = Schema::new(vec![
            field("boolean", DataType::Boolean),
            field("text", DataType::Utf8),
            field("struct", DataType::Struct(children)),
            field("map", DataType::Map(entries, false)),
            field("fixed", DataType::FixedSizeList(item(DataType::Float32), 3)),
            field("words", DataType::Dictionary(index.into(), double.into())),
        ]);
        let found = buffers(&schema);
        let floats: Vec<_> = found
            .iter()
            .enumerate()
            .filter(|(_, float)| float.is_some())
            .collect();
        let expected = [
            (7, Some(Float::Single)),
            (11, Some(Float::Double)),
            (19, Some(Float::Half)),
            (22, Some(Float::Single)),
            (26, Some(Float::Double)),
        ];
        let expected: Vec<_> = expected.iter().map(|(at, float)| (*at, float)).collect();
        assert_eq!(floats, expected);
        let empty = RecordBatch::new_empty(Arc::new(schema));
        let flat = mlhost_arrow::flatten_batch(&empty).unwrap();
        assert_eq!(found.len(), flat.buffers.len());
    }

    fn passed(bytes: &[u8], float: Option<Float>) -> Vec<u8> {
        let mut passed = Vec::new();
        canonical(bytes, float, |bytes| passed.extend_from_slice(bytes));
        passed
    }

    #[test]
    fn a_nan_anywhere_gets_the_bits_of_all_others_and_nothing_else_changes() {
        let numbers: Vec<f64> = (0..5000).map(f64::from).collect();
        let odd = f64::from_bits(0xfff4_0000_0000_0001);
        for place in [0, 1, 1023, 1024, 2500, 4999] {
            let with = |value: f64| {
                let mut numbers = numbers.clone();
                numbers[place] = value;
                numbers[(place + 7) % 5000] = f64::INFINITY;
                numbers[(place + 23) % 5000] = f64::NEG_INFINITY;
                let bytes = numbers.iter().flat_map(|value| value.to_le_bytes());
                bytes.collect::<Vec<u8>>()
            };
            assert_eq!(passed(&with(odd), Some(Float::Double)), with(f64::NAN));
            assert_eq!(passed(&with(-0.0), Some(Float::Double)), with(-0.0));
            assert_eq!(passed(&with(odd), None), with(odd));
        }
    }

    #[test]
    fn every_half_and_single_that_is_a_nan_is_found() {
        let halves: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
        let canonical = passed(&halves, Some(Float::Half));
        for (bits, bytes) in (0..=u16::MAX).zip(canonical.as_chunks().0) {
            let nan = matches!(bits, 0x7c01..=0x7fff | 0xfc01..=0xffff);
            assert_eq!(
                u16::from_le_bytes(*bytes),
                if nan { HALF_NAN } else { bits }
            );
        }
        let single = f32::from_bits(0xff80_0001);
        let bytes = [1.0_f32.to_le_bytes(), single.to_le_bytes()].concat();
        let expected = [1.0_f32.to_le_bytes(), f32::NAN.to_le_bytes()].concat();
        assert_eq!(passed(&bytes, Some(Float::Single)), expected);
    }

    #[test]
    fn bytes_that_make_no_whole_number_are_passed_on() {
        let mut bytes = f64::from_bits(u64::MAX).to_le_bytes().to_vec();
        bytes.extend([255; 7]);
        let mut expected = f64::NAN.to_le_bytes().to_vec();
        expected.extend([255; 7]);
        assert_eq!(passed(&bytes, Some(Float::Double)), expected);
    }
}
