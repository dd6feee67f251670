//! Classes as texts, whatever the type of the column that holds them.

use arrow_array::Array;
use arrow_schema::DataType;
use mlhost_plugin::{Error, Result};
use mlhost_statistics::column::{for_each_block, for_each_text, is_textual};

/// Whether columns of this type can hold classes.
pub(crate) fn holds_classes(data_type: &DataType) -> bool {
    is_textual(data_type) || data_type.is_floating()
}

/// Visits the class of each row; `None` where it is null or NaN. Whole numbers read
/// alike whatever their type: `1` is the class of 1 and of 1.0.
pub(crate) fn for_each_class(array: &dyn Array, mut visit: impl FnMut(Option<&str>)) -> Result<()> {
    let read = if array.data_type().is_floating() {
        for_each_block(array, |block| {
            for (row, value) in block.values.iter().enumerate() {
                let present = block.is_valid(row) && !value.is_nan();
                // Adding 0.0 makes 0.0 of -0.0.
                let class = present.then(|| (value + 0.0).to_string());
                visit(class.as_deref());
            }
        })
    } else {
        for_each_text(array, visit)
    };
    read.map_err(|error| Error::data(error.to_string()))
}
