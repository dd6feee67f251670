//! Parameters for a plugin that brings none: the least that its schema asks for, with columns of
//! the generated table where a parameter says that it names one.

use arrow::record_batch::RecordBatch;
use serde_json::{Map, Value, json};

use super::{bench::Bench, case::Case, data, schema::ParamsSchema};

/// How many ways to choose columns are tried.
const MOST_TRIES: usize = 200;

/// How deep a value is made. A list of lists of lists would soon have more values than there is room
/// for.
const DEEPEST: usize = 7;

/// Columns of the generated table that a parameter may name, the likeliest first.
const COLUMNS: [&str; 8] = [
    "float64",
    "int64",
    "target",
    "label",
    "utf8",
    "boolean",
    "timestamp_s",
    "date32",
];

/// What is left of the generated table for a plugin that cannot take all of it: columns of every type
/// at once, or nulls in all of them, are more than one can be asked to take by itself.
const PLAINER: [&[&str]; 2] = [
    &[
        "float64",
        "int64",
        "utf8",
        "boolean",
        "target",
        "prediction",
        "label",
    ],
    &["prediction", "target"],
];

/// A case of generated rows with the least parameters that the plugin opens and learns with.
///
/// # Errors
/// Why there is none.
pub(crate) fn case(
    bench: &Bench,
    schema: &ParamsSchema,
    table: &RecordBatch,
) -> Result<Case, String> {
    let plainer = PLAINER.iter().filter_map(|names| data::only(table, names));
    let mut first = Err(String::new());
    for (index, table) in [table.clone()].into_iter().chain(plainer).enumerate() {
        match case_of(bench, schema, table) {
            Ok(case) => return Ok(case),
            Err(reason) if index == 0 => first = Err(reason),
            Err(_) => {}
        }
    }
    first
}

fn case_of(bench: &Bench, schema: &ParamsSchema, table: RecordBatch) -> Result<Case, String> {
    let required = required(schema.value());
    let roles = schema.roles();
    let role = |name: &str| {
        roles
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, role)| *role)
    };
    let mut choices: Vec<(String, Vec<Value>)> = vec![];
    for name in required {
        let property = &schema.value()["properties"][&name];
        let values = match role(&name) {
            Some("target") => named(property, &["target", "label", "float64"]),
            Some("prediction") => named(property, &["prediction"]),
            Some("column") => named(property, &COLUMNS),
            _ => vec![least(property)],
        };
        choices.push((name, values));
    }
    let mut last = String::new();
    for attempt in 0..MOST_TRIES {
        let Some(params) = choice(&choices, attempt) else {
            break;
        };
        let params = Value::Object(params);
        let case = Case {
            name: "the least parameters".to_owned(),
            params,
            input: table.clone(),
            second: None,
            apply: None,
        };
        let input = std::slice::from_ref(&case.input);
        match bench.learn(&case.text(), input, &case.schema()) {
            Ok(_) => return Ok(case),
            Err(trouble) if attempt == 0 => {
                last = format!("with {}: {}", case.params, trouble.words())
            }
            Err(_) => {}
        }
    }
    Err(last)
}

/// A column's name, or a list of it where the parameter is a list.
fn named(property: &Value, columns: &[&str]) -> Vec<Value> {
    let is_list = property["type"] == "array"
        || property["type"]
            .as_array()
            .is_some_and(|types| types.contains(&json!("array")));
    let name = |column: &&str| {
        if is_list {
            json!([column])
        } else {
            json!(column)
        }
    };
    columns.iter().map(name).collect()
}

/// One combination of values, counted through.
fn choice(choices: &[(String, Vec<Value>)], mut attempt: usize) -> Option<Map<String, Value>> {
    let mut params = Map::new();
    for (name, values) in choices {
        let value = values.get(attempt % values.len().max(1))?;
        attempt /= values.len().max(1);
        params.insert(name.clone(), value.clone());
    }
    (attempt == 0).then_some(params)
}

fn required(schema: &Value) -> Vec<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// The least value that a schema has.
fn least(schema: &Value) -> Value {
    least_at(schema, DEEPEST)
}

/// The same of a schema inside others, so many of which may follow.
fn least_at(schema: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else {
        return Value::Null;
    };
    let least = |schema: &Value| least_at(schema, depth);
    for key in ["default", "const"] {
        if let Some(value) = schema.get(key) {
            return value.clone();
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema[key].get(0) {
            return least(first);
        }
    }
    let word = match &schema["type"] {
        Value::Array(words) => words.iter().find(|word| *word != "null"),
        word => Some(word),
    };
    match word.and_then(Value::as_str) {
        Some("string") => json!("a"),
        Some("boolean") => json!(false),
        Some("integer" | "number") => {
            let bound = schema.get("minimum").or_else(|| schema.get("maximum"));
            bound.cloned().unwrap_or(json!(1))
        }
        Some("array") => {
            let least_items = schema["minItems"].as_u64().unwrap_or(0);
            (0..least_items.min(8))
                .map(|_| least(&schema["items"]))
                .collect()
        }
        Some("null") => Value::Null,
        _ => {
            let parts = required(schema).into_iter();
            Value::Object(
                parts
                    .map(|name| (name.clone(), least(&schema["properties"][&name])))
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_value_fits_its_schema() {
        let schema = json!({
            "type": "object",
            "required": ["count", "word", "list", "rule"],
            "properties": {
                "count": { "type": "integer", "minimum": 3 },
                "word": { "enum": ["late", "early"] },
                "list": { "type": "array", "minItems": 1, "items": { "type": ["null", "string"] } },
                "rule": { "oneOf": [{ "type": "object", "required": ["a"],
                                      "properties": { "a": { "type": "boolean" } } }] },
                "other": { "type": "string" }
            }
        });
        let expected = json!({ "count": 3, "word": "late", "list": ["a"], "rule": { "a": false } });
        assert_eq!(least(&schema), expected);
        assert!(ParamsSchema::new(&schema).unwrap().accepts(&expected));
    }

    #[test]
    fn every_combination_is_tried_once() {
        let values = |values: &[i32]| values.iter().map(|value| json!(value)).collect::<Vec<_>>();
        let choices = vec![
            ("a".to_owned(), values(&[1, 2])),
            ("b".to_owned(), values(&[3, 4])),
        ];
        let all: Vec<_> = (0..9)
            .map_while(|attempt| choice(&choices, attempt))
            .collect();
        assert_eq!(all.len(), 4);
        assert_eq!(Value::Object(all[3].clone()), json!({ "a": 2, "b": 4 }));
    }
}
