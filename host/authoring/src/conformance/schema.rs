//! The JSON Schema of a plugin's parameters: whether it is one, what it accepts, and which
//! parameters name columns.
//!
//! Of JSON Schema 2020-12 this reads the keywords that describe parameters. What it does not know is
//! told rather than passed over, because a check by half a schema would be worth nothing.

use std::cell::Cell;

use serde_json::{Map, Value};

/// The dialect that the contract asks for.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keywords that say something to a person, or that a host reads, and refuse nothing.
const NOTES: [&str; 12] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "format",
    "readOnly",
    "writeOnly",
    "$defs",
];

/// The types of JSON, as schemas call them.
const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "integer", "string",
];

/// Deeper schemas than this are no description of parameters.
const MOST_DEPTH: usize = 64;

/// How many schemas are asked about one value. A few that refer to each other can be more than there is
/// time for.
const MOST_LOOKS: usize = 1 << 18;

/// A schema that is ready to be asked.
pub(crate) struct ParamsSchema {
    value: Value,
}

impl ParamsSchema {
    /// # Errors
    /// What keeps this from being a JSON Schema of parameters.
    pub(crate) fn new(value: &Value) -> Result<Self, String> {
        if let Some(dialect) = value.get("$schema")
            && dialect != DIALECT
        {
            return Err(format!("its `$schema` is {dialect}, and not \"{DIALECT}\""));
        }
        if !value.is_object() {
            return Err("it is no JSON object".to_owned());
        }
        well_formed(value, value, "", 0)?;
        Ok(Self {
            value: value.clone(),
        })
    }

    /// Whether these parameters fit, or why not.
    pub(crate) fn check(&self, params: &Value) -> Result<(), String> {
        let document = Document {
            root: &self.value,
            looks: Cell::new(MOST_LOOKS),
        };
        let fit = fits(&document, &self.value, params, "", 0);
        match document.looks.get() {
            0 => Err("the schema is too large to be asked".to_owned()),
            _ => fit,
        }
    }

    pub(crate) fn accepts(&self, params: &Value) -> bool {
        self.check(params).is_ok()
    }

    /// Whether it says in so many words that parameters may have any name.
    pub(crate) fn welcomes_any_name(&self) -> bool {
        match self.value.get("additionalProperties") {
            None | Some(Value::Bool(false)) => false,
            Some(_) => true,
        }
    }

    /// The parameters at the top that have a role, by name.
    pub(crate) fn roles(&self) -> Vec<(&str, &str)> {
        let properties = self.value.get("properties").and_then(Value::as_object);
        let roles = properties.into_iter().flatten();
        let roles = roles.filter_map(|(name, property)| {
            let role = property.get("x-mlhost-role")?.as_str()?;
            Some((name.as_str(), role))
        });
        roles.collect()
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }
}

/// Whether a schema and those inside it are made of keywords that are known, with values of the
/// form that they have.
fn well_formed(root: &Value, schema: &Value, at: &str, depth: usize) -> Result<(), String> {
    let object = match schema {
        Value::Bool(_) => return Ok(()),
        Value::Object(object) if depth < MOST_DEPTH => object,
        Value::Object(_) => return Err(format!("{at} is nested too deeply")),
        other => return Err(format!("{at} is {other}, and no schema")),
    };
    for (keyword, value) in object {
        let place = format!("{at}/{keyword}");
        let inside = |schema: &Value, place: &str| well_formed(root, schema, place, depth + 1);
        let is_right = match keyword.as_str() {
            "type" => match value {
                Value::Array(words) => !words.is_empty() && words.iter().all(is_type),
                word => is_type(word),
            },
            "properties" => match value.as_object() {
                Some(all) => {
                    for (name, schema) in all {
                        inside(schema, &format!("{place}/{name}"))?;
                    }
                    true
                }
                None => false,
            },
            "additionalProperties" | "items" | "not" | "propertyNames" => {
                inside(value, &place)?;
                true
            }
            "oneOf" | "anyOf" | "allOf" | "prefixItems" => match value.as_array() {
                Some(all) if !all.is_empty() => {
                    for (index, schema) in all.iter().enumerate() {
                        inside(schema, &format!("{place}/{index}"))?;
                    }
                    true
                }
                _ => false,
            },
            "required" => value
                .as_array()
                .is_some_and(|names| names.iter().all(Value::is_string)),
            "enum" => value.is_array(),
            "const" => true,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                value.is_number()
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => value.is_u64(),
            "uniqueItems" => value.is_boolean(),
            "$ref" => value
                .as_str()
                .and_then(|place| refers_to(root, place))
                .is_some(),
            keyword if NOTES.contains(&keyword) || keyword.starts_with("x-") => true,
            _ => {
                return Err(format!(
                    "the keyword `{keyword}` at {place} is not one that this host knows"
                ));
            }
        };
        if !is_right {
            return Err(format!("{place} is {value}"));
        }
    }
    Ok(())
}

