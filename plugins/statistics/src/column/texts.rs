//! Any array of texts, booleans or integers as `&str` values, null rows included.
//! A dictionary's keys are counted before its texts are looked at, so that a
//! column of few categories costs no more than a column of small integers.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{AnyDictionaryArray, Array, ArrayAccessor, downcast_integer};
use arrow_schema::DataType;

use crate::{Error, Result};

/// Whether [`for_each_text`] can read columns of this type.
pub fn is_textual(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_textual(values),
        DataType::Null
        | DataType::Boolean
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View => true,
        data_type => data_type.is_integer(),
    }
}

/// Visits every row of a column as text, in order; `None` where it is null.
///
/// Booleans read `false` and `true`, integers are written in decimal.
///
/// # Errors
/// [`Error::NotText`] where [`is_textual`] says no.
pub fn for_each_text(array: &dyn Array, mut visit: impl FnMut(Option<&str>)) -> Result<()> {
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        return dictionary_texts(dictionary, &mut visit);
    }
    plain_texts(array, &mut visit)
}

/// How often each text occurs in a column, in no particular order and a text maybe
/// more than once; `None` stands for null.
///
/// # Errors
/// As [`for_each_text`].
pub fn text_counts(array: &dyn Array, mut visit: impl FnMut(Option<&str>, u64)) -> Result<()> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        return for_each_text(array, |text| visit(text, 1));
    };
    let values = dictionary.values();
    let mut counts = vec![0; values.len()];
    let mut nulls = 0;
    for_each_key(dictionary, |key| match key {
        Some(key) => counts[key] += 1,
        None => nulls += 1,
    });
    if nulls > 0 {
        visit(None, nulls);
    }
    let mut counts = counts.into_iter();
    for_each_text(values, |text| {
        let count = counts.next().unwrap_or(0);
        if count > 0 {
            visit(text, count);
        }
    })
}

fn dictionary_texts(
    dictionary: &dyn AnyDictionaryArray,
    visit: &mut impl FnMut(Option<&str>),
) -> Result<()> {
    let mut texts: Vec<Option<String>> = Vec::with_capacity(dictionary.values().len());
    plain_texts(dictionary.values(), &mut |text| {
        texts.push(text.map(str::to_owned))
    })?;
    for_each_key(dictionary, |key| {
        visit(key.and_then(|key| texts[key].as_deref()))
    });
    Ok(())
}

/// The place of each row's value in the dictionary; `None` where the row is null.
fn for_each_key(dictionary: &dyn AnyDictionaryArray, mut visit: impl FnMut(Option<usize>)) {
    let keys = dictionary.keys();
    // A dictionary without values has null rows only, and no keys to normalise.
    if dictionary.values().is_empty() {
        (0..keys.len()).for_each(|_| visit(None));
        return;
    }
    for (row, key) in dictionary.normalized_keys().into_iter().enumerate() {
        visit(keys.is_valid(row).then_some(key));
    }
}

fn plain_texts(array: &dyn Array, visit: &mut impl FnMut(Option<&str>)) -> Result<()> {
    match array.data_type() {
        DataType::Utf8 => each(array.as_string::<i32>(), &mut *visit),
        DataType::LargeUtf8 => each(array.as_string::<i64>(), &mut *visit),
        DataType::Utf8View => each(array.as_string_view(), &mut *visit),
        DataType::Boolean => each(array.as_boolean(), |value| {
            visit(value.map(|value| if value { "true" } else { "false" }));
        }),
        DataType::Null => (0..array.len()).for_each(|_| visit(None)),
        data_type => {
            macro_rules! integers {
                ($integer:ty) => {
                    integer_texts::<$integer>(array, visit)
                };
            }
            downcast_integer! {
                data_type => (integers),
                data_type => return Err(Error::NotText { data_type: data_type.clone() }),
            }
        }
    }
    Ok(())
}

fn integer_texts<T: ArrowPrimitiveType<Native: std::fmt::Display>>(
    array: &dyn Array,
    visit: &mut impl FnMut(Option<&str>),
) {
    let mut text = String::new();
    each(array.as_primitive::<T>(), |value| {
        text.clear();
        // Writing to a string cannot fail.
        let written = value.map(|value| write!(text, "{value}"));
        visit(written.map(|_| text.as_str()));
    });
}

fn each<A: ArrayAccessor>(array: A, mut visit: impl FnMut(Option<A::Item>)) {
    for row in 0..array.len() {
        visit(array.is_valid(row).then(|| array.value(row)));
    }
}
