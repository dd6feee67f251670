//! Reads columns of targets, predictions and probabilities: as numbers, or as
//! classes that are told apart by small integers.

use std::collections::BTreeMap;

use arrow_array::Array;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::{for_each_block, for_each_class};

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

    /// The class of each row of a column; `None` where it is null or NaN.
    pub(crate) fn read(&mut self, array: &dyn Array) -> Result<Vec<Option<usize>>> {
        let mut classes = Vec::with_capacity(array.len());
        for_each_class(array, |class| {
            classes.push(class.map(|class| self.number(class)));
        })
        .map_err(|error| Error::data(error.to_string()))?;
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