fn is_type(word: &Value) -> bool {
    word.as_str().is_some_and(|word| TYPES.contains(&word))
}

/// The schema inside the same document that a reference names.
fn refers_to<'a>(root: &'a Value, place: &str) -> Option<&'a Value> {
    root.pointer(place.strip_prefix('#')?)
}

/// What schemas refer to, and how many may still be asked.
struct Document<'a> {
    root: &'a Value,
    looks: Cell<usize>,
}

/// Whether a value fits a schema, or where and why not.
fn fits(
    document: &Document<'_>,
    schema: &Value,
    value: &Value,
    at: &str,
    depth: usize,
) -> Result<(), String> {
    // What comes of the rest does not matter: nothing is said of the whole then.
    match document.looks.get() {
        0 => return Ok(()),
        left => document.looks.set(left - 1),
    }
    let object = match schema {
        Value::Object(object) if depth < MOST_DEPTH => object,
        Value::Bool(true) => return Ok(()),
        _ => return Err(format!("at {at}: nothing fits")),
    };
    let wrong = |what: String| match at {
        "" => Err(what),
        at => Err(format!("at {at}: {what}")),
    };
    let inner =
        |schema: &Value, value: &Value, at: &str| fits(document, schema, value, at, depth + 1);
    if let Some(words) = object.get("type")
        && !any(words, |word| is_of_type(value, word))
    {
        return wrong(format!("{value} is not of type {words}"));
    }
    if let Some(allowed) = object.get("enum").and_then(Value::as_array)
        && !allowed.iter().any(|allowed| same(allowed, value))
    {
        return wrong(format!(
            "{value} is none of {}",
            Value::from(allowed.clone())
        ));
    }
    if let Some(only) = object.get("const").filter(|only| !same(only, value)) {
        return wrong(format!("{value} is not {only}"));
    }
    if let Some(place) = object.get("$ref").and_then(Value::as_str) {
        let other = refers_to(document.root, place).unwrap_or(&Value::Bool(false));
        inner(other, value, at)?;
    }
    let schemas = |keyword: &str| object.get(keyword).and_then(Value::as_array);
    let fitting = |all: &Vec<Value>| {
        all.iter()
            .filter(|one| inner(one, value, at).is_ok())
            .count()
    };
    if let Some(all) = schemas("allOf") {
        all.iter().try_for_each(|one| inner(one, value, at))?;
    }
    if schemas("anyOf").is_some_and(|all| fitting(all) == 0) {
        return wrong(format!("{value} fits none of the alternatives"));
    }
    if schemas("oneOf").is_some_and(|all| fitting(all) != 1) {
        return wrong(format!(
            "{value} does not fit exactly one of the alternatives"
        ));
    }
    if object
        .get("not")
        .is_some_and(|not| inner(not, value, at).is_ok())
    {
        return wrong(format!("{value} is what it may not be"));
    }
    match value {
        Value::Number(number) => within(object, number.as_f64().unwrap_or(f64::NAN)).or_else(wrong),
        Value::String(text) => counted(object, "Length", text.chars().count()).or_else(wrong),
        Value::Array(values) => {
            counted(object, "Items", values.len()).or_else(wrong)?;
            let first = schemas("prefixItems").map_or(&[][..], Vec::as_slice);
            let rest = object.get("items").unwrap_or(&Value::Bool(true));
            for (index, value) in values.iter().enumerate() {
                inner(
                    first.get(index).unwrap_or(rest),
                    value,
                    &format!("{at}/{index}"),
                )?;
            }
            let repeats = values
                .iter()
                .enumerate()
                .any(|(index, value)| values[..index].contains(value));
            match repeats && object.get("uniqueItems") == Some(&Value::Bool(true)) {
                true => wrong("a value is there twice".to_owned()),
                false => Ok(()),
            }
        }
        Value::Object(values) => {
            counted(object, "Properties", values.len()).or_else(wrong)?;
            members(document, object, values, at, depth)
        }
        _ => Ok(()),
    }
}

/// Whether the members of an object fit.
fn members(
    document: &Document<'_>,
    schema: &Map<String, Value>,
    values: &Map<String, Value>,
    at: &str,
    depth: usize,
) -> Result<(), String> {
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let missing = required
        .filter_map(Value::as_str)
        .find(|name| !values.contains_key(*name));
    if let Some(name) = missing {
        let place = if at.is_empty() {
            String::new()
        } else {
            format!("at {at}: ")
        };
        return Err(format!("{place}`{name}` is missing"));
    }
    let known = schema.get("properties").and_then(Value::as_object);
    let other = schema
        .get("additionalProperties")
        .unwrap_or(&Value::Bool(true));
    for (name, value) in values {
        let own = known.and_then(|known| known.get(name)).unwrap_or(other);
        let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        fits(document, own, value, &place, depth + 1)?;
        if let Some(names) = schema.get("propertyNames") {
            fits(
                document,
                names,
                &Value::from(name.as_str()),
                &place,
                depth + 1,
            )?;
        }
    }
    Ok(())
}

