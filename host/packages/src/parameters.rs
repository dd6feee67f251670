//! The parameters of a plugin as rows of a table: what each is called, takes and means, those
//! inside others too.

use serde::Serialize;
use serde_json::Value;

use crate::schema::{Allowance, Alternative, DEPTH, Schema};

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// As it is written in a pipeline: `max_depth`, `encode[].columns` for a key of each table in a
    /// list, `columns.*.not_null` for a key of a table under any name.
    pub name: String,
    /// What it takes, in words: `integer`, `"gini" | "entropy"`, `list of string`.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is when it is left out, where that is said.
    pub default: Option<Value>,
    /// What it means.
    pub meaning: String,
}

/// All parameters of a JSON Schema, in its order, each before those inside it; of one that unfolds to
/// more than anybody reads, the first of them.
///
/// ```
/// let schema = serde_json::json!({
///     "type": "object",
///     "properties": {
///         "columns": { "type": "array", "items": { "type": "string" }, "description": "Which." },
///     },
///     "required": ["columns"],
/// });
/// let parameters = mlhost_packages::parameters(&schema);
/// assert_eq!(parameters[0].name, "columns");
/// assert_eq!(parameters[0].kind, "list of string");
/// assert!(parameters[0].required);
/// ```
pub fn parameters(schema: &Value) -> Vec<Parameter> {
    let mut rows = vec![];
    let allowance = Allowance::new();
    of_table(Schema::root(schema, &allowance), "", DEPTH, &mut rows);
    rows
}

fn of_table(table: Schema<'_>, prefix: &str, depth: usize, rows: &mut Vec<Parameter>) {
    for (key, property) in table.properties() {
        let name = format!("{prefix}{key}");
        let allowance = table.allowance();
        allowance.take(rows.len() + name.len());
        // Variants of one table share some of their keys.
        if !rows.iter().any(|row| row.name == name) {
            if let Some(default) = property.default() {
                allowance.take_value(default);
            }
            let row = Parameter {
                kind: in_words(property, DEPTH),
                required: table.requires(key),
                default: property.default().cloned(),
                meaning: property.description(),
                name: name.clone(),
            };
            allowance.take(row.meaning.len());
            rows.push(row);
        }
        inside(property, &name, depth, rows);
    }
}

/// The parameters inside those tables that a parameter is, or is made of.
fn inside(schema: Schema<'_>, name: &str, depth: usize, rows: &mut Vec<Parameter>) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for alternative in schema.alternatives() {
        match alternative {
            Alternative::Typed("object", table) => {
                of_table(table, &format!("{name}."), depth, rows);
                if let Some(values) = table.other_values() {
                    inside(values, &format!("{name}.*"), depth, rows);
                }
            }
            Alternative::Typed("array", list) => {
                if let Some(items) = list.items() {
                    inside(items, &format!("{name}[]"), depth, rows);
                }
            }
            _ => {}
        }
    }
}

/// What a schema takes, in few words.
fn in_words(schema: Schema<'_>, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return "any".to_owned();
    };
    let mut words: Vec<String> = vec![];
    for alternative in schema.alternatives() {
        let word = match alternative {
            Alternative::Anything => "any".to_owned(),
            Alternative::Value(Value::Null) | Alternative::Typed("null", _) => continue,
            Alternative::Value(value) => value.to_string(),
            Alternative::Typed("array", list) => match list.items() {
                Some(items) => format!("list of {}", grouped(in_words(items, depth))),
                None => "list".to_owned(),
            },
            Alternative::Typed("object", table) => match table.other_values() {
                Some(values) if table.properties().next().is_none() => {
                    format!("table of {}", grouped(in_words(values, depth)))
                }
                _ => "table".to_owned(),
            },
            Alternative::Typed(word, _) => word.to_owned(),
        };
        schema.allowance().take(word.len() + words.len());
        if schema.allowance().is_used_up() {
            break;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" | ")
}

/// Several alternatives in brackets.
fn grouped(words: String) -> String {
    match words.contains(" | ") {
        true => format!("({words})"),
        false => words,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(schema: &Value) -> Vec<String> {
        let words = |row: Parameter| {
            let default = row.default.map(|value| format!(" = {value}"));
            let required = if row.required { ", required" } else { "" };
            format!(
                "{}: {}{}{required}",
                row.name,
                row.kind,
                default.unwrap_or_default()
            )
        };
        parameters(schema).into_iter().map(words).collect()
    }

    #[test]
    fn a_schema_that_unfolds_without_end_is_read_in_part() {
        let itself = json!({ "$ref": "#" });
        let wide: Vec<_> = (0..50).map(|_| itself.clone()).collect();
        let names = (0..50).map(|index| (format!("p{index}"), itself.clone()));
        let tables = json!({ "properties": names.collect::<serde_json::Map<_, _>>() });
        for schema in [
            json!({ "properties": { "a": { "anyOf": wide } }, "anyOf": wide }),
            json!({ "properties": { "a": { "$ref": "#/b" } }, "b": { "anyOf": [
                { "type": "array", "items": { "$ref": "#/b" } },
                { "type": "object", "additionalProperties": { "$ref": "#/b" } },
                { "type": "object", "properties": { "c": { "$ref": "#/b" } } },
            ] } }),
            tables,
        ] {
            assert!(words(&schema).len() < 5000);
        }
    }

    #[test]
    fn nested_parameters_follow_the_one_that_holds_them() {
        let schema = json!({
            "type": "object",
            "properties": {
                "encode": { "type": "array", "items": { "$ref": "#/$defs/Rule" } },
                "columns": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": { "not_null": { "type": ["boolean", "null"] } },
                    },
                },
                "scale": { "$ref": "#/$defs/Scale", "default": "none" },
                "free": {},
            },
            "required": ["encode"],
            "$defs": {
                "Rule": {
                    "type": "object",
                    "properties": {
                        "impute": { "anyOf": [{ "$ref": "#/$defs/Impute" }, { "type": "null" }] },
                        "inner": { "$ref": "#/$defs/Rule" },
                    },
                },
                "Scale": { "oneOf": [{ "const": "none" }, { "const": "standard" }] },
                "Impute": { "oneOf": [
                    { "enum": ["mean", "median"] },
                    {
                        "type": "object",
                        "properties": { "constant": { "type": ["number", "string"] } },
                        "required": ["constant"],
                    },
                ]},
            },
        });
        let words = words(&schema);
        assert_eq!(
            words[..3],
            [
                "columns: table of table",
                "columns.*.not_null: boolean",
                "encode: list of table, required",
            ]
        );
        assert!(words.contains(&"encode[].impute: \"mean\" | \"median\" | table".to_owned()));
        assert!(words.contains(&"encode[].impute.constant: number | string, required".to_owned()));
        assert!(words.contains(&"scale: \"none\" | \"standard\" = \"none\"".to_owned()));
        assert!(words.contains(&"free: any".to_owned()));
        // A schema inside itself ends somewhere.
        assert!(words.len() < 100, "{}", words.len());
    }
}
