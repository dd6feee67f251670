//! A 64-bit key of each value of a column: equal values have equal keys, whatever the type that
//! holds them, and different values of up to 64 bits different ones.

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, PrimitiveArray, downcast_integer};
use arrow_schema::DataType;
use twox_hash::XxHash3_64;

use super::{for_each_block, for_each_text};
use crate::{Error, Result};

/// Whole numbers up to here are the same as `i64` and as `f64`.
const WHOLE: i64 = 1 << 53;

/// Whether [`for_each_key`] can read columns of this type.
pub fn has_keys(data_type: &DataType) -> bool {
    holds_texts(data_type)
        || matches!(data_type, DataType::Boolean | DataType::Null)
        || data_type.primitive_width().is_some()
}

/// Whether a column of this type holds texts.
pub fn holds_texts(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => holds_texts(values),
        data_type => data_type.is_string(),
    }
}

/// Visits the key of each row of a column, in order; `None` where it is null or NaN.
///
/// Numbers, booleans (0 and 1), dates and times (in their own unit) of up to 64 bits have keys of
/// their own, the same for whole numbers of every type up to 2⁵³. Of a text, and of a value of more
/// bits, the key is its XXH3 hash.
///
/// # Errors
/// [`Error::NotText`] where [`has_keys`] says no.
pub fn for_each_key(array: &dyn Array, mut visit: impl FnMut(Option<u64>)) -> Result<()> {
    let data_type = array.data_type();
    if holds_texts(data_type) {
        return for_each_text(array, |text| {
            visit(text.map(|text| XxHash3_64::oneshot(text.as_bytes())));
        });
    }
    macro_rules! integers {
        ($integer:ty) => {
            integer_keys(array.as_primitive::<$integer>(), visit, |value| {
                value as u64
            })
        };
    }
    downcast_integer! {
        data_type => (integers),
        DataType::Null => (0..array.len()).for_each(|_| visit(None)),
        DataType::Boolean => {
            let booleans = array.as_boolean().iter();
            booleans.for_each(|value| visit(value.map(u64::from)));
        },
        data_type if data_type.is_floating() => return for_each_block(array, |block| {
            for (row, value) in block.values.iter().enumerate() {
                let present = block.is_valid(row) && !value.is_nan();
                visit(present.then(|| key_of_float(*value)));
            }
        }),
        data_type => match data_type.primitive_width() {
            Some(width) => byte_keys(array, width, visit),
            None => return Err(Error::NotText { data_type: data_type.clone() }),
        },
    }
    Ok(())
}

fn integer_keys<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    mut visit: impl FnMut(Option<u64>),
    key: impl Fn(T::Native) -> u64,
) {
    let values = array.values().iter();
    match array.nulls() {
        None => values.for_each(|value| visit(Some(key(*value)))),
        Some(nulls) => values
            .zip(nulls)
            .for_each(|(value, present)| visit(present.then(|| key(*value)))),
    }
}

/// Keys of values that are equal when their bytes are: dates, times, decimals.
fn byte_keys(array: &dyn Array, width: usize, mut visit: impl FnMut(Option<u64>)) {
    let data = array.to_data();
    let Some(buffer) = data.buffers().first() else {
        return;
    };
    let values = buffer.as_slice().chunks_exact(width).skip(data.offset());
    for (row, value) in values.take(array.len()).enumerate() {
        visit(array.is_valid(row).then(|| match *value {
            [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])).cast_unsigned(),
            [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ => XxHash3_64::oneshot(value),
        }));
    }
}

/// The key of a number that is not NaN: that of the integer where it is a whole number, or else its
/// bits. Bits that are the key of an integer are exchanged with those of that integer, so that no
/// two numbers have one key.
fn key_of_float(value: f64) -> u64 {
    let whole = value as i64;
    if whole as f64 == value && (-WHOLE..=WHOLE).contains(&whole) {
        return whole.cast_unsigned();
    }
    let bits = value.to_bits();
    let taken = bits.cast_signed();
    if (-WHOLE..=WHOLE).contains(&taken) {
        return (taken as f64).to_bits();
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_have_one_key() {
        let numbers = [
            0.0,
            1.0,
            -1.0,
            5e-324,
            1e-323,
            0.5,
            1e300,
            9_007_199_254_740_992.0,
            9_007_199_254_740_994.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        let mut keys: Vec<u64> = numbers.iter().map(|number| key_of_float(*number)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), numbers.len());
        assert_eq!(key_of_float(-0.0), key_of_float(0.0));
        assert_eq!(key_of_float(-7.0), (-7_i64).cast_unsigned());
    }
}
