//! Any array of texts, booleans or numbers as classes. Targets and predictions come
//! from different hands: a class must read alike whatever the type that holds it.

use arrow_array::Array;
use arrow_schema::DataType;

use super::{for_each_block, for_each_text, is_textual};
use crate::Result;

/// Whether [`for_each_class`] can read columns of this type.
pub fn holds_classes(data_type: &DataType) -> bool {
    is_textual(data_type) || data_type.is_floating()
}

/// Visits the class of each row of a column, in order; `None` where it is null or
/// NaN.
///
/// Texts, booleans and integers read as in [`for_each_text`], and whole numbers alike
/// whatever their type: `1` is the class of 1 and of 1.0.
///
/// # Errors
/// [`crate::Error::NotText`] where [`holds_classes`] says no.
pub fn for_each_class(array: &dyn Array, mut visit: impl FnMut(Option<&str>)) -> Result<()> {
    if !array.data_type().is_floating() {
        return for_each_text(array, visit);
    }
    for_each_block(array, |block| {
        for (row, value) in block.values.iter().enumerate() {
            let present = block.is_valid(row) && !value.is_nan();
            // Adding 0.0 makes 0.0 of -0.0.
            let class = present.then(|| (value + 0.0).to_string());
            visit(class.as_deref());
        }
    })
}