/// Whether a number lies within its bounds.
fn within(schema: &Map<String, Value>, number: f64) -> Result<(), String> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let outside = bound("minimum").is_some_and(|bound| number < bound)
        || bound("maximum").is_some_and(|bound| number > bound)
        || bound("exclusiveMinimum").is_some_and(|bound| number <= bound)
        || bound("exclusiveMaximum").is_some_and(|bound| number >= bound)
        || bound("multipleOf").is_some_and(|step| (number / step).fract() != 0.0);
    match outside {
        true => Err(format!("{number} is out of range")),
        false => Ok(()),
    }
}

/// Whether there are neither too few nor too many of something.
fn counted(schema: &Map<String, Value>, what: &str, count: usize) -> Result<(), String> {
    let bound = |which: &str| {
        schema
            .get(&format!("{which}{what}"))
            .and_then(Value::as_u64)
    };
    let fits = bound("min").is_none_or(|least| count as u64 >= least)
        && bound("max").is_none_or(|most| count as u64 <= most);
    match fits {
        true => Ok(()),
        false => Err(format!("{count} are too few or too many")),
    }
}

/// Equal, where 1 and 1.0 are one number.
fn same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_number() && one.as_f64() == other.as_f64())
}

fn any(words: &Value, is: impl Fn(&str) -> bool) -> bool {
    match words {
        Value::Array(words) => words.iter().filter_map(Value::as_str).any(is),
        word => word.as_str().is_some_and(is),
    }
}

fn is_of_type(value: &Value, word: &str) -> bool {
    match word {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "string" => value.is_string(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_schema_is_told_with_its_place() {
        let told = |schema: Value| ParamsSchema::new(&schema).err().unwrap_or_default();
        assert_eq!(told(json!([])), "it is no JSON object");
        assert_eq!(told(json!({ "type": "objekt" })), "/type is \"objekt\"");
        assert_eq!(
            told(json!({ "properties": { "a": { "minimum": "1" } } })),
            "/properties/a/minimum is \"1\""
        );
        assert_eq!(
            told(json!({ "$ref": "#/$defs/none" })),
            "/$ref is \"#/$defs/none\""
        );
        assert_eq!(
            told(json!({ "dependentRequired": {} })),
            "the keyword `dependentRequired` at /dependentRequired is not one that this host knows"
        );
    }

    #[test]
    fn a_schema_that_unfolds_without_end_fits_nothing() {
        let itself = json!({ "$ref": "#" });
        let all: Vec<_> = (0..9).map(|_| itself.clone()).collect();
        let schema = ParamsSchema::new(&json!({ "oneOf": all })).unwrap();
        assert!(!schema.accepts(&json!({})));
    }

    #[test]
    fn values_fit_or_are_told_with_their_place() {
        let schema = json!({
            "type": "object",
            "required": ["a"],
            "additionalProperties": false,
            "properties": {
                "a": { "type": ["integer", "null"], "minimum": 1 },
                "b": { "type": "array", "items": { "enum": ["x", "y"] }, "uniqueItems": true },
                "c": { "oneOf": [{ "const": "p" }, { "type": "object", "required": ["q"] }] },
                "d": { "$ref": "#/properties/a" }
            }
        });
        let schema = ParamsSchema::new(&schema).unwrap();
        for fits in [
            json!({ "a": 1 }),
            json!({ "a": null, "b": ["x", "y"], "c": "p", "d": 2 }),
            json!({ "a": 2.0, "c": { "q": [] } }),
        ] {
            assert_eq!(schema.check(&fits), Ok(()), "{fits}");
        }
        let told = |value: Value| schema.check(&value).unwrap_err();
        assert_eq!(told(json!({})), "`a` is missing");
        assert_eq!(told(json!({ "a": 0 })), "at /a: 0 is out of range");
        assert_eq!(
            told(json!({ "a": 1, "d": "1" })),
            "at /d: \"1\" is not of type [\"integer\",\"null\"]"
        );
        assert_eq!(
            told(json!({ "a": 1, "b": ["z"] })),
            "at /b/0: \"z\" is none of [\"x\",\"y\"]"
        );
        assert_eq!(
            told(json!({ "a": 1, "b": ["x", "x"] })),
            "at /b: a value is there twice"
        );
        assert_eq!(told(json!({ "a": 1, "e": 1 })), "at /e: nothing fits");
        assert_eq!(
            told(json!({ "a": 1, "c": 3 })),
            "at /c: 3 does not fit exactly one of the alternatives"
        );
    }
}
