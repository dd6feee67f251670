//! Finding columns by name, with errors that point at the parameter.

use arrow_schema::Schema;

use crate::{Error, Result};

/// The index of the column that the parameter at the JSON Pointer `at` names.
///
/// # Errors
/// Invalid parameters, with the nearest name there is.
pub fn column_index(schema: &Schema, name: &str, at: &str) -> Result<usize> {
    schema.index_of(name).map_err(|_| {
        let nearest = schema
            .fields()
            .iter()
            .map(|field| {
                (
                    strsim::damerau_levenshtein(name, field.name()),
                    field.name(),
                )
            })
            .filter(|(distance, _)| *distance <= name.chars().count().div_ceil(3).max(1))
            .min();
        let hint =
            nearest.map_or_else(String::new, |(_, near)| format!("; did you mean `{near}`?"));
        Error::params(
            at,
            format!("there is no column `{name}` in the input{hint}"),
        )
    })
}

/// Checks a list of column names, the parameter at the JSON Pointer `at`: each
/// exists, and none is named twice.
pub fn named_columns(schema: &Schema, names: &[String], at: &str) -> Result<Vec<usize>> {
    let mut seen = std::collections::BTreeSet::new();
    names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let at = format!("{at}/{i}");
            if !seen.insert(name) {
                return Err(Error::params(at, format!("column `{name}` is named twice")));
            }
            column_index(schema, name, &at)
        })
        .collect()
}
