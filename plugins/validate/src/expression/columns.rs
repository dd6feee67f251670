//! Columns as expressions read them: numbers with NaN for null, and texts by their row.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, LargeStringArray, StringArray, StringViewArray};
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::for_each_block;

/// The numbers of a column, or the same in all rows; NaN is null.
#[derive(Clone, Debug)]
pub(crate) enum NumberColumn<'a> {
    One(f64),
    Each(Cow<'a, [f64]>),
}

impl<'a> NumberColumn<'a> {
    /// # Errors
    /// Where the column holds no numbers.
    pub(crate) fn of(array: &'a dyn Array) -> Result<Self> {
        if *array.data_type() == DataType::Float64 && array.null_count() == 0 {
            let values: &'a [f64] = array.as_primitive::<Float64Type>().values();
            return Ok(Self::Each(Cow::Borrowed(values)));
        }
        let mut numbers = Vec::with_capacity(array.len());
        for_each_block(array, |block| {
            let from = numbers.len();
            numbers.extend_from_slice(block.values);
            if let Some(validity) = &block.validity {
                for row in (!validity.inner()).set_indices() {
                    numbers[from + row] = f64::NAN;
                }
            }
        })
        .map_err(|error| Error::data(error.to_string()))?;
        Ok(Self::Each(Cow::Owned(numbers)))
    }

    /// The number of a row.
    pub(crate) fn get(&self, row: usize) -> f64 {
        match self {
            Self::One(number) => *number,
            Self::Each(numbers) => numbers[row],
        }
    }

    /// The numbers with this done to each.
    pub(crate) fn map(self, change: impl Fn(f64) -> f64) -> NumberColumn<'static> {
        match self {
            Self::One(number) => NumberColumn::One(change(number)),
            Self::Each(numbers) => {
                let changed = numbers.iter().map(|number| change(*number));
                NumberColumn::Each(Cow::Owned(changed.collect()))
            }
        }
    }
}

/// The texts of a column, or the same in all rows.
#[derive(Clone, Debug)]
pub(crate) enum TextColumn<'a> {
    One(&'a str),
    Null,
    Short(&'a StringArray),
    Long(&'a LargeStringArray),
    View(&'a StringViewArray),
    Dictionary {
        keys: Vec<usize>,
        array: &'a dyn Array,
        values: Box<TextColumn<'a>>,
    },
}

impl<'a> TextColumn<'a> {
    pub(crate) fn of(array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Short(array.as_string()),
            DataType::LargeUtf8 => Self::Long(array.as_string()),
            DataType::Utf8View => Self::View(array.as_string_view()),
            _ => match array.as_any_dictionary_opt() {
                // One without values has null rows only.
                Some(dictionary) if !dictionary.values().is_empty() => Self::Dictionary {
                    keys: dictionary.normalized_keys(),
                    array,
                    values: Box::new(Self::of(dictionary.values())),
                },
                _ => Self::Null,
            },
        }
    }

    /// The text of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::One(text) => Some(text),
            Self::Null => None,
            Self::Short(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Long(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Dictionary {
                keys,
                array,
                values,
            } => array.is_valid(row).then(|| values.get(keys[row])).flatten(),
        }
    }
}
