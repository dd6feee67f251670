//! Types by the words that people have for them.

use arrow_schema::DataType;

use super::holds_texts;

/// What a type is called: `integer`, `float`, `number`, `string`, `boolean`, `date`, `timestamp`, as
/// the checks of a pipeline have it, and by its Arrow name where there is no word for it.
pub fn type_name(data_type: &DataType) -> String {
    let name = match data_type {
        data_type if data_type.is_integer() => "integer",
        data_type if data_type.is_floating() => "float",
        data_type if data_type.is_numeric() => "number",
        data_type if holds_texts(data_type) => "string",
        DataType::Boolean => "boolean",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(_, _) => "timestamp",
        data_type => return data_type.to_string(),
    };
    name.to_owned()
}
