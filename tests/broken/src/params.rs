//! The parameters, read by hand, so that they can be read wrongly.

use std::borrow::Cow;

use mlhost_plugin::{Error, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use crate::flaw;

/// Whatever the pipeline says.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Params(Value);

/// What it means.
pub(crate) struct Meaning {
    pub(crate) column: String,
    pub(crate) target: String,
    pub(crate) factor: f64,
}

impl JsonSchema for Params {
    fn schema_name() -> Cow<'static, str> {
        "Params".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": if flaw::is("description") { "objekt" } else { "object" },
            "properties": {
                "column": {
                    "type": "string",
                    "description": "The column to take the mean from.",
                    "x-mlhost-role": "column"
                },
                "target": {
                    "type": "string",
                    "description": "The column that is passed through where it is there.",
                    "x-mlhost-role": "target"
                },
                "factor": { "type": "number", "description": "What the result is multiplied by." }
            },
            "required": ["column", "target", "factor"],
            "additionalProperties": false
        })
    }
}

impl Params {
    /// # Errors
    /// What is wrong with them, and where.
    pub(crate) fn read(&self) -> Result<Meaning> {
        let Some(object) = self.0.as_object() else {
            return match flaw::is("malformed_parameters") {
                true => Err(Error::failed("these are no parameters")),
                false => Err(Error::params("", "expected an object")),
            };
        };
        if flaw::is("parameters") {
            return Err(Error::params("", "there is nothing that it would take"));
        }
        let known = ["column", "target", "factor"];
        let unknown = object.keys().find(|name| !known.contains(&name.as_str()));
        if let Some(name) = unknown.filter(|_| !flaw::is("unknown_parameters")) {
            return Err(Error::params(
                format!("/{name}"),
                "there is no such parameter",
            ));
        }
        let text = |name: &str| match (object.get(name), flaw::is("parameter_types")) {
            (Some(Value::String(text)), _) => Ok(text.clone()),
            (Some(_), true) => Ok("x".to_owned()),
            (Some(_), false) => Err(Error::params(format!("/{name}"), "expected a text")),
            (None, _) => Err(Error::params("", format!("there is no `{name}`"))),
        };
        let factor = match object.get("factor") {
            Some(factor) => factor
                .as_f64()
                .ok_or_else(|| Error::params("/factor", "expected a number"))?,
            None if flaw::is("required_parameters") => 1.0,
            None => return Err(Error::params("", "there is no `factor`")),
        };
        Ok(Meaning {
            column: text("column")?,
            target: text("target")?,
            factor,
        })
    }
}
