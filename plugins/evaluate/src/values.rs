//! Reads columns of targets, predictions and probabilities: as numbers, or as
//! classes that are told apart by small integers.

use std::collections::BTreeMap;

use arrow_array::Array;
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::{for_each_block, for_each_text, is_textual};

/// The values of a column of numbers; NaN, which counts as null, where there is none.
pub(crate) fn numbers(array: &dyn Array) -> Result<Vec<f64>> {
    let mut numbers: Vec<f64> = Vec::with_capacity(array.len());
    for_each_block(array, |block| {
        let start = numbers.len();
        numbers.extend_from_slice(block.values);
        if let Some(validity) = &block.validity {
            for (number, valid) in numbers[start..].iter_mut().zip(validity) {
                *number = if valid { *number } else { f64::NAN };
            }
        }
    })
    .map_err(|error| Error::data(error.to_string()))?;
    Ok(numbers)
}

/// Whether columns of this type can hold classes.
pub(crate) fn holds_classes(data_type: &DataType) -> bool {
    is_textual(data_type) || data_type.is_floating()
}

/// The classes met so far, numbered in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    numbers: BTreeMap<Box<str>, usize>,
}

impl Classes {
    /// The number of a class.
    pub(crate) fn number(&mut self, class: &str) -> usize {
        if let Some(number) = self.numbers.get(class) {
            return *number;
        }
        let number = self.numbers.len();
        self.numbers.insert(class.into(), number);
        number
    }

    /// The class of each row of a column; `None` where it is null or NaN. Whole
    /// numbers read alike whatever their type: `1` is the class of 1 and of 1.0.
    pub(crate) fn read(&mut self, array: &dyn Array) -> Result<Vec<Option<usize>>> {
        let mut classes = Vec::with_capacity(array.len());
        if array.data_type().is_floating() {
            for value in numbers(array)? {
                // Adding 0.0 makes 0.0 of -0.0.
                let class = (!value.is_nan()).then(|| (value + 0.0).to_string());
                classes.push(class.map(|class| self.number(&class)));
            }
        } else {
            for_each_text(array, |text| {
                classes.push(text.map(|text| self.number(text)));
            })
            .map_err(|error| Error::data(error.to_string()))?;
        }
        Ok(classes)
    }

    /// The classes, each at the place of its number.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names = vec![""; self.numbers.len()];
        for (name, number) in &self.numbers {
            names[*number] = name;
        }
        names
    }
}
